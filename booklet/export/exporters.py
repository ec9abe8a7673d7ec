"""The formats of `costs`: one table, from which the command line takes its choices.

An entry loads its module only when it writes, since every command loads this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from booklet.content.model.edition import Edition
    from booklet.content.workspace import Workspace
    from booklet.costs.financing import Financings
    from booklet.costs.portfolio import Portfolio
    from booklet.export.text_table import TextTable
    from booklet.export.xlsx.spreadsheet import Spreadsheet
    from booklet.law.lookup import Law
    from booklet.text.language import Language


@dataclass(frozen=True)
class CostsToExport:
    """A costed portfolio, and everything else that a format of `costs` may write."""

    workspace: Workspace
    portfolio: Portfolio
    law: Law
    language: Language
    #: a year; None where present values are not asked for
    discount_rate: Decimal | None

    @property
    def edition(self) -> Edition:
        """The edition, which a portfolio always has."""
        assert self.workspace.edition is not None, "without an edition there is no term, hence no portfolio"
        return self.workspace.edition.value

    @cached_property
    def financings(self) -> Financings:
        """The financing of every section of every proposal; computed only for the formats that write it."""
        from booklet.costs.portfolio import finance_portfolio

        return finance_portfolio(self.portfolio, self.edition, self.law)


@dataclass(frozen=True, slots=True)
class Exporter:
    """One format of `costs`."""

    write: Callable[[CostsToExport], bytes]
    #: whether discounted amounts have a table or a key of their own; a sum of a CSV would add them to the rest
    has_present_value: bool = False
    #: whether the bytes are for a file, never for a terminal
    is_binary: bool = False


def _write_terminal(costs: CostsToExport) -> bytes:
    from booklet.export.text_table import write_terminal

    return write_terminal(_make_tables(costs)).encode()


def _write_markdown(costs: CostsToExport) -> bytes:
    from booklet.export.text_table import write_markdown

    return write_markdown(_make_tables(costs)).encode()


def _make_tables(costs: CostsToExport) -> tuple[TextTable, ...]:
    from booklet.export.costs_table import make_costs_tables, make_present_value

    tables = make_costs_tables(costs.portfolio, costs.edition, costs.financings, costs.language)
    if costs.discount_rate is None:
        return tables
    return (*tables, make_present_value(costs.portfolio, costs.discount_rate, costs.language))


def _write_json(costs: CostsToExport) -> bytes:
    from booklet.export.json import write_costs

    return write_costs(costs.portfolio, costs.workspace, discount_rate=costs.discount_rate).encode()


def _write_csv(costs: CostsToExport) -> bytes:
    from booklet.export.csv import write_costs

    return write_costs(costs.portfolio).encode()


def _write_xlsx(costs: CostsToExport) -> bytes:
    return fill_xlsx(costs).close()


def fill_xlsx(costs: CostsToExport, *, percentiles: bool = True) -> Spreadsheet:
    """Fill the workbook, which is not written yet; percentiles may be left out, since they are what takes longest."""
    from booklet.export.xlsx.workbook import fill_workbook

    bibliography = costs.workspace.bibliography
    references = bibliography.value.root if bibliography else {}
    figures = (costs.portfolio, costs.edition, references, costs.language, costs.financings, costs.law)
    return fill_workbook(*figures, percentiles=percentiles)


EXPORTERS: Mapping[str, Exporter] = {
    "table": Exporter(_write_terminal, has_present_value=True),
    "json": Exporter(_write_json, has_present_value=True),
    "csv": Exporter(_write_csv),
    "markdown": Exporter(_write_markdown, has_present_value=True),
    "xlsx": Exporter(_write_xlsx, is_binary=True),
}
