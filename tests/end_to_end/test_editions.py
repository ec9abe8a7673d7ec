"""One set of templates, two languages: every word of a booklet that is ours is in the language of its edition."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po
from pypdf import PdfReader

from booklet.law.lookup import load_law
from booklet.text.language import ENGLISH
from booklet.text.typography import typography
from tests.samples.commands import ROOT
from tests.samples.page_texts import page_texts
from tests.samples.structure_reader import catalog_of
from tests.samples.workspace import SMALL, Sample, write_proposal

if TYPE_CHECKING:
    from pathlib import Path

EDITION = """\
title: Ideas for a town
subtitle: Three ideas, three lists
version: "1.0"
lang: en
date: 2020-02-06
licence: CC BY-SA 4.0
publisher: {name: A society}
term: {start: 2020-07, years: 2021-2026}
prices: {year: 2019, basis: ht}
funding_base: ht
territory: {name: A town, population: 100 000, yearly_investment: 12 M€, source: report-2018}
domains:
  mobilite: {title: Getting about, colour: "#1b627d"}
  ecologie: {title: Green spaces, colour: "#38692f"}
organisations:
  ville: {name: A town, kind: commune, population: 100 000, operating_receipts: 120 M€}
letter: |
  To {list}, led by {head}, in {commune}.
severities:
  C104: {level: error, because: we say so}
delivery:
  rule: Same text, same day, free of charge, to every list.
  adopted: 2020-01-15
  on: 2020-02-06
  poll: 2020-03-15
ideas:
  - {title: Fly, why: Nobody can.}
glossary:
  - {term: Bus, means: A large car.}
"""
LISTS = """\
- {id: one, name: First, head: Mary Major, commune: A town, sector: 1, panel: 3}
- {id: two, name: Second, head: John Minor, commune: A town}
"""
SOURCES = """\
report-2018: {title: Last year, publisher: A paper, year: 2018, url: "https://example.org/", read: 2019-12-01}
"""
PROPOSAL = """\
title: TITLE
status: ready
promise: PROMISE
problem: |
  Nobody knows [@report-2018].
solution: |
  Somebody will.
scope: {included: [one try], excluded: [all else]}
owner: ville
beneficiaries: {who: everybody, number: 12 678, source: report-2018}
decision: 2020-10
timeline:
  - {id: study, label: Asking, kind: study, start: 2020-11, end: 2020-12}
  - {id: pose, label: Doing, kind: works, start: 2021-01, end: 2022-12}
costs:
  - {label: Box, section: investissement, nature: equipment, quantity: 1 000, unit: box,
     unit_cost: {low: 900.50 €, central: 1 200 €, high: 1 500 €}, spread: pose, vat: 20 %, vat_regime: fctva,
     evidence: benchmark, source: report-2018}
  - {label: Care, section: fonctionnement, nature: service, quantity: 12, unit: box,
     unit_cost: {low: 900 €, central: 1 200 €, high: 1 500 €}, recurs: {from: 2023-01}, vat: 20 %, vat_regime: aucun,
     evidence: expert, assumption: "working assumption of the authors, no public source"}
funding:
  - {funder: ville, form: grant, section: investissement, share: 12.5 %, status: sollicite}
effects:
  - {indicator: Smiles, unit: "%", baseline: 78, target: 88.5, year: 2024, source: report-2018}
carbon: {tonnes_per_year: 1 234, from: 2023, source: report-2018}
uncertainty: |
  The weather.
risks: [{risk: Rain., answer: Wait.}]
precedents: [{place: Dijon, what: Done, source: report-2018}]
authors: [{name: A group}]
reviewers: [{name: A reader, when: 2020-01-10}]
"""


def write_english(root: Path) -> Sample:
    """Write the small workspace in English."""
    for id, domain in SMALL:
        path = write_proposal(root, domain, id, PROPOSAL)
        text = path.read_text("utf-8")
        text = re.sub("^title: .*", f"title: Number {len(id)}", text)
        path.write_text(re.sub("^promise: .*", "promise: Better.", text, flags=re.MULTILINE), "utf-8")
    for name, text in (("edition", EDITION), ("lists", LISTS), ("sources", SOURCES)):
        (root / "proposals" / f"{name}.yaml").write_text(text, "utf-8")
    return Sample(root)


def letters(text: str) -> str:
    """Keep the letters of a text, so that spaces and line ends do not matter."""
    return "".join(character for character in text.casefold() if character.isalpha())


@cache
def printed(folder: Path) -> str:
    """Read a release: one booklet and the register whole, of the others what is not the common body."""
    first, *others = sorted(folder.glob("*/*.pdf"))
    pages = [*page_texts(first), *page_texts(folder / "register.pdf")]
    return " ".join((*pages, *(page for path in others for page in page_texts(path)[:2])))


def words_of(language: str) -> set[str]:
    """List what the catalogue says in one language and not in the other, in pieces between its holes."""
    with (ROOT / "templates" / "locale" / "fr" / "LC_MESSAGES" / "booklet.po").open("rb") as file:
        catalogue = read_po(file, locale="fr")
    pairs = [(str(one.id), str(one.string)) for one in catalogue if one.id and one.string]
    pieces = {
        letters(piece)
        for pair in pairs
        for piece in re.split(r"%\(\w+\)s|\{\w+\}|\W{2,}", pair[language == "fr"])
    }
    other = {letters(pair[language != "fr"]) for pair in pairs}
    return {piece for piece in pieces if len(piece) >= 9 and not any(piece in whole for whole in other)}


def without_law(text: str) -> str:
    """Take out the titles and references of the law, which are French in every language: they name French texts."""
    told = {
        words
        for parameter in load_law().parameters.values()
        for words in (parameter.description, *(value.reference for value in parameter.values.values()))
        if words
    }
    for words in sorted(told, key=len, reverse=True):
        text = re.sub(r"\s+".join(map(re.escape, typography(words, ENGLISH).split())), " ", text)
    return text


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The small workspace in English, built."""
    sample = write_english(tmp_path_factory.mktemp("english"))
    sample.build()
    return sample


@pytest.mark.long
def test_english_booklet_says_nothing_in_french(english: Sample, built_small: Sample) -> None:
    """No piece of the French catalogue stands in an English booklet, and our English words do."""
    text = letters(without_law(printed(english.dist)))
    assert sorted(word for word in words_of("fr") if word in text) == []
    assert sum(word in letters(printed(built_small.dist)) for word in words_of("fr")) > 50
    for words in (
        "What it costs",
        "Who pays",
        "How to read a proposal",
        "Copy for the list",
        "Ideas that were not costed",
    ):
        assert letters(words) in text


def test_french_booklet_says_nothing_in_english(built_small: Sample) -> None:
    """No piece of the English messages stands in a French booklet."""
    text = letters(printed(built_small.dist))
    assert sorted(word for word in words_of("en") if word in text) == []
    assert letters("Ce que cela coûte") in text


@pytest.mark.long
def test_numbers_and_dates_are_those_of_the_language(english: Sample, built_small: Sample) -> None:
    """English groups digits by commas and writes points; French groups by narrow spaces and writes commas."""
    ours, theirs = without_law(printed(english.dist)), printed(built_small.dist)
    assert re.search(r"\b12,678\b", ours) and "88.5" in ours and "12.5%" in ours
    assert not re.search(r"\d[\u00a0\u202f]\d{3}", ours) and not re.search(r"\d,\d{1,2}\b(?!\d)", ours)
    ours, theirs = (re.sub(r"[\u00a0\u202f]", " ", text) for text in (ours, theirs))
    assert "February 6, 2020" in ours and "6 février 2020" in theirs
    assert re.search(r"\d 000", theirs) and not re.search(r"\d,\d{3}\b(?! %)", theirs)


@pytest.mark.long
def test_language_is_marked(english: Sample) -> None:
    """An English booklet says its language to the programs that read it aloud."""
    for path in english.dist.rglob("*.pdf"):
        assert catalog_of(PdfReader(path))["/Lang"] == "en"


def test_english_page_says_nothing_in_french(tmp_path: Path) -> None:
    """A page alone of an English edition has our English words, no French ones, and its language marked."""
    sample = write_english(tmp_path)
    assert sample.run("build", "--preview", "feux").status == 0
    text = letters(without_law(" ".join(page_texts(sample.root / "preview" / "feux.pdf"))))
    assert sorted(word for word in words_of("fr") if word in text) == []
    assert letters("What it costs") in text and letters("Who pays") in text
    assert catalog_of(PdfReader(sample.root / "preview" / "feux.pdf"))["/Lang"] == "en"


def test_french_booklet_marks_its_language(built_small: Sample) -> None:
    """A French booklet says its language to the programs that read it aloud."""
    for path in built_small.dist.rglob("*.pdf"):
        assert catalog_of(PdfReader(path))["/Lang"] == "fr"
