"""Financing chains → the tables from gross to net, of funders, and the sentence of unit costs.

Cells are rounded once; the net of a row is the sum of the cells printed beside it. What is not known is None, which
prints as n.c., never 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.model.proposal import FUNDING_STATUSES, LINE_GROUPS, SECTIONS, Section
from booklet.content.model.words import SECTION_NAMES, STATUS_NAMES
from booklet.costs.balance import Balance
from booklet.costs.uncertainty import round_to_three_figures
from booklet.costs.unit_costs import unit_costs
from booklet.diagnostics.message import say
from booklet.money.amounts import Amounts, total
from booklet.money.euros import ZERO, Euros, sum_cells
from booklet.tables.money_table import MoneyRow, MoneyTable, add_cells, add_known
from booklet.tables.rounding import add_section, apportion, grant_in, others_in, sum_grants
from booklet.tables.wording import Wording

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from booklet.content.model.edition import Edition
    from booklet.costs.financing import Financing, Financings
    from booklet.costs.portfolio import CostedProposal, Portfolio
    from booklet.text.language import Language


@dataclass(frozen=True, slots=True)
class NetRow:
    """The content of one row from gross to net; `gross` and `earned` as the other tables print them."""

    name: str
    gross: Decimal
    #: None while a revenue is not known
    earned: Decimal | None
    #: None while one is not known; the other tables print them too
    saved: Decimal | None
    given_up: Decimal | None
    #: the proposals of the row, each with its financing
    chains: Sequence[tuple[CostedProposal, Financing | None]]


def net_table(
    caption: str, rows: Iterable[NetRow], step: Decimal, language: Language, *, after_savings: bool = False
) -> MoneyTable:
    """Build the table from gross to net over the six years; the gross cost of a row is that of the other tables.

    With `after_savings`, savings, lost revenue and what they make of the net cost stand beside it.
    """
    columns = (
        say("Section"),
        say("Gross, before VAT"),
        say("VAT"),
        say("VAT that comes back"),
        say("Co-funders"),
        say("Revenues"),
        say("Net for the owners"),
        *(_AFTER_SAVINGS if after_savings else ()),
    )
    count = len(columns) - 1
    printed = tuple(MoneyRow(row.name, _net_cells(row, step)[:count]) for row in rows if row.chains)
    heads = tuple(column.text(language) for column in columns)
    return MoneyTable(caption, heads, printed, step, strong=(5,))


def _net_cells(row: NetRow, step: Decimal) -> tuple[Decimal | None, ...]:
    known = [(costed, chain) for costed, chain in row.chains if chain is not None]
    if len(known) < len(row.chains):
        return (None,) * 9
    vat = _rounded([None if chain.vat is None else total(chain.vat) for _, chain in known], step)
    back = _rounded([refund(chain) for _, chain in known], step)
    # what is not known is not 0; each grant is rounded as the financing plans print it
    funded = (
        None
        if any(chain.co_funded is None for _, chain in known)
        else sum_cells(sum_grants(costed, chain.grants, step) for costed, chain in known)
    )
    cells = (row.gross, vat, _negative(back), _negative(funded), _negative(row.earned))
    net = add_known(cells)
    return (
        *cells,
        net,
        _negative(row.saved),
        row.given_up,
        add_known((net, _negative(row.saved), row.given_up)),
    )


#: columns that stand where a proposal saves, or gives a revenue up
_AFTER_SAVINGS = (say("Savings"), say("Lost revenue"), say("Net after savings"))


def _negative(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount


def refund(chain: Financing) -> Euros | None:
    """Add the VAT recovered on the six years' spending, whenever it is paid: deducted, or as FCTVA."""
    if chain.vat is None or chain.fctva_total is None:
        return None
    return total(chain.deducted_vat) + chain.fctva_total


def _rounded(amounts: Sequence[Euros | None], step: Decimal) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return total(known).rounded(step) if len(known) == len(amounts) else None


def fiche_net_table(
    costed: CostedProposal, financings: Financings, language: Language, names: Mapping[str, str] | None = None
) -> MoneyTable | None:
    """Build the table from gross to net of one proposal, section by section; None where no cost is known.

    Each owner's part stands under its section where there are several; `names` are those of organisations.
    """
    if not costed.costing.is_complete:
        return None
    found = {section: financings.get((costed.id, section)) for section in SECTIONS}
    chains = {section: chain for section, chain in found.items() if chain is not None and _has_row(chain)}
    rows = [
        _net_row(SECTION_NAMES[section].text(language), [costed], financings, section, costed.step)
        for section in chains
    ]
    caption = say("From gross to net, six years").text(language)
    if not rows:
        return None
    table = net_table(caption, rows, costed.step, language, after_savings=_saves(costed))
    printed: list[MoneyRow] = []
    for row, chain in zip(table.rows, chains.values(), strict=True):
        printed += (row, *_owner_rows(row, chain, costed.step, language, names or {}))
    return replace(table, rows=tuple(printed))


def _owner_rows(
    whole: MoneyRow, chain: Financing, step: Decimal, language: Language, names: Mapping[str, str]
) -> Iterable[MoneyRow]:
    """Build the rows of each owner's part, whose cells add up to those of the whole."""
    parts = {owner: part for owner, part in chain.parts.items() if _has_row(part)}
    if set(parts) <= {chain.owner} or None in whole.cells:
        return
    columns = [
        _apportion(part_of, cell, parts.values(), step)
        for part_of, cell in zip(_PARTS, whole.cells, strict=False)
    ]
    for place, owner in enumerate(parts):
        cells = [column[place] for column in columns]
        net = sum_cells(cells[:5])
        shown = (*cells[:5], net, *cells[6:8], net + sum_cells(cells[6:8]))
        label = say("of which {name}", name=names.get(owner or "", owner or "?"))
        yield MoneyRow(label.text(language), shown[: len(whole.cells)], "faint")


def _apportion(
    part_of: Callable[[Financing], Amounts | Euros | None],
    cell: Decimal | None,
    parts: Iterable[Financing],
    step: Decimal,
) -> tuple[Decimal, ...]:
    """Share a printed cell among owners; it is negative where it is taken off."""
    assert cell is not None, "all cells of the row are known"
    found = [part_of(part) for part in parts]
    amounts = [ZERO if one is None else total(one) if isinstance(one, Amounts) else one for one in found]
    shared = apportion(amounts, abs(cell), step)
    return tuple(-one for one in shared) if cell < 0 else shared


#: what each column from gross to net is of an owner's part, but the sums, which are None
_PARTS: tuple[Callable[[Financing], Amounts | Euros | None], ...] = (
    lambda part: part.ht,
    lambda part: part.vat,
    refund,
    lambda part: part.co_funded,
    lambda part: part.earned,
    lambda _: None,
    lambda part: Balance(part).saved,
    lambda part: Balance(part).given_up,
)


def _saves(costed: CostedProposal) -> bool:
    return bool(costed.document.value.savings or costed.document.value.lost_revenue)


def describe_unit_costs(costed: CostedProposal, edition: Edition, language: Language) -> str:
    """Write the six years' gross cost per inhabitant, beneficiary and tonne avoided; empty where none is known."""
    found = unit_costs(costed.document.value, costed.costing, edition)
    wording = Wording(language)

    def write(amount: Euros) -> str:
        return wording.euros(round_to_three_figures(amount)[0])

    each = (
        None
        if found.per_inhabitant is None
        else say("{amount} per inhabitant", amount=write(found.per_inhabitant)),
        None
        if found.per_beneficiary is None
        else say("{amount} per beneficiary", amount=write(found.per_beneficiary)),
        None
        if found.per_tonne is None
        else say(
            "{amount} per tonne of CO₂e avoided by the end of {year}",
            amount=write(found.per_tonne),
            year=costed.costing.years[-1],
        ),
    )
    known = [message.text(language) for message in each if message is not None]
    words = say("Six years, both sections, before VAT: {amounts}.", amounts=", ".join(known))
    return words.text(language) if known else ""


# --- the portfolio -------------------------------------------------------------------------------------------------


def portfolio_net_table(
    portfolio: Portfolio,
    edition: Edition,
    financings: Financings,
    language: Language,
    only: str | None = None,
) -> MoneyTable:
    """Build the table from gross to net of the portfolio, by section and domain; of one domain where it is named."""
    rows = [
        row
        for section in SECTIONS
        for row in section_net_rows(portfolio, edition, financings, section, language, only)
    ]
    caption = say("From gross to net over the six years").text(language)
    after_savings = any(map(_saves, portfolio.ready if only is None else portfolio.in_domain(only)))
    table = net_table(caption, rows, portfolio.step, language, after_savings=after_savings)
    sums = add_cells([row.cells for row in table.rows]) or (Decimal(0),) * (len(table.columns) - 1)
    totals = MoneyRow(say("Total").text(language), sums, "total")
    return MoneyTable(table.caption, table.columns, (*table.rows, totals), table.step, table.strong)


def name_net_row(section: Section, domain: str, language: Language) -> str:
    """Name the row of a domain's section."""
    return f"{SECTION_NAMES[section].text(language)}, {domain}"


def section_net_rows(
    portfolio: Portfolio,
    edition: Edition,
    financings: Financings,
    section: Section,
    language: Language,
    only: str | None = None,
) -> tuple[NetRow, ...]:
    """Build the rows from gross to net of one section: one for each domain that costs or earns."""
    rows: list[NetRow] = []
    for domain, described in edition.domains.items():
        proposals = portfolio.in_domain(domain) if only in (None, domain) else ()
        name = name_net_row(section, described.title, language)
        row = _net_row(name, proposals, financings, section, portfolio.step)
        if any(_has_row(chain) for _, chain in row.chains):
            rows.append(row)
    return tuple(rows)


def _net_row(
    name: str, proposals: Sequence[CostedProposal], financings: Financings, section: Section, step: Decimal
) -> NetRow:
    earned, saved, given_up = [
        add_known([others_in(costed, group, section, step) for costed in proposals])
        for group in LINE_GROUPS[1:]
    ]
    return NetRow(
        name,
        add_section(proposals, section, step).central,
        earned,
        saved,
        given_up,
        [(costed, financings.get((costed.id, section))) for costed in proposals],
    )


def funders_table(
    portfolio: Portfolio, edition: Edition, financings: Financings, language: Language
) -> MoneyTable | None:
    """Build the table of each funder's money over the six years, by status; loans are the owners' own money."""
    rows: list[MoneyRow] = []
    for id, organisation in edition.organisations.items():
        given = [
            (grant.funding.status, grant_in(proposal, grant, portfolio.step))
            for proposal in portfolio.ready
            for section in SECTIONS
            if (chain := financings.get((proposal.id, section))) is not None
            for grant in chain.grants
            if grant.funding.funder == id and not grant.is_debt
        ]
        if given:
            cells = [sum_cells(cell for own, cell in given if own == status) for status in FUNDING_STATUSES]
            rows.append(MoneyRow(organisation.name, (*cells, sum_cells(cells))))
    if not rows:
        return None
    rows.append(MoneyRow(say("Total").text(language), add_cells([row.cells for row in rows]), "total"))
    heads = (say("Funder"), *(STATUS_NAMES[status] for status in FUNDING_STATUSES), say("Total"))
    caption = say("Co-funders of the six years, by how certain they are").text(language)
    return MoneyTable(
        caption, tuple(head.text(language) for head in heads), tuple(rows), portfolio.step, strong=(4,)
    )


def _has_row(chain: Financing | None) -> bool:
    """Check whether a section has a row: it costs or earns something, or its cost or revenue is not known."""
    if chain is None:
        return True
    beside = Balance(chain)
    return any(one is None or any(one) for one in (chain.ht, chain.earned, beside.saved, beside.given_up))
