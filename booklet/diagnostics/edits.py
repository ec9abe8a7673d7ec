"""Safe edits: what `check --fix` types in its author's place, each built where its hint is built.

A hint is safe where nothing else can have been meant and no figure changes. It is then a `Fix`: a message like any
hint, which carries the edit that it describes. Of a hint with two readings only the words are given.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from booklet.diagnostics.message import Message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from booklet.diagnostics.positions import Source, Span


@dataclass(frozen=True, slots=True, order=True)
class TextEdit:
    """A stretch of a file, and the text to put in its place."""

    span: Span
    text: str

    @property
    def path(self) -> str:
        """The file that changes."""
        return self.span.path


@dataclass(frozen=True, slots=True, order=True)
class Rename:
    """A file and its name to be, both relative to the workspace; what stands there is never replaced."""

    path: str
    to: str


@dataclass(frozen=True, slots=True)
class Fix(Message):
    """A hint that is safe to follow, and the edit that follows it."""

    edit: TextEdit | Rename = field(kw_only=True)

    @classmethod
    def of(cls, hint: Message, edit: TextEdit | Rename) -> Fix:
        """Make a hint safe."""
        return cls(hint.template, hint.values, edit=edit)


def apply_edits(source: Source, edits: Iterable[TextEdit]) -> tuple[str, tuple[TextEdit, ...]]:
    """Apply edits to a text; of two that overlap, the first alone. Also returns those that were applied, in order."""
    text, end, parts, applied = source.text, 0, list[str](), list[TextEdit]()
    for edit in sorted(set(edits)):
        start, stop = source.offset(edit.span.start), source.offset(edit.span.end)
        if applied and start <= end:
            continue
        parts += text[end:start], edit.text
        end = stop
        applied.append(edit)
    return "".join([*parts, text[end:]]), tuple(applied)
