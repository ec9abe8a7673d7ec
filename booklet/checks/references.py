"""M106: every id names something that exists; R111: every address leads where it seems to.

An id is not reported where its target exists but is unreadable: the target has a fault of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from booklet.checks.context import money_lines
from booklet.checks.mentions import find_wrong_mentions
from booklet.checks.scopes import for_each_document, for_workspace
from booklet.checks.spans import node_at, text_scalars
from booklet.content.id_hints import LISTED, find_id, hint_source, is_named
from booklet.content.model.fields import ids_naming
from booklet.content.paths import EDITION, SOURCES
from booklet.content.proposal_files import ProposalDocument
from booklet.content.scalars import is_slug
from booklet.content.spelling import nearest
from booklet.content.yaml.nodes import Mapping, Scalar, Sequence
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.edits import Fix, TextEdit
from booklet.diagnostics.message import Message, quote_all, say
from booklet.diagnostics.rule import RULES, rule
from booklet.text.look_alikes import show, to_plain
from booklet.text.outside import visible

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from booklet.checks.context import Context
    from booklet.content.document import Document
    from booklet.content.id_hints import Names, Titles
    from booklet.content.model.fields import KeyPath
    from booklet.content.workspace import Workspace
    from booklet.diagnostics.positions import Span

_ADDRESS = re.compile(r"https?:[^\s<>\"]+", re.IGNORECASE)
#: years in place of a phase
_YEARS = re.compile(r"\d{4}(?:\s*(?:[-–,/;]|à|et)\s*\d{4})*")
_USER = re.compile(r"https?:[/\\]*[^/?#\\)\]]*@", re.IGNORECASE)
#: a backslash that is no escape of Markdown
_BACKSLASH = re.compile(r"\\(?![_*~\[\]()#.!|{}+`<>&-])")

#: the ids that exist, in order; None where a fault of reading leaves them unknown
KnownIds = dict[str, None] | None


@for_each_document
@rule("M106", "unknown-reference", Severity.ERROR)
def unknown_reference(document: Document[Any], context: Context) -> Iterator[Diagnostic]:
    """An id names nothing: no such organisation, phase, source, proposal or rule.

    A ready proposal that needs a draft is reported too: the draft is not printed.

    Why
        The booklet would print a figure without its source, a cost without its phase, a plan without its funder.

    Fails
        # the organisations of edition.yaml are amp and marseille
        owner: aix-marseille

    Passes
        owner: amp

    Source
        `docs/format.md`.
    """
    sources = _known_sources(context.workspace)
    titles = context.workspace.titles
    yield from _check_mentioned_sources(document, sources, titles)
    yield from _check_organisations(document, context)
    if not isinstance(document, ProposalDocument):
        yield from _check_sources(document, sources, titles, context)
        for code in document.value.severities:
            yield from _check_rule(document.key_span("severities", code), code)
        return
    yield from _check_phases(document)
    yield from _check_sources(document, sources, titles, context)
    for index, waiver in enumerate(document.value.waivers):
        if waiver.rule is not None:
            yield from _check_rule(document.span("waivers", index, "rule"), waiver.rule)


@for_workspace
def check_links(context: Context) -> Iterator[Diagnostic]:
    """Report ids under `links` that are no proposals (M106)."""
    for document in context.workspace.proposals:
        yield from _check_links_of(document, context)


def report_unknown(
    span: Span,
    message: Message,
    named: str,
    known: Iterable[str],
    otherwise: Message,
    names: Names | None = None,
) -> Diagnostic:
    """Report an id that names nothing, with the nearest that does, all that do, or what to do otherwise."""
    known = tuple(filter(is_slug, known))
    close = nearest(named, known) or find_id(named, names or {})
    if close:
        meant = say("did you mean `{name}`?", name=close)
        is_safe = names is not None and is_named(named, close, names.get(close, ()))
        return unknown_reference.at(span, message, Fix.of(meant, TextEdit(span, close)) if is_safe else meant)
    hint = say("the known ids are {ids}", ids=quote_all(known)) if 0 < len(known) <= LISTED else otherwise
    return unknown_reference.at(span, message, hint)


def _check_organisations(document: Document[Any], context: Context) -> Iterator[Diagnostic]:
    known = context.workspace.organisations
    if known is None:
        return
    names = context.workspace.titles.get("organisation")
    for span, organisation in _unknown_organisations(document, context, known):
        yield report_unknown(
            span,
            say("unknown organisation `{id}`", id=organisation),
            organisation,
            known,
            say("add it to `organisations` in `{path}`", path=EDITION),
            names,
        )


def _unknown_organisations(
    document: Document[Any], context: Context, known: Container[str]
) -> Iterator[tuple[Span, str]]:
    """The organisations that a file names and the edition does not, as values or as keys of the owners' guardrails."""
    for path, organisation in ids_naming("organisation", context.groups(document)):
        if organisation not in known:
            yield document.span(*path), organisation
    guardrails = getattr(document.value, "guardrails", None)
    for organisation in guardrails.owners if guardrails else ():
        if organisation not in known:
            yield document.key_span("guardrails", "owners", organisation), organisation


def _check_phases(document: ProposalDocument) -> Iterator[Diagnostic]:
    """Report ids of phases that are not in `timeline`; where it is missing, M102 is reported alone."""
    known = _phase_ids(document)
    if known is None:
        return
    proposal = document.value
    if any(document.is_broken("timeline", index, "id") for index in range(len(proposal.timeline))):
        return  # the phase that is meant may be the one whose id cannot be read
    named: list[tuple[KeyPath, str]] = [
        (("timeline", index, "after", item), phase_id)
        for index, phase in enumerate(proposal.timeline)
        for item, phase_id in enumerate(phase.after)
    ]
    named += [
        ((group, index, "spread"), line.spread)
        for group, index, line in money_lines(document)
        if isinstance(line.spread, str)
    ]
    for path, phase_id in named:
        if phase_id in known:
            continue
        if path[-1] == "spread" and _YEARS.fullmatch(phase_id.strip()):
            yield unknown_reference.at(
                document.span(*path),
                say("found the year `{year}`, expected a phase or units per year", year=phase_id.strip())
                if phase_id.strip().isdigit()
                else say(
                    "found the years `{years}`, expected a phase or units per year", years=phase_id.strip()
                ),
                _hint_units(document, path, phase_id.strip()),
            )
            continue
        hint = say("add a phase with this id to `timeline`")
        labels = {phase.id: (phase.label or "",) for phase in proposal.timeline if phase.id is not None}
        yield report_unknown(
            document.span(*path),
            say("unknown phase `{id}`", id=show(phase_id)),
            phase_id,
            known,
            hint,
            labels,
        )


def _hint_units(document: ProposalDocument, path: KeyPath, typed: str) -> Message:
    """Show how units are written by year: all of them in the only year that was typed."""
    quantity = node_at(document, *path[:-1], "quantity")
    units = quantity.text.strip() if typed.isdigit() and isinstance(quantity, Scalar) else ""
    if not units or "," in units:
        return say("write the units of each year, as `{{2021: 50, 2022: 100}}`")
    return say("write `{text}`", text=f"{{{typed}: {units}}}")


def _phase_ids(document: ProposalDocument) -> KnownIds:
    """The ids of phases as typed, in readable phases or not; None where an id is unreadable."""
    timeline = node_at(document, "timeline")
    if not isinstance(timeline, Sequence) or not timeline.items or "id" in (document.hidden or ()):
        return None
    known = []
    for item in timeline.items:
        entry = item.find("id") if isinstance(item, Mapping) else None
        if entry is None or not isinstance(entry[1], Scalar):
            return None
        known.append(to_plain(entry[1].text))
    return dict.fromkeys(known)


def _known_sources(workspace: Workspace) -> KnownIds:
    if workspace.bibliography is None and SOURCES not in workspace.sources:
        return {}
    return workspace.references


def _check_sources(
    document: Document[Any], known: KnownIds, titles: Titles, context: Context
) -> Iterator[Diagnostic]:
    if known is None:
        return
    for path, source in ids_naming("source", context.groups(document)):
        if source not in known:
            yield _unknown_source(document.span(*path), source, titles)


def _unknown_source(span: Span, source: str, titles: Titles) -> Diagnostic:
    hints = hint_source(source, titles.get("source", {}))
    return unknown_reference.at(span, say("unknown source `{id}`", id=source), *hints)


def _check_mentioned_sources(
    document: Document[Any], known: KnownIds, titles: Titles
) -> Iterator[Diagnostic]:
    if known is None or "[@" not in document.source.text:
        return
    for source, span in find_wrong_mentions(document, lambda kind, cited: kind != "source" or cited in known):
        yield _unknown_source(span, source, titles)


def _check_links_of(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    by_id, unread = context.proposal_by_id, context.workspace.unread
    for kind in ("needs", "overlaps", "conflicts"):
        for index, other_id in enumerate(document.cross_references.links(kind)):
            path = ("links", kind, index)
            if other_id == document.id and kind != "needs":
                yield unknown_reference.at(
                    document.span(*path),
                    say("the proposal names itself, expected another one"),
                    say("delete this link"),
                )
            elif other_id not in by_id and other_id not in unread:
                yield report_unknown(
                    document.span(*path),
                    say("unknown proposal `{id}`", id=other_id),
                    other_id,
                    (key for key in by_id if key != document.id),
                    say("write the id of a proposal: the name of its file without `.yaml`"),
                )
            elif kind == "needs" and document.cross_references.is_ready and other_id in by_id:
                needed = by_id[other_id]
                if needed.cross_references.status == "draft":
                    yield unknown_reference.at(
                        document.span(*path),
                        say("`{id}` is a draft, and a ready proposal needs it", id=other_id),
                        say("finish `{path}`, or make this one a draft", path=needed.source.path),
                        related=(Label(needed.span("status"), say("a draft, as said here")),),
                    )


def _check_rule(span: Span, code: str) -> Iterator[Diagnostic]:
    if code in RULES:
        return
    by_name = {known.name: known.code for known in RULES.values()}
    close = by_name.get(code) or nearest(code, RULES)
    hint = say("did you mean `{name}`?", name=close) if close else say("`docs/rules.md` lists the rules")
    yield unknown_reference.at(span, say("unknown rule `{code}`", code=code), hint)


@for_each_document
@rule("R111", "deceptive-address", Severity.ERROR)
def deceptive_address(document: Document[Any], _context: Context) -> Iterator[Diagnostic]:
    """A web address has a user name, a backslash or invisible marks.

    Why
        The reader would take it for another: `https://known.fr@other.org` leads to the other, a browser reads a
        backslash as a slash, and a mark of direction turns what is read around.

    Fails
        url: https://marseille.fr@example.org/

    Passes
        url: https://example.org/

    Source
        WHATWG URL Standard, "URL rendering": user names are to be removed, as they lend themselves to deception.
    """
    if "http" not in document.source.text.lower():
        return
    for scalar in text_scalars(document):
        for found in _ADDRESS.finditer(scalar.text):
            address = found[0]
            is_alone = address == scalar.text.strip()
            if (
                _USER.match(address)
                or _BACKSLASH.search(address)
                or (is_alone and "\\" in address)
                or visible(address) != address
            ):
                yield deceptive_address.at(
                    document.source.span(scalar.start, scalar.end),
                    say(
                        "an address with a user name, a backslash or invisible marks: `{text}`",
                        text=address[:80],
                    ),
                    say("type the address as a browser shows it"),
                )


@for_workspace
def deceptive_address_of_a_source(context: Context) -> Iterator[Diagnostic]:
    """Report the addresses of the bibliography (R111)."""
    if context.workspace.bibliography is not None:
        yield from deceptive_address(context.workspace.bibliography, context)
