"""The lines of a proposal as a derivation names them: their words, their basis, and what one without a cost lacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from booklet.costs.financing import Financing, finance
from booklet.costs.price_years import indices_of, needs_index
from booklet.diagnostics.message import Message, say
from booklet.why.derivation import Basis, Derivation, Quote, quote, quote_key, unknown

if TYPE_CHECKING:
    from booklet.content.document import Document
    from booklet.content.model.edition import Edition
    from booklet.content.model.parameters import Parameters
    from booklet.content.model.proposal import CostLine, EstimateName, Section
    from booklet.content.model.sources import Bibliography
    from booklet.costs.figures import costs
    from booklet.costs.portfolio import CostedProposal
    from booklet.law.lookup import Law
    from booklet.money.calendar import Term
    from booklet.why.reference import Collection
    from booklet.why.traced import Steps


@dataclass(frozen=True, slots=True)
class ProposalContext:
    """A proposal, and everything that its figures are computed from."""

    costed: CostedProposal
    edition: Document[Edition]
    bibliography: Document[Bibliography] | None
    term: Term
    law: Law
    #: `parameters.yaml`: values that the edition adds to the law
    parameters: Document[Parameters] | None = None
    estimate: EstimateName = "central"
    #: cache of `financing_of`, by section
    chains: dict[Section, Financing | None] = field(default_factory=dict, compare=False)
    #: cache of `section_of`
    sections: dict[Section | None, costs.Section[Steps]] = field(default_factory=dict, compare=False)

    @property
    def document(self) -> Document[Any]:
        """The proposal, with the spans of its values."""
        return self.costed.document

    @property
    def suffix(self) -> str:
        """The end of a reference that names the estimate; empty for the central one."""
        return "" if self.estimate == "central" else f".{self.estimate}"

    def at(self, year: int | None) -> int | None:
        """The place of a year among the budget years."""
        return None if year is None else self.term.years.index(year)


def name_line(line: CostLine, index: int) -> Message | str:
    """Name a line by its label, or by its place in the list."""
    return line.label or say("line {number}", number=index + 1)


def explain_unknown_line(context: ProposalContext, collection: Collection, index: int) -> Derivation:
    """Make the unknown of a line that cannot be costed, naming its missing keys."""
    line: CostLine = getattr(context.document.value, collection)[index]
    missing = [name for name in ("section", "quantity", "unit_cost") if getattr(line, name) is None]
    if line.spread is None and line.recurs is None:
        missing.append("spread")
    lacks = [say("`{name}` is missing or cannot be read", name=name) for name in missing]
    prices = context.edition.value.prices
    if not lacks and needs_index(line, prices) and indices_of(line, prices, context.law) is None:
        lacks = [say("no index brings its prices of {year} to those of the edition", year=line.price_year)]
    return unknown(
        name_line(line, index),
        *(lacks or [say("when it is paid, or its VAT, is not known")]),
        quotes=(quote_line(context, collection, index),),
    )


def quote_line(context: ProposalContext, collection: Collection, index: int) -> Quote:
    """Quote the label of a line, or its first words."""
    label = (collection, index, "label")
    return quote(context.document, *(label if context.document.has(*label) else (collection, index)))


def find_basis(context: ProposalContext, collection: Collection, index: int) -> Basis | None:
    """Find the basis of a line: its source with title and year, or its assumption in the author's words."""
    line: CostLine = getattr(context.document.value, collection)[index]
    evidence = line.evidence or ""
    if line.source is not None:
        references = context.bibliography.value.root if context.bibliography else {}
        found = references.get(line.source)
        if found is None or context.bibliography is None:
            quoted = quote(context.document, collection, index, "source")
            return Basis("source", line.source, line.source, evidence=evidence, quote=quoted)
        return Basis(
            "source",
            found.title,
            line.source,
            found.publisher or "",
            found.year,
            found.url or "",
            evidence,
            quote_key(context.bibliography, line.source),
        )
    if line.assumption is not None:
        quoted = quote(context.document, collection, index, "assumption")
        return Basis("assumption", line.assumption, evidence=evidence, quote=quoted)
    return None


def financing_of(context: ProposalContext, section: Section) -> Financing | None:
    """The financing of a section, from gross to net, computed as every export does; cached in the context."""
    if section not in context.chains:
        fctva = context.law.fctva(context.term.years)
        costing, edition = context.costed.costing, context.edition.value
        context.chains[section] = finance(context.document.value, costing, edition, section, fctva)
    return context.chains[section]


def quote_lag_key(context: ProposalContext) -> tuple[Quote, ...]:
    """Quote the organisation without `fctva_lag`; the costs where the owner is unknown."""
    owner = context.document.value.owner or ""
    known = context.edition.has("organisations", owner)
    return (
        quote_key(context.edition, "organisations", owner) if known else quote_key(context.document, "costs"),
    )
