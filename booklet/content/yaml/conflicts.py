"""The marks that git leaves where two versions of a file do not merge → one finding a conflict, and a text to read on.

Our version is read on, the other one is left out: its keys are perhaps written, and nothing of the file is added up.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from booklet.content.yaml.lines import Part
from booklet.content.yaml.recovery import Readable
from booklet.content.yaml.rules import merge_conflict
from booklet.diagnostics.limits import FINDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from booklet.diagnostics.diagnostic import Diagnostic
    from booklet.diagnostics.positions import Source

_MARK = re.compile(r"^(?P<mark><{7}|\|{7}|={7}|>{7})(?: [^\r\n]*)?\r?$", re.MULTILINE)


def leave_out_conflicts(source: Source) -> tuple[Readable, tuple[Diagnostic, ...]]:
    """Blank the marks of conflicts and the versions that are not ours; each conflict is told once, where it begins."""
    readable = Readable(source.text)
    found: list[Diagnostic] = []
    for conflict in islice(_conflicts(source.text), FINDINGS):
        first, last = conflict[0], conflict[-1]
        found += merge_conflict(source, first.start(), first.start() + 7)
        readable = readable.without(Part(first.start(), first.end(), is_value=False))
        others = [one for one in conflict if one["mark"][0] != "<"]
        if others:
            end = last.end() if last["mark"][0] == ">" else others[-1].end()
            readable = readable.without(Part(others[0].start(), end, is_value=False))
    return readable, tuple(found)


def _conflicts(text: str) -> Iterator[list[re.Match[str]]]:
    """The marks of each conflict; one that lost a mark begins, or ends, where the next one begins."""
    if not re.search(r"^(?:<{7}|={7}|>{7})", text, re.MULTILINE):
        return
    marks: list[re.Match[str]] = []
    for found in _MARK.finditer(text):
        if marks and found["mark"][0] == "<":
            yield marks
            marks = []
        marks.append(found)
        if found["mark"][0] == ">":
            yield marks
            marks = []
    if marks:
        yield marks
