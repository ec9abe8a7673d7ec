"""Percentiles of a cost → the tables and sentences that say how certain it is.

Percentiles are estimates, printed to three figures and never summed (`docs/format.md`, "Rules of time and money").
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS
from booklet.content.model.words import NATURE_NAMES, REFERENCE_CLASS_NAMES, SECTION_NAMES
from booklet.costs.uncertainty import (
    Contribution,
    Estimate,
    estimate_portfolio,
    estimate_proposal,
    round_to_three_figures,
)
from booklet.diagnostics.message import say
from booklet.tables.money_table import Kind, MoneyRow, MoneyTable
from booklet.tables.rounding import add_section
from booklet.tables.wording import Wording

if TYPE_CHECKING:
    from booklet.costs.optimism import Uplift
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.money.euros import PrintedRange
    from booklet.text.language import Language

_HEAVIEST = 3
#: the smallest share of the uncertainty that is named
_WEIGHTY = Decimal("0.1")
#: the largest number of lines with one driver that are named one by one
_NAMED_TOGETHER = 3


def percentiles_table(portfolio: Portfolio, language: Language) -> MoneyTable | None:
    """Build the table of percentiles of the portfolio's six-year cost, by section; percentiles are never summed."""
    rows: list[MoneyRow] = []
    for section in SECTIONS:
        found = estimate_portfolio(portfolio, section)
        if found is None:
            return None
        cells = (add_section(portfolio.ready, section, portfolio.step).central, *percentile_cells(found))
        rows.append(MoneyRow(SECTION_NAMES[section].text(language), cells))
    heads = (say("Section"), say("Sum of central"), say("P10"), say("P50"), say("P80"), say("P90"))
    caption = say("How sure the cost of the whole is, six years, before VAT").text(language)
    return MoneyTable(
        caption, tuple(head.text(language) for head in heads), tuple(rows), portfolio.step, strong=(2, 3)
    )


def percentile_cells(found: Estimate) -> tuple[Decimal, ...]:
    """Round P10, P50, P80 and P90 as the table of the portfolio prints them."""
    return round_to_three_figures(found.p10, found.p50, found.p80, found.p90)


def certainty_cells(found: Estimate) -> tuple[Decimal, ...]:
    """Round the central sum, P50 and P80 as the table of the proposals prints them."""
    return round_to_three_figures(found.central, found.p50, found.p80)


def likely_cells(found: Estimate) -> tuple[Decimal, ...]:
    """Round P50 and P80 as sentences print them."""
    return round_to_three_figures(found.p50, found.p80)


def certainty_table(portfolio: Portfolio, language: Language) -> MoneyTable | None:
    """Build the table of percentiles of each proposal's six-year cost, both sections together, without a total."""
    rows: list[MoneyRow] = []
    for costed in portfolio.ready:
        found = estimate_proposal(costed)
        cells: tuple[Decimal | None, ...] = (None,) * 3 if found is None else certainty_cells(found)
        kind: Kind = "row"
        if found is not None and not found.contributions:
            cells, kind = (cells[0], None, None), "fixed"
        rows.append(MoneyRow(costed.document.value.title or "", cells, kind, target=costed.id))
    heads = (say("Proposal"), say("Sum of central"), say("P50"), say("P80"))
    caption = say("How sure each proposal is, six years, both sections, before VAT").text(language)
    columns = tuple(head.text(language) for head in heads)
    return MoneyTable(caption, columns, tuple(rows), portfolio.step, strong=(1, 2)) if rows else None


# --- in words -------------------------------------------------------------------------------------------------------


def describe_likelihood(costed: CostedProposal, language: Language) -> str:
    """Write how certain a proposal's cost is: P50, P80, the chance of the central sum, the main causes."""
    return _describe(estimate_proposal(costed), language, prefix=False)


def describe_portfolio_likelihood(portfolio: Portfolio, language: Language) -> str:
    """Write how certain the cost of the portfolio is: P50, P80, the chance of the central sum, the main causes."""
    return _describe(estimate_portfolio(portfolio), language, prefix=True)


def _describe(found: Estimate | None, language: Language, *, prefix: bool) -> str:
    if found is None or not found.contributions:
        return ""
    wording = Wording(language)
    p50, p80 = likely_cells(found)
    likely = say(
        "If each price varies as its author wrote, one chance in two to cost less than {p50} (P50), four in five less"
        " than {p80} (P80); the sum of the central estimates is enough with probability {probability}.",
        p50=wording.compact(p50),
        p80=wording.compact(p80),
        probability=wording.percent(round(found.probability_central_is_enough, 2)),
    ).text(language)
    return f"{likely} {_heaviest(found, language, prefix=prefix)}".rstrip()


def _heaviest(found: Estimate, language: Language, *, prefix: bool) -> str:
    """Name the main causes; `prefix` says that labels begin with `proposal: `, which is left out."""
    wording = Wording(language)
    shares = [(each, Decimal(round(each.share * 100)) / 100) for each in found.contributions[:_HEAVIEST]]
    named = [
        f"{name_contribution(each, language, prefix=prefix)} ({wording.percent(share)})"
        for each, share in shares
        if share >= _WEIGHTY
    ]
    words = say("Share of the uncertainty: {names}.", names=", ".join(named))
    return words.text(language) if named else ""


def describe_uplift(uplift: Uplift | None, language: Language) -> str:
    """Write what projects of the kind of a proposal have cost beyond their first estimate; nothing without a class."""
    if uplift is None:
        return ""
    wording = Wording(language)
    words = say(
        "Projects of this kind ({kind}) have cost up to {rate} more than their first estimate: {added} here, which are"
        " in no figure.",
        kind=REFERENCE_CLASS_NAMES[uplift.reference_class].text(language),
        rate=wording.percent(uplift.rate),
        added=wording.compact(round_to_three_figures(uplift.added)[0]),
    )
    return words.text(language)


def note_uplift(uplift: Uplift | None, found: PrintedRange | None, step: Decimal, language: Language) -> str:
    """Note beside a cost what it would be with the overrun of its kind."""
    if uplift is None or found is None:
        return ""
    words = say(
        "{amount} with the overrun of {kind}",
        amount=Wording(language).compact(found.central + uplift.added.rounded(step)),
        kind=REFERENCE_CLASS_NAMES[uplift.reference_class].text(language),
    )
    return words.text(language)


def name_contribution(contribution: Contribution, language: Language, *, prefix: bool) -> str:
    """Name one line by its label, lines that move together by their labels, or by their driver where they are many."""
    if not prefix and len(contribution.labels) <= _NAMED_TOGETHER:
        return " + ".join(contribution.labels)
    if len(contribution.labels) > 1:
        nature = contribution.nature
        driver = NATURE_NAMES[nature].text(language) if nature else contribution.name.replace("-", " ")
        words = say("{driver}, {count} lines", driver=driver, count=len(contribution.labels))
        return words.text(language)
    (label,) = contribution.labels
    return label.partition(": ")[2] if prefix else label
