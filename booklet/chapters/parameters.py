"""Law → the parameters that this booklet's figures and rules rest on, as the method prints them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.chapters.competence import holders_in_words, term_end
from booklet.law.lookup import FCTVA_RATE
from booklet.money.euros import Euros
from booklet.tables.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from booklet.content.model.edition import Edition
    from booklet.costs.portfolio import Portfolio
    from booklet.law.lookup import Law
    from booklet.text.language import Language


@dataclass(frozen=True, slots=True)
class PrintedParameter:
    """Hold one dated value, in words."""

    title: str
    value: str
    first: date
    #: None where no later value and no document that was read ends it
    known_until: date | None
    reference: str


def printed_parameters(
    portfolio: Portfolio, edition: Edition, law: Law, language: Language
) -> tuple[PrintedParameter, ...]:
    """Print every value that holds on some day of the term, of the parameters that are used."""
    first, last = portfolio.term.start.first_day, term_end(portfolio.term)
    printed: list[PrintedParameter] = []
    for id in used_parameters(portfolio, edition, law):
        parameter = law.parameters[id]
        days = sorted(parameter.values)
        for day, following in zip(days, [*days[1:], None], strict=True):
            held = parameter.values[day]
            if day > last or (following is not None and following <= first) or held.value is None:
                continue
            words = _write(held.value, language)
            until = parameter.known_until(day)
            printed.append(PrintedParameter(parameter.description, words, day, until, held.reference or ""))
    return tuple(printed)


def used_parameters(portfolio: Portfolio, edition: Edition, law: Law) -> tuple[str, ...]:
    """Name the parameters that the proposals' sums and rules ask for, in the order in which a reader meets them."""
    wanted = dict.fromkeys(_ask(portfolio, edition, law))
    return tuple(id for id in wanted if id in law.parameters)


def _ask(portfolio: Portfolio, edition: Edition, law: Law) -> Iterator[str]:
    start = portfolio.term.start.first_day
    proposals = [costed.document.value for costed in portfolio.ready]
    lines = [line for proposal in proposals for line in (*proposal.costs, *proposal.revenues)]
    rates = {line.vat_rate for line in lines if line.vat_rate}
    yield from (id for id, _ in law.family("vat.") if law.percent(id, start) in rates)
    if any(line.vat_regime == "fctva" for line in lines):
        yield FCTVA_RATE
    funded = [proposal for proposal in proposals if proposal.funding]
    if funded:
        yield "own-share.floor"
    if any(f"chef-de-file.{proposal.field_}" in law.parameters for proposal in funded):
        yield "own-share.floor-chef-de-file"
    funders = dict.fromkeys(funding.funder for proposal in funded for funding in proposal.funding)
    schemes = [
        organisation.scheme
        for id in funders
        if (organisation := edition.organisations.get(id or "")) is not None
    ]
    if any(schemes):
        yield "state-grants.ceiling"
    for scheme in dict.fromkeys(filter(None, schemes)):
        yield from (id for id, _ in law.family(f"scheme.{scheme}."))
    owners = {proposal.owner for proposal in proposals}
    populations = {
        organisation.population
        for id, organisation in edition.organisations.items()
        if id in owners and organisation.population and organisation.kind in ("commune", "metropole")
    }
    for prefix in ("impact-study.receipts-from-", "impact-study.amount-from-"):
        numbers = ((id.removeprefix(prefix), id) for id, _ in law.family(prefix))
        floors = {int(number): id for number, id in numbers if number.isdecimal()}
        for population in sorted(populations):
            reached = [floor for floor in floors if floor <= population]
            if reached:
                yield floors[max(reached)]
    if any(line.nature == "staff" for line in lines):
        yield from ("staff.cost-low", "staff.cost-high")


def _write(value: object, language: Language) -> str:
    wording = Wording(language)
    if isinstance(value, frozenset):
        return holders_in_words(value, language)
    if isinstance(value, Euros):
        return wording.compact(value)
    if isinstance(value, Decimal):
        return wording.percent(value)
    assert isinstance(value, int)
    return wording.number(value)
