"""A difference reads well, adds up, fits a comment, and gives an author's words no power over it."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from booklet.diagnostics.diagnostic import Severity
from booklet.diagnostics.positions import Position, Span
from booklet.diff.amounts import write_change, write_percent
from booklet.diff.cause import Cause, CauseKey, CauseKind
from booklet.diff.compare import compare
from booklet.diff.json import COLUMNS, write_csv, write_json
from booklet.diff.markdown import MARK, MAX_BYTES, escape, write_markdown
from booklet.diff.sentences import headline
from booklet.diff.snapshot import SavedProposal
from booklet.diff.states import check_increase
from booklet.diff.table import write_table
from booklet.text.language import ENGLISH, FRENCH
from tests.samples.commands import ROOT
from tests.samples.revisions import commit, costs_of, difference_of, git, write_repository
from tests.samples.workspace import Sample, write_small

if TYPE_CHECKING:
    from pathlib import Path

    from booklet.diff.difference import Difference
    from booklet.diff.snapshot import SavedCosts

BUS = "mobilite/armoires.yaml"
PLACE = Span("proposals/edition.yaml", Position(1, 1), Position(1, 1))
HOSTILE = (
    "# @maire **x** <img src=x onerror=alert(1)> [un lien](https://example.org) www.example.org #12 GH-1 "
    "| a | b | `code` ~~non~~ &lt; $x$ :smile: </summary></details>"
)


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """The small workspace, its first state committed and tagged `first`."""
    return write_repository(tmp_path)


@pytest.fixture
def dearer(sample: Sample) -> Difference:
    """A change of quantity and unit cost: 24 000 €, then 1 000 € for each of twelve."""
    sample.edit(BUS, "quantity: 10", "quantity: 12")
    sample.edit(BUS, "central: 12 000 €", "central: 13 000 €")
    return difference_of(sample.root, "first")


def hostile(costs: SavedCosts, text: str) -> SavedCosts:
    """Set every title, label, unit and name of a state to one text."""
    proposals = tuple(
        held.model_copy(
            update={
                "title": text,
                "lines": tuple(
                    line.model_copy(update={"label": text, "unit": text, "assumption": text})
                    for line in held.lines or ()
                ),
            }
        )
        for held in costs.proposals
    )
    return costs.model_copy(update={"proposals": proposals, "organisations": {"ville": text}})


def tags(markdown: str) -> list[str]:
    """List the elements that a comment becomes."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            found.append(f"{tag} {attributes}")

    Reader().feed(
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown)
    )
    return found


def test_the_sentence_says_how_much(dearer: Difference) -> None:
    """The first sentence gives the change, its part of the whole, and both totals."""
    assert headline(dearer, ENGLISH) == (
        "The programme costs 36\N{NO-BREAK SPACE}k€ more over the six years (+10.0%): "
        "396\N{NO-BREAK SPACE}k€ instead of 360\N{NO-BREAK SPACE}k€."
    )


def test_a_comment_says_why(dearer: Difference) -> None:
    """Each cause stands on a line with its effect, and the effects add up to what the fold announces."""
    text = write_markdown(dearer, (), (), ENGLISH).replace("\N{NO-BREAK SPACE}", " ")
    assert "- **+24 k€** · Armoire · quantity: 10 → 12 (armoire)\n" in text
    assert "- **+12 k€** · Armoire · unit cost: 12,000 € → 13,000 €\n" in text
    assert "</b> · +36 k€</summary>" in text
    assert "proposals that do not change: 2" in text


def test_a_table_adds_up() -> None:
    """Every column of the table of proposals is summed by its last row, as printed, rows left out included."""
    difference = compare(costs_of(ROOT), costs_of(ROOT).model_copy(update={"proposals": ()}))
    text = write_markdown(difference, (), (), FRENCH)
    table = text.split("\n\n")[4].splitlines()
    cells = [[_read(cell) for cell in line.strip("| ").split(" | ")[1:]] for line in table[2:]]
    for column in (0, 1, 2, 4, 5):
        assert sum(row[column] for row in cells[:-1]) == cells[-1][column]
    for row in cells:
        assert row[0] + row[1] == row[2]


def _read(cell: str) -> Decimal:
    text = re.sub(r"[^0-9,−–]", "", cell.strip("*")).replace(",", ".").replace("−", "-").replace("–", "0")
    return Decimal(text)


def test_an_unknown_amount_is_not_a_zero(sample: Sample) -> None:
    """What nobody knows is `n.c.` in the table, null in the JSON, and said in words."""
    sample.edit(BUS, "    quantity: 10\n", "")
    difference = difference_of(sample.root, "first")
    text = write_markdown(difference, (), (), ENGLISH)
    assert "| n.c. | n.c. | n.c. | – |" in text
    assert "Proposals in no total here, because a cost is unknown: 1." in text
    (proposal,) = json.loads(write_json(difference, (), ()))["proposals"]
    assert proposal["total"] is None
    assert proposal["change"] is None


def own(sample: Sample) -> Sample:
    """Set an owner who receives the FCTVA after a year, and tag that state `owned`."""
    sample.edit("edition.yaml", "population: 100 000", "population: 100 000, fctva_lag: 1")
    for id in ("armoires", "feux", "arbres"):
        file = sample.proposal(id)
        file.write_text(f"{file.read_text('utf-8')}owner: ville\n", "utf-8")
    commit(sample.root, "owned")
    git(sample.root, "tag", "owned")
    return sample


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_an_unknown_net_cost_is_shown(sample: Sample) -> None:
    """A VAT regime that is taken away: the sentence, the table and the fold say that the net is unknown."""
    own(sample)
    for id in ("armoires", "feux", "arbres"):
        file = sample.proposal(id)
        file.write_text(file.read_text("utf-8").replace("    vat_regime: fctva\n", ""), "utf-8")
    difference = difference_of(sample.root, "owned")
    text = plain(write_markdown(difference, (), (), ENGLISH))
    assert "### The programme costs the same before VAT, but its net cost is no longer wholly known." in text
    assert "Proposals whose net cost was known, and is unknown now: 3." in text
    assert text.count("| 120,378 → n.c. |") == 3
    assert "| **n.c.** |" in text
    assert "- **unknown** · Armoire · VAT regime (FCTVA)\n" in text
    assert "</b> · the net cost was known, and is unknown now</summary>" in text
    assert "120,378 → n.c." in plain(write_table(difference, (), (), ENGLISH))
    document = json.loads(write_json(difference, (), ()))
    unknown = {"after_savings": None, "became_unknown": 3, "became_known": 0}
    assert document["totals"]["net"] == {"change": "0.00", **unknown}
    assert {(one["net"], one["net_before"], one["net_after"]) for one in document["proposals"]} == {
        (None, "120378.24", None)
    }
    assert {kind["total"] for one in document["proposals"] for kind in one["causes"]} == {None}


def test_a_net_cost_that_moves_alone_is_shown(sample: Sample) -> None:
    """A VAT regime moves the net cost only: in the sentence, its column, its cause and the fold."""
    own(sample).edit(BUS, "vat_regime: fctva", "vat_regime: aucun")
    text = plain(write_markdown(difference_of(sample.root, "owned"), (), (), ENGLISH))
    assert "### The programme costs the same before VAT, but 24 k€ more net." in text
    assert "Net cost |" in text
    assert "| 0 | 0 | 0 | 0.0% | 0 | 0 | +23,622 |" in text
    assert "</b> · net cost: +24 k€</summary>" in text
    assert "- **+24 k€** · Armoire · VAT regime: FCTVA → not given back\n" in text
    assert "no amount changes" not in text
    assert "By year" not in text


def test_a_fold_with_amounts_never_denies_them(sample: Sample) -> None:
    """Where the law takes money and the net cost is unknown in both states, no fold says that no amount changes."""
    for id in ("armoires", "feux", "arbres"):
        file = sample.proposal(id)
        unknown = "revenues: [{label: Loyer, section: fonctionnement, nature: service}]\n"
        file.write_text(file.read_text("utf-8") + unknown, "utf-8")
    commit(sample.root, "earning")
    git(sample.root, "tag", "earning")
    rate = "{value: 10 %, reference: essai, known_from: 2019-01-01}"
    (sample.root / "proposals" / "parameters.yaml").write_text(
        f"fctva.rate: {{description: Taux, unit: part du TTC, values: {{2019-01-01: {rate}}}}}\n", "utf-8"
    )
    text = plain(write_markdown(difference_of(sample.root, "earning"), (), (), ENGLISH))
    assert "- **−9,222 €** · fctva.rate · the rate of the law changed" in text
    assert "no amount changes" not in text
    assert "### The programme costs the same before VAT; whether its net cost changes is unknown." in text
    assert "Proposals that change, and whose net cost is unknown: 3." in text


def test_no_difference_is_one_sentence() -> None:
    """Nothing changed: the comment says so, keeps its mark, and has no table."""
    costs = costs_of(ROOT)
    text = write_markdown(compare(costs, costs), (), (), ENGLISH)
    assert text.splitlines()[0] == MARK
    assert "The programme costs the same." in text
    assert "|" not in text


def test_an_author_cannot_write_markup(sample: Sample) -> None:
    """A hostile title makes the same elements as a plain one: no link, image, heading, cell or fold of its own."""
    before = costs_of(sample.root)
    sample.edit(BUS, "quantity: 10", "quantity: 12")
    after = costs_of(sample.root)
    comments = [
        write_markdown(compare(hostile(before, "avant"), hostile(after, text)), (), (), ENGLISH)
        for text in ("un titre", HOSTILE)
    ]
    assert tags(comments[0]) == tags(comments[1])
    assert "onerror" in comments[1]


@given(st.text(max_size=60))
def test_an_escaped_text_is_only_text(text: str) -> None:
    """Any text, once escaped, is one paragraph, list item or cell that holds no element."""
    shown = escape(text)
    assert "\n" not in shown
    assert set(tags(f"- {shown}")) <= {"ul []", "li []"}
    assert not re.search(r"[@#!](?=\w)", shown)


def test_a_comment_fits(sample: Sample) -> None:
    """A comment on more than fits counts what it leaves out, stays under the limit, and its table still adds up."""
    before = costs_of(sample.root)
    model = before.proposals[0]
    added = tuple(
        model.model_copy(update={"id": f"copie-{n}", "title": f"{HOSTILE} {n}"}) for n in range(900)
    )
    difference = compare(before, before.model_copy(update={"proposals": (*before.proposals, *added)}))
    text = write_markdown(difference, (), (), FRENCH)
    assert len(text.encode()) <= MAX_BYTES
    shown = text.count("<details>")
    assert shown > 10
    assert f": {900 - shown}." in text.rpartition("</details>")[2]
    assert text.count("</details>") == shown


def test_data_holds_every_cause(dearer: Difference) -> None:
    """The rows of the CSV add up to the changes of the JSON, which are those of the difference."""
    rows = list(csv.DictReader(io.StringIO(write_csv(dearer))))
    assert tuple(rows[0]) == COLUMNS
    costs = sum(Decimal(row["change"] or 0) for row in rows if row["measure"] == "cost")
    document = json.loads(write_json(dearer, (), ()), parse_float=pytest.fail)
    years = document["totals"]["change"]["investissement"]
    assert costs == sum(map(Decimal, years.values())) == dearer.total == 36_000
    assert [kind["cause"] for kind in document["proposals"][0]["causes"]][:2] == ["quantity", "unit-cost"]


def test_the_terminal_shows_no_control_character(sample: Sample) -> None:
    """A title cannot act on the terminal that shows it."""
    text = "a\x1b[31m\u202eb"
    before = hostile(costs_of(sample.root), text)
    sample.edit(BUS, "quantity: 10", "quantity: 12")
    text = write_table(compare(before, hostile(costs_of(sample.root), text)), (), (), ENGLISH)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "quantity: 10 → 12" in text


@pytest.mark.parametrize(
    ("amount", "written"),
    [("0", "0 €"), ("12400000", "+12.4 M€"), ("-450000", "−450 k€"), (None, "unknown")],
)
def test_a_change_has_a_sign(amount: str | None, written: str) -> None:
    """A rise has a plus, a fall a minus, nothing has none, and the unknown is said."""
    given_amount = None if amount is None else Decimal(amount)
    assert write_change(given_amount, ENGLISH).replace("\N{NO-BREAK SPACE}", " ") == written


def test_a_part_of_nothing_is_no_number() -> None:
    """A change from 0 has no percentage, and an unknown one has none either."""
    assert write_percent(Decimal(5), Decimal(0), FRENCH) == "–"
    assert write_percent(None, Decimal(5), FRENCH) == "–"
    assert write_percent(Decimal(18), Decimal(1000), FRENCH) == "+1,8\N{NO-BREAK SPACE}%"


# --- P104 --------------------------------------------------------------------------------------------------------


def with_ceiling(costs: SavedCosts, increase: str | None, severity: str = "error") -> SavedCosts:
    guardrails = {"increase": increase and Decimal(increase), "severity": Severity(severity)}
    return costs.model_copy(update={"guardrails": costs.guardrails.model_copy(update=guardrails)})


def increase_of(dearer: Difference, before: SavedCosts, after: SavedCosts) -> list[tuple[str, str]]:
    found = check_increase(compare(before, after), PLACE)
    return [(str(one.severity), str(one.message)) for one in found]


@pytest.mark.parametrize(
    ("before", "after", "reported"),
    [
        (None, None, False),
        ("0.1", "0.1", False),
        ("0.0999", "0.0999", True),
        (None, "0.05", True),
        ("0.05", "0.5", True),
        ("0.05", None, True),
    ],
)
def test_an_increase_over_the_ceiling_is_refused(
    dearer: Difference, before: str | None, after: str | None, reported: bool
) -> None:
    """P104: a section that rises by more than the lower ceiling of both states is an error (+10 % here)."""
    found = increase_of(dearer, with_ceiling(dearer.before, before), with_ceiling(dearer.after, after))
    assert bool(found) is reported
    assert all(severity == "error" for severity, _ in found)


def test_an_increase_is_named(dearer: Difference) -> None:
    """P104 names the section, the rise and the ceiling, and what the edition asks for decides its severity."""
    states = (with_ceiling(dearer.before, "0.05", "warning"), with_ceiling(dearer.after, "0.05", "warning"))
    assert increase_of(dearer, *states) == [("warning", "investissement rises by 10 %, more than 5 %")]
    assert increase_of(dearer, with_ceiling(dearer.before, "0.05"), states[1])[0][0] == "error"


def test_a_first_edition_is_no_increase(tmp_path: Path) -> None:
    """P104 has nothing to say where there was no cost before; a section that comes from nothing rises."""
    costs = with_ceiling(costs_of(write_small(tmp_path).root), "0.05")
    empty = costs.model_copy(update={"proposals": ()})
    assert check_increase(compare(empty, costs), PLACE) == ()
    assert check_increase(compare(costs, empty), PLACE) == ()
    first = costs.proposals[0]
    written = first.model_dump(by_alias=True)
    operated = type(first).model_validate(written | {"fonctionnement": written["investissement"]})
    whole = costs.model_copy(update={"proposals": (operated, *costs.proposals[1:])})
    assert [str(one.message) for one in check_increase(compare(costs, whole), PLACE)] == [
        "fonctionnement rises from nothing, more than 5 %"
    ]


def test_saved_reasons_are_told_in_the_language_of_the_reader() -> None:
    """Why a net cost is unknown is saved in English, and printed in French, with the line and the year it names."""
    saved = {
        "investissement": ("a VAT rate is not known", "the VAT rate of `Lot {1}` is not known"),
        "fonctionnement": ("the FCTVA rate of 2026 is not known", "the VAT regime of `x` is not known"),
    }
    written = [reason.text(FRENCH) for reason in SavedProposal.model_construct(net_unknown=saved).reasons]
    assert not [reason for reason in written if "known" in reason]
    assert ["Lot {1}" in written[1], "2026" in written[2], "`x`" in written[3]] == [True] * 3


def test_kinds_of_causes_are_fifteen_and_documented() -> None:
    """Every key has one of at most fifteen kinds, and the table of the format names each kind and each key."""
    table = (ROOT / "docs" / "format.md").read_text("utf-8").partition("## Causes of a change")[2]
    keys = get_args(CauseKey)
    kinds = {Cause(key, "cost", "x").kind for key in keys}
    assert kinds == set(get_args(CauseKind)) and len(kinds) == 15
    assert [word for word in (*keys, *kinds) if f"`{word}`" not in table] == []
