"""Every fault has its place, none causes another, and what can be read is read."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booklet.content.decode import decode
from booklet.content.model.edition import Edition
from booklet.content.model.lists import ElectoralLists
from booklet.content.model.proposal import Proposal
from booklet.content.model.sources import Bibliography
from booklet.content.spelling import nearest
from booklet.content.yaml.parse import parse
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.money.euros import Euros

if TYPE_CHECKING:
    import random

    from booklet.content.document import Document

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "proposals").glob("*/*.yaml"))
FILES: dict[str, type[Any]] = {
    "edition.yaml": Edition,
    "lists.yaml": ElectoralLists,
    "sources.yaml": Bibliography,
}


def read(text: str, model: type[Any] = Proposal) -> tuple[Document[Any] | None, tuple[Diagnostic, ...]]:
    parsed = parse("p.yaml", text.encode("utf-8", "surrogatepass"))
    if parsed.root is None:
        return None, parsed.diagnostics
    document, diagnostics = decode(model, parsed.source, parsed.root)
    return document, (*parsed.diagnostics, *diagnostics)


def decoded(text: str, model: type[Any] = Proposal) -> Document[Any]:
    document, _ = read(text, model)
    assert document is not None
    return document


def faults(text: str, model: type[Any] = Proposal) -> list[tuple[str, int, int]]:
    """List code, line and column of what is not mere information."""
    _, diagnostics = read(text, model)
    return [
        (d.code, d.span.start.line, d.span.start.column)
        for d in diagnostics
        if d.severity is not Severity.INFORMATION
    ]


def hints(text: str, model: type[Any] = Proposal) -> list[str]:
    _, diagnostics = read(text, model)
    return [str(hint) for d in diagnostics if d.severity is not Severity.INFORMATION for hint in d.hints]


# --- Y107 --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("total: {investissement: 1,8 M€}", (1, 25)),
        ("costs:\n- unit_cost: {low: 9 000 €, central: 12 000 €, high: 15 500,50 €}", (2, 54)),
        ("costs:\n- {label: environ 1,5 km de voie, quantity: 1}", (2, 11)),
        ("costs:\n- {label: x, vat: 5,5 %}", (2, 19)),
        ("costs:\n- {label: x, vat: 5,5 %, price: ht}", (2, 19)),
        ("costs:\n- {spread: {2021: 1,5}}", (2, 19)),
        ("costs:\n- spread: {2021: 1,5, 2022: 3}", (2, 18)),
        ("effects: [{baseline: 78,5, target: 88}]", (1, 22)),
        ("keywords: [bus, 1,5 km]", (1, 17)),
        ("scope: {included: [a], excluded: [2,5 hectares]}", (1, 35)),
        ("funding:\n- {share: 12,5 %, year: {2022: 60 %,2023: 40 %}}", (2, 11)),
        ("{title: 1,5 million}", (1, 9)),
    ],
)
def test_a_decimal_cut_in_two_is_told_once(text: str, place: tuple[int, int]) -> None:
    """A decimal comma between braces or brackets is one Y107 over both halves, and nothing that follows from it."""
    status = "" if text.startswith("{") else "\nstatus: draft"
    assert faults(text + status + "\n") == [("Y107", *place)]


def test_the_hint_shows_both_halves_between_quotes() -> None:
    """What is cut is shown whole, between quotes, to be typed."""
    text = "status: draft\ncosts:\n- unit_cost: {low: 1, central: 2, high: 15 500,50 €}\n"
    _, diagnostics = read(text)
    cut = next(d for d in diagnostics if d.code == "Y107")
    assert str(cut.message) == "a comma cuts `15 500,50 €` into `15 500` and `50 €`"
    assert '`"15 500,50 €"`' in str(cut.hints[0])
    assert cut.span.end.column - cut.span.start.column == len("15 500,50 €")


@pytest.mark.parametrize(
    "text",
    [
        "costs:\n- spread: {2021: 50,2022: 100}",
        "costs:\n- unit_cost: {low: \"1,5 €\", central: '2,5 €', high: 3 €}",
        'costs:\n- {label: x, vat: "5,5 %"}',
        "funding:\n- year: {2022: 60 %,2023: 40 %}",
        "timeline:\n- after: [1,2]",
        "links: {needs: [1,2], overlaps: [a1,2b], conflicts: [1,2]}",
        "costs:\n- unit_cost:\n    low: 1,5 €\n    central: 2,5 €\n    high: 3,5 €",
        "keywords: [un,deux, 3, 4]",
        "keywords: [100 m²,3 pièces]",
        "costs:\n- {quantity: 150, unit: carrefour,section: investissement}",
    ],
)
def test_commas_that_separate_are_accepted(text: str) -> None:
    """Units per year, quoted values, ids and block values are read as they stand."""
    assert faults(text + "\nstatus: draft\n") == []


def test_a_cut_line_keeps_its_place() -> None:
    """The line that holds a cut is a hole; the lines around it keep their index and their faults."""
    text = "status: draft\ncosts:\n- {label: a, quantity: 1,5}\n- {label: b, quantity: x}\n- {label: c}\n"
    document = decoded(text)
    assert [line.label for line in document.value.costs] == [None, "b", "c"]
    assert faults(text) == [("Y107", 3, 24), ("M103", 4, 24)]
    assert document.is_broken("costs", 0, "quantity") and not document.is_broken("costs", 2)


# --- keys --------------------------------------------------------------------------------------------------------


def test_a_misspelt_key_is_told_once() -> None:
    """M101 says what was meant, and the key that was meant is not missed besides."""
    text = "status: ready\ntitel: Bus\n"
    _, diagnostics = read(text)
    unknown = [d for d in diagnostics if d.code == "M101"]
    assert [str(d.hints[0]) for d in unknown] == ["did you mean `title`?"]
    (missed,) = [str(d.message) for d in diagnostics if d.code == "M102"]
    assert "`title`" not in missed and "`promise`" in missed


def test_a_key_that_resembles_nothing_gets_the_list() -> None:
    """Where nothing is close, the keys of that group are listed; a lost half of a text says to quote."""
    assert hints("status: draft\nscope: {zzz: 1}\n") == ["the keys here are `included`, `excluded`"]
    assert (
        hints("status: draft\nscope: {included: [a], zzz}\n")[-1]
        == "put a text that holds a comma between quotes"
    )


@pytest.mark.parametrize(
    ("text", "model", "place"),
    [
        ("status: draft\npromis:\n", Proposal, ("M101", 2, 1)),
        ("status: draft\ncosts:\n- {label: Étude, marché, quantity: 1}\n", Proposal, ("M101", 3, 18)),
        ("domains: {title: }\n", Edition, ("M103", 1, 18)),
        ("titre-2017:\n", Bibliography, ("M103", 1, 12)),
    ],
)
def test_nothing_written_is_lost(text: str, model: type[Any], place: tuple[str, int, int]) -> None:
    """A key that nobody knows is told even when nothing stands after it, and so is an id without its group."""
    assert [fault for fault in faults(text, model) if fault[0] != "M102"] == [place]


def test_model_names_are_not_keys() -> None:
    """Where a key and its field differ, only the key is known."""
    assert faults("status: draft\nfield_: x\n") == [("M101", 2, 1)]
    assert faults("status: draft\ncosts:\n- recurs: {start: 2022-01}\n") == [("M101", 3, 12)]
    assert decoded("status: draft\ncosts:\n- recurs: {from: 2022-01}\n").value.costs[0].recurs is not None


@pytest.mark.parametrize(
    ("word", "close"), [("titel", "title"), ("TITLE", "title"), ("xyz", None), ("", None)]
)
def test_the_nearest_word(word: str, close: str | None) -> None:
    """A word is close to a known one when few letters differ, whatever its case."""
    assert nearest(word, ("title", "status")) == close


# --- drafts and holes --------------------------------------------------------------------------------------------


def severities(text: str) -> dict[str, Severity]:
    _, diagnostics = read(text)
    return {str(d.message): d.severity for d in diagnostics if d.code == "M102"}


def test_holes_are_errors_in_a_ready_proposal_and_information_in_a_draft() -> None:
    """The same holes are listed in both; only a ready proposal is refused for them."""
    ready, draft = (
        severities("status: ready\ncosts: [{label: x}]\n"),
        severities("status: draft\ncosts: [{label: x}]\n"),
    )
    assert set(ready) == set(draft)
    keys = "`section`, `nature`, `quantity`, `unit`, `unit_cost`, `evidence`"
    assert f"missing keys {keys}" in ready and any(
        message.startswith("missing keys `title`") for message in ready
    )
    assert set(ready.values()) == {Severity.ERROR}
    assert set(draft.values()) == {Severity.INFORMATION}


@pytest.mark.parametrize(
    ("text", "place"),
    [("title: x\n", ("M102", 1, 1)), ("status: redy\n", ("M103", 1, 9)), ("statut: draft\n", ("M101", 1, 1))],
)
def test_a_status_that_cannot_be_told_is_one_error(text: str, place: tuple[str, int, int]) -> None:
    """Without a readable status only the status is an error: holes are not held against the author."""
    assert faults(text) == [place]


@pytest.mark.parametrize("written", ["promise:", "promise: ''", "promise: # plus tard", "promise: |"])
def test_a_key_with_nothing_after_it_is_a_hole(written: str) -> None:
    """A key that was written and left empty is missed at the key."""
    _, diagnostics = read(f"status: ready\n{written}\n")
    hole = next(d for d in diagnostics if str(d.message) == "missing key `promise`")
    assert (hole.span.start.line, hole.span.start.column, hole.span.end.column) == (2, 1, 8)


def test_one_amount_misses_no_estimate() -> None:
    """A unit cost of one amount is complete; a group of estimates with a hole is not."""
    one, group = (
        f"status: ready\ncosts:\n- unit_cost: {cost}\n" for cost in ("12 €", "{low: 1 €, high: 2 €}")
    )
    estimates = {"missing key `low`", "missing key `central`", "missing key `high`"}
    assert not estimates & set(severities(one))
    assert estimates & set(severities(group)) == {"missing key `central`"}


def test_a_default_does_not_hide_a_hole() -> None:
    """A colour left empty, or eaten by YAML as a comment, is missed although a default stands in."""
    text = "domains:\n  a: {title: A, colour: }\n  b:\n    title: B\n    colour: #b5542c\n"
    _, diagnostics = read(text, Edition)
    missed = [d for d in diagnostics if str(d.message) == "missing key `colour`"]
    assert [d.span.start.line for d in missed] == [2, 5]
    assert [str(d.hints[-1]) for d in missed] == [
        '`colour`: Colour of print, as "#1f6f8b"',
        'write it between quotes, as `"#1f6f8b"`',
    ]


# --- faults of values --------------------------------------------------------------------------------------------


def test_one_unreadable_field_hides_no_other_fault() -> None:
    """Faults of a whole file come in one run, each at its value, and what is readable is read."""
    text = """\
title: Bus
status: draft
owner: Métropole
decision: 10/2020
timeline:
  - {id: a, start: 2021-01, end: 2021-13}
costs:
  - label: x
    section: invest
    quantity: 12,500
    unit_cost: 1.5e6
    vat: 20
keywords: bus
scope: rien
"""
    assert faults(text) == [
        ("M103", 3, 8),
        ("M105", 4, 11),
        ("M105", 6, 34),
        ("M103", 9, 14),
        ("M104", 10, 15),
        ("M104", 11, 16),
        ("M103", 12, 10),
        ("M103", 13, 11),
        ("M103", 14, 8),
    ]
    value = decoded(text).value
    assert (value.title, value.costs[0].label, value.costs[0].quantity) == ("Bus", "x", None)
    assert value.timeline[0].start is not None and value.timeline[0].end is None


def test_an_amount_that_stands_for_three_is_told_once() -> None:
    """A unit cost of one amount is read three times and reported once, with both readings."""
    text = "status: draft\ncosts:\n- unit_cost: 12,500 €\n"
    assert faults(text) == [("M104", 3, 14)]
    assert [hint.split("`")[1] for hint in hints(text)] == ["12 500 €", "12,5 €"]


def test_indexes_hold_when_an_item_cannot_be_read() -> None:
    """A list item of the wrong shape becomes a hole, so that the places of the others stay right."""
    text = "status: draft\ncosts:\n- foo\n- label: b\n  quantity: 2\n- [x]\n- label: d\n  quantity: q\n"
    document = decoded(text)
    assert [line.label for line in document.value.costs] == [None, "b", None, "d"]
    assert document.span("costs", 1, "quantity").start.line == 5
    assert faults(text) == [("M103", 3, 3), ("M103", 6, 3), ("M103", 8, 13)]


@pytest.mark.parametrize(
    ("text", "model", "places"),
    [
        ("- foo\n- bar\n", ElectoralLists, [("M103", 1, 3), ("M103", 2, 3)]),
        ("- id: a\n  name: A\n  commune: B\n- 3\n", ElectoralLists, [("M103", 4, 3)]),
        ("a: b\n", ElectoralLists, [("M103", 1, 1)]),
        ("foo\n", Proposal, [("M103", 1, 1)]),
        ("- a\n", Proposal, [("M103", 1, 1)]),
        ("status: draft\nkeywords: [{a: b}]\n", Proposal, [("M103", 2, 12)]),
        ("status: draft\nkeywords: [[a], b]\n", Proposal, [("M103", 2, 12)]),
        ("status: draft\nlinks: {needs: [{a: b}, É]}\n", Proposal, [("M103", 2, 17), ("M103", 2, 25)]),
        ("status: draft\ncosts:\n- spread: [2021]\n", Proposal, [("M103", 3, 11)]),
        ("status: draft\ncosts:\n- spread: {21: 5, 2022: x}\n", Proposal, [("M105", 3, 12), ("M103", 3, 25)]),
        ("status: draft\ncosts:\n- unit_cost: [1, 2]\n", Proposal, [("M103", 3, 14)]),
        ("status: draft\ntimeline: {id: a}\n", Proposal, [("M103", 2, 11)]),
        ("Été: {title: x}\n", Bibliography, [("M103", 1, 1)]),
    ],
)
def test_wrong_shapes_are_told_at_their_place(
    text: str, model: type[Any], places: list[tuple[str, int, int]]
) -> None:
    """A group for a word, a word for a list, a list for a file: each is one fault, and reading always ends."""
    assert [fault for fault in faults(text, model) if fault[0] != "M102"] == places


def test_words_are_suggested() -> None:
    """A word close to an expected one is the text to type; a text where a list stands is shown as a list."""
    assert hints("status: draft\ncosts: [{section: investisement}]\n") == ["write `investissement`"]
    assert hints("status: draft\nkeywords: bus\n") == ["write `[bus]`, or one item per line after `- `"]


def test_yaml_surprises_are_texts() -> None:
    """`no`, `010`, `1:30`, `~` and dates mean what their field says, as values and as keys."""
    document = decoded(
        "title: no\nstatus: draft\nkeywords: [on, 010, 1:30, ~, 2021-07-14, 12_000]\n"
        "costs: [{quantity: 010, spread: {2021: 010}, unit_cost: 0010 €}]\n"
    )
    assert document.value.title == "no"
    assert document.value.keywords == ("on", "010", "1:30", "~", "2021-07-14", "12_000")
    line = document.value.costs[0]
    assert (line.quantity, line.spread, line.unit_cost.low) == (
        Decimal(10),
        {2021: Decimal(10)},
        Euros.of(10),
    )
    assert decoded("no: {title: a}\n010: {title: b}\n", Bibliography).value.root.keys() == {"no", "010"}


def test_places_of_values_keys_and_holes() -> None:
    """A value, its key, and what is absent each have a place; what is absent has that of what should hold it."""
    document = decoded("title: Bus\nstatus: draft\nscope:\n  included:\n    - un\n    - deux\n")
    assert document.span("scope", "included", 1).start.line == 6
    assert document.key_span("scope", "included").start.column == 3
    assert document.span("scope", "excluded").start.line == 4
    assert document.has("scope", "included", 1) and not document.has("scope", "included", 2)


# --- any text ----------------------------------------------------------------------------------------------------


def check_any(text: str, model: type[Any]) -> None:
    """Read a text and require that every place lies inside it."""
    document, diagnostics = read(text, model)
    assert document is not None or diagnostics
    source = parse("p.yaml", text.encode("utf-8", "surrogatepass")).source
    last = source.position(len(source.text))
    for diagnostic in diagnostics:
        for span in (diagnostic.span, *(label.span for label in diagnostic.related)):
            assert span.start <= span.end <= last, diagnostic
            assert span.start.column <= len(source.lines[span.start.line - 1]) + 1, diagnostic
        assert str(diagnostic.message) and "\n" not in str(diagnostic.message)


KEYS = ["title", "status", "costs", "spread", "unit_cost", "low", "recurs", "from", "timeline", "id", "links", "needs",
        "domains", "term", "years", "funding", "year", "2021", "scope", "included", "[key]", "mapping"]  # fmt: skip
VALUES = ["ready", "draft", "1,5", "12,500 €", "2021-07", "~", "no", "", "😀", "20 %", "a"]
TREES = st.recursive(
    st.sampled_from(VALUES) | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(KEYS), below, max_size=4),
    max_leaves=12,
)


def flow(tree: Any) -> str:
    """Write a tree as YAML in flow style, without quotes, as a careless author would."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key}: {flow(value)}" for key, value in tree.items()) + "}"
    return "[" + ",".join(map(flow, tree)) + "]" if isinstance(tree, list) else str(tree)


@given(TREES, st.sampled_from((Proposal, *FILES.values())))
def test_any_tree_is_read_or_reported(tree: Any, model: type[Any]) -> None:
    """Whatever stands under whatever key, reading ends, and every place lies inside the source."""
    check_any(flow(tree), model)


@given(st.text(max_size=80), st.sampled_from((Proposal, *FILES.values())))
def test_any_text_is_read_or_reported(text: str, model: type[Any]) -> None:
    """For any text, reading returns or reports, and never raises."""
    check_any(text, model)


@given(st.sampled_from(EXAMPLES), st.randoms(use_true_random=False), st.integers(1, 6))
def test_mutated_proposals_are_read_or_reported(path: Path, chance: random.Random, changes: int) -> None:
    """A real proposal with lines and characters lost, doubled, moved or replaced is read or reported."""
    lines = path.read_text("utf-8").splitlines()
    for _ in range(changes):
        at = chance.randrange(len(lines))
        match chance.randrange(6):
            case 0:
                del lines[at : at + chance.randrange(1, 4)]
            case 1:
                lines.insert(at, lines[chance.randrange(len(lines))])
            case 2:
                lines[at] = " " * chance.randrange(5) + lines[at].lstrip()
            case 3:
                cut = chance.randrange(len(lines[at]) + 1)
                lines[at] = lines[at][:cut] + chance.choice("{}[]:,#&*!'\"\t😀-%é|>") + lines[at][cut:]
            case 4:
                lines[at] = lines[at].replace("€", chance.choice(["", ",5 €", "euros", "k€"]))
            case _:
                lines[at] = (
                    lines[at].partition(":")[0] + ": " + chance.choice([*VALUES, "[x]", "{a: b}", "- c"])
                )
        lines = lines or [""]
    check_any("\n".join(lines), Proposal)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_read_without_a_fault(path: Path) -> None:
    """Every published proposal is read whole."""
    assert faults(path.read_text("utf-8")) == []


@pytest.mark.parametrize("line", ["promesse: un : deux", "promesse un texte"])
def test_a_french_key_with_a_fault_of_syntax_is_not_missed(line: str) -> None:
    """The key that a French word stands for is not called missing where its line cannot be read."""
    parsed = parse("p.yaml", f"status: ready\ntitle: a\n{line}\nowner: x\n".encode())
    assert parsed.root is not None and parsed.hidden is not None
    _, diagnostics = decode(Proposal, parsed.source, parsed.root, hidden=parsed.hidden)
    (missed,) = [str(one.message) for one in diagnostics if one.code == "M102"]
    assert "`problem`" in missed and "`promise`" not in missed


def test_what_stands_under_a_french_key_is_read() -> None:
    """The faults inside the great parts are told in the run that tells their keys, at their own places."""
    text = "statut: brouillon\ncoûts:\n  - libellé: Une\n    prix: environ 3 €\n    preuve: devis\nfinancement: aucun\n"
    assert faults(text) == [
        *(("M101", 1, 1), ("M103", 1, 9), ("M101", 2, 1), ("M101", 3, 5), ("M101", 4, 5), ("M104", 4, 11)),
        *(("M101", 5, 5), ("M103", 5, 13), ("M101", 6, 1), ("M103", 6, 14)),
    ]
    document = decoded("statut: draft\ncoûts: [{libellé: Une, quantité: 2}]\n")
    assert (document.value.costs[0].label, document.value.costs[0].quantity) == ("Une", 2)
