"""What a cause is, and the two tables that every format walks: the keys of causes, and the figures that they change."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

from booklet.content.model.words import (
    EVIDENCE_NAMES,
    FORM_NAMES,
    NATURE_NAMES,
    STATUS_NAMES,
    VAT_REGIME_NAMES,
)
from booklet.diagnostics.message import Message, say
from booklet.money.euros import Euros

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.content.model.proposal import Section

#: what changed, precisely: mostly a key of the contract
CauseKey = Literal[
    "new-line", "removed-line", "section", "quantity", "unit-cost", "price-basis", "vat", "timing", "duration",
    "price-year", "range", "quantity-range", "scenario",
    "label", "vat-regime", "source", "source-content", "assumption", "evidence",
    "became-ready", "became-draft", "became-known", "became-unknown", "no-detail",
    "new-funding", "removed-funding", "share", "amount", "form", "status", "payment", "eligible", "follows-cost",
    "owner", "law", "fctva-lag", "net-known", "net-unknown", "net-follows",
    "paid-before", "paid-after", "loan", "follows-loan", "reference-class",
]  # fmt: skip
CauseKind = Literal[
    "new", "removed", "counted", "known", "no-detail", "follows", "section", "label", "quantity", "unit-cost", "vat",
    "timing", "terms", "basis", "law",
]  # fmt: skip
#: the figure that a cause changes: the cost, or one that stands beside it
CauseMeasure = Literal[
    "cost", "revenue", "saving", "lost-revenue", "outside-term", "interest", "uplift", "funding", "fctva", "net",
]  # fmt: skip
Shown = Message | Decimal | Euros | str | None
SectionYear = tuple["Section", int]


class CauseWords(NamedTuple):
    """What is said of a key: its kind, its sentence, and the words of values that are codes of the format."""

    kind: CauseKind
    sentence: Message
    values: Mapping[str, Message] = {}
    #: whether its values are percentages
    is_rate: bool = False


_SECTIONS = {"investissement": say("investment"), "fonctionnement": say("operating")}
CAUSES: Mapping[CauseKey, CauseWords] = {
    "new-line": CauseWords("new", say("new line")),
    "new-funding": CauseWords("new", say("new in the financing plan")),
    "removed-line": CauseWords("removed", say("line removed")),
    "removed-funding": CauseWords("removed", say("no more in the financing plan")),
    "became-ready": CauseWords("counted", say("was a draft, enters the totals with all it costs")),
    "became-draft": CauseWords("counted", say("is a draft again, leaves the totals with all it costs")),
    "became-known": CauseWords("known", say("the cost was unknown, and is known now")),
    "became-unknown": CauseWords("known", say("the cost was known, and is unknown now")),
    "net-known": CauseWords("known", say("the net cost was unknown, and is known now")),
    "net-unknown": CauseWords("known", say("the net cost was known, and is unknown now")),
    "no-detail": CauseWords("no-detail", say("the files do not say why")),
    "follows-cost": CauseWords("follows", say("follows the cost")),
    "net-follows": CauseWords("follows", say("follows the cost, the VAT rates, the funding and the revenues")),
    "follows-loan": CauseWords("follows", say("follows what is borrowed")),
    "section": CauseWords("section", say("budget section"), _SECTIONS),
    "label": CauseWords("label", say("renamed")),
    "quantity": CauseWords("quantity", say("quantity")),
    "quantity-range": CauseWords("quantity", say("low and high quantity")),
    "scenario": CauseWords("quantity", say("scenario")),
    "unit-cost": CauseWords("unit-cost", say("unit cost")),
    "range": CauseWords("unit-cost", say("low and high unit cost")),
    "price-year": CauseWords("unit-cost", say("year of the prices")),
    "price-basis": CauseWords("vat", say("price base"), {"ht": say("before VAT"), "ttc": say("with VAT")}),
    "vat": CauseWords("vat", say("VAT rate"), is_rate=True),
    "vat-regime": CauseWords("vat", say("VAT regime"), VAT_REGIME_NAMES),
    "timing": CauseWords("timing", say("moved in time, same total")),
    "duration": CauseWords("timing", say("runs for another time")),
    "payment": CauseWords("timing", say("paid in"), is_rate=True),
    "paid-before": CauseWords("timing", say("paid before the term")),
    "paid-after": CauseWords("timing", say("left to pay after the term")),
    "share": CauseWords("terms", say("share of the cost"), is_rate=True),
    "amount": CauseWords("terms", say("amount")),
    "eligible": CauseWords("terms", say("subsidisable expense")),
    "form": CauseWords("terms", say("form of the funding"), FORM_NAMES),
    "status": CauseWords("terms", say("certainty"), STATUS_NAMES),
    "owner": CauseWords("terms", say("owner")),
    "loan": CauseWords("terms", say("terms of the loan")),
    "source": CauseWords("basis", say("source")),
    "source-content": CauseWords("basis", say("the source itself changed")),
    "assumption": CauseWords("basis", say("assumption")),
    "evidence": CauseWords("basis", say("what the figure rests on"), EVIDENCE_NAMES),
    "reference-class": CauseWords("basis", say("overrun of its reference class")),
    "law": CauseWords("law", say("the rate of the law changed"), NATURE_NAMES, is_rate=True),
    "fctva-lag": CauseWords("law", say("years until the FCTVA is paid")),
}  # fmt: skip
#: the figures in the order in which they are told, so that a rise in cost is not taken for one in grants
MEASURES: tuple[tuple[Message, tuple[CauseMeasure, ...]], ...] = (
    (say("Costs"), ("cost",)),
    (say("Revenues"), ("revenue",)),
    (say("Savings"), ("saving",)),
    (say("Lost revenue"), ("lost-revenue",)),
    (say("Before and after the term"), ("outside-term",)),
    (say("Interest on loans"), ("interest",)),
    (say("Beside the cost: overrun of the reference class"), ("uplift",)),
    (say("What others pay"), ("funding", "fctva")),
    (say("Net cost"), ("net",)),
)


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause, its subject, and the amounts that it changes by section and year, rounded to cents."""

    key: CauseKey
    measure: CauseMeasure
    #: label of the line, id of the funder or of the parameter
    subject: str
    before: Shown = None
    after: Shown = None
    unit: str | None = None
    #: amounts by section and year; empty for a cause that changes none (a source replaced by another)
    amounts: Mapping[SectionYear, Decimal] = field(default_factory=dict)
    #: the change over the six years of a cause without years
    whole: Decimal = Decimal(0)
    #: the amount is unknown, as where one state has no known net cost
    is_unknown: bool = False

    @property
    def kind(self) -> CauseKind:
        """What is said of it in one word."""
        return CAUSES[self.key].kind

    @property
    def total(self) -> Decimal:
        """The sum over the six years and both sections."""
        return sum(self.amounts.values(), self.whole)

    @property
    def by_year(self) -> dict[int, Decimal]:
        """The sum of both sections by year, zeros left out."""
        years: dict[int, Decimal] = {}
        for (_, year), amount in sorted(self.amounts.items()):
            years[year] = years.get(year, Decimal(0)) + amount
        return {year: amount for year, amount in years.items() if amount}


def subtract_cells(
    after: Mapping[SectionYear, Decimal], before: Mapping[SectionYear, Decimal]
) -> dict[SectionYear, Decimal]:
    """The change of each cell, in the order of sections and years, zeros left out."""
    zero = Decimal(0)
    changes = {cell: after.get(cell, zero) - before.get(cell, zero) for cell in sorted({*before, *after})}
    return {cell: amount for cell, amount in changes.items() if amount}
