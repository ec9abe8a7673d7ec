"""What every check is given beside the file it looks at: the workspace, its costs, the law.

A check is a pure function of one document, or of the whole workspace, and of this context.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from booklet.checks.spans import scalars_at
from booklet.checks.words import Phrases, index_names, words_of
from booklet.content.graph import find_cycles
from booklet.content.model.fields import groups_in
from booklet.content.model.proposal import (
    LINE_GROUPS,
    SECTIONS,
    CostLine,
    LineGroup,
    Phase,
    Proposal,
    Section,
)
from booklet.costs.costing import Costing, cost_proposal
from booklet.costs.financing import Financing, finance
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.money.amounts import total
from booklet.money.calendar import Month, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from booklet.content.document import Document
    from booklet.content.model.base import Model
    from booklet.content.model.edition import Organisation, Prices
    from booklet.content.model.fields import KeyPath
    from booklet.content.proposal_files import ProposalDocument
    from booklet.content.workspace import Workspace
    from booklet.content.yaml.nodes import Scalar
    from booklet.costs.portfolio import Portfolio
    from booklet.law.lookup import Fctva, Law
    from booklet.money.euros import Euros

Result = TypeVar("Result")


class UnknownThreshold(NamedTuple):
    """An investment for which the threshold of the impact study cannot be computed (F109)."""

    #: id of the organisation
    owner: str
    #: gross, central, in the term
    investment: Euros


@dataclass(frozen=True, slots=True)
class CheckedProposal:
    """The findings in one proposal, and the parts of its costs that checks of the whole workspace add up."""

    findings: tuple[Diagnostic, ...]
    #: HT, central, by owner, section and budget year; empty for a draft, and where the edition has no guardrails
    spending: Mapping[str, tuple[tuple[Euros, ...], ...]] = field(default_factory=dict)
    unknown_thresholds: tuple[UnknownThreshold, ...] = ()


@dataclass(frozen=True)
class Context:
    """The workspace, its costs where the term is known, the law, and values that several checks share."""

    workspace: Workspace
    portfolio: Portfolio | None
    law: Law
    #: by path; filled once every proposal is checked, for the checks of the workspace
    checked: Mapping[str, CheckedProposal] = field(default_factory=dict)
    #: of lists and candidates, where they are indexed already
    known_names: Phrases | None = None

    @cached_property
    def term(self) -> Term | None:
        """T0 and the six budget years; None while the edition does not name them."""
        edition = self.workspace.edition
        return edition.value.budget_term if edition else None

    @cached_property
    def proposal_by_id(self) -> dict[str, ProposalDocument]:
        """The readable proposals; of two with the same id, the first."""
        proposal_by_id: dict[str, ProposalDocument] = {}
        for document in self.workspace.proposals:
            proposal_by_id.setdefault(document.id, document)
        return proposal_by_id

    def spending(self, owner: str | None = None) -> dict[Section, tuple[Euros, ...]]:
        """The cost of all ready proposals, or of one owner's part, HT, central, by section and budget year."""
        found = (of_owner for one in self.checked.values() for of_owner in one.spending.items())
        parts = [part for id, part in found if owner in (None, id)]
        years = self.term.years if self.term else ()
        return {
            section: tuple(total(part[row][column] for part in parts) for column in range(len(years)))
            for row, section in enumerate(SECTIONS)
        }

    @cached_property
    def assets_by_folder(self) -> dict[str, tuple[str, ...]]:
        """The images and other files of each proposal's folder."""
        files: dict[str, list[str]] = {}
        for path in sorted(self.workspace.assets):
            files.setdefault("/".join(path.split("/")[:3]), []).append(path)
        return {folder: tuple(paths) for folder, paths in files.items()}

    @cached_property
    def list_names(self) -> Phrases:
        """The names of lists and candidates, which no document may hold (N102)."""
        lists = self.workspace.lists
        return self.known_names or index_names(lists.value.root if lists else ())

    @property
    def prices(self) -> Prices | None:
        """The prices in which the edition states its costs."""
        edition = self.workspace.edition
        return edition.value.prices if edition else None

    @property
    def price_year(self) -> int | None:
        """The year of these prices."""
        return self.prices.year if self.prices else None

    def words(self, document: Document[Any]) -> frozenset[str]:
        """Return the folded words of a file (`words.fold`)."""
        return self.cached(document, "words", lambda: words_of(document))

    def groups(self, document: Document[Any]) -> tuple[tuple[KeyPath, Model], ...]:
        """Return the groups of keys of a file, each with its path."""
        return self.cached(document, "groups", lambda: tuple(groups_in(document.value)))

    def scalars(self, document: Document[Any]) -> tuple[tuple[KeyPath, Scalar], ...]:
        """Return the values of a file that are no groups, each with its path, in the order of the file."""
        return self.cached(document, "scalars", lambda: tuple(scalars_at(document.node)))

    def costing(self, document: ProposalDocument) -> Costing | None:
        """Cost a proposal; None while the term is unknown."""
        if self.portfolio is not None:
            return self._costing_by_path.get(document.source.path)
        return self.cached(document, "costing", lambda: self._cost(document))

    def financing(self, document: ProposalDocument, section: Section) -> Financing | None:
        """Compute a section from its gross to its net cost; None where costs, funding or timeline are unreadable."""
        if document.is_broken("costs") or document.is_broken("funding") or document.is_broken("timeline"):
            return None
        return self.cached(document, ("financing", section), lambda: self._finance(document, section))

    def cached(self, document: Document[Any], name: object, compute: Callable[[], Result]) -> Result:
        """Compute a value of a document once for all of its checks; the cache holds one document at a time."""
        if self._computed.get("path") != document.source.path:
            self._computed.clear()
            self._computed["path"] = document.source.path
        if name not in self._computed:
            self._computed[name] = compute()
        found: Result = self._computed[name]
        return found

    @cached_property
    def _computed(self) -> dict[object, Any]:
        return {}

    @cached_property
    def _fctva(self) -> Fctva:
        return self.law.fctva(self.term.years if self.term else ())

    def _cost(self, document: ProposalDocument) -> Costing | None:
        edition = self.workspace.edition
        return (
            cost_proposal(document.value, self.term, edition.value.prices, self.law)
            if edition and self.term
            else None
        )

    def _finance(self, document: ProposalDocument, section: Section) -> Financing | None:
        costing, edition = self.costing(document), self.workspace.edition
        if costing is None or edition is None:
            return None
        return finance(document.value, costing, edition.value, section, self._fctva)

    def organisation(self, id: str | None) -> Organisation | None:
        """Find an owner or funder by id."""
        edition = self.workspace.edition
        return edition.value.organisations.get(id) if edition and id is not None else None

    def decision_day(self, document: ProposalDocument) -> date | None:
        """The day whose law applies to an operation: the first of the month of its decision, else of T0."""
        month = document.value.decision or (self.term.start if self.term else None)
        return month.first_day if month else None

    @cached_property
    def _costing_by_path(self) -> dict[str, Costing]:
        if self.portfolio is None:
            return {}
        costed = (*self.portfolio.ready, *self.portfolio.drafts)
        return {proposal.document.source.path: proposal.costing for proposal in costed}


def severity_if_missing(document: ProposalDocument) -> Severity | None:
    """The severity of a gap: information in a draft; None, which means the rule's own, otherwise."""
    return Severity.INFORMATION if document.value.status == "draft" else None


def money_lines(document: ProposalDocument) -> Iterator[tuple[LineGroup, int, CostLine]]:
    """Yield the lines of cost, then those of the other groups, each with its key (`costs`, `revenues`…) and index."""
    for group in LINE_GROUPS:
        for index, line in enumerate(getattr(document.value, group)):
            yield group, index, line


def first_month(line: CostLine, phases: dict[str, Phase]) -> Month | None:
    """The month of a line's first payment; January where only a year is known."""
    if line.recurs is not None:
        return line.recurs.start
    if isinstance(line.spread, dict):
        return Month(min(line.spread), 1) if line.spread else None
    phase = phases.get(line.spread) if isinstance(line.spread, str) else None
    return phase.start if phase else None


def last_month(line: CostLine, phases: dict[str, Phase], term: Term) -> Month | None:
    """The month of a line's last payment in the term; December where only a year is known."""
    if line.recurs is not None:
        return min(line.recurs.until or term.end, term.end)
    if isinstance(line.spread, dict):
        return Month(max(line.spread), 12) if line.spread else None
    phase = phases.get(line.spread) if isinstance(line.spread, str) else None
    return phase.end if phase else None


def phase_cycles(proposal: Proposal) -> tuple[tuple[str, ...], ...]:
    """Find the phases that wait for each other in a circle, by id."""
    after: dict[str, tuple[str, ...]] = {}
    for phase in proposal.timeline:
        if phase.id is not None:
            after.setdefault(phase.id, phase.after)
    return find_cycles(after) if any(after.values()) else ()
