"""Difference → JSON and CSV, for other programs: cents, decimal points, every cause with its id.

An unknown amount is null or an empty cell. The JSON is versioned; keys are added, never renamed. In the CSV one row is
one cause in one section and year; a cause without years (a share, a law) has none, one without an amount has none.
"""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.model.proposal import SECTIONS
from booklet.money.euros import Euros

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diagnostics.message import Message
    from booklet.diff.causes import Cell, Effect, Shown
    from booklet.diff.difference import Change, Difference

COLUMNS = (
    "id", "id_before", "title", "status", "kind", "measure", "cause", "subject",
    "before", "after", "section", "year", "change",
)  # fmt: skip


def write_json(difference: Difference, found: Sequence[Diagnostic], notes: Sequence[Message]) -> str:
    """Write totals, every changed proposal with its causes, and what P104 says."""
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
        "diagnostics": [
            {"code": one.code, "name": one.name, "severity": str(one.severity), "message": str(one.message)}
            for one in found
        ],
        "notes": [str(note) for note in notes],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def write_csv(difference: Difference) -> str:
    """Write one row for each cause, section and year (RFC 4180, UTF-8)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for change in (*difference.changes, *difference.drafts):
        head = (
            change.id,
            change.before.id if change.before else "",
            change.current.title or "",
            change.current.status,
        )
        for effect in change.effects:
            told = (
                change.kind,
                effect.measure,
                effect.cause,
                effect.subject,
                _text(effect.before),
                _text(effect.after),
            )
            for section, year, amount in _cells(effect):
                writer.writerow((*head, *told, section, year, amount))
    return buffer.getvalue()


def _cells(effect: Effect) -> Iterator[tuple[str, str, str]]:
    for (section, year), amount in effect.amounts.items():
        yield section, str(year), _cents(amount)
    if effect.whole or not effect.amounts:
        yield "", "", _cents(effect.whole) if effect.whole else ""


def _change(change: Change) -> dict[str, object]:
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
        "after_term_per_year": _maybe(change.after_term),
        "causes": [_effect(effect) for effect in change.effects],
    }


def _effect(effect: Effect) -> dict[str, object]:
    return {
        "cause": effect.cause,
        "measure": effect.measure,
        "subject": effect.subject,
        "before": _text(effect.before) or None,
        "after": _text(effect.after) or None,
        "total": None if effect.is_unknown else _cents(effect.total),
        "by_year": _sections(effect.amounts),
    }


def _sections(cells: Mapping[Cell, Decimal]) -> dict[str, dict[str, str]]:
    return {
        section: {str(year): _cents(amount) for (held, year), amount in cells.items() if held == section}
        for section in SECTIONS
    }


def _cents(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _maybe(amount: Decimal | None) -> str | None:
    return None if amount is None else _cents(amount)


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _text(value: Shown) -> str:
    """Write a value for a program: numbers with a decimal point, words in English."""
    if value is None:
        return ""
    if isinstance(value, Euros):
        return f"{value.rounded():.2f}"
    return _plain(value) or "" if isinstance(value, Decimal) else str(value)
