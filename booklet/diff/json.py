"""Difference → JSON and CSV, for other programs: cents, decimal points, every cause with its id.

An unknown amount is null or an empty cell. The JSON is versioned; keys are added, never renamed.

A row of the CSV is one cause in one section and year. Section and year are empty for an amount over all six years (a
changed share of a funder), and the amount too for a cause that moves no money (another source).
"""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS
from booklet.money.euros import Euros
from booklet.text.outside import dump_json, write_csv_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diagnostics.message import Message
    from booklet.diff.cause import Cause, SectionYear, Shown
    from booklet.diff.change import ProposalChange
    from booklet.diff.difference import Difference

COLUMNS = (
    "id", "id_before", "title", "status", "kind", "measure", "cause", "subject",
    "before", "after", "section", "year", "change", "key",
)  # fmt: skip


def write_json(difference: Difference, found: Sequence[Diagnostic], notes: Sequence[Message]) -> str:
    """Write totals, every changed proposal with its causes, and the diagnostics of P104."""
    before, after = difference.totals
    document = {
        "version": 1,
        "years": list(difference.years),
        "totals": {
            "before": {section: _cents(before[section]) for section in SECTIONS},
            "after": {section: _cents(after[section]) for section in SECTIONS},
            "change": _sections(difference.cells),
            "net": {
                "change": _cents(difference.net),
                "after_savings": _maybe(difference.net_after_savings),
                "became_unknown": difference.count_turned("unknown"),
                "became_known": difference.count_turned("known"),
            },
        },
        "proposals": [_change(change) for change in difference.changes],
        "drafts": [_change(change) for change in difference.drafts],
        "unchanged": difference.unchanged,
        "unknown": list(difference.unknown),
        "unread": list(difference.unread),
        "parameters": [
            {"id": id, "year": year, "before": _plain(old), "after": _plain(new)}
            for id, year, old, new in difference.changed_parameters
        ],
        "sources": list(difference.changed_sources),
        "organisation_kinds": [
            {"id": id, "before": old, "after": new} for id, old, new in difference.changed_kinds
        ],
        "diagnostics": [
            {"code": one.code, "name": one.name, "severity": str(one.severity), "message": str(one.message)}
            for one in found
        ],
        "notes": [str(note) for note in notes],
    }
    return dump_json(document)


def write_csv(difference: Difference) -> str:
    """Write one row for each cause, section and year (RFC 4180, UTF-8)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for change in (*difference.changes, *difference.drafts):
        head = (
            write_csv_text(change.id),
            write_csv_text(change.before.id if change.before else ""),
            write_csv_text(change.current.title),
            change.current.status,
        )
        for cause in change.causes:
            described = (
                change.kind,
                cause.measure,
                cause.kind,
                write_csv_text(cause.subject),
                _csv_value(cause.before),
                _csv_value(cause.after),
            )
            for section, year, amount in _cells(cause):
                writer.writerow((*head, *described, section, year, amount, cause.key))
    return buffer.getvalue()


def _cells(cause: Cause) -> Iterator[tuple[str, str, str]]:
    for (section, year), amount in cause.amounts.items():
        yield section, str(year), _cents(amount)
    if cause.whole or not cause.amounts:
        yield "", "", _cents(cause.whole) if cause.whole else ""


def _change(change: ProposalChange) -> dict[str, object]:
    return {
        "id": change.id,
        "id_before": change.before.id if change.before else None,
        "domain": change.current.domain,
        "title": change.current.title,
        "kind": change.kind,
        "change": None if change.cells is None else _sections(change.cells),
        "total": _maybe(change.total),
        "total_before": _maybe(change.total_before),
        "funding": _maybe(change.funding),
        "own_share": _maybe(change.own_share),
        "net": _maybe(change.net),
        "net_before": _maybe(change.nets[0]),
        "net_after": _maybe(change.nets[1]),
        "net_after_savings": _maybe(change.net_after_savings),
        "after_term_per_year": _maybe(change.after_term),
        "causes": [_cause(cause) for cause in change.causes],
    }


def _cause(cause: Cause) -> dict[str, object]:
    return {
        "cause": cause.kind,
        "key": cause.key,
        "measure": cause.measure,
        "subject": cause.subject,
        "before": _text(cause.before) or None,
        "after": _text(cause.after) or None,
        "total": None if cause.is_unknown else _cents(cause.total),
        "by_year": _sections(cause.amounts),
    }


def _sections(cells: Mapping[SectionYear, Decimal]) -> dict[str, dict[str, str]]:
    return {
        section: {str(year): _cents(amount) for (cell, year), amount in cells.items() if cell == section}
        for section in SECTIONS
    }


def _cents(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _maybe(amount: Decimal | None) -> str | None:
    return None if amount is None else _cents(amount)


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _csv_value(value: Shown) -> str:
    text = _text(value)
    return text if isinstance(value, (Decimal, Euros)) else write_csv_text(text)


def _text(value: Shown) -> str:
    """Write a value for a program: numbers with a decimal point, words in English."""
    if value is None:
        return ""
    if isinstance(value, Euros):
        return f"{value.rounded():.2f}"
    return _plain(value) or "" if isinstance(value, Decimal) else str(value)
