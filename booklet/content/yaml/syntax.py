"""libyaml's complaint about a text → the fault as an author sees it: where, what, and what to type."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from booklet.content.yaml.repair import (
    expand_tabs,
    open_text_of_items,
    quote_in_collection,
    quote_text,
    type_colon,
    type_colon_at_end,
    type_plain,
    type_space_after_colon,
)
from booklet.diagnostics.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from yaml import YAMLError

    from booklet.content.yaml.repair import Repair


@dataclass(frozen=True, slots=True)
class Complaint:
    """What we say of a fault of syntax, and what to type against it."""

    message: Message
    hint: Message | None = None
    #: what mends it where its line has one reading
    repair: Repair | None = None
    #: the likeliest of several readings, with which the rest is checked
    reading: Repair | None = None


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """A fault of syntax: the offset of the character that it points at, and what we say of it."""

    offset: int
    complaint: Complaint


def explain_syntax(text: str, error: YAMLError, retyped: Container[int] = ()) -> SyntaxFault | None:
    """Say in an author's words what libyaml stopped at; None where it counted too many levels of nesting.

    `retyped`: the numbers of the lines that were not read as they are.
    """
    context_mark = getattr(error, "context_mark", None)
    mark = getattr(error, "problem_mark", None) or context_mark
    words = f"{getattr(error, 'context', '') or ''} {getattr(error, 'problem', '') or error}"
    if "maximum nesting depth" in words:
        return None
    known = next((known for known in _KNOWN if known.words in words), None)
    if known is None:
        known = _Known(words, Complaint(say("the text is not YAML: {complaint}", complaint=words.strip())))
    if known.at_opening and context_mark is not None:
        mark = context_mark
    fault = SyntaxFault(mark.index if mark is not None else 0, known.complaint)
    if known.look_closer is not None:
        fault = known.look_closer(text, fault)
    if fault.complaint in (COLON_INSIDE, NO_COLON, NOT_LIKE_THE_KEYS, ITEM_INSIDE):
        fault = _other_colon(text, fault, retyped) or fault
    if text[fault.offset : fault.offset + 1] == "\t":
        fault = replace(fault, complaint=TAB)
    if fault.complaint is NOT_LIKE_THE_KEYS and _ENDS_IN_COMMENT.search(text, 0, _line_start(text, fault)):
        fault = replace(fault, complaint=AFTER_COMMENT)
    return replace(fault, offset=_last_written(text, fault.offset))


def _line_start(text: str, fault: SyntaxFault) -> int:
    return text.rfind("\n", 0, fault.offset) + 1


def _last_written(text: str, offset: int) -> int:
    """Move from the end of the text, or of a line, back to the last character written."""
    while offset > 0 and (offset >= len(text) or text[offset] in "\r\n"):
        offset -= 1
    return offset


# --- what we say -------------------------------------------------------------------------------------------------

NO_COLON = Complaint(
    say("a key without `:`"),
    say("write the key, `:`, a space and its value; a text of several lines needs `|` after its key"),
)
_NO_SPACE = Complaint(
    say("a `:` without a space after it"), say("type a space after the `:`"), type_space_after_colon
)
COLON_INSIDE = Complaint(
    say("`:` followed by a space inside a text without quotes"),
    say("put the whole text between quotes"),
    quote_text,
)
NOT_LIKE_THE_ITEMS = Complaint(
    say("this line is indented unlike the items of the list above"),
    say("align it with the items, or with the text of an item"),
)
NOT_LIKE_THE_KEYS = Complaint(
    say("this line is not indented like the keys above"),
    say("align it with the keys above; put a text that holds quotes between quotes"),
)
_AFTER_QUOTE = Complaint(
    say("text after a closing quote"), say("put the whole text between double quotes"), quote_text
)
_QUOTE_INSIDE = Complaint(
    say("text that ends too early: a quote inside quotes"),
    say("put the whole text between quotes"),
    quote_text,
)
_COMMENT_IN_BRACKETS = Complaint(
    say("` #` inside a text without quotes: the rest of the line is a comment"),
    say("put the text that holds `#` between quotes"),
)
AFTER_COMMENT = Complaint(
    say("this line continues a text that ` #` ends on the line above"),
    say("put the whole text between quotes"),
)
_SECOND_DOCUMENT = Complaint(say("a second document starts here"), say("delete this line"))
_NOT_CLOSED = Complaint(say("a quote that is opened and never closed"), say("close the quote"))
TAB = Complaint(say("a tab where spaces are expected"), say("indent with spaces"), expand_tabs)
ITEM_INSIDE = Complaint(
    say("a list item that YAML adds to the text above"),
    say("write `|` after the key, and the text on the lines below"),
    open_text_of_items,
)
#: the complaint of a text that was read with an item inside it
INSIDE_A_TEXT = "an item inside a text"


def not_plain(found: str, needed: str, line: str) -> Complaint:
    """What we say of a character that looks like another one, in the place of that one; `line` as it should be."""
    if found == "\t":
        return TAB
    shown = f"`<U+{ord(found):04X}>`" if found.isspace() else f"`{found}`"
    if not found.isascii() and not found.isspace():
        shown += f" (U+{ord(found):04X})"
    plain = say("a plain space") if needed == " " else f"`{needed}`"
    hint = (
        say("type {plain} in its place", plain=plain) if len(line) > 80 else say("write `{text}`", text=line)
    )
    return Complaint(say("found {found} where {plain} is needed", found=shown, plain=plain), hint, type_plain)


# --- complaints that more than one slip leads to -----------------------------------------------------------------

#: a line that holds one word and then `:`
_BARE_KEY = re.compile(r"([ ]*)[\w-]+ ?")
_WRITTEN_LINE = re.compile(r"^[ ]*([^\s#].*)$", re.MULTILINE)
#: a line whose text opens with a quote that it does not close, above a line that begins a key
_OPENED = re.compile(
    r"""^[ ]*(?:- +)*[\w-]+:[ ]+(?P<quote>["'])(?:(?!(?P=quote)).)*\n(?=[ ]*(?:- +)*[\w-]+:\s)""",
    re.MULTILINE,
)
#: brackets whose first line has a `#` that begins a word or a number
_COMMENT_INSIDE = re.compile(r"""[^\n#"']*[^\s#"',[{][ \t]+#(?=[ ]?\d|\w)""")
_STAR = re.compile(r"[ ]*\*[ ]+([^\n]+)")
#: one word on a line, above lines that are further in
_ALONE = re.compile(r"(?P<margin>[ ]*)(?P<key>(?:- +)*[a-z_]+)[ ]*\r?\n(?=(?P=margin)(?:[ ]+\S|- ))")
#: a key with a mark that looks like a colon
OTHER_COLON = re.compile(r"(?P<before>[ ]*(?:- +)*[\w-]+)[^\S\n]*(?P<colon>[：﹕꞉ː\u037e])(?P<after>[^\n]*)")
#: brackets whose first line has a comma, a colon or a bracket of full width
_WIDE_INSIDE = re.compile(r"[^\n]*?([，：［］｛｝])[^\n]*")
_WIDE = {0xFEE0 + ord(plain): plain for plain in ",:[]{}"}
#: a line whose text ends at a comment, as the last one
_ENDS_IN_COMMENT = re.compile(r"""^[^\n#"']*[^\s#"'][ \t]+#[^\n]*\n\Z""", re.MULTILINE)
#: the start of a line that YAML can read as a key or a list item
_KEY_OR_ITEM = re.compile(r"- |[^#\n]*:(?:\s|$)", re.MULTILINE)


def _colon_where_no_key_can_be(text: str, fault: SyntaxFault) -> SyntaxFault:
    """Distinguish a `:` inside a text from a sound key at the wrong indentation, or below a line that is no key."""
    match = _BARE_KEY.fullmatch(_before(text, fault.offset))
    if match is None:
        return fault
    above = line_above(text, fault.offset)
    if above is not None and not _KEY_OR_ITEM.match(text, above):
        return _no_colon(text, SyntaxFault(above, NO_COLON))
    line_start = text.rfind("\n", 0, fault.offset) + 1
    return SyntaxFault(line_start + len(match[1]), NOT_LIKE_THE_KEYS)


def _no_colon(text: str, fault: SyntaxFault) -> SyntaxFault:
    """Distinguish a key whose `:` has no space after it."""
    if type_space_after_colon(text, fault.offset):
        return replace(fault, complaint=_NO_SPACE)
    start = text.rfind("\n", 0, fault.offset) + 1
    if (word := _ALONE.match(text, start)) is None:
        return fault
    hint = say("write `{text}`", text=f"{word['key'].strip()}:")
    return replace(fault, complaint=replace(NO_COLON, hint=hint, reading=type_colon_at_end))


def _other_colon(text: str, fault: SyntaxFault, retyped: Container[int]) -> SyntaxFault | None:
    """A mark that looks like a colon, after the key of the line at fault or of the one above."""
    above = line_above(text, fault.offset)
    for offset in (fault.offset, *(() if above is None else (above,))):
        other = OTHER_COLON.match(text, text.rfind("\n", 0, offset) + 1)
        if other and text.count("\n", 0, offset) not in retyped:
            line = f"{other['before'].strip()}: {other['after'].strip()}"
            complaint = replace(not_plain(other["colon"], ":", line), repair=type_colon)
            return SyntaxFault(other.start("colon"), complaint)
    return None


def _begins_with_a_star(text: str, fault: SyntaxFault) -> SyntaxFault:
    """Distinguish an item that begins with `*`, as in Markdown."""
    item = _STAR.match(text, text.rfind("\n", 0, fault.offset) + 1)
    return replace(fault, complaint=not_plain("*", "-", f"- {item[1].strip()}")) if item else fault


def _key_expected(text: str, fault: SyntaxFault) -> SyntaxFault:
    """Distinguish a text that ends too early at a quote from a line at the wrong indentation."""
    before = _before(text, fault.offset)
    if before and (opened := _opened_above(text, fault.offset)) is not None:
        return SyntaxFault(opened, _NOT_CLOSED)
    if before:
        return replace(fault, complaint=_AFTER_QUOTE if before.endswith(("'", '"')) else _QUOTE_INSIDE)
    return replace(fault, complaint=NOT_LIKE_THE_ITEMS) if text.startswith("- ", fault.offset) else fault


def _opened_above(text: str, offset: int) -> int | None:
    """Find a quote above that opens a text and is not closed before the next key: the offset of the last one."""
    line_start = text.rfind("\n", 0, offset) + 1
    found = deque(_OPENED.finditer(text, 0, line_start), maxlen=1)
    return found[0].start("quote") if found else None


def _bracket_open(text: str, fault: SyntaxFault) -> SyntaxFault:
    """Distinguish a bracket that is not closed from a comment, a `:` or punctuation of full width inside."""
    if found := _COMMENT_INSIDE.match(text, fault.offset):
        return SyntaxFault(found.end() - 1, _COMMENT_IN_BRACKETS)
    if found := _WIDE_INSIDE.match(text, fault.offset):
        plain = found[0].translate(_WIDE)
        return SyntaxFault(found.start(1), not_plain(found[1], chr(ord(found[1]) - 0xFEE0), plain))
    if quote_in_collection(text, fault.offset) is None:
        return fault
    return replace(fault, complaint=replace(COLON_INSIDE, repair=quote_in_collection))


def _no_more_keys(text: str, fault: SyntaxFault) -> SyntaxFault:
    """Point at the line above, where the last key has no `:`, or where the document was ended by `...`."""
    offset = line_above(text, fault.offset) or 0
    if text.startswith("...", offset):
        return SyntaxFault(offset, _SECOND_DOCUMENT)
    return _no_colon(text, SyntaxFault(offset, fault.complaint))


def _before(text: str, offset: int) -> str:
    """What is written on a line before an offset."""
    return text[:offset].rpartition("\n")[2].rstrip()


def line_above(text: str, offset: int) -> int | None:
    """Find the offset of the first word of the last line above that is neither blank nor a comment."""
    line_start = text.rfind("\n", 0, offset) + 1
    found = deque(_WRITTEN_LINE.finditer(text, 0, line_start), maxlen=1)
    return found[0].start(1) if found else None


# --- what libyaml says -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Known:
    """A complaint of libyaml that we know by some of its words."""

    words: str
    complaint: Complaint
    #: the fault is shown where the construct opens, not where libyaml gave up
    at_opening: bool = False
    look_closer: Callable[[str, SyntaxFault], SyntaxFault] | None = None


#: the first whose words are found wins
_KNOWN = (
    _Known(INSIDE_A_TEXT, ITEM_INSIDE),
    _Known("mapping values are not allowed", COLON_INSIDE, look_closer=_colon_where_no_key_can_be),
    _Known("could not find expected ':'", NO_COLON, at_opening=True, look_closer=_no_colon),
    _Known("<document start>", NO_COLON, look_closer=_no_more_keys),
    _Known(
        "while scanning an a",
        Complaint(
            say("a text cannot start with this character"),
            say("put the whole text between quotes"),
            quote_text,
        ),
        at_opening=True,
        look_closer=_begins_with_a_star,
    ),
    _Known(
        "cannot start any token",
        Complaint(
            say("a text cannot start with this character"),
            say("put the whole text between quotes; indent with spaces, never tabs"),
            quote_text,
        ),
    ),
    _Known("unexpected end of stream", _NOT_CLOSED, at_opening=True),
    _Known(
        "did not find expected ',' or",
        Complaint(
            say("a bracket or brace that is opened and not closed"),
            say("close it, or separate the entries by commas"),
        ),
        at_opening=True,
        look_closer=_bracket_open,
    ),
    _Known(
        "unknown escape character",
        Complaint(
            say("`\\` before a character that needs none, inside double quotes"),
            say("use single quotes, or write `\\\\`"),
        ),
    ),
    _Known("did not find expected '-' indicator", NOT_LIKE_THE_ITEMS),
    _Known("did not find expected key", NOT_LIKE_THE_KEYS, look_closer=_key_expected),
    _Known(
        "block sequence entries are not allowed",
        Complaint(
            say("a list item where a value was expected"), say("start the list on the line below its key")
        ),
    ),
    _Known(
        "block mapping is not allowed",
        Complaint(say("a key where a value was expected"), say("start it on a line of its own")),
    ),
    _Known("did not find expected node content", Complaint(say("a value is missing here"))),
    _Known(
        "while scanning a block scalar",
        Complaint(
            say("the first lines of a long text are indented unlike the others"),
            say("indent every line of the text alike"),
        ),
    ),
)
