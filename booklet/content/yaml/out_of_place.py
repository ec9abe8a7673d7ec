"""A fault of syntax, and the lines that are out of place → what is said of them, and the edit that puts them right."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from booklet.content.yaml.lines import KEY_OR_ITEM_LINE, Lines
from booklet.content.yaml.lost_dashes import NO_DASH
from booklet.content.yaml.margins import NO_MARGINS, Margin, with_margins
from booklet.content.yaml.repair import Replacement, expand_tabs
from booklet.content.yaml.syntax import (
    AFTER_COMMENT,
    ITEM_INSIDE,
    NO_COLON,
    NOT_LIKE_THE_ITEMS,
    NOT_LIKE_THE_KEYS,
    TAB,
    Complaint,
    SyntaxFault,
    line_above,
    not_plain,
)
from booklet.diagnostics.message import say

if TYPE_CHECKING:
    from booklet.content.yaml.margins import Margins, Move

_OUT_OF_PLACE = say("this line is indented unlike the lines that belong with it")
#: a line of a text, or the key above it
_IN_A_TEXT = re.compile(r"(?!(?:- +)*[\w-]+:(?:\s|$))|[^\n]*:[ ]+[|>][-+]?[ ]*$", re.MULTILINE)
_BEGINS_LIKE_A_KEY = re.compile(r"\s*[a-z_]+(?:\s|$)")


def is_of_margins(text: str, fault: SyntaxFault) -> bool:
    """Check whether a fault may be that a line begins at the wrong place."""
    if is_inside_a_text(fault):
        above = line_above(text, fault.offset)
        return text.startswith("- ", fault.offset) and above is not None and text.startswith("- ", above)
    lines = Lines(text)
    line = lines.line(lines.start(fault.offset))
    if fault.complaint is NO_COLON:
        above = line_above(text, fault.offset)
        is_text = above is not None and _IN_A_TEXT.match(text, above) is not None
        return is_text and not _BEGINS_LIKE_A_KEY.match(line)
    if fault.complaint is AFTER_COMMENT:
        return KEY_OR_ITEM_LINE.match(line) is not None
    return fault.complaint in (NOT_LIKE_THE_ITEMS, NOT_LIKE_THE_KEYS, TAB)


def is_inside_a_text(fault: SyntaxFault) -> bool:
    """Check whether a fault is an item that YAML adds to the text above."""
    return fault.complaint is ITEM_INSIDE


def mend_line(text: str, fault: SyntaxFault) -> Margins:
    """A line as it is once its fault is mended, so that what it says is checked in the same run."""
    repair = fault.complaint.repair or fault.complaint.reading
    mended = repair(text, fault.offset) if repair else None
    if mended is None or "\n" in text[mended.start : mended.end] + mended.text:
        return NO_MARGINS
    start = Lines(text).start(mended.start)
    margin = Margin(mended.end - start, text[start : mended.start] + mended.text)
    return {text.count("\n", 0, start): margin}


def tabs_in(text: str, move: Move) -> tuple[SyntaxFault, ...]:
    """The tabs of the lines that move with the first one, each a fault of its own."""
    lines, found = Lines(text), list[SyntaxFault]()
    for number in sorted(move.margins)[1:]:
        start = lines.start_of(number)
        tab = lines.line(start)[: move.margins[number].length].find("\t")
        if tab >= 0:
            found.append(SyntaxFault(start + tab, TAB))
    return tuple(found)


def explain_move(text: str, fault: SyntaxFault, move: Move) -> SyntaxFault:
    """Say where lines should begin that are out of place, at the first of them."""
    lines = Lines(text)
    start = lines.start_of(move.number)
    line, margin = lines.line(start), move.margins[move.number]
    typed, count = line[: margin.length], Decimal(len(margin.text))
    strange = next((index for index, one in enumerate(typed) if one not in " -"), None)
    offset, message = start + len(line) - len(line.lstrip()), fault.complaint.message
    hint = say("spaces to type before this line: {count}", count=count)

    def repair(text: str, _offset: int) -> Replacement:
        lines, last = Lines(text), max(move.margins)
        end = lines.start_of(last) + move.margins[last].length
        below = with_margins(text, move.margins)[start:]
        moved = Lines(below).start_of(last - move.number) + len(move.margins[last].text)
        return Replacement(start, end, below[:moved])

    if "\t" in typed:
        complaint = TAB if expand_tabs(text, fault.offset) else replace(TAB, hint=hint)
        return replace(fault, complaint=complaint)
    if strange is not None:
        offset, message = start + strange, not_plain(typed[strange], " ", "").message
    elif margin.text.strip():
        message, hint = NO_DASH, say("write `{text}`", text=f"- {line[margin.length :].strip()}")
    elif start != lines.start(fault.offset) or fault.complaint is NO_COLON:
        message = _OUT_OF_PLACE
    if len(move.margins) > 1:
        hint = say("spaces to type before this line: {count}; the lines below move with it", count=count)
    return SyntaxFault(offset, Complaint(message, hint, repair if move.is_certain else None))
