"""Costs of a proposal → the two printed tables of its fiche, by cost line and by budget year."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from booklet.content.model.proposal import LINE_GROUPS, SECTIONS
from booklet.content.model.words import ESTIMATE_NAMES, SECTION_NAMES
from booklet.costs.figures.costs import CENTRAL
from booklet.diagnostics.message import Message, say
from booklet.money.euros import PrintedRange, write_number
from booklet.tables.balance_rows import OTHER_NAMES, balance_rows, outside_rows
from booklet.tables.money_table import MoneyRow, MoneyTable, with_total, year_columns
from booklet.tables.rounding import section_years, section_years_ttc
from booklet.tables.wording import Wording
from booklet.text.language import NO_BREAK_SPACE, Language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from booklet.content.model.proposal import CostLine
    from booklet.costs.costing import LineCost
    from booklet.costs.financing import Financings
    from booklet.costs.portfolio import CostedProposal

#: the sentences of `docs/format.md` for a figure without a source; the reading key explains the word printed for them
STANDARD_ASSUMPTIONS = frozenset(
    {
        "hypothèse de travail des auteurs, sans source publique",
        "working assumption of the authors, no public source",
    }
)
#: units that already say that a line comes back every year
_YEARS = frozenset({"an", "année", "year"})


def cost_table(
    costed: CostedProposal, language: Language, names: Mapping[str, str] | None = None
) -> MoneyTable | None:
    """Print each cost line over the six years, section by section: low, central, high, before VAT.

    Savings and lost revenue follow, each with its total, which is not taken off. A line of another owner than the
    proposal's names it; `names` are those of organisations. None while a cost is missing.
    """
    costing = costed.costing
    if not costing.is_complete:
        return None
    step = costed.step
    rows: list[MoneyRow] = []
    for section in SECTIONS:
        costs = [cost for cost in costing.lines if cost.section == section]
        if not costs:
            continue
        rows += _list_lines(SECTION_NAMES[section].text(language), costs, costed, language, names or {})
    # a proposal that pays nothing shows its revenues, which are else a row of the years
    for group in LINE_GROUPS[1:] if costing.pays_nothing else LINE_GROUPS[2:]:
        if lines := costing.group(group).lines:
            rows += _list_lines(OTHER_NAMES[group].text(language), lines, costed, language, names or {})
    if not rows:
        return None
    columns = (say("Cost line"), *ESTIMATE_NAMES.values())
    caption = say("Cost by line over the six years, before VAT").text(language)
    return MoneyTable(
        caption, tuple(column.text(language) for column in columns), tuple(rows), step, strong=(1,)
    )


def _list_lines(
    name: str,
    costs: Sequence[LineCost],
    costed: CostedProposal,
    language: Language,
    names: Mapping[str, str],
) -> Iterator[MoneyRow]:
    """List some lines under a heading, and their total."""
    yield MoneyRow(name, kind="group")
    printed = [cost.ht.total.rounded(costed.step) for cost in costs]
    for cost, cells in zip(costs, printed, strict=True):
        note = _line_note(cost, costed, language)
        label, owner = cost.line.label or "", costed.document.value.owner_of(cost.line)
        if owner != costed.document.value.owner:
            name_of_owner = names.get(owner or "", owner or "")
            label = say("{line} ({owner})", line=label, owner=name_of_owner).text(language)
        yield MoneyRow(label, (cells.low, cells.central, cells.high), note=note)
    total = reduce(PrintedRange.__add__, printed)
    words = say("Total, {section}", section=name.lower()).text(language)
    yield MoneyRow(words, (total.low, total.central, total.high), "subtotal")


def _line_note(cost: LineCost, costed: CostedProposal, language: Language) -> str:
    """Write how a line is computed, `150 × 12 000 € / carrefour`, then its source or assumption."""
    line = cost.line
    assert line.unit_cost is not None
    assert line.unit_cost.central is not None
    assert line.quantity is not None
    quantity = _write_quantity(line, language)
    unit_cost = line.unit_cost.central.write(language)
    product = NO_BREAK_SPACE.join((quantity, "×", unit_cost, "/", _plain(line.unit or "")))
    if line.recurs is not None and line.recurs.is_ramp:
        before = ", ".join(
            say("{units} in {year}", units=units, year=year).text(language)
            for year, units in sorted(line.recurs.units.items())
        )
        first = max(line.recurs.units) + 1
        product += say(", each year from {year} on ({before})", year=first, before=before).text(language)
    elif line.recurs is not None and (line.unit or "").casefold() not in _YEARS:
        product += say(", each year").text(language)
    phase = costed.document.value.phases_by_id.get(line.spread) if isinstance(line.spread, str) else None
    if line.counts_full_time and phase is not None and phase.period is not None:
        product += say(" a year, over {months} months", months=phase.period.months).text(language)
    if line.vat_rate:
        product += say(", VAT {rate}", rate=Wording(language).percent(line.vat_rate)).text(language)
    if cost.estimates[CENTRAL].inputs.indices is not None:
        product += say(", prices of {year} brought by an index", year=line.price_year).text(language)
    if line.scenario is not None:
        product += say(", scenario {name}", name=line.scenario).text(language)
    if line.source:
        return f"{product} [@{line.source}]"
    if line.assumption in STANDARD_ASSUMPTIONS:
        return f"{product} ({say('assumption').text(language)})"
    return f"{product} ({_plain(line.assumption)})" if line.assumption else product


def _write_quantity(line: CostLine, language: Language) -> str:
    """Write the quantity, and the two others where there are three."""
    assert line.quantity_range is not None
    low, central, high = (write_number(number, language) for number in line.quantity_range)
    if low == central == high:
        return central
    return say("{central} ({low} to {high})", central=central, low=low, high=high).text(language)


def _plain(text: str) -> str:
    """Escape a contributor's text, so that Markdown finds no markup in it."""
    return "".join(f"\\{character}" if character in r"\`*_[]<>&!" else character for character in text)


def year_table(costed: CostedProposal, financings: Financings, language: Language) -> MoneyTable | None:
    """Print the central amounts by section and budget year, their total, and a full year after the term.

    Revenues, savings and what is paid besides have rows of their own under the costs, and are not subtracted. None
    without lines, or while a cost is missing.
    """
    costing = costed.costing
    if not costing.is_complete:
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
        cp = section == "investissement"
        ttc = section_years_ttc(costed, section, deducted=not cp)
        if ttc is not None:
            words = (_name_cp(costed) if cp else say("VAT included")).text(language)
            after_ttc = costing.after_term_ttc(section, deducted=not cp).central.rounded(step)
            rows.append(MoneyRow(words, (*with_total(ttc), after_ttc), "faint"))
        rows += outside_rows(costed, section, financings, language)
    rows += balance_rows(costed, financings, language)
    if not rows:
        return None
    return MoneyTable(
        say("Central cost by year, before VAT").text(language),
        (say("Section").text(language), *(str(year) for year in costing.years), *year_columns(language)),
        tuple(rows),
        step,
        strong=(len(costing.years),),
    )


def _name_cp(costed: CostedProposal) -> Message:
    """Name the schedule of a multi-year investment (CGCT art. L2311-3): a presentation, not a check.

    A budget whose VAT is deducted is voted without it.
    """
    taxed = [cost for cost in costed.costing.lines_of("investissement") if cost.line.vat_rate]
    deducting = [cost for cost in taxed if cost.deducts_vat]
    if any(
        cost.line.paid_before or cost.line.paid_after for cost in costed.costing.lines_of("investissement")
    ):
        return say("CP, with the VAT that is paid")  # the AP has a row of its own
    if not deducting:
        return say("CP, VAT included (total: AP)")
    return (
        say("CP, before VAT (total: AP)")
        if deducting == taxed
        else say("CP, before deducted VAT (total: AP)")
    )
