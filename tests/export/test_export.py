"""What other programs and people read of the costs adds up and keeps its contract."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from booklet.content.workspace import Workspace, read_workspace
from booklet.costs.portfolio import Portfolio, build_portfolio, finance_portfolio
from booklet.export import csv as comma_separated
from booklet.export import json as versioned_json
from booklet.export.costs_table import make_costs_tables
from booklet.export.text_table import TextTable, write_markdown, write_terminal
from booklet.law.lookup import law_of
from booklet.tables.certainty import describe_portfolio_likelihood
from booklet.tables.peak import describe_peak
from booklet.text.language import ENGLISH, FRENCH, Language
from booklet.text.outside import display_width
from tests.samples.commands import ROOT
from tests.samples.workspace import Sample, write_proposal, write_small

if TYPE_CHECKING:
    from pathlib import Path

SECTIONS = ("investissement", "fonctionnement")
ESTIMATES = ("low", "central", "high")
#: thirds of a year, a recurring line, and a price with VAT: nothing here falls on a whole cent
AWKWARD = """\
title: "Un *titre* | avec `des` <marques> & [un lien](x), \\"guillemets\\"\\n# et 😀"
status: STATUS
timeline: [{id: pose, label: p, kind: works, start: 2021-02, end: 2022-08}]
costs:
  - {section: investissement, nature: works, quantity: 7, unit_cost: {low: 1 €, central: "33,33 €", high: 100 €},
     spread: pose, vat: "5,5 %", price: ttc}
  - {section: fonctionnement, nature: service, quantity: 1, unit_cost: 1 000 €, recurs: {from: 2022-05}, vat: 20 %}
"""


def portfolio_at(root: Path) -> Portfolio:
    portfolio = build_portfolio(read_workspace(root))
    assert portfolio is not None
    return portfolio


def tables_of(workspace: Workspace, language: Language) -> tuple[TextTable, ...]:
    portfolio = build_portfolio(workspace)
    assert portfolio is not None and workspace.edition is not None
    edition = workspace.edition.value
    return make_costs_tables(
        portfolio, edition, finance_portfolio(portfolio, edition, law_of(workspace)), language
    )


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """A workspace with awkward amounts, a complete draft and three incomplete ones."""
    sample = write_small(tmp_path)
    for id, status in (("gauche", "ready"), ("maladroit", "ready"), ("essai", "draft")):
        write_proposal(sample.root, "ecologie", id, AWKWARD.replace("STATUS", status))
    write_proposal(sample.root, "mobilite", "vide", "title: Rien encore\nstatus: draft\n")
    write_proposal(
        sample.root, "mobilite", "sans-prix", AWKWARD.replace("STATUS", "draft").replace("1 000 €", "")
    )
    write_proposal(
        sample.root, "mobilite", "sans-phase", AWKWARD.replace("STATUS", "draft").replace("id: pose, ", "")
    )
    return sample


@pytest.fixture
def portfolio(sample: Sample) -> Portfolio:
    return portfolio_at(sample.root)


def add(cells: list[dict[str, str]]) -> dict[str, str]:
    return {name: str(sum((Decimal(cell[name]) for cell in cells), Decimal("0.00"))) for name in ESTIMATES}


def test_json_keeps_its_contract(portfolio: Portfolio) -> None:
    """Keys, decimal strings in cents, every budget year and the order of proposals are as FORMAT promises."""
    document = json.loads(versioned_json.write_costs(portfolio), parse_float=pytest.fail)
    assert document["version"] == 1
    assert document["years"] == [2021, 2022, 2023, 2024, 2025, 2026]
    ids = [(proposal["id"], proposal["domain"], proposal["status"]) for proposal in document["proposals"]]
    assert ids == [
        ("armoires", "mobilite", "ready"),
        ("feux", "mobilite", "ready"),
        ("arbres", "ecologie", "ready"),
        ("gauche", "ecologie", "ready"),
        ("maladroit", "ecologie", "ready"),
        ("sans-phase", "mobilite", "draft"),
        ("sans-prix", "mobilite", "draft"),
        ("vide", "mobilite", "draft"),
        ("essai", "ecologie", "draft"),
    ]
    first = document["proposals"][0]
    assert first["investissement"]["2021"] == {"low": "45000.00", "central": "60000.00", "high": "75000.00"}
    assert first["fonctionnement"]["2026"] == {"low": "0.00", "central": "0.00", "high": "0.00"}
    assert first["after_term_per_year"] == {"low": "0.00", "central": "0.00", "high": "0.00"}
    for held in (*document["proposals"], document["totals"], *document["domains"].values()):
        for section in SECTIONS:
            if held[section] is not None:
                assert list(held[section]) == [str(year) for year in document["years"]]
                cells = (*held[section].values(), held["after_term_per_year"])
                assert all(list(cell) == list(ESTIMATES) for cell in cells)
                assert all(re.fullmatch(r"\d+\.\d\d", amount) for cell in cells for amount in cell.values())


def test_json_by_hand(portfolio: Portfolio) -> None:
    """233,31 € TTC at 5,5 % are 221,147 € HT over 19 months: 128,03 € for 11 of them, 93,11 € for 8."""
    document = json.loads(versioned_json.write_costs(portfolio))
    awkward = next(proposal for proposal in document["proposals"] if proposal["id"] == "gauche")
    assert [awkward["investissement"][year]["central"] for year in ("2021", "2022", "2023")] == [
        "128.03",
        "93.11",
        "0.00",
    ]
    assert [awkward["fonctionnement"][year]["central"] for year in ("2021", "2022", "2023")] == [
        "0.00",
        "666.67",
        "1000.00",
    ]
    assert awkward["after_term_per_year"]["central"] == "1000.00"


def test_json_totals_are_sums_of_its_cells(portfolio: Portfolio) -> None:
    """Every total, of a domain and of the whole, is the sum of the ready proposals' cells as they are written."""
    document = json.loads(versioned_json.write_costs(portfolio))
    ready = [proposal for proposal in document["proposals"] if proposal["status"] == "ready"]
    groups: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [(document["totals"], ready)]
    groups += [
        (total, [p for p in ready if p["domain"] == domain]) for domain, total in document["domains"].items()
    ]
    assert [len(members) for _, members in groups] == [5, 2, 3]
    for total, members in groups:
        for section in SECTIONS:
            for year in map(str, document["years"]):
                assert total[section][year] == add([member[section][year] for member in members])
        assert total["after_term_per_year"] == add([member["after_term_per_year"] for member in members])


def read_example() -> tuple[Portfolio, Workspace]:
    """Read the published example."""
    workspace = read_workspace(ROOT)
    example = build_portfolio(workspace)
    assert example is not None
    return example, workspace


def test_json_says_how_sure_it_is() -> None:
    """Percentiles are in order around the exact total, shares make the whole, and drafts without a cost have none."""
    document = json.loads(versioned_json.write_costs(*read_example()))
    totals = document["totals"]
    estimates = [held["uncertainty"] for held in document["proposals"]]
    assert len(estimates) > 8 and None not in estimates
    for held in (*estimates, totals["uncertainty"], *totals["uncertainty_by_section"].values()):
        percentiles = [Decimal(held[name]) for name in ("p10", "p50", "p80", "p90")]
        assert percentiles == sorted(percentiles)
        assert 0 < Decimal(held["probability_central_is_enough"]) < 1
        shares = [Decimal(each["share"]) for each in held["shares"]]
        assert shares == sorted(shares, reverse=True)
        assert abs(sum(shares, Decimal(0)) - 1) <= Decimal("0.000001") * len(shares)
    names = {each["name"]: each for each in totals["uncertainty"]["shares"]}
    assert names["salaires"]["is_driver"] and len(names["salaires"]["lines"]) > 5


def test_order_of_proposals_changes_no_total() -> None:
    """Proposals read in another order have the same totals, net costs and percentiles."""
    example, workspace = read_example()
    turned = replace(example, ready=example.ready[::-1])
    there, back = (json.loads(versioned_json.write_costs(held, workspace)) for held in (example, turned))
    assert there["totals"] == back["totals"]
    assert there["domains"] == back["domains"]
    assert there["totals"]["net"]["investissement"] is not None


@pytest.mark.parametrize("section", SECTIONS)
def test_net_of_the_json_adds_up(section: str) -> None:
    """Years and what comes after the term are the net, of each proposal, domain and of the whole; none exceeds TTC."""
    document = json.loads(versioned_json.write_costs(*read_example()))
    groups = [*document["proposals"], document["totals"], *document["domains"].values()]
    for held in groups:
        for name in ("net", "fctva"):
            by_year = [Decimal(cell) for cell in held[f"{name}_by_year"][section].values()]
            assert sum(by_year) + Decimal(held[f"{name}_after_term"][section]) == Decimal(held[name][section])
    ready = [held for held in document["proposals"] if held["status"] == "ready"]
    for total, members in (
        (document["totals"], ready),
        *((total, [p for p in ready if p["domain"] == id]) for id, total in document["domains"].items()),
    ):
        assert sum(Decimal(held["net"][section]) for held in members) == Decimal(total["net"][section])


@pytest.mark.parametrize("id", ["vide", "sans-prix", "sans-phase"])
def test_what_is_not_known_is_null_and_empty(portfolio: Portfolio, id: str) -> None:
    """A draft with a line that cannot be costed, or with none, has no amount at all: null in JSON, empty in CSV."""
    document = json.loads(versioned_json.write_costs(portfolio))
    draft = next(proposal for proposal in document["proposals"] if proposal["id"] == id)
    assert [draft[key] for key in (*SECTIONS, "after_term_per_year", "uncertainty")] == [None] * 4
    rows = [
        row for row in csv.DictReader(io.StringIO(comma_separated.write_costs(portfolio))) if row["id"] == id
    ]
    assert len(rows) == 14
    assert {row[name] for row in rows for name in ESTIMATES} == {""}


def test_csv_reads_back_as_the_json(portfolio: Portfolio) -> None:
    """One value a column: the CSV holds the same cells as the JSON, and titles come back, on one line."""
    text = comma_separated.write_costs(portfolio)
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    document = json.loads(versioned_json.write_costs(portfolio))
    assert len(rows) == len(document["proposals"]) * 2 * 7
    for proposal in document["proposals"]:
        for section in SECTIONS:
            for year in map(str, document["years"]):
                row = next(
                    r for r in rows if (r["id"], r["section"], r["period"]) == (proposal["id"], section, year)
                )
                title = " ".join(proposal["title"].split())
                assert (row["title"], row["status"]) == (title, proposal["status"])
                cell = (proposal[section] or {}).get(year, dict.fromkeys(ESTIMATES, ""))
                assert {name: row[name] for name in ESTIMATES} == cell
        if proposal["after_term_per_year"]:
            after = [r for r in rows if (r["id"], r["period"]) == (proposal["id"], "after-term-per-year")]
            assert (
                add([{name: r[name] for name in ESTIMATES} for r in after]) == proposal["after_term_per_year"]
            )
    assert all(
        line.endswith("\r\n")
        for line in text.splitlines(keepends=True)
        if line.startswith(("id,", "arbres,"))
    )


def number(cell: str) -> int:
    return int(re.sub(r"\D", "", cell))


@pytest.mark.parametrize("root", [None, ROOT], ids=["awkward", "example"])
def test_printed_tables_add_up(sample: Sample, root: Path | None) -> None:
    """Each domain is the sum of its printed rows, the whole of its domains, and the last column of its years."""
    workspace = read_workspace(root or sample.root)
    portfolio = build_portfolio(workspace)
    assert portfolio is not None
    by_proposal, by_year, *others = tables_of(workspace, ENGLISH)
    drafts = next(table for table in others if table.title == "Drafts, in no total")
    rows = [(row[0], [number(cell) for cell in row[1:]]) for row in by_proposal.rows]
    total, grand = [0] * 7, [0] * 7
    for label, cells in rows[:-1]:
        if label.startswith("Total, "):
            assert cells == total, label
            grand, total = [a + b for a, b in zip(grand, total, strict=True)], [0] * 7
        else:
            total = [a + b for a, b in zip(total, cells, strict=True)]
    assert rows[-1] == ("Total", grand)
    for row in by_year.rows:
        cells = [number(cell) for cell in row[1:]]
        assert sum(cells[:6]) == cells[6]
    assert len(drafts.rows) == len(portfolio.drafts)


def test_markdown_is_only_a_table(sample: Sample) -> None:
    """No title can end a row, open a column or become markup: every row has the columns of its head."""
    text = write_markdown(tables_of(read_workspace(sample.root), FRENCH))
    row = next(line for line in text.splitlines() if line.startswith("| essai"))
    assert r"Un \*titre\* \| avec \`des\` \<marques\> \& \[un lien\](x)" in row
    for block in text.split("\n\n"):
        if block.startswith("|"):
            columns = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
            assert len(columns) == 1


def test_terminal_columns_are_aligned() -> None:
    """Wide and combining characters count as the columns of a terminal, and rows end together."""
    table = TextTable("t", ("", "a", "b"), (("😀 é", "1", "22"), ("e\u0301", "333", "4")))
    lines = write_terminal([table]).splitlines()[2:]
    assert {display_width(line) for line in lines} == {display_width(lines[0])}
    assert display_width("😀") == 2 and display_width("e\u0301") == 1


def test_tables_say_what_the_booklet_says() -> None:
    """The terminal and Markdown print how sure each proposal is, the peak year and how likely the whole is."""
    workspace = read_workspace(ROOT)
    portfolio = portfolio_at(ROOT)
    assert workspace.edition is not None
    edition = workspace.edition.value
    tables = tables_of(workspace, ENGLISH)
    sure = next(table for table in tables if table.title.startswith("How sure each proposal is"))
    assert sure.head == ("Proposal", "Sum of central", "P50", "P80")
    assert [row[0] for row in sure.rows] == [costed.id for costed in portfolio.ready]
    peak, likely = (
        describe_peak(portfolio, edition, ENGLISH),
        describe_portfolio_likelihood(portfolio, ENGLISH),
    )
    assert [table.note for table in tables if table.note] == [peak, likely]
    assert "invests in a year" in peak and "(P80)" in likely and "Share of the uncertainty" in likely
    blocks = write_terminal(tables).split("\n\n")
    assert blocks.count(peak) == blocks.count(likely) == 1
    assert blocks[blocks.index(likely) - 1].startswith("│ Section"), (
        "it stands under the percentiles of the whole"
    )


def test_markdown_of_a_sentence_is_plain_words() -> None:
    """No label that a sentence holds can become markup, and a table without a sentence has no empty line for it."""
    text = write_markdown([TextTable("t", ("a", "b"), (("1", "2"),), "*lot* <b> | [x](y)")])
    assert text.endswith("| 1 | 2 |\n\n\\*lot\\* \\<b\\> \\| \\[x\\](y)\n")
    assert write_markdown([TextTable("t", ("a", "b"), (("1", "2"),))]).endswith("| 1 | 2 |\n")


def test_a_title_of_several_lines_is_one_row(sample: Sample) -> None:
    """The list of drafts has one line a draft, whatever line breaks a title holds."""
    drafts = tables_of(read_workspace(sample.root), FRENCH)[-1]
    assert len(write_terminal([drafts]).splitlines()) == 2 + len(drafts.rows)


def test_costs_of_the_example_on_the_command_line() -> None:
    """The command prints the JSON of the example byte for byte, and nothing beside it."""
    example = Sample(ROOT)
    printed = example.run("costs", "--format", "json")
    assert (printed.status, printed.err) == (0, "")
    assert printed.out == versioned_json.write_costs(portfolio_at(ROOT), read_workspace(ROOT))


def test_costs_of_a_faulty_workspace_are_not_printed(sample: Sample) -> None:
    """While the content has errors there are no figures, only what to correct, and the status says so."""
    ran = sample.run("costs", "--format", "json")
    assert (ran.status, ran.out) == (1, "")
    assert "M102" in ran.err
