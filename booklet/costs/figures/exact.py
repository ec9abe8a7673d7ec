"""Exact numbers: the value of a figure, and nothing beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.costs.figures.number import Rates, S, Unknown
from booklet.money.amounts import Amounts

if TYPE_CHECKING:
    from collections.abc import Callable

    from booklet.costs.figures.number import Chosen, Declaration, Subject
    from booklet.diagnostics.message import Message


class Exact:
    """The kind of number of pages, checks and files."""

    def __init__(self, years: tuple[int, ...]) -> None:
        self.years = years

    def given(self, subject: Subject[Amounts], key: str, value: Amounts) -> Amounts:  # noqa: ARG002
        """The typed value itself."""
        return value

    def named(self, declaration: Declaration, subject: Subject[Amounts], value: Amounts) -> Amounts:  # noqa: ARG002
        """The value itself."""
        return value

    def add(self, figure: Callable[[S], Amounts], chosen: Chosen[Amounts, S]) -> Amounts:
        """The sum by budget year."""
        return Amounts.sum((figure(subject) for subject in chosen.subjects), len(self.years))

    def if_any(
        self, amount: Amounts, then: Callable[[], Amounts], otherwise: Callable[[], Amounts]
    ) -> Amounts:
        """One of both."""
        return otherwise() if amount.is_nothing else then()

    def known_where(
        self,
        subject: Subject[Amounts],
        key: str,
        rates: Rates,
        spent: Amounts,
        why: Message,
    ) -> Amounts:
        """The rates, 0 where nothing is spent."""
        for year, is_known, amount in zip(self.years, rates.known, spent.cells, strict=True):
            if amount and not is_known:
                raise Unknown(why.fill(year=year))
        return self.given(subject, key, rates.values)
