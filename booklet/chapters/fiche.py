"""7. Proposal → fiche: one proposal laid out, ready to link.

The page is filled here (a view of the proposal in words and printed tables) and laid out in a worker process. A
fiche's fingerprint is the digest of its filled page, its images, the stylesheets, the fonts and the versions of the
libraries: everything a fiche reads, and nothing else. It knows neither its page number nor its line numbers, so a
longer neighbour, a comment or a moved line does not render it again.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING
from urllib.parse import quote

from booklet.cache.digests import fingerprint
from booklet.cache.store import inputs_changed
from booklet.charts.funding_bar import lay_out_funding_bar
from booklet.charts.gantt import GanttWords, lay_out_gantt
from booklet.content.model.fields import ids_naming
from booklet.content.model.proposal import SECTIONS, Phase, Proposal
from booklet.content.model.words import PHASE_NAMES, SECTION_NAMES
from booklet.costs.financing import Financings, earn
from booklet.diagnostics.message import Message, say
from booklet.layout.overflow_report import UNMEASURED, Layout
from booklet.layout.page import fill_page
from booklet.layout.tags import slim
from booklet.layout.weasyprint import Styles, typeset
from booklet.money.euros import PrintedRange, write_number
from booklet.tables.funding_plan import funding_plan
from booklet.tables.key_figures import find_key_figures
from booklet.tables.money_table import MoneyRow, MoneyTable, with_total, year_columns
from booklet.tables.net_tables import fiche_net_table, likelihood, unit_costs
from booklet.tables.rounding import apportion, section_revenues, section_years, section_years_ttc
from booklet.tables.wording import Wording
from booklet.text.language import NO_BREAK_SPACE, Language
from booklet.text.markdown import cited

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from jinja2 import Environment

    from booklet.content.model.edition import Edition
    from booklet.content.model.sources import Reference
    from booklet.costs.costing import LineCost
    from booklet.costs.portfolio import CostedProposal
    from booklet.money.calendar import Month

#: a fiche stands on two facing pages
FICHE_PAGES = 2
#: the sentence that FORMAT gives for a figure without a source; the reading key explains the word printed for it
STANDARD_ASSUMPTIONS = frozenset(
    {
        "hypothèse de travail des auteurs, sans source publique",
        "working assumption of the authors, no public source",
    }
)
#: how the templates and `prose` write a link to another part of the booklet; a quote in a text is escaped
_PRIVATE_LINK = re.compile(r' href="proposal:[^"<>]*"')
#: units that already say that a line comes back every year
_YEARS = frozenset({"an", "année", "year"})
_RELATIONS = {
    "needs": say("Needs:"),
    "overlaps": say("Does part of the same as:"),
    "conflicts": say("Cannot be done together with:"),
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """Hold a laid-out document ready to link, and what could not be laid out."""

    pdf: bytes
    pages: int
    missing_characters: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    layout: Layout = UNMEASURED

    def pack(self) -> bytes:
        """Write the record for the store: one line of JSON, then the PDF."""
        head = {
            "pages": self.pages,
            "missing": self.missing_characters,
            "complaints": self.complaints,
            "layout": self.layout.plain(),
        }
        return json.dumps(head).encode() + b"\n" + self.pdf

    @classmethod
    def unpack(cls, payload: bytes) -> Rendered:
        """Read a record of the store."""
        head, _, pdf = payload.partition(b"\n")
        held = json.loads(head)
        return cls(
            pdf,
            held["pages"],
            tuple(held["missing"]),
            tuple(held["complaints"]),
            Layout.of_plain(held["layout"]),
        )


@dataclass(frozen=True, slots=True)
class Page:
    """Hold a filled page and what it may read: all that a worker needs to lay it out."""

    id: str
    html: str
    folder: Path | None = None
    #: the files of `folder` that the page shows, and their digest
    files: tuple[str, ...] = ()
    images: str = ""

    def alone(self) -> Page:
        """Drop the links to what is not printed with it: other proposals, sources."""
        return replace(self, html=_PRIVATE_LINK.sub("", self.html))

    def fingerprint(self, machine: str) -> str:
        """Digest everything the layout depends on; `machine` covers stylesheets, fonts and versions."""
        return fingerprint("page", self.html, self.images, machine)


def render(page: Page, styles: Styles) -> Rendered:
    """Lay out one filled page and lighten its structure tree; runs in a worker process.

    Raises `BuildError` when a file is another one than that the page was filled with.
    """
    laid_out = typeset(page.html, styles, page.folder)
    if page.folder is not None and not _has_its_images(page, page.folder):
        raise inputs_changed()
    return Rendered(
        slim(laid_out.pdf),
        laid_out.pages,
        laid_out.missing_characters,
        laid_out.complaints,
        laid_out.layout,
    )


def fill_fiche(
    environment: Environment,
    costed: CostedProposal,
    edition: Edition,
    financings: Financings,
    references: Mapping[str, Reference],
    titles: Mapping[str, str],
    root: Path,
) -> Page:
    """Fill the page of one proposal; `titles` are those of the proposals it may link to."""
    proposal, term = costed.document.value, edition.budget_term
    assert term is not None, "an edition with faults is never printed"
    language: Language = environment.globals["language"]  # type: ignore[assignment]
    folder = root / costed.document.folder
    figures = [figure for figure in proposal.figures if figure.file]
    lines = cost_table(costed, language, environment.globals["source_labels"])  # type: ignore[arg-type]
    owner = edition.organisations.get(proposal.owner or "")
    html = fill_page(
        environment,
        "fiche.html",
        edition=edition,
        domain=edition.domains[costed.domain],
        proposal=proposal,
        owner=owner.name if owner else "",
        key_figures=find_key_figures(costed, edition, financings),
        cost_table=lines,
        year_table=year_table(costed, language),
        gantt=lay_out_gantt(proposal, term, gantt_words(Wording(language))),
        funding=funding_plan(costed, edition, financings, language),
        funding_bar=lay_out_funding_bar(costed, edition, financings, language),
        net_table=fiche_net_table(costed, financings, language),
        unit_costs=unit_costs(costed, edition, language),
        likelihood=likelihood(costed, language),
        related=_related(proposal, titles, language),
        sources=[(id, references[id]) for id in cited_sources(proposal) if id in references],
        images=[(figure, quote(figure.file or "")) for figure in figures],
    )
    # addresses are relative, so that a page says the same on every machine; a digest stands for the images
    files = tuple(figure.file for figure in figures if figure.file)
    return (
        Page(costed.id, html, folder, files, digest_images(folder, files)) if files else Page(costed.id, html)
    )


def _has_its_images(page: Page, folder: Path) -> bool:
    try:
        return digest_images(folder, page.files) == page.images
    except OSError:
        return False


def digest_images(folder: Path, files: Sequence[str]) -> str:
    """Digest the images that a page shows."""
    return fingerprint([hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in files])


def gantt_words(wording: Wording) -> GanttWords:
    """Give the words of a timeline: `travaux, mai 2022 – déc. 2025`, `Décision · oct. 2020`."""
    language = wording.language

    def note(phase: Phase) -> str:
        kind = PHASE_NAMES[phase.kind or "works"].text(language)
        months = (wording.short_month(month) for month in (phase.start, phase.end) if month is not None)
        return f"{kind}, {' – '.join(months)}"

    def mark(words: Message) -> Callable[[Month], str]:
        return lambda month: f"{words.text(language)} · {wording.short_month(month)}"

    return GanttWords(note, mark(say("Decision")), mark(say("In service")))


def cited_sources(proposal: Proposal) -> tuple[str, ...]:
    """Name the sources that a proposal cites, in its data and its texts, each once, in a fixed order."""
    texts = (proposal.problem, proposal.solution, proposal.uncertainty)
    in_texts = (source for text in texts if text for source in cited(text).sources)
    # what stands in lists first, the lines above all, then single groups, then single keys
    in_data = sorted(ids_naming("source", proposal), key=lambda found: -len(found[0]))
    return tuple(dict.fromkeys([*in_texts, *(source for _, source in in_data)]))


def _related(
    proposal: Proposal, titles: Mapping[str, str], language: Language
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    groups = ((words, getattr(proposal.links, name)) for name, words in _RELATIONS.items())
    return tuple(
        (words.text(language), tuple((id, titles[id]) for id in ids if id in titles))
        for words, ids in groups
        if ids
    )


# --- printed tables ----------------------------------------------------------------------------------------------


def cost_table(costed: CostedProposal, language: Language, labels: Mapping[str, str]) -> MoneyTable | None:
    """Print the lines over the six years, section by section: low, central, high, HT."""
    costing = costed.costing
    if not costing.lines or not costing.is_complete:
        return None
    step = costed.step
    rows: list[MoneyRow] = []
    for section in SECTIONS:
        costs = [cost for cost in costing.lines if cost.section == section]
        if not costs:
            continue
        name = SECTION_NAMES[section].text(language)
        rows.append(MoneyRow(name, kind="group"))
        printed = [cost.ht.total.rounded(step) for cost in costs]
        for cost, cells in zip(costs, printed, strict=True):
            note = _line_note(cost, language, labels)
            rows.append(MoneyRow(cost.line.label or "", (cells.low, cells.central, cells.high), note=note))
        total = reduce(PrintedRange.__add__, printed)
        words = say("Total, {section}", section=name.lower()).text(language)
        rows.append(MoneyRow(words, (total.low, total.central, total.high), "subtotal"))
    columns = (say("Cost line"), say("Low"), say("Central"), say("High"))
    caption = say("Cost by line over the six years, before VAT").text(language)
    return MoneyTable(
        caption, tuple(column.text(language) for column in columns), tuple(rows), step, strong=(1,)
    )


def _line_note(cost: LineCost, language: Language, labels: Mapping[str, str]) -> str:
    """Say how a line is computed and what it rests on: `150 × 12 000 € / carrefour`, then its source."""
    line = cost.line
    assert line.unit_cost is not None
    assert line.unit_cost.central is not None
    assert line.quantity is not None
    quantity = write_number(line.quantity, language)
    unit_cost = line.unit_cost.central.write(language)
    product = NO_BREAK_SPACE.join((quantity, "×", unit_cost, "/", _plain(line.unit or "")))
    if line.recurs is not None and (line.unit or "").casefold() not in _YEARS:
        product += say(", each year").text(language)
    if line.vat_rate:
        product += say(", VAT {rate}", rate=Wording(language).percent(line.vat_rate)).text(language)
    if line.source:
        return f"{product} [@{line.source}]"
    if line.assumption in STANDARD_ASSUMPTIONS:
        return f"{product} ({say('assumption').text(language)})"
    return f"{product} ({_plain(line.assumption)})" if line.assumption else product


def _plain(text: str) -> str:
    """Take from a contributor's text what Markdown would read as marks."""
    return "".join(f"\\{character}" if character in r"\`*_[]<>&!" else character for character in text)


def year_table(costed: CostedProposal, language: Language) -> MoneyTable | None:
    """Print the central amounts by section and budget year, their total, and a full year after the term.

    What comes in stands apart under what is spent, and is taken off nothing.
    """
    costing = costed.costing
    if not costing.lines or not costing.is_complete:
        return None
    by_section = {section: costing.by_section[section] for section in SECTIONS}
    after = costing.after_term_by_section
    step = costed.step
    rows: list[MoneyRow] = []
    for section in SECTIONS:
        name = SECTION_NAMES[section].text(language)
        if not by_section[section] and not after[section]:
            continue
        cells = with_total(section_years(costed, section, step))
        rows.append(MoneyRow(name, (*cells, after[section].central.rounded(step))))
        ttc = section_years_ttc(costed, section)
        if ttc is not None:
            # the schedule of a multi-year investment (CGCT art. L2311-3): a presentation, not a check
            cp = section == "investissement"
            words = (say("CP, VAT included (total: AP)") if cp else say("VAT included")).text(language)
            after_ttc = costing.after_term_ttc_by_section[section].central.rounded(step)
            rows.append(MoneyRow(words, (*with_total(ttc), after_ttc), "faint"))
    if costed.document.value.revenues:
        words = say("Revenues and savings").text(language)
        rows.append(MoneyRow(words, _revenue_cells(costed, step), "faint"))
    return MoneyTable(
        say("Central cost by year, before VAT").text(language),
        (say("Section").text(language), *(str(year) for year in costing.years), *year_columns(language)),
        tuple(rows),
        step,
        strong=(len(costing.years),),
    )


def _revenue_cells(costed: CostedProposal, step: Decimal) -> tuple[Decimal | None, ...]:
    earned = earn(costed.document.value, costed.costing)
    if earned is None:
        return (None,) * (len(costed.costing.years) + 2)
    yearly, after = earned
    by_section = (section_revenues(costed, section) for section in SECTIONS)
    whole = sum((amount for amount in by_section if amount is not None), Decimal(0))
    cells = apportion([amount.central for amount in yearly], whole, step)
    return *with_total(cells), after.central.rounded(step)
