"""What a check found in each proposal ⇄ one entry of the store, from which the next check tells it again.

A finding comes back as it reads: a value that a message only ever writes as text comes back as that text. What is no
such entry, or was made under other files around the proposals or another tool, holds nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from booklet.checks.context import Examined, Untold
from booklet.content.cross_references import Building, Claim, Ties
from booklet.content.model.proposal import Waiver
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.message import Message
from booklet.diagnostics.positions import Position, Span
from booklet.money.calendar import Month
from booklet.money.euros import Euros

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: a value as JSON holds it
Row = Any


@dataclass(frozen=True, slots=True)
class Kept:
    """Hold what was found in a proposal, with the digest of the files that it was found in."""

    #: None where more than content decides (`Folder.digest_proposals`); it is not kept for the next check
    digest: str | None
    #: None where the proposal is unreadable
    ties: Ties | None
    examined: Examined


def pack(around: str, kept: Mapping[str, Kept]) -> bytes:
    """Write what is kept of proposals, by path; `around` is the digest of everything else that it rests on."""
    rows = {
        path: (one.digest, one.ties and _write_ties(one.ties), _write_examined(one.examined))
        for path, one in kept.items()
    }
    return json.dumps([around, rows], separators=(",", ":")).encode()


def unpack(data: bytes | None, around: str, digests: Mapping[str, str]) -> dict[str, Kept]:
    """Read what was kept under the same digest, of the proposals that still have the digest they had."""
    try:
        found_under, rows = json.loads(data or b"[null, {}]")
        if found_under != around:
            return {}
        return {
            path: Kept(digest, None if ties is None else _read_ties(ties), _read_examined(examined))
            for path, (digest, ties, examined) in rows.items()
            if digest and digests.get(path) == digest
        }
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError):
        return {}


def _write_ties(ties: Ties) -> Row:
    return (
        ties.status,
        ties.needs,
        ties.overlaps,
        ties.conflicts,
        ties.has_broken_links,
        [(claim.word, claim.group, claim.index, claim.value) for claim in ties.claims],
        [(phase.index, str(phase.start), str(phase.end)) for phase in ties.building],
        [(waiver.rule, waiver.because) for waiver in ties.waivers],
    )


def _read_ties(row: Row) -> Ties:
    status, needs, overlaps, conflicts, has_broken_links, claims, building, waivers = row
    return Ties(
        status,
        tuple(needs),
        tuple(overlaps),
        tuple(conflicts),
        has_broken_links,
        tuple(Claim(*claim) for claim in claims),
        tuple(Building(index, Month.read(start), Month.read(end)) for index, start, end in building),
        tuple(Waiver(rule=rule, because=because) for rule, because in waivers),
    )


def _write_examined(examined: Examined) -> Row:
    untold = examined.untold
    return (
        [_write_finding(finding) for finding in examined.findings],
        [[str(amount.value) for amount in amounts] for amounts in examined.spending],
        untold and (untold.owner, str(untold.investment.value)),
    )


def _read_examined(row: Row) -> Examined:
    findings, spending, untold = row
    return Examined(
        tuple(map(_read_finding, findings)),
        tuple(tuple(Euros(Fraction(amount)) for amount in amounts) for amounts in spending),
        None if untold is None else Untold(untold[0], Euros(Fraction(untold[1]))),
    )


def _write_finding(finding: Diagnostic) -> Row:
    return (
        finding.code,
        finding.name,
        finding.severity,
        _write_message(finding.message),
        _write_span(finding.span),
        list(map(_write_message, finding.hints)),
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
        tuple(map(_read_message, hints)),
        tuple(Label(_read_span(place), _read_message(said)) for place, said in related),
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
    """Write a value with its kind; `diagnostic` writes all others as text."""
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
