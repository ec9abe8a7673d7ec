"""French words that authors write → the words of the contract: months, and the values of keys that have a few.

They are proposed in hints, never accepted: what a file says stays what is read.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

#: by value, the words that mean it where the value is one of those expected
_VALUES = {
    "ready": "prête, finale, finalisée, définitive, terminée, achevée, finie, complète, à imprimer, publiée, done",
    "draft": "brouillon, ébauche, en cours, à compléter, à relire, provisoire, incomplète, pas prête, non terminée",
    "study": "étude, études, conception",
    "procurement": "marché, achat, appel d'offres, consultation, commande publique",
    "works": "travaux, chantier, pose, construction, aménagement, bâtiment, gros œuvre, génie civil, voirie",
    "rollout": "déploiement, mise en service, installation",
    "operation": "exploitation, fonctionnement, entretien, maintenance",
    "evaluation": "évaluation, bilan",
    "equipment": "équipement, matériel, fourniture, mobilier, véhicule, achat",
    "software": "logiciel, logiciels, licence, licences, application",
    "service": "prestation, prestations, maintenance, entretien, étude, conseil, communication, location",
    "staff": "personnel, agent, salaire, poste, etp, recrutement, masse salariale",
    "land": "terrain, foncier, acquisition foncière",
    "grant": "subvention, subventions, aide, dotation, fonds de concours, dsil, detr, fonds vert",
    "contract": "contrat, devis, marché, offre, facture, bon de commande",
    "benchmark": "comparaison, référence, étalonnage, exemple",
    "expert": "expertise, avis d'expert, dire d'expert, à dire d'expert",
    "assumption": "hypothèse, estimation",
    "loan": "emprunt, prêt",
    "private": "privé, mécénat",
    "investissement": "investment, capex, invest, equipement",
    "fonctionnement": "operating, opex, exploitation",
    "ht": "hors taxes, hors taxe",
    "ttc": "toutes taxes comprises, taxes comprises",
    "acquis": "obtenu, accordé, signé, voté",
    "notifie": "notifiée",
    "sollicite": "demandé, en attente, en cours, déposé",
    "espere": "espérée, attendu, attendue, possible",
    "low": "basse, bas, faible, peu probable",
    "medium": "moyenne, moyen",
    "high": "haute, haut, élevée, forte, fort, élevé",
    "together": "ensemble, liées, liés",
    "apart": "séparément, à part, indépendantes",
    "aucun": "non, néant, aucune, pas récupérée, non récupérée",
    "yes": "oui, vrai, true",
    "no": "non, faux, false",
    "fr": "français",
    "en": "anglais, english",
    "commune": "ville, mairie, municipalité, village",
    "communaute-urbaine": "communauté urbaine, cu",
    "communaute-agglomeration": "communauté d'agglomération, agglomération, ca",
    "communaute-communes": "communauté de communes, cc",
    "syndicat": "syndicat mixte, syndicat intercommunal, sivu, sivom, pôle métropolitain",
    "epci": "intercommunalité, groupement",
    "ccas": "centre communal d'action sociale, cias",
    "spl": "société publique locale",
    "etablissement-public": "établissement public, sdis, caisse des écoles, hôpital, port",
    "departement": "conseil départemental",
    "region": "conseil régional",
    "etat": "ministère, préfecture",
    "ue": "europe, union européenne, feder",
    "agence": "opérateur, agence de l'État",
    "prive": "entreprise, société, association, fondation",
    "error": "erreur",
    "warning": "avertissement",
    "information": "info",
}
#: words that say that there is none
_NONE = frozenset(
    {
        *(
            "aucun",
            "aucune",
            "non",
            "neant",
            "rien",
            "zero",
            "nul",
            "nulle",
            "sans objet",
            "sans",
            "pas",
            "vide",
            "0",
        ),
        *(
            "none",
            "no",
            "nothing",
            "null",
            "nil",
            "n/a",
            "na",
            "n.a.",
            "so",
            "s.o.",
            "ras",
            "~",
            "-",
            "–",
            "—",
            "/",
            "{}",
        ),
    }
)
_NONE_OF = re.compile(r"(?:aucune?s?|pas (?:de|d')|sans|no|ni)\s*(?P<what>.+)")
_MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)
_DATE = re.compile(
    r"(?:(?P<day>\d{1,2})(?:er)?[-/. ])?\s*(?P<month>\d{1,2}|[a-z]{3,9})\.?[-/. ]\s*(?P<year>[12]\d{3})"
    r"|(?P<first>[12]\d{3})[-/. ](?P<second>\d{1,2})(?:[-/. ](?P<third>\d{1,2}))?",
    re.ASCII,
)


def value_of(word: str, expected: Iterable[str]) -> str | None:
    """The one value that a word means, among those expected: it in other letters, or a French word for it."""
    stem = _stem(word)
    found = [value for value in expected if stem in _words(value)]
    return found[0] if len(found) == 1 else None


def value_in(phrase: str, expected: Iterable[str]) -> str | None:
    """The only value that words of a longer phrase mean: `estimation des services`; none where it denies one."""
    stem = f" {_stem(phrase)} "
    if re.search(r" (?:pa|non|ni|san|hor|not?) ", stem):
        return None
    found = [value for value in expected if any(f" {word} " in stem for word in _words(value))]
    return found[0] if len(found) == 1 else None


def is_none(text: str, *words: str) -> bool:
    """Check whether a text says that there is none of what some words name: `aucun`, `pas de financement`."""
    folded = _fold(text).rstrip(".")
    match = _NONE_OF.fullmatch(folded)
    return folded in _NONE or (match is not None and match["what"] in map(_fold, words))


class Meant(NamedTuple):
    """A date as it was meant; the day is None where only the month is there."""

    year: int
    month: int
    day: int | None
    #: False for `03/04/2021`, a day of April in French and of March in English
    is_certain: bool


def day_of(text: str) -> Meant | None:
    """The date that a text means, as people write dates: where the year comes last, the day comes first."""
    match = _DATE.fullmatch(_fold(text))
    if match is None:
        return None
    year, month = match["year"] or match["first"], match["month"] or match["second"]
    day = match["day"] or match["third"]
    if month.isdecimal():
        number = int(month)
    else:
        numbers = [n for n, name in enumerate(_MONTHS, 1) if name.startswith(month)]
        number = numbers[0] if len(numbers) == 1 else 0
    try:
        date(int(year), number, int(day or 1))
    except ValueError:
        return None
    swaps = match["day"] and month.isdecimal() and int(match["day"]) <= 12 and int(match["day"]) != number
    return Meant(int(year), number, int(day) if day else None, is_certain=not swaps)


@lru_cache
def _words(value: str) -> frozenset[str]:
    return frozenset(map(_stem, (value, *_VALUES.get(value, "").split(", ")))) - {""}


def _stem(word: str) -> str:
    """A word without the endings that its gender and number give it: `prêtes` and `prêt` are one word."""
    return " ".join(re.sub(r"(?<=..)[esx]+$", "", part) for part in _fold(word).split())


def _fold(word: str) -> str:
    """Lower case without accents, with plain apostrophes and spaces."""
    text = (
        unicodedata.normalize("NFKD", word.strip()).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").casefold()
    )
    return " ".join("".join(one for one in text if not unicodedata.combining(one)).split())
