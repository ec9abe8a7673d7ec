"""Family T: the links between proposals and between phases, their circles and their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from booklet.checks.context import Context, phase_cycles
from booklet.checks.scopes import for_each_proposal, for_workspace
from booklet.checks.spans import span_of
from booklet.content.graph import find_cycles
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import say
from booklet.diagnostics.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from booklet.content.document import Document
    from booklet.content.proposal_files import ProposalDocument
    from booklet.diagnostics.positions import Span


@for_workspace
@rule("T105", "dependency-cycle", Severity.ERROR)
def dependency_cycle(context: Context) -> Iterator[Diagnostic]:
    """Phases come after each other in a circle, or proposals need each other in a circle.

    Why
        None of them could ever start.

    Fails
        - {id: etude, after: [travaux]}
        - {id: travaux, after: [etude]}

    Passes
        - {id: etude}
        - {id: travaux, after: [etude]}

    Source
        Arithmetic: an order has no circles.
    """
    documents = context.proposal_by_id
    for cycle in proposal_cycles(context):
        spans = [
            documents[proposal_id].span(
                "links", "needs", documents[proposal_id].cross_references.needs.index(following)
            )
            for proposal_id, following in _links_of(cycle)
        ]
        yield _report_cycle(cycle, spans)


@for_each_proposal
def check_phases(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """Report phases of a proposal that wait for each other in a circle (T105)."""
    timeline = document.value.timeline
    index_by_id = {phase.id: index for index, phase in reversed(list(enumerate(timeline)))}
    for cycle in phase_cycles(document.value):
        spans = []
        for phase_id, following in _links_of(cycle):
            index = index_by_id[phase_id]
            item = timeline[index].after.index(following)
            spans.append(document.span("timeline", index, "after", item))
        yield _report_cycle(cycle, spans)


def proposal_cycles(context: Context) -> tuple[tuple[str, ...], ...]:
    """Find the proposals that need each other in a circle, by id."""
    return find_cycles(
        {key: document.cross_references.needs for key, document in context.proposal_by_id.items()}
    )


def _links_of(cycle: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    return zip(cycle, (*cycle[1:], cycle[0]), strict=True)


def _report_cycle(cycle: tuple[str, ...], spans: list[Span]) -> Diagnostic:
    ring = " → ".join(f"`{name}`" for name in (*cycle, cycle[0]))
    related = [
        Label(span, say("`{name}` waits for `{other}`", name=name, other=other))
        for (name, other), span in list(zip(_links_of(cycle), spans, strict=True))[1:]
    ]
    return dependency_cycle.at(
        spans[0],
        say("a circle that can never start: {ring}", ring=ring),
        say("take one of the links away"),
        related=related,
    )


@for_workspace
@rule("T106", "one-way-link", Severity.WARNING)
def one_way_link(context: Context) -> Iterator[Diagnostic]:
    """A proposal says that it overlaps or conflicts with another, which does not say so.

    Why
        Whoever reads the other proposal alone would not learn of it, and a sum could count the same thing twice.

    Fails
        # in bus.yaml; voies.yaml does not name bus
        links: {overlaps: [voies]}

    Passes
        # in bus.yaml; voies.yaml has `links: {overlaps: [bus]}`
        links: {overlaps: [voies]}

    Source
        Australian Treasury, costing request form (interactions); OECD review of the Belgian Federal Planning Bureau.
    """
    for document in context.workspace.proposals:
        for kind in ("overlaps", "conflicts"):
            for index, other_id in enumerate(document.cross_references.links(kind)):
                other = context.proposal_by_id.get(other_id)
                if other is None or other.id == document.id or other.cross_references.has_broken_links:
                    continue
                if document.id in other.cross_references.links(kind):
                    continue
                yield one_way_link.at(
                    document.span("links", kind, index),
                    say("`{other}` does not say so of `{id}`", other=other_id, id=document.id),
                    say(
                        "add `{id}` to `{kind}` under `links` in `{path}`",
                        id=document.id,
                        kind=kind,
                        path=other.source.path,
                    ),
                    related=(Label(_links_span(other), say("the other proposal's links stand here")),),
                )


def _links_span(document: Document[Any]) -> Span:
    return document.key_span("links") if document.has("links") else span_of(document)


@for_workspace
@rule("T107", "needs-later-proposal", Severity.ERROR)
def needs_later_proposal(context: Context) -> Iterator[Diagnostic]:
    """A proposal starts to be built before one that it needs is finished.

    The last month of works or roll-out of the needed proposal is compared with the first of this one; the same month
    is allowed.

    Why
        What it rests on would not be there.

    Fails
        # capteurs is rolled out from 2021-07; reseau, which it needs, until 2023-06
        links: {needs: [reseau]}

    Passes
        # capteurs is rolled out from 2023-07; reseau, which it needs, until 2023-06
        links: {needs: [reseau]}

    Source
        CPB, Keuzes in kaart (a measure starts when it can be carried out).
    """
    in_cycle = {key for cycle in proposal_cycles(context) for key in cycle}
    for document in context.workspace.proposals:
        first = min(document.cross_references.building, key=lambda phase: phase.start, default=None)
        for index, needed_id in enumerate(document.cross_references.needs):
            needed = context.proposal_by_id.get(needed_id)
            if needed is None or first is None or {needed_id, document.id} <= in_cycle:
                continue
            if document.cross_references.is_ready and not needed.cross_references.is_ready:
                continue
            last = max(needed.cross_references.building, key=lambda phase: phase.end, default=None)
            if last is None or last.end <= first.start:
                continue
            yield needs_later_proposal.at(
                document.span("links", "needs", index),
                say(
                    "built from {start}, but `{needed}` is not ready before {end}",
                    start=first.start,
                    needed=needed_id,
                    end=last.end,
                ),
                related=(
                    Label(
                        span_of(document, "timeline", first.index, "start"),
                        say("this proposal is built from here"),
                    ),
                    Label(
                        span_of(needed, "timeline", last.index, "end"), say("the needed one is finished here")
                    ),
                ),
            )
