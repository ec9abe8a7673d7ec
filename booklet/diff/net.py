"""A pair of proposals → the causes of the change in net cost, and in FCTVA, that the cost before VAT does not explain.

The net cost is the price with VAT less deducted VAT, FCTVA, co-funding and revenues: it also depends on the VAT regimes
of lines and on the FCTVA rates. On the new lines, the regime of each is changed in turn, then each rate; the amount of
a cause is the difference that it makes to what comes back. The rest of the change follows the cost, the VAT rates, the
funding and the revenues. Where the net cost of a state is unknown, causes have an unknown amount, never 0. The owner's
FCTVA lag moves receipts between years and not the net cost of the six years: its cause has no amount.
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
from booklet.diff.cause import Cause
from booklet.diff.causes import NoDetail, read_inputs
from booklet.diff.line_words import one_line, write_percent
from booklet.law.lookup import FCTVA_RATE
from booklet.money.amounts import total
from booklet.money.euros import Euros

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from fractions import Fraction

    from booklet.costs.figures.inputs import LineInputs
    from booklet.diff.cause import Shown
    from booklet.diff.matching import Pair
    from booklet.diff.snapshot import Lag, SavedCosts, SavedLine, SavedProposal

#: the FCTVA rates by parameter of the law and year
_Rates = dict[str, dict[int, Decimal]]
_IDS = {FCTVA_RATE: ""} | {f"{FCTVA_RATE}.{nature}": nature for nature in get_args(Nature)}


@dataclass(frozen=True, slots=True)
class _RuleChange:
    """A cause, and what it adds to the VAT that comes back, FCTVA and deducted VAT."""

    cause: Cause
    fctva: Fraction
    returned: Fraction


def explain_net(
    old: SavedProposal | None,
    new: SavedProposal | None,
    states: tuple[SavedCosts, SavedCosts],
    pairs: Sequence[Pair[SavedLine]] | None,
) -> Iterator[Cause]:
    """List the causes of the changes in FCTVA, then in net cost; those of each add up to it.

    `pairs` are the cost lines; None where a file has none. A proposal that one state does not count is None there.
    """
    changes = _list_rule_changes(pairs, states)
    slack = _rounding(new.lines or () if new else ())
    one = new or old
    assert one is not None, "a pair of nothing"
    sums = [state.sum_sections(state.fctva) if state else Decimal(0) for state in (old, new)]
    if changes is not None and sums[0] is not None and sums[1] is not None:
        parts = [(replace(each.cause, measure="fctva"), each.fctva) for each in changes]
        found = _share_out(sums[1] - sums[0], parts, Cause("follows-cost", "fctva", "FCTVA"), slack)
        yield from (cause for cause in found if cause.whole)
    if not all(state is None or (state.is_known and state.comparable_net) for state in (old, new)):
        return
    nets = [state.sum_sections(state.comparable_net) if state else Decimal(0) for state in (old, new)]
    if nets[0] is not None and nets[1] is not None:
        rest = Cause("net-follows" if changes is not None else "no-detail", "net", one.name)
        parts = [(each.cause, -each.returned) for each in changes or ()]
        found = _share_out(nets[1] - nets[0], parts, rest, slack)
        yield from (cause for cause in found if cause.whole or cause.key == "vat-regime")
    elif nets[0] is not None or nets[1] is not None:
        yield from (replace(each.cause, is_unknown=True) for each in changes or ())
    if old is None or new is None:
        if None in nets:
            yield Cause("net-follows", "net", one.name, is_unknown=True)
        return
    yield from _explain_lags(old, new, *(state.fctva_lags for state in states))
    if nets[0] is None and nets[1] is not None:
        yield from (
            Cause("net-known", "net", new.name, before=why, is_unknown=True) for why in old.reasons or (None,)
        )
    elif nets[0] is not None and nets[1] is None:
        yield from (
            Cause("net-unknown", "net", new.name, after=why, is_unknown=True)
            for why in new.reasons or (None,)
        )


def _share_out(
    change: Decimal, parts: Iterable[tuple[Cause, Fraction]], rest: Cause, slack: Decimal
) -> list[Cause]:
    """Round the part of each cause to cents; what is left is that of `rest`, or of the last cause if within `slack`."""
    causes = [replace(cause, whole=Euros(amount).rounded()) for cause, amount in parts]
    left = change - sum((cause.whole for cause in causes), Decimal(0))
    told = [cause for cause in causes if cause.whole]
    if told and abs(left) <= slack:
        last = causes.index(told[-1])
        causes[last] = replace(causes[last], whole=causes[last].whole + left)
    elif left:
        causes.append(replace(rest, whole=left))
    return causes


def _explain_lags(
    old: SavedProposal,
    new: SavedProposal,
    was: Mapping[str, Lag | None] | None,
    now: Mapping[str, Lag | None] | None,
) -> Iterator[Cause]:
    """List the changed FCTVA lags, which move receipts between years, without an amount over the six years."""
    if was is None or now is None:
        return
    lines = (line for proposal in (old, new) for line in proposal.lines or () if line.vat_regime == "fctva")
    for owner in dict.fromkeys(line.owner or new.owner or old.owner or "?" for line in lines):
        before, after = was.get(owner), now.get(owner)
        if before != after:
            yield Cause("fctva-lag", "net", owner, _show_lag(before), _show_lag(after))


def _list_rule_changes(
    pairs: Sequence[Pair[SavedLine]] | None, states: tuple[SavedCosts, SavedCosts]
) -> list[_RuleChange] | None:
    """Change the rules of refund from one state's to the other's, one at a time; None where lines have no detail."""
    if pairs is None:
        return None
    years = tuple(sorted({year for _, line in pairs if line for year in line.counted[1] or ()}))
    try:
        lines = [(a, b, read_inputs(b, years)) for a, b in pairs if b is not None]
    except NoDetail:
        return None
    before, after = states
    reached, last = _read_rates(before, after), _read_rates(after, before)
    rules, found = _rules_of(reached, years), []
    for old, new, inputs in lines:
        if old is not None and old.vat_regime != new.vat_regime:
            cause = Cause("vat-regime", "net", one_line(new.label) or "?", old.vat_regime, new.vat_regime)
            first = replace(inputs, regime=old.vat_regime or new.vat_regime)
            found.append(_compare(cause, _return([first], rules), _return([inputs], rules)))
    of_fund = {line.nature or "" for pair in pairs for line in pair if line and line.vat_regime == "fctva"}
    for id, nature in _IDS.items():
        if reached.get(id) != last.get(id) and (nature in of_fund or (of_fund and not nature)):
            was_rates = reached.get(id) or (reached[FCTVA_RATE] if nature else {})
            reached = reached | {id: last.get(id, {})}
            was, rules = rules, _rules_of(reached, years)
            paid = [inputs for _, _, inputs in lines if nature in ("", inputs.nature)]
            cause = Cause("law", "net", id, *_show_rates(was_rates, reached[id]))
            found.append(_compare(cause, _return(paid, was), _return(paid, rules)))
    return found


def _compare(
    cause: Cause, before: tuple[Fraction, Fraction], after: tuple[Fraction, Fraction]
) -> _RuleChange:
    return _RuleChange(cause, after[0] - before[0], after[1] - before[1])


def _rules_of(rates: _Rates, years: tuple[int, ...]) -> tuple[Exact, PlanInputs]:
    """The FCTVA rate of each nature and year; one that no state has counts nothing, as its cause says."""
    by_nature = {nature: rates[FCTVA_RATE] | rates.get(id, {}) for id, nature in _IDS.items()}
    found = {
        nature: Rates.of(rate.get(year, Decimal(0)) for year in years) for nature, rate in by_nature.items()
    }
    lags = (0,) * len(years)
    return Exact(years), PlanInputs((), is_written=True, is_ttc=False, fctva_lags=lags, fctva_rates=found)


def _return(lines: Iterable[LineInputs], rules: tuple[Exact, PlanInputs]) -> tuple[Fraction, Fraction]:
    """The FCTVA on lines whose refund is known, whenever it comes, and all VAT that comes back."""
    kind, inputs = rules
    known = tuple(Line(kind, line) for line in lines if line.regime and line.vat is not None)
    plan = Plan(kind, Section(kind, "investissement", known, ()), inputs)
    fctva = total(refund(plan)).value
    return fctva, fctva + total(deducted_vat(plan.section)).value


def _read_rates(state: SavedCosts, other: SavedCosts) -> _Rates:
    """The FCTVA rates of a state; what it does not say is taken from the other, but for a nature without its own."""
    saved = state.parameters if FCTVA_RATE in state.parameters else other.parameters
    rates: _Rates = {FCTVA_RATE: {}}
    for id in _IDS.keys() & saved.keys() | {FCTVA_RATE}:
        mine, theirs = saved.get(id, {}), other.parameters.get(id, {})
        found = {
            year: theirs.get(year) if mine.get(year) is None else mine[year] for year in {*mine, *theirs}
        }
        rates[id] = {year: rate for year, rate in found.items() if rate is not None}
    return rates


def _show_rates(before: Mapping[int, Decimal], after: Mapping[int, Decimal]) -> tuple[str | None, str | None]:
    """Write a rate before and after, where it is the same in all years that change."""
    changed = {(before.get(year), after.get(year)) for year in {*before, *after}}
    changed = {pair for pair in changed if pair[0] != pair[1]}
    was, now = changed.pop() if len(changed) == 1 else (None, None)
    return (write_percent(was), write_percent(now)) if was is not None and now is not None else (None, None)


def _show_lag(lag: Lag | None) -> Shown:
    if isinstance(lag, int):
        return Decimal(lag)
    if lag is None:
        return say("unknown")
    return ", ".join(f"{year}: {'?' if years is None else years}" for year, years in sorted(lag.items()))


def _rounding(lines: Sequence[SavedLine]) -> Decimal:
    """The most that rounded lines and years can differ from a rounded total: a cent a line, three cents a year."""
    years = {year for line in lines for year in line.ht or {}}
    return Decimal(sum(1 + len(line.ht or {}) for line in lines) + 3 * len(years)) / 100
