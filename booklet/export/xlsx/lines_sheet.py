"""Cost rows → the sheet of lines, whose formulas compute the amounts.

Each line computes its amounts by formulas; the sheet of exact sums adds them by proposal, section and measure; the
sheet of years rounds each of those sums once (`spreadsheet.half_even`), and totals add only rounded cells. A changed
quantity or unit cost thus reaches every total, with the same cents as the booklet's own computation.

A hidden first row names the columns of the sheet of lines and a hidden column the line of each row; hidden columns keep
the exported values, so that `import_workbook` finds what a person changed, even where columns and rows were moved.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.content.model.proposal import ESTIMATES
from booklet.content.model.words import ESTIMATE_NAMES, SECTION_NAMES
from booklet.diagnostics.message import Message, say
from booklet.export.workbook_rows import MARKER, line_key
from booklet.export.xlsx.sheets import GROUP_NAMES, HEAD_ROW, Table
from booklet.export.xlsx.spreadsheet import Number, SheetWriter, Spreadsheet, column_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from booklet.export.cost_rows import LineRow


#: payments outside the six years, where a line has one: in the AP, and in no amount of this sheet
OUTSIDE = ("paid-before", "paid-after")
#: the other two of three quantities, where a line has them
QUANTITIES = ("quantity-low", "quantity-high")
#: prices of another year, where a line has them, and the index of both years
PRICES = ("price-year", "index-prices", "index-edition")


def write_lines(
    spreadsheet: Spreadsheet, name: Message, note: Message, rows: Sequence[LineRow], years: tuple[int, ...]
) -> Table:
    """Write the sheet of lines: inputs, months or units by year, and amounts by formulas."""
    sheet = spreadsheet.add(name)
    columns = _line_columns(years, _rare_columns(rows))
    sheet.sheet.set_row(0, None, None, {"hidden": True})
    for key, column in columns.items():
        sheet.write_string(0, column, MARKER if key == "key" else key)
    sheet.write_text(1, columns["proposal"], spreadsheet.say(name), spreadsheet.title)
    sheet.write_text(2, columns["proposal"], spreadsheet.say(note), spreadsheet.text)
    heads = _line_heads(spreadsheet, years)
    sheet.write_heads(HEAD_ROW, [heads.get(key, "") for key in columns])
    first = HEAD_ROW + 1
    for row, line_row in enumerate(rows, first):
        _write_line(spreadsheet, sheet, columns, row, line_row)
    table = Table(sheet, columns, first, HEAD_ROW + len(rows))
    _size_line_columns(sheet, columns)
    last_printed = columns["after-central"]
    sheet.set_up_page(HEAD_ROW, (table.last, last_printed), frozen_columns=columns["label"] + 1)
    return table


def _rare_columns(rows: Sequence[LineRow]) -> tuple[str, ...]:
    """The columns of what few lines have."""
    used = {
        QUANTITIES: any(row.has_quantities for row in rows),
        ("scenario",): any(row.line.scenario for row in rows),
        PRICES: any(row.line.price_year for row in rows),
        ("owner",): any(row.has_several_owners for row in rows),
        OUTSIDE: any(row.pays_outside for row in rows),
    }
    return tuple(key for keys, is_used in used.items() if is_used for key in keys)


def _line_columns(years: tuple[int, ...], rare: tuple[str, ...]) -> dict[str, int]:
    texts = ("key", "proposal", "label", "kind", "section", "nature", "quantity", "unit")
    inputs = (*texts, *ESTIMATES, "price", "vat", "regime", *rare, "months")
    parts = [f"part-{year}" for year in years]
    amounts = [
        key
        for estimate in ("central", "low", "high")
        for key in (*(f"{estimate}-{year}" for year in years), f"{estimate}-total", f"after-{estimate}")
    ]
    taxed = [f"ttc-{year}" for year in years]
    typed = [key for key in (*QUANTITIES, *OUTSIDE) if key in rare]
    exported = [f"exported-{key}" for key in ("quantity", *typed, *ESTIMATES, *parts)]
    return {key: column for column, key in enumerate((*inputs, *parts, *amounts, *taxed, *exported))}


def _line_heads(spreadsheet: Spreadsheet, years: tuple[int, ...]) -> dict[str, str]:
    heads = {
        "proposal": say("Proposal"),
        "label": say("Line"),
        "kind": say("Kind"),
        "section": say("Section"),
        "nature": say("Nature"),
        "quantity": say("Quantity"),
        "quantity-low": say("Quantity, low"),
        "quantity-high": say("Quantity, high"),
        "unit": say("Unit"),
        "scenario": say("Scenario"),
        "low": say("Unit cost, low"),
        "central": say("Unit cost, central"),
        "high": say("Unit cost, high"),
        "price": say("Price basis"),
        "price-year": say("Year of the prices"),
        "index-prices": say("Price index of that year"),
        "index-edition": say("Price index of the edition"),
        "vat": say("VAT rate"),
        "regime": say("VAT regime"),
        "owner": say("Owner"),
        "paid-before": say("Paid before the term"),
        "paid-after": say("Left to pay after the term"),
        "months": say("Shared over months"),
    }
    named = {**ESTIMATE_NAMES, "ttc": say("Central with VAT")}
    for year in years:
        heads[f"part-{year}"] = say("Months or units, {year}", year=year)
        for key, word in named.items():
            heads[f"{key}-{year}"] = say("{estimate}, {year}", estimate=word, year=year)
    for estimate in ESTIMATES:
        heads[f"{estimate}-total"] = say("{estimate}, six years", estimate=named[estimate])
        heads[f"after-{estimate}"] = say("{estimate}, then a year", estimate=named[estimate])
    return {key: spreadsheet.say(message) for key, message in heads.items()}


def line_texts(row: LineRow) -> dict[str, Message | str | None]:
    """The texts of a line, by column."""
    line = row.line
    return {
        "proposal": row.costed.id,
        "label": line.label,
        "kind": GROUP_NAMES[row.group],
        "section": SECTION_NAMES[line.section] if line.section else None,
        "nature": line.nature,
        "unit": line.unit,
        "scenario": line.scenario,
        "price": row.price,
        "price-year": str(line.price_year) if line.price_year else None,
        "regime": line.vat_regime,
        **({"owner": row.costed.document.value.owner_of(line)} if row.has_several_owners else {}),
    }


def _write_line(
    spreadsheet: Spreadsheet,
    sheet: SheetWriter,
    columns: Mapping[str, int],
    row: int,
    line_row: LineRow,
) -> None:
    line, spreading = line_row.line, line_row.spreading

    def at(key: str) -> str:
        return f"${column_name(columns[key])}{row + 1}"

    key = line_key(line_row.costed.id, line_row.group, line_row.index)
    for name, text in {"key": key, **line_texts(line_row)}.items():
        if name not in columns:
            continue
        sheet.write_text(row, columns[name], spreadsheet.say(text) if isinstance(text, Message) else text)
    sheet.write_number(row, columns["vat"], line.vat_rate, spreadsheet.percent)
    _write_inputs(spreadsheet, sheet, columns, row, line_row, at)
    _write_parts(spreadsheet, sheet, columns, row, line_row, at)
    for key, paid in zip(OUTSIDE, (line.paid_before, line.paid_after), strict=True):
        if key in columns:
            value, style = (
                (None, spreadsheet.money) if paid is None else (paid.value, spreadsheet.money_input)
            )
            sheet.write_number(row, columns[key], value, style)
            _write_exported(sheet, columns, row, key, value)
    sheet.write_number(row, columns["months"], spreading.months if spreading else None, spreadsheet.number)
    _write_amounts(spreadsheet, sheet, columns, row, line_row, at)


def _write_amounts(
    spreadsheet: Spreadsheet,
    sheet: SheetWriter,
    columns: Mapping[str, int],
    row: int,
    line_row: LineRow,
    at: Callable[[str], str],
) -> None:
    """Write the amounts of each year by formulas: before VAT in each estimate, and the central one with VAT."""
    years = tuple(int(key.removeprefix("part-")) for key in columns if key.startswith("part-"))
    parts = [f"part-{year}" for year in years]
    by_units = line_row.spreading is not None and line_row.spreading.months is None
    cost = line_row.cost
    indices = line_row.indices
    if indices is not None:
        for name, value in zip(PRICES[1:], indices, strict=True):
            sheet.write_number(row, columns[name], value, spreadsheet.number)
    taxed = f'/IF({at("price")}="ttc",1+{at("vat")},1)'
    brought = f"*{at('index-edition')}/{at('index-prices')}" if indices is not None else ""
    for estimate in ESTIMATES:
        three = line_row.has_quantities and estimate != "central"
        quantity = at(f"quantity-{estimate}" if three else "quantity")
        ratio = f"*{quantity}/{at('quantity')}" if three else ""
        unit_cost = f"{at(estimate)}{taxed}{brought}"
        each = f"={quantity}*{unit_cost}"
        for index, year in enumerate(years):
            units = f"={unit_cost}*{at(parts[index])}{ratio}"
            formula = units if by_units else f"{each}*{at(parts[index])}/{at('months')}"
            exact = getattr(cost.ht.amounts[index], estimate).value if cost else None
            sheet.write_formula(row, columns[f"{estimate}-{year}"], formula, exact, spreadsheet.money)
        first, last = (column_name(columns[f"{estimate}-{year}"]) for year in (years[0], years[-1]))
        total = getattr(cost.ht.total, estimate).value if cost else None
        formula = f"=SUM({first}{row + 1}:{last}{row + 1})"
        sheet.write_formula(row, columns[f"{estimate}-total"], formula, total, spreadsheet.total)
        if cost and cost.after_term_per_year:
            after = getattr(cost.after_term_per_year, estimate).value
            sheet.write_formula(row, columns[f"after-{estimate}"], each, after, spreadsheet.money)
    for index, year in enumerate(years):
        taxed_amount = cost.ttc.amounts[index].central.value if cost and cost.ttc else None
        formula = f"={at(f'central-{year}')}*(1+{at('vat')})"
        sheet.write_formula(row, columns[f"ttc-{year}"], formula, taxed_amount, spreadsheet.money)


def _write_inputs(
    spreadsheet: Spreadsheet,
    sheet: SheetWriter,
    columns: Mapping[str, int],
    row: int,
    line_row: LineRow,
    at: Callable[[str], str],
) -> None:
    """Write the quantity and the unit cost, and in hidden columns the exported values."""
    line, spreading = line_row.line, line_row.spreading
    if spreading is not None and spreading.months is None and line.recurs is None:
        # people change the units of a year: the quantity is their sum (rule C102)
        names = [key for key in columns if key.startswith("part-")]
        formula = f"=SUM({at(names[0])}:{at(names[-1])})"
        units = spreading.of_years(tuple(int(name.removeprefix("part-")) for name in names))
        sheet.write_formula(row, columns["quantity"], formula, sum(units, Fraction(0)), spreadsheet.number)
    else:
        sheet.write_number(row, columns["quantity"], line.quantity, spreadsheet.number_input)
    _write_exported(sheet, columns, row, "quantity", line.quantity)
    for key, number in zip(QUANTITIES, (line.quantity_range or ())[::2], strict=False):
        if line_row.has_quantities:
            sheet.write_number(row, columns[key], number, spreadsheet.number_input)
            _write_exported(sheet, columns, row, key, number)
    estimate = line.unit_cost
    for name in ESTIMATES:
        amount = getattr(estimate, name) if estimate else None
        value = amount.value if amount else None
        if line_row.has_constant_cost and name != "central":
            sheet.write_formula(row, columns[name], f"={at('central')}", value, spreadsheet.money)
        else:
            sheet.write_number(row, columns[name], value, spreadsheet.money_input)
        _write_exported(sheet, columns, row, name, value)


def _write_parts(
    spreadsheet: Spreadsheet,
    sheet: SheetWriter,
    columns: Mapping[str, int],
    row: int,
    line_row: LineRow,
    at: Callable[[str], str],
) -> None:
    """Write months, or units of each year, which people change; after a ramp they are the quantity."""
    recurs, spreading = line_row.line.recurs, line_row.spreading
    last = max(recurs.units, default=None) if recurs else None
    for key in (key for key in columns if key.startswith("part-")):
        year = int(key.removeprefix("part-"))
        count = spreading.counts.get(year, Fraction(0)) if spreading else None
        if last is not None and year > last:
            sheet.write_formula(row, columns[key], f"={at('quantity')}", count, spreadsheet.number)
        else:
            by_units = spreading is not None and spreading.months is None
            style = spreadsheet.number_input if by_units else spreadsheet.number
            sheet.write_number(row, columns[key], count or None, style)
        _write_exported(sheet, columns, row, key, count)


def _write_exported(
    sheet: SheetWriter, columns: Mapping[str, int], row: int, key: str, value: Number | None
) -> None:
    """Write the exported number, exact, as a text, which no spreadsheet rounds."""
    if value is not None:
        fraction = Fraction(value)
        # typed by an author, hence finite as a decimal
        exact = Decimal(fraction.numerator) / Decimal(fraction.denominator)
        sheet.write_text(row, columns[f"exported-{key}"], f"{exact:f}")


def _size_line_columns(sheet: SheetWriter, columns: Mapping[str, int]) -> None:
    widths = {"proposal": 24, "label": 44, "unit": 14, "section": 15, "nature": 12}
    for key, column in columns.items():
        options: dict[str, object] = {}
        if key == "key" or key.startswith("exported-"):
            options = {"hidden": True}
        elif key.startswith(("low-", "high-", "after-low", "after-high", "ttc-")):
            options = {"level": 1}
        money = (
            key.startswith((*(f"{estimate}-" for estimate in ESTIMATES), "after-", "ttc-"))
            or key in ESTIMATES
        )
        sheet.sheet.set_column(column, column, widths.get(key, 16 if money else 11), None, options)
