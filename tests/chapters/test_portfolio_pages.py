"""The pages of the whole and of a domain: messages computed from the figures, tables that add up, pages as designed."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from fractions import Fraction
from html import unescape
from typing import TYPE_CHECKING

import pikepdf
import pytest

from booklet.chapters import portfolio_pages
from booklet.chapters.certainty import draw_tornado
from booklet.chapters.chart_page import label_writer
from booklet.chapters.domain_pages import fill_domain
from booklet.chapters.page import Page
from booklet.chapters.portfolio_pages import draw_net, draw_running, draw_spending, fill_portfolio
from booklet.chapters.ruler import draw_ranges
from booklet.chapters.table import AFTER, list_parts
from booklet.charts.spending import Spending
from booklet.charts.waterfall import Waterfall
from booklet.content.model.proposal import SECTIONS
from booklet.content.part_ids import domain_part_id
from booklet.law.lookup import load_law
from booklet.layout.styles import Styles
from booklet.layout.weasyprint import Typeset, typeset
from booklet.pdf.body import link_body
from booklet.pdf.merge import UnresolvedTargets
from booklet.pipeline.analysis import Analysis, analyse_workspace
from booklet.tables.funding_plan import funding_plan
from booklet.tables.scorecard import OWN_SHARE, TOTAL, domains_in_use, score, score_table
from booklet.tables.wording import Wording
from booklet.text.language import ENGLISH, FRENCH
from tests.samples import linked_parts
from tests.samples.commands import ROOT
from tests.samples.contexts import context_of, page_numbers
from tests.samples.marks import long
from tests.samples.page_texts import page_texts

if TYPE_CHECKING:
    from booklet.content.model.edition import Edition
    from booklet.costs.portfolio import Portfolio
    from booklet.tables.money_table import MoneyTable
    from tests.samples.workspace import Sample

STYLES = Styles(ROOT / "templates")
OPENER_PAGES = 2


@pytest.fixture(scope="module")
def published() -> Analysis:
    """Compile the published example."""
    return analyse_workspace(ROOT)


def parts_of(analysis: Analysis) -> tuple[Portfolio, Edition]:
    assert analysis.portfolio is not None and analysis.workspace.edition is not None
    return analysis.portfolio, analysis.workspace.edition.value


def whole(analysis: Analysis) -> str:
    return fill_portfolio(context_of(analysis, FRENCH), page_numbers({}))


def opener(analysis: Analysis, domain: str) -> str:
    context = context_of(analysis, FRENCH)
    pages = {proposal.id: 10 + index for index, proposal in enumerate(context.portfolio.ready)}
    return fill_domain(context, page_numbers(pages), domain)


def lay_out(html: str) -> Typeset:
    laid_out = typeset(html, STYLES)
    assert laid_out.complaints == () and laid_out.missing_characters == ()
    return laid_out


def plain(text: str) -> str:
    return " ".join(unescape(text).split())


def rows(table: MoneyTable, kind: str) -> list[tuple[Decimal, ...]]:
    return [tuple(cell or Decimal(0) for cell in row.cells) for row in table.rows if row.kind == kind]


def add(cells: list[tuple[Decimal, ...]]) -> tuple[Decimal, ...]:
    return tuple(sum(column, Decimal(0)) for column in zip(*cells, strict=True))


def test_scorecard_adds_up(published: Analysis) -> None:
    """Rows add up to the domains' totals, these to the whole's, and the years of every row to its total."""
    portfolio, edition = parts_of(published)
    table = score_table(score(portfolio, edition, published.financings), edition, ENGLISH)
    lines, domains, totals = (rows(table, kind) for kind in ("part", "subtotal", "total"))
    assert add(lines) == add(domains) == add(totals)
    assert all(sum(line[:6]) == line[6] for line in (*lines, *domains, *totals))
    assert portfolio.drafts  # which are in no row
    assert [row.target for row in table.rows if row.target] == [proposal.id for proposal in portfolio.ready]


def test_own_share_is_what_grants_leave(published: Analysis) -> None:
    """The own share of the scorecard is that of the fiche, loans included."""
    portfolio, edition = parts_of(published)
    scores = score(portfolio, edition, published.financings)
    told = 0
    for proposal in portfolio.ready:
        plan = funding_plan(proposal, edition, published.financings, ENGLISH)
        sections = dict.fromkeys(funding.section for funding in proposal.document.value.funding)
        ordered = [section for section in SECTIONS if section in sections]
        owed = [Decimal(0)]
        for row in plan.rows if plan else ():
            if row.kind == "subtotal":
                owed[-1] += row.amount or 0
            if row.kind == "total":
                owed.append(Decimal(0))
        assert [scores.cells[proposal.id, section][OWN_SHARE] for section in ordered] == owed[:-1], (
            proposal.id
        )
        told += len(ordered)
    assert told > 5


def test_spending_chart_and_table_hold_the_same_numbers(published: Analysis) -> None:
    """Each column's segments are the cells printed under it, and the message names the highest of them."""
    portfolio, edition = parts_of(published)
    drawn = draw_spending(score(portfolio, edition, published.financings), edition, FRENCH)
    assert isinstance(drawn.chart, Spending)
    table = drawn.tables[0]
    cells = [row[:6] for row in rows(table, "row")]
    for index in range(6):
        segments = [
            segment.amount for panel in drawn.chart.panels for segment in panel.columns[index].segments
        ]
        assert segments == [row[index] for row in cells if row[index]]
    investment = rows(table, "subtotal")[0][:6]
    peak = max(investment)
    year = portfolio.years[investment.index(peak)]
    assert drawn.message.startswith("L’investissement culmine en")
    assert f"{year}" in drawn.message and label_writer(FRENCH)(peak) in drawn.message
    assert edition.territory is not None
    assert edition.territory.yearly_investment is not None
    share = Decimal(round(Fraction(peak) / edition.territory.yearly_investment.value * 1000)) / 1000
    assert Wording(FRENCH).percent(share) in drawn.message


def test_waterfall_and_tables_agree(published: Analysis) -> None:
    """Steps add up to the net, and co-funders by certainty to those of the table by domain."""
    portfolio, edition = parts_of(published)
    drawn = draw_net(portfolio, edition, published.financings, FRENCH)
    assert isinstance(drawn.chart, Waterfall)
    steps, by_domain = drawn.tables[0], drawn.tables[1]
    *changes, net = [tuple(cell or Decimal(0) for cell in row.cells) for row in steps.rows]
    assert add(changes) == net
    assert sum(net) == rows(by_domain, "total")[0][-1]
    for section, amount in zip(("investissement", "fonctionnement"), net, strict=True):
        assert f"{label_writer(FRENCH)(amount)} en {section}" in drawn.message.replace("\u00a0", "\u00a0")


def test_running_costs_are_those_of_the_scorecard(published: Analysis) -> None:
    """The staircase goes through the scorecard's totals, and ends on what the domains go on costing."""
    portfolio, edition = parts_of(published)
    scores = score(portfolio, edition, published.financings)
    drawn = draw_running(portfolio, edition, published.financings, FRENCH)
    central = drawn.tables[0].rows[1].cells
    whole_cells = scores.of(portfolio.ready, "fonctionnement")
    assert central == (*whole_cells[:TOTAL], whole_cells[-1])
    assert add(rows(drawn.tables[1], "row")) == rows(drawn.tables[1], "total")[0]
    assert rows(drawn.tables[1], "total")[0][1] == central[-1]
    assert label_writer(FRENCH)(central[-1]) in drawn.message


def test_ruler_message_is_that_of_its_ends(published: Analysis) -> None:
    """The message gives the cheapest and the costliest proposal, and how many times one is the other."""
    portfolio, edition = parts_of(published)
    drawn = draw_ranges(portfolio, edition, load_law(), ENGLISH)
    central = [row[1] for row in rows(drawn.tables[0], "row")]
    assert len(central) == len(portfolio.ready)
    times = round(max(central) / min(central))
    assert times >= 10
    write = label_writer(ENGLISH)
    assert drawn.message == (
        f"From {write(min(central))} to {write(max(central))} over six years: the costliest proposal is worth {times}"
        " times the cheapest."
    )


def test_tornado_moves_no_further_than_the_ranges(published: Analysis) -> None:
    """Causes stand by their share, and no cause moves the sum further than its low or its high total."""
    portfolio, _ = parts_of(published)
    drawn = draw_tornado(portfolio, ENGLISH)
    assert drawn is not None
    shares = [int(re.findall(r"(\d+)%", row.note)[0]) for row in drawn.tables[0].rows]
    assert shares == sorted(shares, reverse=True) and 0 < sum(shares) <= 101
    total = sum(
        (p.costing.by_section[s].total.high - p.costing.by_section[s].total.central).rounded()
        for p in portfolio.ready
        for s in p.costing.by_section
    )
    assert sum(row[1] for row in rows(drawn.tables[0], "row")) <= total


def test_long_scorecard_is_laid_out_in_parts(published: Analysis, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scorecard of many rows stands in documents of its own, with all its rows, which can be linked."""
    rows = whole(published).count("<tr")
    monkeypatch.setattr(portfolio_pages, "_MOST_ROWS", 30)
    pages = Page("portfolio", whole(published)).split()
    cards = [page for page in pages if "scorecard" in page.html]
    assert [page.id for page in cards[:3]] == ["portfolio", "portfolio:figures-2", "portfolio:figures-3"]
    heads = len(cards) - 1
    assert sum(page.html.count("<tr") for page in pages) == rows + heads
    part = linked_parts.as_part(cards[1].id, linked_parts.laid_out("pistes"), "")
    with pytest.raises(UnresolvedTargets):  # links to other fiches
        link_body([part], linked_parts.numbers(), linked_parts.DESCRIPTION)


@pytest.mark.long
def test_every_chapter_of_the_whole_begins_a_page(published: Analysis) -> None:
    """Each chapter begins a page, in its order, under the anchor that the contents name; no page is all but empty."""
    html = whole(published)
    headings = next(chapter.headings for chapter in AFTER if chapter.id == "portfolio")
    assert re.findall(r'<section[^>]* id="(\w+)"', html) == [heading.anchor for heading in headings]
    laid_out = lay_out(html)
    assert min(laid_out.layout.lines_by_page) > 10
    assert laid_out.layout.misfits == ()
    texts = [*map(plain, page_texts(laid_out.pdf))]
    titles = [heading.title.text(FRENCH) for heading in headings]
    begun = [title for text in texts for title in titles if text.startswith(title)]
    assert begun == titles
    assert texts[0].startswith(titles[0])


@pytest.mark.long
def test_alternative_texts_are_the_messages(published: Analysis) -> None:
    """What a screen reader says of each chart is the sentence printed above it."""
    for html in (whole(published), opener(published, "mobilite")):
        titles = [plain(title) for title in re.findall(r"<svg[^>]*>\s*<title>(.*?)</title>", html, re.DOTALL)]
        printed = [plain(text) for text in re.findall(r'<p class="(?:message|measure)">(.*?)</p>', html)]
        assert titles and set(titles) <= set(printed)
        assert html.count("<svg") == html.count("<title>") - 1 == html.count("<desc>")
        with pikepdf.open(io.BytesIO(lay_out(html).pdf)) as pdf:
            spoken = [
                plain(str(item["/Alt"]))
                for item in pdf.objects
                if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure"
            ]
        assert sorted(spoken) == sorted(titles)


def test_domain_opens_on_two_pages(published: Analysis) -> None:
    """Every domain has two pages; the first lists its proposals, a zero for the page of each, and no other domain's."""
    portfolio, edition = parts_of(published)
    parts = {part.id: part.pages for part in list_parts(context_of(published))}
    for domain in domains_in_use(portfolio, edition):
        assert parts[domain_part_id(domain)] == OPENER_PAGES
        html = opener(published, domain)
        assert f'id="{domain_part_id(domain)}"' in html
        targets = re.findall(r'href="proposal:([\w-]+)"', html)
        assert targets == [proposal.id for proposal in portfolio.ready if proposal.domain == domain]
        assert re.findall(r'<span class="page"><a href="stamp:1:([\w-]+)"[^<>]*>0</a>', html) == targets
        assert "…" not in plain(html), "titles are whole as long as the page has room for them"
    assert lay_out(html).pages == OPENER_PAGES


def many(sample: Sample, count: int) -> Analysis:
    text = sample.proposal("feux").read_text("utf-8")
    for index in range(count):
        longer = text.replace(
            "Essayer les feux", f"Essayer partout, et d'abord là où il le faut, les feux {index}"
        )
        (sample.proposal("feux").parent / f"feux-{index}.yaml").write_text(longer, "utf-8")
    return analyse_workspace(sample.root)


@pytest.mark.parametrize("count", [0, 6, 30, *(long(count) for count in (12, 70))])
def test_any_number_of_proposals_opens_on_two_pages(unbuilt: Sample, count: int) -> None:
    """The opener keeps to its two pages with a long introduction too, and says how many proposals it leaves out."""
    edition = "  mobilite: {title: Mobilité, colour: "
    unbuilt.edit(
        "edition.yaml",
        edition,
        edition.replace("{", '{intro: "' + "Se déplacer sans attendre. " * 15 + '", '),
    )
    analysis = many(unbuilt, count)
    html = opener(analysis, "mobilite")
    assert "Se déplacer sans attendre." in html
    listed = len(re.findall(r'href="proposal:[\w-]+"', html))
    left_out = re.search(r"et (\d+) autres", plain(html))
    assert listed + (int(left_out[1]) if left_out else 0) == count + 2
    assert lay_out(html).pages == OPENER_PAGES


def test_one_proposal_has_its_pages(unbuilt: Sample) -> None:
    """With one proposal, no yardstick and nothing that runs on, every page still says what it can."""
    for id in ("armoires", "arbres"):
        unbuilt.proposal(id).unlink()
    analysis = analyse_workspace(unbuilt.root)
    html = whole(analysis)
    lay_out(html)
    assert "L’investissement culmine en 2021" in html
    assert "Aucune proposition n’a de coût de fonctionnement." in plain(html)


def test_unknown_cost_is_never_a_bar(unbuilt: Sample) -> None:
    """A cost that is not known makes totals n.c., in words, tables and charts; nothing is drawn at 0."""
    unbuilt.edit("mobilite/feux.yaml", "    quantity: 10\n", "")
    analysis = analyse_workspace(unbuilt.root)
    portfolio, edition = parts_of(analysis)
    scores = score(portfolio, edition, analysis.financings)
    assert set(scores.of_domain("mobilite", "investissement")) == {None}
    assert None not in scores.of_domain("ecologie", "investissement")
    drawn = draw_spending(scores, edition, FRENCH)
    assert isinstance(drawn.chart, Spending)
    assert {column.label for column in drawn.chart.panels[0].columns} == {"n.c."}
    html = whole(analysis)
    assert "n.c." in html and "Un coût n’est pas connu" in html
    lay_out(html)
    assert lay_out(opener(analysis, "mobilite")).pages == OPENER_PAGES
