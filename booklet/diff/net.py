"""A pair of proposals → why the owner's net cost differs where the cost before VAT does not say it.

The net cost is what is paid with VAT, less the VAT that comes back, what others give and revenues: it changes with the
VAT regime and the law's rate. The rule: at the new lines, one after the other, the regime of each line (in its order),
then the rate; each counts with those before it made. What is left of the change follows the cost, the VAT rates, the
funding and the revenues. A rate that one state does not know is taken from the other. Where the net cost is unknown in
a state, causes have an unknown effect, never 0. The delay after which the owner gets the FCTVA moves no six years' net,
only the year of what comes back: it is told without an amount.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.diagnostics.message import say
from booklet.diff.causes import Effect, Shown
from booklet.diff.matching import match_lines
from booklet.law.lookup import FCTVA_RATE
from booklet.money.euros import CENT, Euros

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from booklet.diff.snapshot import SavedCosts, SavedLine, SavedProposal

#: the parameter of the law that FCTVA is computed with
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Refund:
    """Hold what decides of the VAT that comes back: regimes of the lines, rates by year."""

    regimes: tuple[str | None, ...]
    rates: Mapping[int, Decimal | None]

    def fctva(self, lines: Sequence[SavedLine]) -> Fraction:
        """Add the FCTVA of lines, whenever it is paid."""
        return sum(
            (
                Fraction(amount) * (1 + Fraction(line.vat)) * Fraction(self.rates.get(year) or 0)
                for line, regime in zip(lines, self.regimes, strict=True)
                if regime == "fctva" and line.vat is not None
                for year, amount in (line.ht or {}).items()
            ),
            Fraction(0),
        )

    def returned(self, lines: Sequence[SavedLine]) -> Fraction:
        """Add what comes back: VAT that is deducted, and FCTVA."""
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
class _Turn:
    """Hold one cause, and what decides of the refund before and after it."""

    effect: Effect
    before: _Refund
    after: _Refund


def explain_net(
    old: SavedProposal, new: SavedProposal, before: SavedCosts, after: SavedCosts
) -> tuple[Effect, ...]:
    """List the causes of the net cost's change; their sum is that change."""
    if not (old.comparable_net and new.comparable_net):
        return ()
    nets = [proposal.sum_sections(proposal.comparable_net) for proposal in (old, new)]
    turns, delay = _turns(old, new, before, after), _delay(old, new, before, after)
    if nets[0] is None or nets[1] is None:
        if (nets[0] is None) == (nets[1] is None):
            return delay
        turned = Effect("net-known" if nets[0] is None else "net-unknown", "net", new.name, is_unknown=True)
        return (*(replace(turn.effect, is_unknown=True) for turn in turns or ()), *delay, turned)
    change = nets[1] - nets[0]
    if turns is None:
        return (*([Effect("no-detail", "net", new.name, whole=change)] if change else []), *delay)
    lines = new.lines or ()
    effects = [
        replace(
            turn.effect,
            whole=_cents(turn.before.returned(lines) - turn.after.returned(lines)),
        )
        for turn in turns
    ]
    effects = [effect for effect in effects if effect.whole or effect.cause == "vat-regime"]
    rest = change - sum((effect.whole for effect in effects), _NOTHING)
    if effects and effects[-1].whole and abs(rest) <= _rounding(lines):
        effects[-1] = replace(effects[-1], whole=effects[-1].whole + rest)
        rest = _NOTHING
    if rest:
        effects.append(Effect("net-follows", "net", new.name, whole=rest))
    return (*effects, *delay)


def _delay(
    old: SavedProposal, new: SavedProposal, before: SavedCosts, after: SavedCosts
) -> tuple[Effect, ...]:
    """Tell another delay of the FCTVA: it moves what comes back between years, and nothing of the six years' net."""
    lags = [_lag(proposal, costs) for proposal, costs in ((old, before), (new, after))]
    lines = (*(old.lines or ()), *(new.lines or ()))
    if before.fctva_lags is None or after.fctva_lags is None or lags[0] == lags[1]:
        return ()
    if not any(line.vat_regime == "fctva" for line in lines):
        return ()
    owner = new.owner or old.owner or "?"
    return (Effect("fctva-lag", "net", owner, _show_lag(lags[0]), _show_lag(lags[1])),)


def explain_fctva(
    old: SavedProposal, new: SavedProposal, before: SavedCosts, after: SavedCosts
) -> tuple[Effect, ...]:
    """Part the change of the FCTVA, whenever it is paid, by the same rule."""
    sums = [proposal.sum_sections(proposal.fctva) for proposal in (old, new)]
    turns = _turns(old, new, before, after)
    if sums[0] is None or sums[1] is None or turns is None:
        return ()
    lines = new.lines or ()
    rest = sums[1] - sums[0]
    effects = []
    for turn in turns:
        amount = _cents(turn.after.fctva(lines) - turn.before.fctva(lines))
        if amount:
            effects.append(replace(turn.effect, measure="fctva", whole=amount))
            rest -= amount
    if effects and abs(rest) <= _rounding(lines):
        effects[-1] = replace(effects[-1], whole=effects[-1].whole + rest)
        rest = _NOTHING
    if rest:
        effects.append(Effect("follows-cost", "fctva", "FCTVA", whole=rest))
    return tuple(effects)


def _turns(
    old: SavedProposal, new: SavedProposal, before: SavedCosts, after: SavedCosts
) -> tuple[_Turn, ...] | None:
    """Turn the refund from one state's to the other's, one cause at a time; None where a file cannot tell."""
    if old.lines is None or new.lines is None:
        return None
    rates = [costs.parameters.get(FCTVA_RATE, {}) for costs in (before, after)]
    years = sorted({*rates[0], *rates[1]})
    first_rates = {year: _known(rates[0].get(year), rates[1].get(year)) for year in years}
    last_rates = {year: _known(rates[1].get(year), rates[0].get(year)) for year in years}
    same = {id(line): earlier for earlier, line in match_lines(old.lines, new.lines) if line is not None}
    regimes = [_regime_before(same.get(id(line)), line) for line in new.lines]
    reached = _Refund(tuple(regimes), first_rates)
    turns = []
    for index, line in enumerate(new.lines):
        earlier = same.get(id(line))
        if earlier is None or earlier.vat_regime == line.vat_regime:
            continue
        regimes[index] = line.vat_regime
        turned = replace(reached, regimes=tuple(regimes))
        label = " ".join((line.label or "?").split())
        effect = Effect("vat-regime", "net", label, earlier.vat_regime, line.vat_regime)
        turns.append(_Turn(effect, reached, turned))
        reached = turned
    concerned = any(line.vat_regime == "fctva" for line in (*old.lines, *new.lines))
    if concerned and rates[0] != rates[1]:
        turns.append(_Turn(Effect("law", "net", FCTVA_RATE), reached, replace(reached, rates=last_rates)))
    return tuple(turns)


def _regime_before(earlier: SavedLine | None, line: SavedLine) -> str | None:
    return line.vat_regime if earlier is None or earlier.vat_regime is None else earlier.vat_regime


def _lag(proposal: SavedProposal, costs: SavedCosts) -> int | None:
    return (costs.fctva_lags or {}).get(proposal.owner or "")


def _show_lag(lag: int | None) -> Shown:
    return say("unknown") if lag is None else Decimal(lag)


def _known(rate: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if rate is None else rate


def _rounding(lines: Sequence[SavedLine]) -> Decimal:
    """Say how far cents of lines and of years can be from cents of a whole: one for each line, three for each year."""
    years = {year for line in lines for year in line.ht or {}}
    return Decimal(sum(1 + len(line.ht or {}) for line in lines) + 3 * len(years)) / 100


def _cents(amount: Fraction) -> Decimal:
    return Euros(amount).rounded(CENT)
