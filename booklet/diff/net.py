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
from typing import TYPE_CHECKING, get_args

from booklet.content.model.cost_line import Nature
from booklet.costs.figures.costs import Line, Section, deducted_vat
from booklet.costs.figures.exact import Exact
from booklet.costs.figures.net import Plan, PlanInputs, refund
from booklet.costs.figures.number import Rates
from booklet.diagnostics.message import say
from booklet.diff.causes import Cause, NoDetail, Shown, read_inputs
from booklet.diff.matching import match_lines
from booklet.law.lookup import FCTVA_RATE
from booklet.money.amounts import Amounts, total
from booklet.money.euros import CENT, Euros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from booklet.costs.figures.inputs import LineInputs
    from booklet.diff.snapshot import Lag, SavedCosts, SavedLine, SavedProposal


#: the rate of the FCTVA by nature of line and year; "" is the one of all
_Rates = dict[str, dict[int, Decimal]]


@dataclass(frozen=True, slots=True)
class _RefundRules:
    """What recovered VAT depends on: the lines with their VAT regimes, FCTVA rates by nature and year."""

    lines: tuple[LineInputs, ...]
    rates: _Rates
    years: tuple[int, ...]

    @property
    def fctva(self) -> Fraction:
        """The FCTVA on the lines, whichever year it is received in."""
        return total(refund(self._plan)).value

    @property
    def returned(self) -> Fraction:
        """The VAT recovered on the lines: deducted VAT, and FCTVA."""
        return total(deducted_vat(self._plan.section)).value + self.fctva

    @property
    def _plan(self) -> Plan[Amounts]:
        """The plan of the lines whose refund is known; a rate that no state has counts nothing, as its cause says."""
        kind = Exact(self.years)
        known = tuple(Line(kind, line) for line in self.lines if line.regime and line.vat is not None)
        rates = {
            nature: Rates.of(by_year.get(year) or Decimal(0) for year in self.years)
            for nature, by_year in self.rates.items()
        }
        inputs = PlanInputs(
            (), is_written=True, is_ttc=False, fctva_lags=(0,) * len(self.years), fctva_rates=rates
        )
        return Plan(kind, Section(kind, "investissement", known, ()), inputs)


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
            whole=_cents(rule_change.before.returned - rule_change.after.returned),
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
    was, now = before.fctva_lags, after.fctva_lags
    if was is None or now is None:
        return ()
    lines = (line for proposal in (old, new) for line in proposal.lines or () if line.vat_regime == "fctva")
    owners = dict.fromkeys(line.owner or new.owner or old.owner or "?" for line in lines)
    return tuple(
        Cause("fctva-lag", "net", owner, _show_lag(was.get(owner)), _show_lag(now.get(owner)))
        for owner in owners
        if was.get(owner) != now.get(owner)
    )


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
        amount = _cents(rule_change.after.fctva - rule_change.before.fctva)
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
    years = tuple(sorted({year for line in new.lines for year in line.parts or ()}))
    same = {id(line): earlier for earlier, line in match_lines(old.lines, new.lines) if line is not None}
    try:
        lines = [
            replace(read_inputs(line, years), regime=_regime_before(same.get(id(line)), line))
            for line in new.lines
        ]
    except NoDetail:
        return None
    first, last = _rates_of(before, after), _rates_of(after, before)
    reached = _RefundRules(tuple(lines), first, years)
    rule_changes = []
    for index, line in enumerate(new.lines):
        earlier = same.get(id(line))
        if earlier is None or earlier.vat_regime == line.vat_regime:
            continue
        lines[index] = replace(lines[index], regime=line.vat_regime)
        turned = replace(reached, lines=tuple(lines))
        label = " ".join((line.label or "?").split())
        cause = Cause("vat-regime", "net", label, earlier.vat_regime, line.vat_regime)
        rule_changes.append(_RuleChange(cause, reached, turned))
        reached = turned
    concerned = any(line.vat_regime == "fctva" for line in (*old.lines, *new.lines))
    if concerned and first != last:
        rule_changes.append(
            _RuleChange(Cause("law", "net", FCTVA_RATE), reached, replace(reached, rates=last))
        )
    return tuple(rule_changes)


def _rates_of(state: SavedCosts, other: SavedCosts) -> _Rates:
    """The rates of a state; one that it does not have is taken from the other, that of a nature from that of all."""

    def read(id: str) -> dict[int, Decimal]:
        mine, theirs = state.parameters.get(id, {}), other.parameters.get(id, {})
        found = {year: _known(mine.get(year), theirs.get(year)) for year in {*mine, *theirs}}
        return {year: rate for year, rate in found.items() if rate is not None}

    of_all = read(FCTVA_RATE)
    return {"": of_all} | {nature: of_all | read(f"{FCTVA_RATE}.{nature}") for nature in get_args(Nature)}


def _regime_before(earlier: SavedLine | None, line: SavedLine) -> str | None:
    return line.vat_regime if earlier is None or earlier.vat_regime is None else earlier.vat_regime


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
