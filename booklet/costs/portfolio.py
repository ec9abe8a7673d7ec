"""5. Proposals → totals by year, section and domain.

Only ready proposals add up; drafts and ideas without a cost are counted apart, never as 0. Amounts are exact; what
is printed or written as JSON rounds its finest cells once, and its totals are the sums of those cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, reduce
from typing import TYPE_CHECKING

from booklet.content.model.proposal import LINE_GROUPS, SECTIONS, LineGroup, Section
from booklet.costs.costing import Costing, cost_proposal, part_of
from booklet.costs.financing import Financings, finance
from booklet.law.lookup import law_of
from booklet.money.amounts import total
from booklet.money.calendar import Term, Yearly
from booklet.money.euros import (
    EURO,
    KILO,
    NOTHING,
    ZERO,
    Euros,
    PrintedRange,
    Range,
    printing_step,
    shows_all,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from booklet.content.model.edition import Edition
    from booklet.content.proposal_files import ProposalDocument
    from booklet.content.workspace import Workspace
    from booklet.law.lookup import Law


@dataclass(frozen=True, slots=True)
class Dependence:
    """How costs move together in the uncertainty, beside the drivers that lines name."""

    #: of the normal scores of any two
    correlation: Decimal = Decimal(0)
    #: whether lines of one nature of one proposal move together
    by_nature: bool = False

    @classmethod
    def of(cls, edition: Edition) -> Dependence:
        """Read it from the edition."""
        return cls(edition.correlation or Decimal(0), edition.lines_of_one_nature == "together")


@dataclass(frozen=True, eq=False)
class CostedProposal:
    """A proposal and its costs; compared by identity, as its values are large."""

    document: ProposalDocument
    costing: Costing
    dependence: Dependence = Dependence()

    @property
    def id(self) -> str:
        """The proposal's id."""
        return self.document.id

    @property
    def domain(self) -> str:
        """The proposal's domain."""
        return self.document.domain

    @cached_property
    def step(self) -> Decimal:
        """The unit of its fiche, in euros: one in which no line, year, revenue, grant or VAT prints as 0."""
        lines = [cost.ht.total for cost in self.costing.lines]
        years = [amount for yearly in self.costing.by_section.values() for amount in yearly if amount]
        after = self.costing.after_term_by_section.values()
        found_others = (self.costing.group(group).total(self.costing.years) for group in LINE_GROUPS[1:])
        others = [*after, *(one for known in found_others if known for one in (*known[0], known[1]))]
        # full years after the term and revenues may make the unit finer, never coarser
        found = [printing_step(amounts) for amounts in (lines, years, [*years, *filter(None, others)])]
        return min([*found, KILO if shows_all(self.shares, KILO) else EURO])

    @cached_property
    def shares(self) -> tuple[Euros, ...]:
        """What a fiche prints beside costs, near enough to choose a unit: VAT, grants and what they leave."""
        proposal, amounts = self.document.value, []
        for section in SECTIONS:
            lines = self.costing.lines_of(section)
            cost = total(line.ht.total.central for line in lines)
            taxes = [line.ht.total.central * line.line.vat_rate for line in lines if line.line.vat_rate]
            plan = [one for one in proposal.funding if one.section == section]
            given = [
                one.amount or (cost if one.eligible is None else one.eligible) * (one.share or 0)
                for one in plan
            ]
            income, saved, given_up = (self._central(group, section) for group in LINE_GROUPS[1:])
            net = cost - total(given) - income
            amounts += [total(taxes), *given, cost - total(given), income, net, net - saved + given_up]
        return tuple(amounts)

    def _central(self, group: LineGroup, section: Section) -> Euros:
        """The six years' revenues, savings or lost revenue of a section; 0 while one is not known."""
        found = self.costing.group(group).total(self.costing.years, (section,))
        return found[0].total.central if found else ZERO

    @cached_property
    def amounts(self) -> tuple[Euros, ...]:
        """What the tables of the whole print of it: its costs by section and year, in a full year after, and shares."""
        costing = self.costing
        ranges = [
            *(yearly.total for yearly in costing.by_section.values()),
            *(amount for yearly in costing.by_section.values() for amount in yearly),
            *costing.after_term_by_section.values(),
        ]
        return (*(bound for one in ranges for bound in (one.low, one.central)), *self.shares)

    @cached_property
    def printed_total_by_section(self) -> dict[Section, PrintedRange]:
        """The six-year total, HT, of each section that has a line: each line rounded once to `step`, then added."""
        lines_by_section = {section: self.costing.lines_of(section) for section in SECTIONS}
        return {
            section: reduce(PrintedRange.__add__, (cost.ht.total.rounded(self.step) for cost in lines))
            for section, lines in lines_by_section.items()
            if lines
        }


@dataclass(frozen=True)
class Portfolio:
    """Every costed proposal, in the booklet's order, and their sums."""

    term: Term
    ready: tuple[CostedProposal, ...]
    drafts: tuple[CostedProposal, ...]
    dependence: Dependence = Dependence()

    @property
    def years(self) -> tuple[int, ...]:
        """The six budget years."""
        return self.term.years

    @cached_property
    def step(self) -> Decimal:
        """The unit of all tables of the whole, in euros: thousands, unless they would hide a cell."""
        return KILO if all(shows_all(costed.amounts, KILO) for costed in self.ready) else EURO

    @cached_property
    def ready_by_domain(self) -> dict[str, tuple[CostedProposal, ...]]:
        """The ready proposals of each domain that has one, in the booklet's order."""
        domains = dict.fromkeys(costed.domain for costed in self.ready)
        return {
            domain: tuple(costed for costed in self.ready if costed.domain == domain) for domain in domains
        }

    def part_of(self, owner: str) -> Portfolio:
        """What one owner pays of the ready proposals."""
        parts = (
            CostedProposal(costed.document, part_of(costed.costing, costed.document.value, owner))
            for costed in self.ready
        )
        return Portfolio(self.term, tuple(part for part in parts if part.costing.lines), ())

    def in_domain(self, domain: str) -> tuple[CostedProposal, ...]:
        """List the ready proposals of a domain; none of a domain that has none."""
        return self.ready_by_domain.get(domain, ())

    @cached_property
    def by_section(self) -> dict[Section, Yearly]:
        """The sum of the ready proposals, HT, by section and budget year."""
        return add_sections(self.years, self.ready)

    @cached_property
    def by_domain(self) -> dict[str, dict[Section, Yearly]]:
        """The sum of the ready proposals of each domain, HT, by section and budget year."""
        return {
            domain: add_sections(self.years, proposals) for domain, proposals in self.ready_by_domain.items()
        }

    @cached_property
    def after_term_by_section(self) -> dict[Section, Range]:
        """The sum of the full years after the term, HT, by section."""
        return {
            section: reduce(
                Range.__add__, (p.costing.after_term_by_section[section] for p in self.ready), NOTHING
            )
            for section in SECTIONS
        }


def finance_portfolio(portfolio: Portfolio, edition: Edition, law: Law) -> Financings:
    """Compute the financing of every section of every proposal, drafts included, under a law."""
    fctva = law.fctva(portfolio.years)
    return {
        (costed.id, section): finance(costed.document.value, costed.costing, edition, section, fctva)
        for costed in (*portfolio.ready, *portfolio.drafts)
        for section in SECTIONS
    }


def add_sections(years: tuple[int, ...], proposals: Sequence[CostedProposal]) -> dict[Section, Yearly]:
    """Add proposals by section and budget year."""
    return {
        section: Yearly.sum(years, (proposal.costing.by_section[section] for proposal in proposals))
        for section in SECTIONS
    }


def build_portfolio(workspace: Workspace) -> Portfolio | None:
    """Cost every proposal, in the order of the edition's domains, then of ids; None while the term is not known."""
    edition = workspace.edition.value if workspace.edition else None
    term = edition.budget_term if edition else None
    if edition is None or term is None:
        return None
    rank = {domain: index for index, domain in enumerate(edition.domains)}
    documents = sorted(
        workspace.proposals, key=lambda document: (rank.get(document.domain, len(rank)), document.id)
    )
    law = law_of(workspace)
    dependence = Dependence.of(edition)
    costed = [
        CostedProposal(document, cost_proposal(document.value, term, edition.prices, law), dependence)
        for document in documents
    ]
    return Portfolio(term, _select(costed, ready=True), _select(costed, ready=False), dependence)


def _select(costed: Iterable[CostedProposal], *, ready: bool) -> tuple[CostedProposal, ...]:
    return tuple(proposal for proposal in costed if proposal.document.value.is_ready is ready)
