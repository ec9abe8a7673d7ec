"""A pair of proposals → the causes of the change in net cost that the cost before VAT does not explain.

The net cost is the price with VAT less deducted VAT, FCTVA, co-funding and revenues: it also depends on the VAT regimes
of lines and on the FCTVA rate. On the new lines, the regime of each line is changed in turn, then the rate; the amount
of each cause is the difference that it makes. The rest of the change follows the cost, the VAT rates, the funding and
the revenues. A rate that one state does not have is taken from the other. Where the net cost of a state is unknown,
causes have an unknown amount, never 0. The owner's FCTVA lag moves receipts between years and not the net cost of the
six years: its cause has no amount.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.diagnostics.message import say
from booklet.diff.causes import Cause, Shown
from booklet.diff.matching import match_lines
from booklet.law.lookup import FCTVA_RATE
from booklet.money.euros import CENT, Euros

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from booklet.diff.snapshot import Lag, SavedCosts, SavedLine, SavedProposal


@dataclass(frozen=True, slots=True)
class _RefundRules:
    """What recovered VAT depends on: the VAT regimes of the lines, FCTVA rates by year."""

    regimes: tuple[str | None, ...]
    rates: Mapping[int, Decimal | None]

    def fctva(self, lines: Sequence[SavedLine]) -> Fraction:
        """The FCTVA on the lines, whichever year it is received in."""
        return sum(
            (
                Fraction(amount) * (1 + Fraction(line.vat)) * Fraction(self.rates.get(year) or 0)
                for line, regime in zip(lines, self.regimes, strict=True)
                if regime == "fctva" and line.vat
                for year, amount in (line.ht or {}).items()
            ),
            Fraction(0),
        )

    def returned(self, lines: Sequence[SavedLine]) -> Fraction:
        """The VAT recovered on the lines: deducted VAT, and FCTVA."""
        deducted = sum(
            (
                Fraction(amount) * Fraction(line.vat or 0)
                for line, regime in zip(lines, self.regimes, strict=True)
                if regime == "assujetti"
                for amount in (line.ht or {}).values()
            ),
            Fraction(0),
        )
        return deducted + self.fctva(lines)


@dataclass(frozen=True, slots=True)
class _RuleChange:
    """One cause, with the rules of refund before and after it."""

    cause: Cause
    before: _RefundRules
    after: _RefundRules


def explain_net(
    old: SavedProposal, new: SavedProposal, before: SavedCosts, after: SavedCosts
) -> tuple[Cause, ...]:
    """List the causes of the change in net cost; their amounts add up to it."""
    if not (old.comparable_net and new.comparable_net):
        return ()
    nets = [proposal.sum_sections(proposal.comparable_net) for proposal in (old, new)]
    rule_changes, delay = _list_rule_changes(old, new, before, after), _explain_lag(old, new, before, after)
    if nets[0] is None or nets[1] is None:
        if (nets[0] is None) == (nets[1] is None):
            return delay
        turned = (
            [Cause("net-known", "net", new.name, before=reason) for reason in old.reasons or (None,)]
            if nets[0] is None
            else [Cause("net-unknown", "net", new.name, after=reason) for reason in new.reasons or (None,)]
        )
        return (
            *(replace(rule_change.cause, is_unknown=True) for rule_change in rule_changes or ()),
            *delay,
            *(replace(cause, is_unknown=True) for cause in turned),
        )
    change = nets[1] - nets[0]
    if rule_changes is None:
        return (*([Cause("no-detail", "net", new.name, whole=change)] if change else []), *delay)
    lines = new.lines or ()
    causes = [
        replace(
            rule_change.cause,
            whole=_cents(rule_change.before.returned(lines) - rule_change.after.returned(lines)),
        )
        for rule_change in rule_changes
    ]
    causes = [cause for cause in causes if cause.whole or cause.key == "vat-regime"]
    rest = change - sum((cause.whole for cause in causes), Decimal(0))
    if causes and causes[-1].whole and abs(rest) <= _rounding(lines):
        causes[-1] = replace(causes[-1], whole=causes[-1].whole + rest)
        rest = Decimal(0)
    if rest:
        causes.append(Cause("net-follows", "net", new.name, whole=rest))
    return (*causes, *delay)


def _explain_lag(
    old: SavedProposal, new: SavedProposal, before: SavedCosts, after: SavedCosts
) -> tuple[Cause, ...]:
    """The cause of a changed FCTVA lag: it moves receipts between years, without an amount over the six years."""
    lags = [_lag(proposal, costs) for proposal, costs in ((old, before), (new, after))]
    lines = (*(old.lines or ()), *(new.lines or ()))
    if before.fctva_lags is None or after.fctva_lags is None or lags[0] == lags[1]:
        return ()
    if not any(line.vat_regime == "fctva" for line in lines):
        return ()
    owner = new.owner or old.owner or "?"
    return (Cause("fctva-lag", "net", owner, _show_lag(lags[0]), _show_lag(lags[1])),)


def explain_fctva(
    old: SavedProposal, new: SavedProposal, before: SavedCosts, after: SavedCosts
) -> tuple[Cause, ...]:
    """List the causes of the change in FCTVA, by the same rule."""
    sums = [proposal.sum_sections(proposal.fctva) for proposal in (old, new)]
    rule_changes = _list_rule_changes(old, new, before, after)
    if sums[0] is None or sums[1] is None or rule_changes is None:
        return ()
    lines = new.lines or ()
    rest = sums[1] - sums[0]
    causes = []
    for rule_change in rule_changes:
        amount = _cents(rule_change.after.fctva(lines) - rule_change.before.fctva(lines))
        if amount:
            causes.append(replace(rule_change.cause, measure="fctva", whole=amount))
            rest -= amount
    if causes and abs(rest) <= _rounding(lines):
        causes[-1] = replace(causes[-1], whole=causes[-1].whole + rest)
        rest = Decimal(0)
    if rest:
        causes.append(Cause("follows-cost", "fctva", "FCTVA", whole=rest))
    return tuple(causes)


def _list_rule_changes(
    old: SavedProposal, new: SavedProposal, before: SavedCosts, after: SavedCosts
) -> tuple[_RuleChange, ...] | None:
    """Change the rules of refund from one state's to the other's, one at a time; None where a file has no lines."""
    if old.lines is None or new.lines is None:
        return None
    rates = [costs.parameters.get(FCTVA_RATE, {}) for costs in (before, after)]
    years = sorted({*rates[0], *rates[1]})
    first_rates = {year: _known(rates[0].get(year), rates[1].get(year)) for year in years}
    last_rates = {year: _known(rates[1].get(year), rates[0].get(year)) for year in years}
    same = {id(line): earlier for earlier, line in match_lines(old.lines, new.lines) if line is not None}
    regimes = [_regime_before(same.get(id(line)), line) for line in new.lines]
    reached = _RefundRules(tuple(regimes), first_rates)
    rule_changes = []
    for index, line in enumerate(new.lines):
        earlier = same.get(id(line))
        if earlier is None or earlier.vat_regime == line.vat_regime:
            continue
        regimes[index] = line.vat_regime
        turned = replace(reached, regimes=tuple(regimes))
        label = " ".join((line.label or "?").split())
        cause = Cause("vat-regime", "net", label, earlier.vat_regime, line.vat_regime)
        rule_changes.append(_RuleChange(cause, reached, turned))
        reached = turned
    concerned = any(line.vat_regime == "fctva" for line in (*old.lines, *new.lines))
    if concerned and rates[0] != rates[1]:
        rule_changes.append(
            _RuleChange(Cause("law", "net", FCTVA_RATE), reached, replace(reached, rates=last_rates))
        )
    return tuple(rule_changes)


def _regime_before(earlier: SavedLine | None, line: SavedLine) -> str | None:
    return line.vat_regime if earlier is None or earlier.vat_regime is None else earlier.vat_regime


def _lag(proposal: SavedProposal, costs: SavedCosts) -> Lag | None:
    return (costs.fctva_lags or {}).get(proposal.owner or "")


def _show_lag(lag: Lag | None) -> Shown:
    if isinstance(lag, int):
        return Decimal(lag)
    if lag is None:
        return say("unknown")
    return ", ".join(f"{year}: {'?' if years is None else years}" for year, years in sorted(lag.items()))


def _known(rate: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if rate is None else rate


def _rounding(lines: Sequence[SavedLine]) -> Decimal:
    """The most that rounded lines and years can differ from a rounded total: a cent a line, three cents a year."""
    years = {year for line in lines for year in line.ht or {}}
    return Decimal(sum(1 + len(line.ht or {}) for line in lines) + 3 * len(years)) / 100


def _cents(amount: Fraction) -> Decimal:
    return Euros(amount).rounded(CENT)
