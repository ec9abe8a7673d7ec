"""Markdown and HTML that the booklet does not read, in a text → what is said of it, and what to type instead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from booklet.diagnostics.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

#: characters of a message
_SHOWN = 60


class Unread(NamedTuple):
    """Something that would be printed as it is typed, with its place in the text: the first line of it."""

    offset: int
    length: int
    message: Message
    hint: Message


def find_unread(text: str) -> Iterator[Unread]:
    """Find what Markdown or HTML a text has that is not read, in order."""
    for found in _UNREAD.finditer(_HIDDEN.sub(lambda found: "\0" * len(found[0]), text)):
        written = text[found.start() : found.end()]
        first = written.strip("\n").partition("\n")[0]
        kind = next(kind for kind in _SAID if found[kind] is not None)
        yield Unread(text.index(first, found.start()), len(first), *_explain(kind, written))


def within_quotes(text: str) -> str | None:
    """The text inside the quotes of a word processor, where they stand around all of it."""
    found = _OUTER_QUOTES.fullmatch(text.strip())
    return next(filter(None, found.groups())) if found else None


OUTER_QUOTES = re.compile("[“„‘«]")
_OUTER_QUOTES = re.compile(r"“([^“”]+)”|„([^„“”]+)[“”]|‘([^‘]+)’|«\s?([^«»]+?)\s?»")
#: marks without which no text has Markdown that is not read
MAY_BE_UNREAD = re.compile(
    r"\|.*\||-[ ]?\||\|[ ]?[-:]|[~<]|==|--|\*\*\*|___|```|\]\s*\(|\]\[|\[\^|\]:|\[@[^\]\s]*[,;\s]|\s@"
)
#: code, and characters that stand for themselves
_HIDDEN = re.compile(r"`[^`\n]+`(?!`)|\\.")
_TAG = (
    r"</?(?:a|abbr|b|big|br|center|code|del|div|em|font|h[1-6]|hr|i|img|ins|li|mark|ol|p|pre|q|s|small|span|strong"
    r"|sub|sup|t[dhr]|table|tbody|thead|u|ul)(?:\s[^<>\n]*)?/?>"
)
_UNREAD = re.compile(
    r"""
      (?P<comment><!--(?:[^-]|-(?!->))*(?:-->)?)
    | (?P<image>!\[[^\]\n]*\][(\[][^)\]\n]*[)\]])
    | (?P<note>\[\^[^\]\s]+\]:?)
    | (?P<citation>\[@[^\]\s,;]+[,;\s][^\]\n]*\] | \[[^\]\n@]*\s@[a-z0-9-]+[^\]\n]*\])
    | (?P<space>\[[^\]\n@^]+\][ ]+\((?:https?://|www\.)[^)\s]*\))
    | (?P<link>\[[^\]\n@^]+\]\((?!https?:|mailto:|proposal:)[^)\s]+\))
    | (?P<reference>\[[^\]\n@^]+\]\[[^\]\n@^]*\] | (?m:^)[ ]*\[[^\]\n@^]+\]:[ ]+\S+)
    | (?P<table>(?m:^)[ ]*\|[^\n]*\|[ ]*(?=\n|$)(?:\n[ ]*\|[^\n]*\|[ ]*(?=\n|$))*
        | (?m:^)[^\n|]*\|[^\n]*\n[ ]*:?-+:?[ ]*\|[ :|-]*(?=\n|$)(?:\n[^\n|]*\|[^\n]*)*)
    | (?P<element><(?P<name>b|strong|i|em)>[^<>\n]+</(?P=name)>)
    | (?P<anchor><a\s[^<>\n]*href=["'][^"'<>\n]+["'][^<>\n]*>[^<>\n]+</a>)
    | (?P<tag>"""
    + _TAG
    + r""")
    | (?P<heading>(?m:^)[^\n]+\n[ ]*(?:==+|--+)[ ]*(?=\n|$))
    | (?P<fence>(?m:^)[ ]*(?:```+|~~~+)[ ]*\w*[ ]*(?=\n|$))
    | (?P<line>(?m:^)[ ]*(?:---+|\*\*\*+|___+|===+)[ ]*(?=\n|$))
    | (?P<struck>~~[^~\n]+~~)
    """,
    re.VERBOSE | re.IGNORECASE,
)


_TYPED = say("HTML is printed as typed: `{text}`")
#: what is said of each, and what to do where no text can be typed in its place
_SAID = {
    "comment": (
        say("a comment of HTML is printed: `{text}`"),
        say("delete it; a comment stands after `#`, on a line of its own, outside the text"),
    ),
    "image": (
        say("an image in a text is not shown: `{text}`"),
        say("put it under `figures`, with `file` and `alt`"),
    ),
    "note": (
        say("a footnote is printed as typed: `{text}`"),
        say("write the note in the text, or cite a source as `[@id]`"),
    ),
    "table": (
        say("a table is printed as one line: `{text}`"),
        say("write a list, one row a line after `- `"),
    ),
    "reference": (
        say("a link by a name is printed as typed: `{text}`"),
        say("write the address after the words, as `[words](https://example.org)`"),
    ),
    "link": (say("a link that leads nowhere: `{text}`"), say("begin the address with `https://`")),
    "tag": (_TYPED, say("delete the tag; an empty line begins a paragraph")),
    "struck": (say("struck words are printed as typed: `{text}`"), say("delete what is struck out")),
    "fence": (say("a block of code is printed as typed"), say("delete this line")),
    "line": (say("`{text}` is printed as typed"), say("delete this line")),
    # with what is typed in its place
    "citation": (say("more than an id in a citation: `{text}`"), None),
    "space": (say("a link that leads nowhere: `{text}`"), None),
    "element": (_TYPED, None),
    "anchor": (_TYPED, None),
    "heading": (say("a heading with a line below it is printed as typed: `{text}`"), None),
}


def _explain(kind: str, written: str) -> tuple[Message, Message]:
    """What is said of something that is not read, and what to type."""
    shown = written.strip().partition("\n")[0][:_SHOWN]
    message, hint = _SAID[kind]
    typed = _RETYPED[kind](written) if kind in _RETYPED else None
    if typed is not None:
        hint = say("write `{text}`", text=typed)
    assert hint is not None, "what has no hint can be typed otherwise"
    return (message if kind == "fence" else message.fill(text=shown)), hint


def _retype_citation(written: str) -> str:
    ids = re.findall(r"@([a-z0-9-]+)", written)
    rest = re.sub(r"@[a-z0-9-]+", "", written[1:-1]).strip(" ;,")
    return " ".join(f"[@{id}]" for id in ids) + (f" ({rest})" if rest else "")


def _retype_link(written: str) -> str | None:
    """The link with its scheme; None where the address is that of no site."""
    words, address = re.findall(r"\[(.*)\]\s*\((.*)\)", written)[0]
    if re.match(r"https?://", address, re.IGNORECASE):
        return f"[{words}]({address})"
    return f"[{words}](https://{address})" if _SITE.match(address) else None


def _retype_element(written: str) -> str:
    mark = "**" if re.match(r"<(?:b|strong)>", written, re.IGNORECASE) else "*"
    return mark + re.sub(r"<[^>]*>", "", written) + mark


def _retype_anchor(written: str) -> str:
    address = re.findall(r"href=[\"']([^\"']+)", written)[0]
    return f"[{re.sub(r'<[^>]*>', '', written)}]({address})"


#: a host with what follows it; a name that ends as a file's does is none
_SITE = re.compile(
    r"(?!\S*\.(?:pdf|png|jpe?g|svg|gif|docx?|xlsx?|odt|ods|csv|zip|ya?ml|md|txt)$)[\w-]+(?:\.[\w-]+)+(?:[/?#]|$)",
    re.IGNORECASE,
)
_RETYPED: Mapping[str, Callable[[str], str | None]] = {
    "citation": _retype_citation,
    "space": _retype_link,
    "link": _retype_link,
    "element": _retype_element,
    "anchor": _retype_anchor,
    "heading": lambda written: f"# {written.strip().partition(chr(10))[0].strip()}",
}
