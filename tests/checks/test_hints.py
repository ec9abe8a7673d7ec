"""What a hint says to type is typed where it says so: what was wrong is then right, and no figure changed.

One case a line: what was typed, in a sound proposal or another file, the hint, and what is left to say once it was
followed. All proposals are checked together, before and after.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from babel.messages.pofile import read_po

from booklet.checks.context import Context
from booklet.checks.engine import check_proposal
from booklet.content.decode import decode
from booklet.content.model.edition import Edition
from booklet.content.model.lists import ElectoralLists
from booklet.content.model.sources import Bibliography
from booklet.content.workspace import read_workspace
from booklet.content.yaml.parse import parse
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.law.lookup import law_of
from tests.samples.commands import ROOT
from tests.samples.workspace import EDITION, LISTS, PROPOSAL, SOURCES, Sample, write_proposal, write_small

if TYPE_CHECKING:
    from collections.abc import Mapping

UNIT_COST = "unit_cost: {low: 9 000 €, central: 12 000 €, high: 15 000 €}"
SOURCE, AUTHORS, FUNDING = "source: bilan-2018", "authors: [{name: Groupe d'essai}]", "funding: []"
LIST_KEYS = "the keys here are `id`, `name`, `head`, `commune`, `insee`, `sector`, `panel`"
SCOPE = "scope: {included: [un essai], excluded: [tout le reste]}"


class Case(NamedTuple):
    """A line of a sound proposal, what was typed in its place, and what to type."""

    sound: str
    typed: str
    #: the hints of the first finding, in order
    hints: tuple[str, ...]
    #: codes of the errors and warnings that are left once the hint was followed
    left: frozenset[str] = frozenset()


def case(sound: str, typed: str, *hints: str, left: str = "") -> Case:
    return Case(sound, typed, hints, frozenset(left.split()))


def write(sound: str, typed: str, text: str, left: str = "") -> Case:
    return case(sound, typed, f"write `{text}`", left=left)


def key(sound: str, typed: str, meant: str, left: str = "") -> Case:
    return case(sound, typed, f"did you mean `{meant}`?", left=left)


def below(typed: str, text: str, left: str = "") -> Case:
    """A key that the sound proposal does not have."""
    return write(FUNDING, f"{FUNDING}\n{typed}", text, left)


def items(sound: str, typed: str, text: str, left: str = "") -> Case:
    return case(sound, typed, f"write `[{text}]`, or one item per line after `- `", left=left)


def entry(typed: str, id: str, line: str) -> Case:
    add = f"add to `proposals/sources.yaml` the line `{id}: {line}`"
    return case(SOURCE, f"source: {typed}", *([add] if typed == id else [f"write `{id}`", add]))


CASES = (
    # amounts
    *(
        write(UNIT_COST, f"unit_cost: {typed}", "10 000 €")
        for typed in ("environ 10 000 €", "~10 000 €", "env. 10 000 euros", "€10000", "10 000 EUR", "ca. 10 000 €")
    ),
    *(
        case(UNIT_COST, f"unit_cost: {typed}", f"write `10 000 €`, and `price: {basis}` in the same line of cost")
        for typed, basis in (("10 000 € TTC", "ttc"), ("10 000 € HT", "ht"), ("10 000 € (TTC)", "ttc"))
    ),
    *(
        case(
            UNIT_COST,
            f"unit_cost: {typed}",
            f"write `{{low: {low}, central: …, high: {high}}}`, with the most likely amount in the middle",
            left="M104",
        )
        for typed, low, high in (
            ("10-15 k€", "10 k€", "15 k€"),
            ("entre 6 000 et 15 000 €", "6 000 €", "15 000 €"),
            ("de 10 à 15 k€", "10 k€", "15 k€"),
            ("6 000 € – 15 000 €", "6 000 €", "15 000 €"),
            ("environ 10-15 M€", "10 M€", "15 M€"),
            ("min 6 000 €, max 15 000 €", "6 000 €", "15 000 €"),
        )
    ),
    case(
        UNIT_COST,
        "unit_cost: de 6 à 15 k€ TTC",
        "write `{low: 6 k€, central: …, high: 15 k€}`, with the most likely amount in the middle",
        "add `price: ttc` in the same line of cost",
        left="M104",
    ),
    case(
        "quantity: 10",
        "quantity: 8 à 15",
        "write `{low: 8, central: …, high: 15}`, with the most likely number in the middle",
        left="M103",
    ),
    write(UNIT_COST, "unit_cost: 12.000,50 €", "12 000,50 €"),
    case(UNIT_COST, "price: 10 000 €", "an amount stands after `unit_cost`"),
    *(
        write(UNIT_COST, f"unit_cost: {typed}", "{low: 9 000 €, central: 12 000 €, high: 15 000 €}")
        for typed in ("9 000 € / 12 000 € / 15 000 €", "[9 000 €, 12 000 €, 15 000 €]")
    ),
    *(
        case(UNIT_COST, f"unit_cost: {typed}", "every amount is in euros: convert it, and say at what rate")
        for typed in ("£12 000", "12 000 CHF", "$12,000", "12 000 dollars", "12 000 francs")
    ),
    case(
        f"{UNIT_COST}\n    spread: pose\n    vat: 20 %\n    vat_regime: fctva\n    evidence: benchmark",
        "unit_cost: 10 000 €\n    spread: pose\n    vat: 20 %\n    vat_regime: fctva\n    evidence: assumption",
        "write `{low: …, central: 10 000 €, high: …}`, or say what better evidence there is",
        left="M104",
    ),
    *(write("vat: 20 %", f"vat: {typed}", "20 %") for typed in ("0,2", "0.2", "20", "20 pour cent")),
    *(write("vat: 20 %", f"vat: {typed}", "5,5 %", left="C110") for typed in ("0,055", "5.5", "5,5")),
    *(write("vat: 20 %", f"vat: {typed}", "0 %", left="F107") for typed in ("non", "aucune", "0")),
    *(
        write("quantity: 10", f"quantity: {typed}", "10")
        for typed in ("environ 10", "10 armoires", "~10", "10 armoires de rue")
    ),
    case("quantity: 10", "quantity: 10 %", "write a number of units, not a share of them"),
    *(
        case(
            UNIT_COST,
            f"unit_cost: {typed}",
            f"write `{thousands}` if the mark separates thousands",
            f"write `{decimal}` if the mark is decimal",
        )
        for typed, thousands, decimal in (("12,500 €", "12 500 €", "12,5 €"), ("1.250", "1 250", "1,25"))
    ),
    case("vat: 20 %", "vat: 10 %", "write `20 %` unless the law names this purchase"),
    case(
        FUNDING,
        f"{FUNDING}\ntotal: {{investissement: 1 €}}",
        "write `120 000 €` if the lines are right",
    ),
    # keys in French, with what they hold
    *(
        key(UNIT_COST, f"{typed}: 10 000 €", "unit_cost")
        for typed in ("prix", "prix unitaire", "coût", "Coût unitaire", "montant", "tarif")
    ),
    key("vat_regime: fctva", "prix: ht", "price"),
    *(
        key(UNIT_COST, UNIT_COST.replace("low", low), "low")
        for low in ("bas", "basse", "minimum", "mini")
    ),
    key(UNIT_COST, UNIT_COST.replace("central", "moyenne"), "central"),
    key(UNIT_COST, UNIT_COST.replace("high", "haute"), "high"),
    *(
        key(f"{meant}:", f"{typed}:", meant)
        for typed, meant in (
            *(("titre", "title"), ("statut", "status"), ("promesse", "promise"), ("accroche", "promise")),
            *(("problème", "problem"), ("constat", "problem"), ("proposition", "solution")),
            *(("périmètre", "scope"), ("Maître d’ouvrage", "owner"), ("porteur", "owner")),
            *(("délibération", "decision"), ("calendrier", "timeline"), ("budget", "costs")),
            *(("financements", "funding"), ("subventions", "funding"), ("incertitudes", "uncertainty")),
            *(("auteurs", "authors"), ("quantité", "quantity"), ("unité", "unit"), ("TVA", "vat")),
            *(("preuve", "evidence"), ("justification", "evidence")),
            *(("phase", "spread"), ("titel", "title"), ("onwer", "owner")),
        )
    ),
    key("- label: Armoire", "- désignation: Armoire", "label"),
    # values in French
    *(
        write("status: ready", f"status: {typed}", "ready")
        for typed in ("prête", "Prêt", "terminé", "finalisée", "publiée")
    ),
    *(
        write("status: ready", f"status: {typed}", "draft")
        for typed in ("brouillon", "en cours", "pas prête", "à compléter")
    ),
    *(
        write(f"{name}: {sound}", f"{name}: {typed}", meant, left=left)
        for name, sound, typed, meant, left in (
            ("kind", "works", "travaux", "works", ""),
            ("kind", "works", "Travaux publics", "works", ""),
            ("kind", "works", "déploiement", "rollout", ""),
            ("kind", "works", "étude de faisabilité", "study", ""),
            ("evidence", "benchmark", "devis", "contract", ""),
            ("evidence", "benchmark", "hypothèse", "assumption", ""),
            ("evidence", "benchmark", "estimation des services", "assumption", ""),
            ("nature", "equipment", "matériel", "equipment", ""),
            ("nature", "equipment", "Équipements", "equipment", ""),
            ("section", "investissement", "invest", "investissement", ""),
            ("vat_regime", "fctva", "FCTVA", "fctva", ""),
            ("vat_regime", "fctva", "non", "aucun", ""),
        )
    ),
    # dates
    *(
        write("decision: 2020-10", f"decision: {typed}", "2020-10")
        for typed in ("octobre 2020", "Oct. 2020", "15/10/2020", "10/2020", "2020-10-15", "2020/10", "10/20", "oct. 20")
    ),
    *(
        case("decision: 2020-10", f"decision: {typed}", "add the month after the year, from 01 to 12")
        for typed in ("2020", "T4 2020", "automne 2020", "fin 2020")
    ),
    case("start: 2021-01", "start: 2020-01", "write `2020-07` or later", left="T104 C103"),
    case("end: 2022-12", "end: 2032-12", "write `2026-12` or earlier", left="S103"),
    # none, lists and groups
    *(
        write(FUNDING, f"funding: {typed}", "[]")
        for typed in ("aucun", "non", "0", "néant", "Rien", "none", "N/A", "aucun financement", "pas de subvention")
    ),
    write(FUNDING, "funding: {}", "[]"),
    below("risks: aucun", "[]"),
    below("keywords: aucun", "[]"),
    write(SCOPE, "scope: {included: [un essai], excluded: rien}", "[]"),
    *(
        items(AUTHORS, f"authors: {typed}", text)
        for typed, text in (
            ("Une Autrice", "{name: Une Autrice}"),
            ("Une Autrice, Un Auteur", "{name: Une Autrice}, {name: Un Auteur}"),
            ("Une Autrice et Un Auteur", "{name: Une Autrice}, {name: Un Auteur}"),
            ("Autrice, Une", '{name: "Autrice, Une"}'),
            ("Une Autrice (Groupe d’essai)", "{name: Une Autrice (Groupe d’essai)}"),
        )
    ),
    write(AUTHORS, "authors: {name: Une Autrice}", "[{name: Une Autrice}]"),
    write(AUTHORS, "authors: [Une Autrice]", "{name: Une Autrice}"),
    write(AUTHORS, "authors:\n- Une Autrice", "name: Une Autrice"),
    write(SCOPE, "scope: un essai", "{included: [un essai]}"),
    write(SCOPE, "scope: [un essai, un autre]", "{included: [un essai, un autre]}"),
    items(SCOPE, "scope: {included: un essai}", "un essai"),
    below("beneficiaries: 20 000 passants", "{who: passants, number: 20 000}", left="S101"),
    below("beneficiaries: les habitants", "{who: les habitants}"),
    below("beneficiaries: {who: passants, number: 20 000 passants, assumption: essai}", "20 000"),
    below("carbon: 12 tonnes", "{tonnes_per_year: 12}", left="M102 S101"),
    items(FUNDING, f"{FUNDING}\nkeywords: eau, énergie", "eau, énergie"),
    items(FUNDING, f"{FUNDING}\nrisks: une panne", "{risk: une panne}", left="M102"),
    items(FUNDING, f"{FUNDING}\nprecedents: Lyon", "{place: Lyon}", left="M102"),
    items(FUNDING, f"{FUNDING}\nfigures: rue.png", "{file: rue.png}", left="R102 R104"),
    items(FUNDING, "funding: Une ville", "{funder: ville}", left="M102"),
    case(FUNDING, f"{FUNDING}\nlinks: aucun", "delete what says that there is none"),
    case(
        FUNDING,
        f"{FUNDING}\ntotal: 120 000 €",
        "write its keys: `investissement`, `fonctionnement`",
    ),
    case(
        AUTHORS,
        "authors:\n  name: Une Autrice",
        "put `- ` in place of the two spaces before `name`",
    ),
    # ids
    *(
        write("owner: ville", f"owner: {typed}", "ville")
        for typed in ("Une ville", "UNE VILLE", "Ville", "la ville", "[ville]", "Une ville (mairie)")
    ),
    write("id: pose,", "id: Pose,", "pose"),
    case("spread: pose", "spread: 2021", "write `{2021: 10}`"),
    key("spread: pose", "spread: Pose", "pose"),
    case(
        "spread: pose",
        "spread: {2021: 6, 2029: 4}",
        "move the 4 units to 2026 or earlier",
        "or write its amount under `paid_after`, which is in the AP only",
    ),
    *(
        case(
            SOURCE,
            f"source: {typed}",
            "write in words what the figure rests on, under `assumption`, and delete `source`",
        )
        for typed in ("aucune", "interne", "dire d'expert", "à trouver")
    ),
    *(
        write(SOURCE, f"source: {typed}", "bilan-2018")
        for typed in (
            *("Bilan de l’an passé", "Une revue", "bilan 2018", "'@bilan-2018'"),
            *("https://example.org/bilan", "www.example.org/bilan/"),
        )
    ),
    entry("le-journal-2019", "le-journal-2019", "{title: …, year: 2019}"),
    entry("bilan-2019", "bilan-2019", "{title: …, year: 2019}"),
    entry("La Feuille, 12 mars 2019", "la-feuille-2019", '{title: "La Feuille, 12 mars 2019", year: 2019}'),
    entry("https://www.le-site.fr/a/42", "le-site", '{title: …, url: "https://www.le-site.fr/a/42"}'),
)  # fmt: skip

#: hints about other files and commands
TRIED_ELSEWHERE = {
    # an index that does not begin with a year: tests/checks/cases
    "write `{day}`, with the mean of the year",
    # names of files are tried in tests/content/test_workspace.py
    "move the file to `{folder}/{domain}/`",
    "rename it `{name}`",
    "rename it `{name}` if it is a proposal; else move it out of `{folder}/`",
    # the letter of the edition: tests/cases/unknown-slot, tests/cases/empty-slot
    "write `{key}:` in each of them, or take the slot out of the letter",
    "write `{slot}`",
    # a workbook: tests/export
    "no row for the line `{label}` of `{id}`",
    "write `{key}` in the file of `{id}`, then export again",
    "write `{new}` here if the workbook is right, or put `{here}` there",
    # for information
    "write `{amount}`",
}

#: what follows one of these words is typed as it stands
_TYPED = re.compile(r"(?:write|did you mean|the line) `([^`]*)`")
#: hints that show a text to type: each has a case
_SHOWN = re.compile(r"(?:write|did you mean|rename it|move the file to) `\{|the line `\{|and `price: ")


@cache
def checked() -> tuple[
    Mapping[int, list[Diagnostic]], Mapping[int, list[Diagnostic]], Mapping[int, tuple[str, str]]
]:
    """Findings of each case before and after its hint was followed, and the texts of its file."""
    with TemporaryDirectory() as folder:
        sample = write_small(Path(folder))
        paths = {
            index: write_proposal(sample.root, "mobilite", f"cas-{index}", _put(PROPOSAL, case))
            for index, case in enumerate(CASES)
        }
        before = _check(sample, paths)
        texts = {index: path.read_text("utf-8") for index, path in paths.items()}
        for index, found in before.items():
            _follow(sample, paths[index], found[0])
        after = _check(sample, paths)
        return (
            before,
            after,
            {index: (texts[index], path.read_text("utf-8")) for index, path in paths.items()},
        )


def _put(text: str, case: Case) -> str:
    assert text.count(case.sound) >= 1, case.sound
    return text.replace(case.sound, case.typed, 1)


def _check(sample: Sample, paths: Mapping[int, Path]) -> dict[int, list[Diagnostic]]:
    workspace = read_workspace(sample.root)
    context = Context(workspace, None, law_of(workspace))
    documents = {document.id: document for document in workspace.proposals}
    faults = {Path(path).stem: faults for path, faults in workspace.faults_by_proposal.items()}
    found = {
        index: check_proposal(documents[path.stem], faults[path.stem], context).findings
        for index, path in paths.items()
    }
    return {
        index: sorted(
            (one for one in every if one.severity is not Severity.INFORMATION), key=lambda one: one.order
        )
        for index, every in found.items()
    }


def _follow(sample: Sample, path: Path, found: Diagnostic) -> None:
    """Type what the hints of a finding show: a line of the bibliography there, all else where the finding points."""
    shown = [(hint, match[1]) for hint in map(str, found.hints) if (match := _TYPED.search(hint))]
    for _, entry in [one for one in shown if one[0].startswith("add to")]:
        sources = sample.root / "proposals/sources.yaml"
        sources.write_text(f"{sources.read_text('utf-8')}{entry}\n", "utf-8")
    for hint, text in [one for one in shown if not one[0].startswith("add to")][:1]:
        lines = path.read_text("utf-8").split("\n")
        start, end = found.span.start, found.span.end
        assert start.line == end.line, hint
        line = lines[start.line - 1]
        lines[start.line - 1] = line[: start.column - 1] + text + line[end.column - 1 :]
        if "`price: " in hint:
            lines.insert(start.line, f"    {hint.split('`')[3]}")
        path.write_text("\n".join(lines), "utf-8")


@pytest.mark.parametrize(
    "index", range(len(CASES)), ids=[re.sub(r"\s+", " ", one.typed)[-40:] for one in CASES]
)
def test_a_hint_that_is_followed_leaves_nothing_but_what_it_says(index: int) -> None:
    """The hint is the one expected, and typing it leaves the errors and warnings that the case names, or none."""
    before, after, texts = checked()
    case = CASES[index]
    assert tuple(map(str, before[index][0].hints)) == case.hints
    was, is_now = texts[index]
    if was == is_now and not any(hint.startswith("add to") for hint in case.hints):
        assert not any(_TYPED.search(hint) for hint in case.hints)
        return
    assert {found.code for found in after[index]} == case.left, [str(found.message) for found in after[index]]
    if not case.typed.startswith(
        ("decision", "source", "spread: 2021", "vat: 10", "start: 20", "end: 20", "funding: []\ntotal")
    ):
        # a day is left out of a month, a source goes to its file, units are those of the line
        assert sorted(re.findall(r"[1-9]", was)) == sorted(re.findall(r"[1-9]", is_now))


def test_every_text_to_type_has_a_case() -> None:
    """A message that shows what to type, between backticks, is the hint of a case here or in another test."""
    with (ROOT / "templates/locale/fr/LC_MESSAGES/booklet.po").open("rb") as file:
        shown = {message.id for message in read_po(file) if _SHOWN.search(str(message.id))}
    tried = {hint.template for found in checked()[0].values() for one in found for hint in one.hints}
    assert shown - tried == TRIED_ELSEWHERE


TEXTS: dict[str, tuple[type[Any], str]] = {
    "edition": (Edition, EDITION),
    "lists": (ElectoralLists, LISTS),
    "sources": (Bibliography, SOURCES),
}


@pytest.mark.parametrize(
    ("file", "sound", "typed", "hints", "left"),
    [
        (
            "edition",
            "{start: 2020-07, years: 2021-2026}",
            "2027-2032",
            "write `{years: 2027-2032}`",
            {"M102"},
        ),
        ("edition", "2021-2026", "2021 à 2026", "write `2021-2026`", set()),
        ("edition", "{year: 2019, basis: ht}", "2019", "write `{year: 2019}`", {"M102"}),
        ("edition", "basis: ht", "basis: hors taxes", "write `ht`", set()),
        ("edition", "{name: Une ville}", "Une ville", "write `{name: Une ville}`", set()),
        ("edition", "lang: fr", "lang: français", "write `fr`", set()),
        ("edition", "kind: commune", "kind: mairie", "write `commune`", set()),
        ("edition", "100 000", "100 000 habitants", "write `100 000`", set()),
        ("edition", '"#1b627d"', "1b627d", 'write `"#1b627d"`', set()),
        ("edition", "date: 2020-02-06", "date: 6 février 2020", "write `2020-02-06`", set()),
        ("edition", "date: 2020-02-06", "date: 06/02/20", "write `2020-02-06`", set()),
        ("edition", "date: 2020-02-06", "date: 31/04/2020", "that month has 30 days", None),
        ("edition", "date: 2020-02-06", "date: 2019-02-29", "that month has 28 days", None),
        ("edition", "date: 2020-02-06", "date: 31 avril 2022", "that month has 30 days", None),
        ("edition", "start: 2020-07", "start: 31 juin 2020", "write `2020-06`", set()),
        (
            "edition",
            "date: 2020-02-06",
            "date: avril 2020",
            "add the day after the month, from 01 to 30",
            None,
        ),
        ("edition", "mobilite:", "Mobilité:", "write `mobilite`", set()),
        ("edition", "domains:", "domaines:", "did you mean `domains`?", set()),
        ("lists", "sector: 1", "sector: 1er secteur", "write `1`", set()),
        ("lists", "sector: 1", "secteur: 1", "did you mean `sector`?", set()),
        ("lists", "sector: 1", "nuance: LVEC", LIST_KEYS, None),
        ("lists", "sector: 1", "nom: Autre", "`name` is there already: keep one of the two", None),
        ("sources", "year: 2018", "year: 12 mars 2018", "write `2018`", set()),
        ("sources", "year: 2018", "date: 2018", "did you mean `year`?", set()),
        (
            "sources",
            '"https://example.org/bilan"',
            "www.example.org",
            "write `https://www.example.org`",
            set(),
        ),
        ("sources", "publisher:", "éditeur:", "did you mean `publisher`?", set()),
    ],
)
def test_hints_in_other_files(file: str, sound: str, typed: str, hints: str, left: set[str] | None) -> None:
    """In the edition, lists and sources too a hint is followed where it points; `left` is None for words."""
    model, text = TEXTS[file]
    assert text.count(sound) >= 1
    text = text.replace(sound, typed, 1)
    found = _decode(model, text)
    assert str(found[0].hints[0]) == hints
    shown = _TYPED.search(hints)
    assert (left is None) == (shown is None)
    if shown is not None:
        start, end, lines = found[0].span.start, found[0].span.end, text.split("\n")
        line = lines[start.line - 1]
        lines[start.line - 1] = line[: start.column - 1] + shown[1] + line[end.column - 1 :]
        assert {one.code for one in _decode(model, "\n".join(lines))} == left


def _decode(model: type[Any], text: str) -> tuple[Diagnostic, ...]:
    parsed = parse("f.yaml", text.encode())
    assert parsed.root is not None, parsed.diagnostics
    return decode(model, parsed.source, parsed.root)[1]
