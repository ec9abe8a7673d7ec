"""Law → the parameters that the figures and rules of this booklet use, as the method prints them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from booklet.chapters.competence import LEAD, holders_in_words, term_end
from booklet.content.model.edition import BY_STATUTES, COMMUNAL, COMMUNITIES
from booklet.costs.optimism import OPTIMISM
from booklet.costs.price_years import indices_of
from booklet.diagnostics.message import say
from booklet.law.lookup import FCTVA_LAG, FCTVA_RATE, PRICE_INDEX, load_law
from booklet.money.euros import Euros
from booklet.tables.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.content.model.edition import Edition
    from booklet.costs.portfolio import Portfolio
    from booklet.law.lookup import Law
    from booklet.text.language import Language


@dataclass(frozen=True, slots=True)
class PrintedParameter:
    """One value of a parameter, written, with the days on which it holds."""

    title: str
    value: str
    first: date
    #: last day on which the law files vouch for it; None where they set no end
    known_until: date | None
    reference: str


def printed_parameters(
    portfolio: Portfolio, edition: Edition, law: Law, language: Language
) -> tuple[PrintedParameter, ...]:
    """Write every value that holds on some day of the term, of the parameters that are used."""
    first, last = portfolio.term.start.first_day, term_end(portfolio.term)
    printed: list[PrintedParameter] = []
    for id in used_parameters(portfolio, edition, law):
        parameter = law.parameters[id]
        days = sorted(parameter.values)
        for day, following in zip(days, [*days[1:], None], strict=True):
            dated = parameter.values[day]
            if day > last or (following is not None and following <= first) or dated.value is None:
                continue
            words = _write(_of_edition(dated.value, edition), language)
            until = parameter.known_until(day)
            printed.append(PrintedParameter(parameter.description, words, day, until, dated.reference or ""))
    return tuple(printed)


def describe_indices(portfolio: Portfolio, edition: Edition, law: Law, language: Language) -> tuple[str, ...]:
    """Write each price index that a printed line rests on: its values of the years used, and where they were read."""
    years_by_index: dict[str, set[int]] = {}
    prices = edition.prices
    for line in (line for costed in portfolio.ready for line in costed.document.value.all_lines):
        if prices and prices.year and line.price_year and indices_of(line, prices, law):
            years_by_index.setdefault(line.index or prices.index or "", set()).update(
                (line.price_year, prices.year)
            )
    return tuple(
        _write_index(f"{PRICE_INDEX}{name}", law, sorted(years), language)
        for name, years in sorted(years_by_index.items())
    )


def _write_index(id: str, law: Law, years: list[int], language: Language) -> str:
    parameter, known = law.parameters[id], load_law().parameters.get(id)
    entries = {year: parameter.values[date(year, 1, 1)] for year in years}
    ours = [known.at(date(year, 1, 1)) for year in years] if known else []
    given = (
        ""
        if ours == [entry.value for entry in entries.values()]
        else say("given by the authors").text(language)
    )
    values = ", ".join(
        f"{year}\N{NO-BREAK SPACE}= {_write(entry.value, language)}" for year, entry in entries.items()
    )
    read = dict.fromkeys(text for entry in entries.values() for text in (entry.reference, entry.address))
    where = ", ".join(text for text in (given, *read) if text)
    named = f"{parameter.description}, {parameter.unit}" if parameter.unit else parameter.description
    return f"{named} ({values})" + (f" [{where}]" if where else "")


def used_parameters(portfolio: Portfolio, edition: Edition, law: Law) -> tuple[str, ...]:
    """List the ids of the parameters that the printed proposals use, in the order in which a reader meets them."""
    ids = dict.fromkeys(_Uses(portfolio, edition, law).list_ids())
    return tuple(id for id in ids if id in law.parameters)


class _Uses:
    """What the proposals that are printed use of the law, one method for each group of parameters."""

    def __init__(self, portfolio: Portfolio, edition: Edition, law: Law) -> None:
        self._law, self._organisations = law, edition.organisations
        self._start = portfolio.term.start.first_day
        self._with_vat = edition.funding_base == "ttc"
        self._proposals = [costed.document.value for costed in portfolio.ready]
        self._lines = [line for one in self._proposals for line in one.all_lines]
        self._funded = [one for one in self._proposals if one.funding]
        funders = dict.fromkeys(funding.funder for one in self._funded for funding in one.funding)
        found = (self._organisations.get(id or "") for id in funders)
        self._schemes = [one.scheme for one in found if one is not None and one.scheme]

    def list_ids(self) -> Iterator[str]:
        """List ids of parameters in the order in which a reader meets them; some twice, some that no law file has."""
        yield from self._vat_rates()
        yield from self._fctva()
        yield from self._own_share()
        yield from self._grants()
        yield from self._impact_studies()
        if any(line.nature == "staff" for line in self._lines):
            yield from ("staff.cost-low", "staff.cost-high")
        yield from (f"{OPTIMISM}{one.reference_class}" for one in self._proposals if one.reference_class)

    def _vat_rates(self) -> Iterator[str]:
        rates = {line.vat_rate for line in self._lines if line.vat_rate}
        return (id for id, _ in self._law.family("vat.") if self._law.percent(id, self._start) in rates)

    def _fctva(self) -> Iterator[str]:
        """The rate of all natures, those of single ones, and the lags of owners that say none."""
        refunded = [
            (one.owner_of(line), line)
            for one in self._proposals
            for line in (*one.costs, *one.revenues)
            if line.vat_regime == "fctva"
        ]
        if refunded:
            yield FCTVA_RATE
        for id, line in refunded:
            yield f"{FCTVA_RATE}.{line.nature}"
            owner = self._organisations.get(id or "")
            if owner is not None and owner.fctva_lags is None:
                yield f"{FCTVA_LAG}{owner.kind}"

    def _own_share(self) -> Iterator[str]:
        if self._funded:
            yield "own-share.floor"
        if any(f"{LEAD}{one.field_}" in self._law.parameters for one in self._funded):
            yield "own-share.floor-chef-de-file"

    def _grants(self) -> Iterator[str]:
        if self._schemes:
            yield "state-grants.ceiling"
            if self._with_vat:
                yield "state-grants.base"
        for scheme in dict.fromkeys(self._schemes):
            yield from (id for id, _ in self._law.family(f"scheme.{scheme}."))

    def _impact_studies(self) -> Iterator[str]:
        """For each owner's population, the threshold of the highest bracket that it reaches."""
        owners = {owner for one in self._proposals for owner in one.owners}
        populations = {
            organisation.population
            for id, organisation in self._organisations.items()
            if id in owners and organisation.population and organisation.kind in COMMUNAL
        }
        for prefix in ("impact-study.receipts-from-", "impact-study.amount-from-"):
            numbers = ((id.removeprefix(prefix), id) for id, _ in self._law.family(prefix))
            floors = {int(number): id for number, id in numbers if number.isdecimal()}
            for population in sorted(populations):
                reached = [floor for floor in floors if floor <= population]
                if reached:
                    yield floors[max(reached)]


def _of_edition(value: object, edition: Edition) -> object:
    """Leave out of a list of kinds the communities and bodies that the edition has none of."""
    if not isinstance(value, frozenset):
        return value
    return value - ((COMMUNITIES | BY_STATUTES) - {one.kind for one in edition.organisations.values()})


def _write(value: object, language: Language) -> str:
    wording = Wording(language)
    if isinstance(value, frozenset):
        return holders_in_words(value, language)
    if isinstance(value, Euros):
        return wording.compact(value)
    if isinstance(value, Decimal):
        return wording.percent(value)
    if isinstance(value, Fraction):
        return wording.number(Decimal(value.numerator) / Decimal(value.denominator))
    assert isinstance(value, int)
    return wording.number(value)
