"""Findings and cross-references of each proposal ⇄ one entry of the store, which the next check reads.

The entry is JSON. A value of a message that only its text uses is read back as that text, so that every finding reads
as before. An entry that was written for other files around the proposals, or by another version of the tool, is a miss.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from booklet.checks.context import CheckedProposal, UnknownThreshold
from booklet.content.cross_references import BuildingPhase, Claim, CrossReferences
from booklet.content.model.proposal import Waiver
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.edits import Fix, Rename, TextEdit
from booklet.diagnostics.message import Message
from booklet.diagnostics.positions import Position, Span
from booklet.money.calendar import Month
from booklet.money.euros import Euros

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: a value that JSON can hold
Row = Any


@dataclass(frozen=True, slots=True)
class CachedProposal:
    """What is cached of one proposal, under the digest of its text and images."""

    #: None where the digest does not cover everything, a symbolic link say (`Folder.digest_proposals`): not cached
    digest: str | None
    #: None where the proposal is unreadable
    references: CrossReferences | None
    checked: CheckedProposal


def pack(frame_digest: str, cached: Mapping[str, CachedProposal]) -> bytes:
    """Write proposals, by path; `frame_digest` is that of everything else that the findings depend on."""
    rows = {
        path: (
            one.digest,
            one.references and _write_references(one.references),
            _write_checked(one.checked),
        )
        for path, one in cached.items()
    }
    return json.dumps([frame_digest, rows], separators=(",", ":")).encode()


def unpack(
    data: bytes, frame_digest: str, digests: Mapping[str, str] | None = None
) -> dict[str, CachedProposal]:
    """Read, by path, the proposals whose digest is still the one that they were cached under; without digests, all."""
    cached_for, rows = json.loads(data)
    if cached_for != frame_digest:
        return {}
    return {
        path: CachedProposal(
            digest, None if references is None else _read_references(references), _read_checked(checked)
        )
        for path, (digest, references, checked) in rows.items()
        if digests is None or (digest and digests.get(path) == digest)
    }


def _write_references(references: CrossReferences) -> Row:
    return (
        references.status,
        references.needs,
        references.overlaps,
        references.conflicts,
        references.has_broken_links,
        [(claim.word, claim.group, claim.index, claim.value) for claim in references.claims],
        [(phase.index, str(phase.start), str(phase.end)) for phase in references.building],
        [(waiver.rule, waiver.because) for waiver in references.waivers],
    )


def _read_references(row: Row) -> CrossReferences:
    status, needs, overlaps, conflicts, has_broken_links, claims, building, waivers = row
    return CrossReferences(
        status,
        tuple(needs),
        tuple(overlaps),
        tuple(conflicts),
        has_broken_links,
        tuple(Claim(*claim) for claim in claims),
        tuple(BuildingPhase(index, Month.read(start), Month.read(end)) for index, start, end in building),
        tuple(Waiver(rule=rule, because=because) for rule, because in waivers),
    )


def _write_checked(checked: CheckedProposal) -> Row:
    return (
        [_write_finding(finding) for finding in checked.findings],
        {
            owner: [[str(amount.value) for amount in amounts] for amounts in part]
            for owner, part in checked.spending.items()
        },
        [(unknown.owner, str(unknown.investment.value)) for unknown in checked.unknown_thresholds],
    )


def _read_checked(row: Row) -> CheckedProposal:
    findings, spending, unknown = row
    return CheckedProposal(
        tuple(map(_read_finding, findings)),
        {
            owner: tuple(tuple(Euros(Fraction(amount)) for amount in amounts) for amounts in part)
            for owner, part in spending.items()
        },
        tuple(UnknownThreshold(owner, Euros(Fraction(amount))) for owner, amount in unknown),
    )


def _write_finding(finding: Diagnostic) -> Row:
    return (
        finding.code,
        finding.name,
        finding.severity,
        _write_message(finding.message),
        _write_span(finding.span),
        list(map(_write_hint, finding.hints)),
        [(_write_span(label.span), _write_message(label.message)) for label in finding.related],
    )


def _read_finding(row: Row) -> Diagnostic:
    code, name, severity, message, span, hints, related = row
    return Diagnostic(
        code,
        name,
        Severity(severity),
        _read_message(message),
        _read_span(span),
        tuple(map(_read_hint, hints)),
        tuple(Label(_read_span(span), _read_message(message)) for span, message in related),
    )


def _write_hint(hint: Message) -> Row:
    match hint:
        case Fix(edit=TextEdit(span, text)):
            return _write_message(hint), _write_span(span), text
        case Fix(edit=Rename(path, to)):
            return _write_message(hint), path, to
    return (_write_message(hint),)


def _read_hint(row: Row) -> Message:
    message, *edit = row
    if not edit:
        return _read_message(message)
    where, text = edit
    return Fix.of(
        _read_message(message),
        Rename(where, text) if isinstance(where, str) else TextEdit(_read_span(where), text),
    )


def _write_span(span: Span) -> Row:
    return span.path, span.start.line, span.start.column, span.end.line, span.end.column


def _read_span(row: Row) -> Span:
    path, start_line, start_column, end_line, end_column = row
    return Span(path, Position(start_line, start_column), Position(end_line, end_column))


def _write_message(message: Message) -> Row:
    return message.template, [(name, *_write_value(value)) for name, value in message.values]


def _read_message(row: Row) -> Message:
    template, values = row
    return Message(template, tuple((name, _READERS[kind](value)) for name, kind, value in values))


def _write_value(value: object) -> tuple[str, Row]:
    """Write a value of a message with its kind; a message writes all other kinds as `str` does."""
    match value:
        case Message():
            return "message", _write_message(value)
        case Euros():
            return "euros", str(value.value)
        case Decimal():
            return "decimal", str(value)
        case date():
            return "date", value.isoformat()
    return "text", str(value)


_READERS: dict[str, Callable[[Row], object]] = {
    "message": _read_message,
    "euros": lambda text: Euros(Fraction(text)),
    "decimal": Decimal,
    "date": date.fromisoformat,
    "text": str,
}
