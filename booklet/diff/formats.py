"""The formats of `diff`: one table, from which the command line takes its choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from booklet.diff.states import Comparison
    from booklet.text.language import Language


@dataclass(frozen=True, slots=True)
class DifferenceFormat:
    """One format of `diff`; only the table and Markdown depend on the language."""

    write: Callable[[Comparison, Language], str]
    #: whether it has room for what P104 says
    has_diagnostics: bool = True


def _write_table(compared: Comparison, language: Language) -> str:
    from booklet.diff.table import write_table

    return write_table(compared.difference, compared.diagnostics, compared.notes, language)


def _write_markdown(compared: Comparison, language: Language) -> str:
    from booklet.diff.markdown import write_markdown

    return write_markdown(compared.difference, compared.diagnostics, compared.notes, language)


def _write_json(compared: Comparison, _language: Language) -> str:
    from booklet.diff.json import write_json

    return write_json(compared.difference, compared.diagnostics, compared.notes)


def _write_csv(compared: Comparison, _language: Language) -> str:
    from booklet.diff.json import write_csv

    return write_csv(compared.difference)


DIFFERENCE_FORMATS: Mapping[str, DifferenceFormat] = {
    "table": DifferenceFormat(_write_table),
    "markdown": DifferenceFormat(_write_markdown),
    "json": DifferenceFormat(_write_json),
    "csv": DifferenceFormat(_write_csv, has_diagnostics=False),
}
