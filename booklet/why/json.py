"""Derivation → the versioned JSON of `why --format json` (public contract: keys are added, never changed).

Amounts are decimal strings in cents, as in `costs --format json`; `exact` holds every value without loss, as a
fraction where it has no finite decimal. An unknown value is null. Labels are for people, in one language.
"""

from __future__ import annotations

from booklet.diagnostics.message import Message
from booklet.money.euros import Euros
from booklet.text.language import ENGLISH, Language
from booklet.text.outside import dump_json
from booklet.why.derivation import Basis, Derivation, Quote, write_fraction


def write_json(node: Derivation, language: Language = ENGLISH) -> str:
    """Write a derivation at its full depth."""
    document = {"version": 1, "reference": node.reference, "figure": _node(node, language)}
    return dump_json(document)


def _node(node: Derivation, language: Language) -> dict[str, object]:
    label = node.label.text(language) if isinstance(node.label, Message) else " ".join(node.label.split())
    written: dict[str, object] = {
        "label": label,
        "reference": node.reference or None,
        "operation": node.operation,
        "measure": node.unit,
        "value": _value(node),
        "exact": None if node.value is None else str(node.value),
        "rounded_from": None if node.unrounded is None else str(node.unrounded),
        "places": [_place(quoted) for quoted in node.quotes],
        "basis": _basis(node.basis) if node.basis else None,
        "notes": [note.text(language) for note in node.notes],
        "children": [_node(child, language) for child in node.children],
    }
    if node.printed:
        written["printed"] = [
            {"amount": f"{printed.amount:f}", "step": f"{printed.step:f}"} for printed in node.printed
        ]
    if node.apart:
        written["apart"] = [_node(child, language) for child in node.apart]
    return written


def _value(node: Derivation) -> str | None:
    if node.value is None:
        return None
    if node.unit == "euros":
        return f"{Euros(node.value).rounded():.2f}"
    return write_fraction(node.value)


def _place(quoted: Quote) -> dict[str, object]:
    start = quoted.span.start
    return {"path": quoted.span.path, "line": start.line, "column": start.column, "text": quoted.text}


def _basis(basis: Basis) -> dict[str, object]:
    return {
        "kind": basis.kind,
        "id": basis.id or None,
        "text": " ".join(basis.text.split()),
        "publisher": basis.publisher or None,
        "year": basis.year,
        "address": basis.address or None,
        "evidence": basis.evidence or None,
        "place": _place(basis.quote) if basis.quote else None,
    }
