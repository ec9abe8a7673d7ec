"""Cost rows → the sheet of lines, whose formulas compute the amounts.

Each line computes its amounts by formulas; the sheet of exact sums adds them by proposal, section and measure; the
sheet of years rounds each of those sums once (`spreadsheet.half_even`), and totals add only rounded cells. A changed
quantity or unit cost thus reaches every total, with the same cents as the booklet's own computation.

A hidden first row names the columns of the sheet of lines and a hidden column the line of each row; hidden columns keep
the exported values, so that `import_workbook` finds what a person changed, even where columns and rows were moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.content.model.proposal import ESTIMATES
from booklet.content.model.words import ESTIMATE_NAMES, SECTION_NAMES
from booklet.costs.figures.balance import line_before, line_before_budgeted, line_late, line_late_budgeted
from booklet.costs.figures.costs import CENTRAL
from booklet.costs.figures.number import known
from booklet.diagnostics.message import Message, say
from booklet.export.workbook_rows import MARKER, line_key
from booklet.export.xlsx.sheets import GROUP_NAMES, HEAD_ROW, Table
from booklet.export.xlsx.spreadsheet import Number, SheetWriter, Spreadsheet, column_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsxwriter.format import Format

    from booklet.export.cost_rows import LineRow


#: payments outside the six years, where a line has one: in the AP, and in no amount by year
OUTSIDE = ("paid-before", "paid-after")
#: what they come to: before VAT, and with the VAT that the budget bears
_COMES_TO = {
    "paid-before": (line_before, line_before_budgeted),
    "paid-after": (line_late, line_late_budgeted),
}
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
        _RowWriter(spreadsheet, sheet, columns, years, row, line_row).write()
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
    taxed += [f"{name}-{key}" for name in ("ht", "borne") for key in OUTSIDE if key in rare]
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
        "ht-paid-before": say("Paid before the term, before VAT"),
        "ht-paid-after": say("Left to pay after the term, before VAT"),
        "borne-paid-before": say("Paid before the term, as budgeted"),
        "borne-paid-after": say("Left to pay after the term, as budgeted"),
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


@dataclass(frozen=True, slots=True)
class _RowWriter:
    """One line of costs, revenues or savings, written into its row of the sheet."""

    spreadsheet: Spreadsheet
    sheet: SheetWriter
    columns: Mapping[str, int]
    years: tuple[int, ...]
    row: int
    line_row: LineRow

    def write(self) -> None:
        """Write texts, inputs, months or units, and the formulas of the amounts."""
        row, line = self.line_row, self.line_row.line
        for name, text in {"key": line_key(row.costed.id, row.group, row.index), **line_texts(row)}.items():
            if name in self.columns:
                written = self.spreadsheet.say(text) if isinstance(text, Message) else text
                self.sheet.write_text(self.row, self.columns[name], written)
        self.number("vat", line.vat_rate, self.spreadsheet.percent)
        self.write_quantities()
        self.write_unit_costs()
        self.write_parts()
        for key, paid in zip(OUTSIDE, (line.paid_before, line.paid_after), strict=True):
            if key in self.columns:
                style = self.spreadsheet.money if paid is None else self.spreadsheet.money_input
                self.number(key, None if paid is None else paid.value, style, exported=True)
        self.number("months", row.spreading.months if row.spreading else None, self.spreadsheet.number)
        if row.indices is not None:
            for key, value in zip(PRICES[1:], row.indices, strict=True):
                self.number(key, value, self.spreadsheet.number)
        self.write_amounts()

    @property
    def has_units(self) -> bool:
        """Whether the units of each year are written, rather than months."""
        return self.line_row.spreading is not None and self.line_row.spreading.months is None

    def at(self, key: str) -> str:
        """The cell of a column."""
        return f"${column_name(self.columns[key])}{self.row + 1}"

    def number(self, key: str, value: Number | None, style: Format, *, exported: bool = False) -> None:
        """Write a number; `exported` keeps it, exact, as a text in a hidden column, which no spreadsheet rounds."""
        self.sheet.write_number(self.row, self.columns[key], value, style)
        if exported:
            self.export(key, value)

    def formula(self, key: str, formula: str, value: Number | None, style: Format) -> None:
        """Write a formula and the value that it has now."""
        self.sheet.write_formula(self.row, self.columns[key], formula, value, style)

    def export(self, key: str, value: Number | None) -> None:
        """Keep a number in its hidden column."""
        if value is not None:
            fraction = Fraction(value)
            # typed by an author, hence finite as a decimal
            exact = Decimal(fraction.numerator) / Decimal(fraction.denominator)
            self.sheet.write_text(self.row, self.columns[f"exported-{key}"], f"{exact:f}")

    def write_quantities(self) -> None:
        """Write the quantity: of units by year, which people change, their sum (rule C102)."""
        line, spreading = self.line_row.line, self.line_row.spreading
        if spreading is not None and self.has_units and line.recurs is None:
            units = sum(spreading.of_years(self.years), Fraction(0))
            first, last = (self.at(f"part-{year}") for year in (self.years[0], self.years[-1]))
            self.formula("quantity", f"=SUM({first}:{last})", units, self.spreadsheet.number)
        else:
            self.number("quantity", line.quantity, self.spreadsheet.number_input)
        self.export("quantity", line.quantity)
        if self.line_row.has_quantities:
            for key, number in zip(QUANTITIES, (line.quantity_range or ())[::2], strict=False):
                self.number(key, number, self.spreadsheet.number_input, exported=True)

    def write_unit_costs(self) -> None:
        """Write the three unit costs; low and high follow the central one where there is but one."""
        estimate = self.line_row.line.unit_cost
        for name in ESTIMATES:
            amount = getattr(estimate, name) if estimate else None
            value = amount.value if amount else None
            if self.line_row.has_constant_cost and name != "central":
                self.formula(name, f"={self.at('central')}", value, self.spreadsheet.money)
                self.export(name, value)
            else:
                self.number(name, value, self.spreadsheet.money_input, exported=True)

    def write_parts(self) -> None:
        """Write months, or units of each year, which people change; after a ramp they are the quantity."""
        recurs, spreading = self.line_row.line.recurs, self.line_row.spreading
        last = max(recurs.units, default=None) if recurs else None
        style = self.spreadsheet.number_input if self.has_units else self.spreadsheet.number
        for year in self.years:
            key, count = f"part-{year}", spreading.counts.get(year, Fraction(0)) if spreading else None
            if last is not None and year > last:
                self.formula(key, f"={self.at('quantity')}", count, self.spreadsheet.number)
            else:
                self.number(key, count or None, style)
            self.export(key, count)

    def write_amounts(self) -> None:
        """Write the amounts of each year by formulas: before VAT in each estimate, and the central one with VAT."""
        at, cost, money = self.at, self.line_row.cost, self.spreadsheet.money
        brought = f"*{at('index-edition')}/{at('index-prices')}" if self.line_row.indices is not None else ""
        for estimate in ESTIMATES:
            three = self.line_row.has_quantities and estimate != "central"
            quantity = at(f"quantity-{estimate}" if three else "quantity")
            ratio = f"*{quantity}/{at('quantity')}" if three else ""
            unit_cost = f'{at(estimate)}/IF({at("price")}="ttc",1+{at("vat")},1){brought}'
            each = f"={quantity}*{unit_cost}"
            for index, year in enumerate(self.years):
                part = at(f"part-{year}")
                formula = f"={unit_cost}*{part}{ratio}" if self.has_units else f"{each}*{part}/{at('months')}"
                exact = getattr(cost.ht.amounts[index], estimate).value if cost else None
                self.formula(f"{estimate}-{year}", formula, exact, money)
            first, last = (at(f"{estimate}-{year}")[1:] for year in (self.years[0], self.years[-1]))
            total = getattr(cost.ht.total, estimate).value if cost else None
            self.formula(f"{estimate}-total", f"=SUM({first}:{last})", total, self.spreadsheet.total)
            if cost and cost.after_term_per_year:
                self.formula(
                    f"after-{estimate}", each, getattr(cost.after_term_per_year, estimate).value, money
                )
        self.write_outside(brought)
        for index, year in enumerate(self.years):
            taxed = cost.ttc.amounts[index].central.value if cost and cost.ttc else None
            self.formula(f"ttc-{year}", f"={at(f'central-{year}')}*(1+{at('vat')})", taxed, money)

    def write_outside(self, brought: str) -> None:
        """Write what is paid outside the six years, before VAT and with the VAT that the budget bears."""
        line, cost, at = self.line_row.line, self.line_row.cost, self.at
        for key, paid in zip(OUTSIDE, (line.paid_before, line.paid_after), strict=True):
            if paid is None or cost is None:
                continue
            before_vat, borne = (known(one, cost.estimates[CENTRAL]) for one in _COMES_TO[key])
            formulas = {
                "ht": (f'={at(key)}/IF({at("price")}="ttc",1+{at("vat")},1){brought}', before_vat),
                "borne": (f'={at(f"ht-{key}")}*IF({at("regime")}="assujetti",1,1+{at("vat")})', borne),
            }
            for name, (formula, amount) in formulas.items():
                value = None if amount is None else amount.euros.value
                self.formula(f"{name}-{key}", formula, value, self.spreadsheet.money)


def _size_line_columns(sheet: SheetWriter, columns: Mapping[str, int]) -> None:
    widths = {"proposal": 24, "label": 44, "unit": 14, "section": 15, "nature": 12}
    for key, column in columns.items():
        options: dict[str, object] = {}
        if key == "key" or key.startswith("exported-"):
            options = {"hidden": True}
        elif key.startswith(("low-", "high-", "after-low", "after-high", "ttc-", "ht-", "borne-")):
            options = {"level": 1}
        money = (
            key.startswith((*(f"{estimate}-" for estimate in ESTIMATES), "after-", "ttc-", "ht-", "borne-"))
            or key in ESTIMATES
        )
        sheet.sheet.set_column(column, column, widths.get(key, 16 if money else 11), None, options)
