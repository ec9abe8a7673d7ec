"""Seed and sizes → a workspace as people write it: proposals, lists, edition, sources, in the YAML of `docs/format.md`.

Every proposal is drawn by a generator seeded with the edition's seed and its own number, so that the first ten of a
booklet of 1 500 are the ten of a booklet of ten, and a list more changes no other file. Lengths of texts, numbers of
cost lines, phases, funders and risks are those of the example in `proposals/`. Nothing here names a real person,
list or figure.
"""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

DOMAINS = {
    "logement": ("Logement", "#9a4521"),
    "mobilite": ("Mobilité", "#1b627d"),
    "ecologie": ("Écologie", "#38692f"),
    "numerique": ("Numérique", "#5b4a8a"),
    "culture": ("Culture", "#8a3b5c"),
}
LISTS_PER_COMMUNE = 7
SOURCES = 60
#: what the example says of figures without a public source
ASSUMPTION = "hypothèse de travail des auteurs, sans source publique"

_ACTIONS = (
    "Rénover", "Équiper", "Relier", "Ouvrir", "Réparer", "Éclairer", "Isoler", "Partager", "Protéger", "Simplifier",
    "Mesurer", "Entretenir", "Replanter", "Desservir", "Mutualiser",
)  # fmt: skip
_THINGS = (
    "carrefours", "écoles", "gymnases", "quais", "arrêts de bus", "bibliothèques", "jardins", "ateliers", "guichets",
    "places de village", "pistes cyclables", "cours d’eau", "toitures", "halles", "sentiers", "salles de quartier",
)  # fmt: skip
_SUBJECTS = (
    "Le service public", "Un habitant sur trois", "La plupart des communes", "Chaque quartier", "Une équipe mobile",
    "Le réseau actuel", "Un diagnostic partagé", "La première tranche", "Le bureau d’études", "Une part des usagers",
    "Le plan d’entretien", "Un agent formé", "Le chantier", "La carte des besoins", "Un lieu sur quatre",
)  # fmt: skip
_VERBS = (
    "attend depuis des années", "dépend encore", "change à mesure", "se règle vite au moyen", "souffre d’abord",
    "commence par le recensement", "profite chaque jour", "ne tient pas compte", "gagne à la remise en état",
    "se vérifie chaque mois à partir", "ralentit faute", "repose entièrement sur l’état", "progresse au rythme",
)  # fmt: skip
_OBJECTS = (
    "des équipements les plus anciens", "d’un entretien régulier", "des moyens de la régie", "d’une mesure publique",
    "des travaux déjà engagés", "d’un calendrier connu de tous", "des besoins relevés sur place", "de la saison",
    "des heures d’ouverture", "d’un marché bien préparé", "des usages du soir", "d’une coordination entre services",
)  # fmt: skip
_TAILS = (
    ", sans ouvrir de nouveau chantier", ", ligne par ligne", ", même quand le budget est tenu",
    ", surtout dans les quartiers éloignés du centre", ", comme le montrent les relevés", ", deux fois par an",
    ", à condition de publier les résultats", "", "", "",
)  # fmt: skip
_UNITS = ("site", "carrefour", "bâtiment", "kilomètre", "borne", "classe", "local")
_PLACES = ("Valmont", "Rivebelle", "Hauterive", "Clairval", "Montjoie", "Belleplaine", "Port-Neuf", "Aubelle")
_IDEALS = ("l’avenir", "la proximité", "le climat", "l’emploi", "la jeunesse", "les villages", "le dialogue")
_NAMES = ("Durrand", "Marchal-Roy", "Lefranc", "Bonnevie", "Castelan", "Duvallon", "Ferrandi", "Grandval")
_FIRST_NAMES = ("Alix", "Camille", "Claude", "Dominique", "Maxence", "Noa", "Sacha", "Yaël")

_SCHEMA = """\
<svg xmlns="http://www.w3.org/2000/svg" width="320" height="60" viewBox="0 0 320 90">
<rect x="10" y="25" width="80" height="40" fill="#dddddd"/><rect x="120" y="25" width="80" height="40" fill="#bbbbbb"/>
<rect x="230" y="25" width="80" height="40" fill="#999999"/>
<path d="M90 45H120M200 45H230" stroke="#333333" stroke-width="3"/>
</svg>
"""


@dataclass(frozen=True, slots=True)
class Size:
    """Say how large a booklet is, and from which seed it is drawn."""

    proposals: int
    lists: int
    seed: int = 2020


def write_workspace(root: Path, size: Size) -> None:
    """Write a whole `proposals/` folder."""
    folder = root / "proposals"
    folder.mkdir(parents=True)
    (folder / "edition.yaml").write_text(write_edition(), "utf-8")
    (folder / "sources.yaml").write_text(write_sources(), "utf-8")
    write_lists(root, size.lists)
    for number in range(size.proposals):
        path = proposal_path(root, number)
        path.parent.mkdir(exist_ok=True)
        path.write_text(write_proposal(number, size), "utf-8")
        if _has_figure(number):
            (path.parent / path.stem).mkdir()
            (path.parent / path.stem / "schema.svg").write_text(_SCHEMA, "utf-8")


def write_lists(root: Path, count: int) -> None:
    """Write `lists.yaml`, anew when there is a list more."""
    text = "".join(f"- {_flow(electoral_list)}\n" for electoral_list in _lists(count))
    (root / "proposals" / "lists.yaml").write_text(text, "utf-8")


def proposal_path(root: Path, number: int) -> Path:
    """Name the file of a proposal."""
    return root / "proposals" / _domain(number) / f"{_id(number)}.yaml"


def _domain(number: int) -> str:
    return tuple(DOMAINS)[number % len(DOMAINS)]


def _id(number: int) -> str:
    return f"proposition-{number + 1:04d}"


def _has_figure(number: int) -> bool:
    return number % 8 == 3


# --- one proposal ------------------------------------------------------------------------------------------------


def write_proposal(number: int, size: Size) -> str:
    """Write one proposal, of the length and shape of those of the example."""
    random = Random(f"{size.seed}/{number}")
    count = random.randrange(12, 180)
    thing = random.choice(_THINGS)
    short = 0.3 if _has_figure(number) else 1.0
    first = random.choice((2021, 2021, 2022))
    partners = [other for other in (number ^ 1,) if other < size.proposals]
    proposal: dict[str, Any] = {
        "title": f"{random.choice(_ACTIONS)} {count} {thing}",
        "status": "ready",
        "promise": _sentence(random),
        "problem": _paragraphs(random, round(500 * short), [f"[@{_source(random)}]"]),
        "solution": _paragraphs(
            random,
            round(480 * short),
            [f"[une autre proposition](proposal:{_id(other)})" for other in partners] + ["**sans attendre**"],
            steps=3,
        ),
        "scope": {
            "included": [f"{count} {thing}", _clause(random), _clause(random)],
            "excluded": [_clause(random), _clause(random)],
        },
        "owner": "metropole",
        "beneficiaries": {
            "who": f"usagers des {thing}",
            "number": f"{random.randrange(2, 400)} 000",
            "assumption": ASSUMPTION,
        },
        "keywords": [thing, random.choice(_UNITS), _domain(number)],
        "decision": "2020-10",
        "timeline": [
            {"id": "etude", "label": "Étude et recensement", "kind": "study", "start": "2021-01",
             "end": f"{first}-03"},
            {"id": "marche", "label": "Marché public", "kind": "procurement", "start": f"{first}-02",
             "end": f"{first}-09"},
            {"id": "travaux", "label": f"Travaux sur les {thing}", "kind": "works", "start": f"{first}-10",
             "end": f"{first + 3}-06", "after": ["etude", "marche"]},
            {"id": "suite", "label": "Exploitation et mesure", "kind": "operation", "start": f"{first + 3}-07",
             "end": "2026-12", "after": ["travaux"]},
        ],
        "costs": list(_costs(random, count, first)),
        "funding": [
            {"funder": "region", "form": "grant", "section": "investissement",
             "share": f"{random.choice((15, 20, 25))} %", "status": "sollicite"},
            {"funder": "europe", "form": "grant", "section": "investissement",
             "share": f"{random.choice((10, 15))} %", "status": "espere"},
        ],
        "effects": [
            {"indicator": f"{thing.capitalize()} remis en état", "unit": thing, "baseline": "0",
             "target": str(count), "year": str(first + 3), "assumption": ASSUMPTION},
            {"indicator": "Usagers satisfaits", "unit": "%", "baseline": str(random.randrange(40, 60)),
             "target": str(random.randrange(65, 90)), "year": "2026", "source": _source(random)},
        ],
        "carbon": {"tonnes_per_year": str(random.randrange(20, 900)), "from": str(first + 3),
                   "assumption": ASSUMPTION},
        "uncertainty": _paragraphs(random, round(220 * short), []),
        "risks": [{"risk": _sentence(random), "answer": _sentence(random)} for _ in range(2)],
        "precedents": [
            {"place": random.choice(_PLACES), "what": _clause(random), "source": _source(random)}
        ],
        "authors": [{"name": f"Groupe de travail {DOMAINS[_domain(number)][0]}", "affiliation": "Association d’essai"}],
        "reviewers": [{"name": "Groupe de relecture", "when": "2020-02-14"}],
    }  # fmt: skip
    if partners:
        proposal["links"] = {"overlaps": [_id(other) for other in partners]}
    if _has_figure(number):
        proposal["figures"] = [
            {"file": "schema.svg", "alt": "Trois étapes reliées par un trait : relever, réparer, mesurer.",
             "caption": "Relever, réparer, mesurer.", "credit": "Schéma des auteurs"}
        ]  # fmt: skip
    return "".join(_block(key, value) for key, value in proposal.items())


def _costs(random: Random, count: int, first: int) -> Iterator[dict[str, Any]]:
    unit = random.choice(_UNITS)
    works = random.randrange(4, 90) * 1000
    yield _line("Étude et plan de travaux", "investissement", "service", 1, "étude", _estimate(random, 90_000)) | {
        "spread": "etude", "vat": "20 %", "vat_regime": "fctva",
    }  # fmt: skip
    yield _line(f"Travaux par {unit}", "investissement", "works", count, unit, _estimate(random, works)) | {
        "spread": "travaux", "vat": "20 %", "vat_regime": "fctva", "driver": f"prix-{_UNITS.index(unit)}",
    }  # fmt: skip
    thirds = (count // 3, count // 3, count - 2 * (count // 3))
    for index in range(random.randrange(1, 4)):
        kind = f"Équipement de type {'ABC'[index]}"
        price = random.randrange(8, 300) * 100
        yield _line(kind, "investissement", "equipment", count, "lot", _estimate(random, price)) | {
            "spread": {str(first + 1 + year): str(units) for year, units in enumerate(thirds)},
            "vat": "20 %", "vat_regime": "aucun",
        }  # fmt: skip
    for name in ("Entretien", "Suivi et publication")[: random.randrange(1, 3)]:
        yield _line(name, "fonctionnement", "service", count, unit, _estimate(random, works / 25)) | {
            "recurs": {"from": f"{first + 3}-07"}, "vat": "20 %", "vat_regime": "aucun",
        }  # fmt: skip
    staff = {"low": "44 000 €", "central": "55 000 €", "high": "68 000 €"}
    yield _line("Agents", "fonctionnement", "staff", random.randrange(1, 5), "ETP", staff) | {
        "recurs": {"from": f"{first + 1}-01"}, "driver": "salaires",
    }  # fmt: skip


def _line(
    label: str, section: str, nature: str, quantity: int, unit: str, unit_cost: dict[str, str]
) -> dict[str, Any]:
    return {
        "label": label, "section": section, "nature": nature, "quantity": str(quantity), "unit": unit,
        "unit_cost": unit_cost, "evidence": "assumption", "assumption": ASSUMPTION,
    }  # fmt: skip


def _estimate(random: Random, central: float) -> dict[str, str]:
    """Draw a range of two significant figures, wide enough for an assumption (C107, C112)."""
    factors = {"low": random.uniform(0.6, 0.7), "central": 1.0, "high": random.uniform(1.4, 1.6)}
    return {
        name: f"{_two_figures(central * factor):,} €".replace(",", " ") for name, factor in factors.items()
    }


def _two_figures(amount: float) -> int:
    step: int = 10 ** max(0, len(str(round(amount))) - 2)
    return max(1, round(amount / step)) * step


def _clause(random: Random) -> str:
    return f"{random.choice(_SUBJECTS)} {random.choice(_VERBS)} {random.choice(_OBJECTS)}"


def _sentence(random: Random) -> str:
    return f"{_clause(random)}{random.choice(_TAILS)}."


def _paragraphs(random: Random, length: int, marks: Sequence[str], steps: int = 0) -> str:
    """Write about so many characters in paragraphs of three sentences; marks end sentences, steps are a list."""
    waiting, sentences = list(marks), [_sentence(random)]
    while sum(map(len, sentences)) < length:
        mark = f" {waiting.pop()}" if waiting else ""
        sentences.append(f"{_sentence(random)[:-1]}{mark}.")
    paragraphs = [" ".join(sentences[start : start + 3]) for start in range(0, len(sentences), 3)]
    if steps:
        numbered = (f"{number}. {_clause(random)} ;" for number in range(1, steps + 1))
        paragraphs.insert(1, "\n".join(numbered))
    return "\n\n".join(paragraphs)


def _source(random: Random) -> str:
    return f"rapport-{random.randrange(1, SOURCES + 1):02d}"


# --- what stands around the proposals ----------------------------------------------------------------------------


def _lists(count: int) -> Iterator[dict[str, str]]:
    for number in range(count):
        random = Random(f"list/{number}")
        commune, panel = divmod(number, LISTS_PER_COMMUNE)
        place = f"{_PLACES[commune % len(_PLACES)]} {commune // len(_PLACES) + 1}"
        yield {
            "id": f"liste-{number + 1:05d}",
            "name": f"Unis pour {random.choice(_IDEALS)} à {place} ({panel + 1})",
            "head": f"{random.choice(_FIRST_NAMES)} {random.choice(_NAMES)}-{number + 1}",
            "commune": place,
            "panel": str(panel + 1),
        }


def write_sources() -> str:
    """Write the bibliography that proposals cite."""
    works = (
        {"title": f"Rapport d’essai n° {number} sur les équipements", "publisher": "Observatoire d’essai",
         "year": str(2015 + number % 5), "url": f"https://example.org/rapports/{number}"}
        for number in range(1, SOURCES + 1)
    )  # fmt: skip
    return "".join(f"rapport-{number:02d}: {_flow(work)}\n" for number, work in enumerate(works, 1))


def write_edition() -> str:
    """Write the edition: everything that the booklet says besides its proposals."""
    edition: dict[str, Any] = {
        "title": "Solutions pour la métropole",
        "subtitle": "Livret d’essai, tiré au sort",
        "version": "1.0",
        "lang": "fr",
        "date": "2020-03-06",
        "licence": "CC BY-SA 4.0",
        "publisher": {
            "name": "Association d’essai",
            "address": "1, rue de l’Essai, 13001 Marseille",
            "website": "https://example.org",
        },
        "term": {"start": "2020-07", "years": "2021-2026"},
        "prices": {"year": "2019", "basis": "ht"},
        "funding_base": "ht",
        "territory": {
            "name": "Métropole d’essai",
            "population": "1 900 000",
            "yearly_investment": "430 M€",
            "source": "rapport-01",
            "figures": [{"label": "Communes", "value": "92", "source": "rapport-02"}],
        },
        "domains": {id: {"title": title, "colour": colour} for id, (title, colour) in DOMAINS.items()},
        "organisations": {
            "metropole": {
                "name": "Métropole d’essai", "kind": "metropole", "population": "1 900 000",
                "operating_receipts": "900 000 M€", "fctva_lag": "1",
            },
            "region": {"name": "Région d’essai", "kind": "region"},
            "europe": {"name": "Union européenne, FEDER", "kind": "ue"},
        },
        "severities": {"S103": {"level": "information", "because": "Les paramètres sont tenus pour inchangés."}},
        "delivery": {
            "rule": "Même contenu, même jour, gratuitement, à toutes les listes.",
            "adopted": "2020-01-15",
            "on": "2020-03-06",
            "poll": "2020-03-15",
        },
        "letter": (
            "Madame, Monsieur,\n\nVous conduisez {list}, à {commune}. Ce livret vous est remis le même jour, dans les "
            "mêmes termes et gratuitement, comme à toutes les têtes de liste.\n\nIl réunit des solutions chiffrées. "
            "Chacune dit ce qu’elle change, ce qu’elle coûte et qui la paie.\n\nPrenez, corrigez, contestez."
        ),
        "ideas": [{"title": "Rendre tous les transports gratuits", "why": "Le coût n’est pas connu."}],
        "glossary": [
            {"term": "AMO", "means": "Assistance à maîtrise d’ouvrage."},
            {"term": "CAO", "means": "Commission d’appel d’offres."},
            {"term": "DSIL", "means": "Dotation de soutien à l’investissement local."},
            {"term": "ETP", "means": "Équivalent temps plein."},
            {"term": "FCTVA", "means": "Fonds de compensation pour la TVA."},
            {"term": "FEDER", "means": "Fonds européen de développement régional."},
            {"term": "HT", "means": "Hors taxes."},
            {"term": "TTC", "means": "Toutes taxes comprises."},
        ],
    }  # fmt: skip
    return "".join(_block(key, value) for key, value in edition.items())


# --- YAML as people write it -------------------------------------------------------------------------------------


def _block(key: str, value: Any, indent: str = "") -> str:
    """Write a key in block style; a group of at most four short words stands on one line."""
    if isinstance(value, str):
        if "\n" not in value and len(value) <= 200:
            return f"{indent}{key}: {_scalar(value)}\n"
        lines = (piece for line in value.split("\n") for piece in textwrap.wrap(line, 100) or [""])
        return f"{indent}{key}: |\n" + "".join(f"{indent}  {line}".rstrip() + "\n" for line in lines)
    if not value:
        return f"{indent}{key}: {_flow(value)}\n"
    if isinstance(value, dict):
        if _is_short(value):
            return f"{indent}{key}: {_flow(value)}\n"
        return f"{indent}{key}:\n" + "".join(
            _block(name, inner, indent + "  ") for name, inner in value.items()
        )
    if all(isinstance(item, str) for item in value):
        if _is_short(value):
            return f"{indent}{key}: {_flow(value)}\n"
        return f"{indent}{key}:\n" + "".join(f"{indent}  - {_scalar(item)}\n" for item in value)
    items = ("".join(_block(name, inner, indent + "    ") for name, inner in item.items()) for item in value)
    return f"{indent}{key}:\n" + "".join(f"{indent}  - {item.lstrip()}" for item in items)


def _is_short(group: Any) -> bool:
    values = group.values() if isinstance(group, dict) else group
    return all(isinstance(value, str) for value in values) and len(_flow(group)) <= 70


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value, cut_at=(",", "[", "]", "{", "}"))


def _scalar(text: str, cut_at: Sequence[str] = ()) -> str:
    """Quote what YAML would read as something else, or cut at a mark of its own."""
    is_plain = not any(mark in text for mark in (": ", " #", '"', *cut_at)) and text[:1].isalnum()
    return text if is_plain else json.dumps(text, ensure_ascii=False)
