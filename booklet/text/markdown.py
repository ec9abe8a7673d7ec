"""Contributors' Markdown → safe HTML with the typography of the language.

A contributor's text is data, never a program: HTML is shown as typed, images and tables do not exist, and a
link goes to http, https, mailto, another proposal (`proposal:id`) or a source (`[@id]`). The renderer writes
a fixed set of tags and nothing else, so that no text can change the structure, the style or the scripts of a
document.

Spaces, quotes and ordinals are set by `typography`; citations leave as links of the private scheme
`proposal:`, which the linker turns into destinations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from booklet.text.typography import HOLE, set_run, strip_invisible, superscript_ordinals

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markupsafe import Markup

    from booklet.text.language import Language

_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_CITATION = re.compile(rf"\[@({_SLUG})\]")
_PROPOSAL = re.compile(rf"proposal:({_SLUG})")
#: no user name before the host: `https://known.fr@other.org` leads to the other
_LINK = re.compile(rf"https?://[^\s/?#@%\\]+(?:[/?#]\S*)?|mailto:[^\s@]+@[^\s@]+|{_PROPOSAL.pattern}")
_SCHEME = re.compile(r"^[A-Za-z]+:")
#: a link whose address is not typed as it is read: `&#112;roposal:id`, or an escape of YAML
_ENCODED = re.compile(r"\]\((?:[^)\n&\\\]]|\](?!\())*+[&\\]|\\[xuU]")
_MARK = re.compile(r"[\[\]*_`<&\\!]")
#: The scheme and part under which every source has its destination.
SOURCE_SCHEME = "proposal:sources:"

#: Markdown that contributors may use; everything else is text.
_BLOCKS = ("blockquote", "heading", "list", "paragraph")
_INLINES = ("text", "newline", "escape", "backticks", "emphasis", "link", "autolink", "entity", "citation")

#: What each Markdown token is written as. A token that is not here, nor in `_write`, is a bug.
_TAGS = {
    "paragraph_open": "<p>",
    "paragraph_close": "</p>\n",
    "bullet_list_open": "<ul>\n",
    "bullet_list_close": "</ul>\n",
    "list_item_open": "<li>",
    "list_item_close": "</li>\n",
    "ordered_list_close": "</ol>\n",
    "blockquote_open": "<blockquote>",
    "blockquote_close": "</blockquote>\n",
    "em_open": "<em>",
    "em_close": "</em>",
    "strong_open": "<strong>",
    "strong_close": "</strong>",
    "link_close": "</a>",
    "hardbreak": "<br>",
    "space": "<span> </span>",
}
#: Every tag that a text can be written with, besides that of headings, whose one level the caller sets.
TAGS = frozenset({"p", "ul", "ol", "li", "blockquote", "strong", "em", "code", "a", "br", "sup", "span"})


@dataclass(frozen=True, slots=True)
class Mention:
    """A proposal or source that a text cites, and the offset of its id."""

    kind: Literal["proposal", "source"]
    id: str
    #: Index in the text of the first character of the id.
    offset: int


@dataclass(frozen=True, slots=True)
class Cited:
    """The proposals and sources that a text cites, each once, in order of first appearance."""

    proposals: tuple[str, ...]
    sources: tuple[str, ...]


def render_markdown(
    text: str,
    language: Language,
    *,
    labels: Mapping[str, str] | None = None,
    slots: Mapping[str, str] | None = None,
    heading_level: int = 3,
) -> Markup:
    """Render a text of several paragraphs as HTML in which every heading has the same level.

    `labels` gives the short label of each source ("Batiweb, 2017"); a source without one is shown by its id.
    `slots` gives the words for `{slots}`. Contributors' headings do not nest, so that the headings of a fiche never
    skip a level.
    """
    from markupsafe import Markup

    tokens = _parser().parse(strip_invisible(text))
    if slots:
        _fill_slots(tokens, slots)
    return Markup("".join(_write(tokens, language, labels or {}, heading_level)))


def inline(text: str, language: Language, *, labels: Mapping[str, str] | None = None) -> Markup:
    """Render one line of text as HTML: emphasis, code, links and citations, no blocks."""
    from markupsafe import Markup

    tokens = _parser().parseInline(strip_invisible(text))
    return Markup("".join(_write(tokens, language, labels or {}, 3)))


def count_marks(text: str) -> int:
    """Count the marks of Markdown; the parser's time may grow with their square."""
    return len(_MARK.findall(text))


def mentions(text: str) -> tuple[Mention, ...]:
    """Find every proposal and source that a text cites, in order; those inside `code` do not count."""
    if "[@" not in text and "proposal:" not in text.lower() and not has_encoded_link(text):
        return ()  # most texts cite nothing, and need not wait for the Markdown parser
    found: list[Mention] = []
    position = 0
    for token in _inline_tokens(_parser().parse(text)):
        href = str(token.attrGet("href") or "")
        if token.type == "citation":
            kind, target, sign = "source", token.content, "[@"
        elif token.type == "link_open" and (match := _PROPOSAL.fullmatch(href)):
            kind, target, sign = "proposal", match[1], "proposal:"
        else:
            continue
        typed = re.compile(re.escape(sign + target), re.IGNORECASE).search(text, position)
        offset = position = typed.start() + len(sign) if typed else max(position, len(sign))
        found.append(Mention("source" if kind == "source" else "proposal", target, offset))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ListItem:
    """An item of a list as it was typed, and as it is printed."""

    #: of the text, from 0
    line: int
    #: `-`, `+`, `*` or `3.`
    mark: str
    #: its place in the list, from 0, and the number of a numbered one
    index: int
    printed: int
    #: mark and text of each item of its list
    marks: tuple[str, ...]
    texts: tuple[str, ...]

    def all_begin(self, pattern: re.Pattern[str]) -> bool:
        """Whether every item of its list begins in one way."""
        return all(map(pattern.match, self.texts))


def list_items(text: str) -> tuple[ListItem, ...]:
    """Find the items of lists of a text of several paragraphs, in order."""
    lists: list[tuple[int, list[tuple[int, str]], list[str]]] = []
    found: list[ListItem] = []
    for token in _parser().parse(text):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            start = token.attrGet("start")
            lists.append((1 if start is None else int(start), [], []))
        elif token.type == "list_item_open" and token.map:
            lists[-1][1].append((token.map[0], token.info + token.markup))
            lists[-1][2].append("")
        elif token.type == "inline" and lists and lists[-1][2] and not lists[-1][2][-1]:
            lists[-1][2][-1] = token.content
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            first, items, texts = lists.pop()
            marks = tuple(mark for _, mark in items)
            found += (
                ListItem(line, mark, index, first + index, marks, tuple(texts))
                for index, (line, mark) in enumerate(items)
            )
    return tuple(sorted(found, key=lambda item: item.line))


def has_encoded_link(text: str) -> bool:
    """Check whether the address of a link may hold entities or escapes, so that only Markdown knows where it leads."""
    return _ENCODED.search(text) is not None


def cited(text: str) -> Cited:
    """The proposals and sources that a text cites, each once, in order of first appearance."""
    found = mentions(text)
    return Cited(
        proposals=tuple(dict.fromkeys(mention.id for mention in found if mention.kind == "proposal")),
        sources=tuple(dict.fromkeys(mention.id for mention in found if mention.kind == "source")),
    )


@cache
def _parser() -> MarkdownIt:
    """Build the parser once: CommonMark without HTML, images, code blocks, tables, reference links."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("zero", {"html": False, "linkify": False, "typographer": False, "maxNesting": 20})
    parser.inline.ruler.before("link", "citation", _read_citation)
    parser.enable([rule for rule in (*_BLOCKS, *_INLINES) if rule != "citation"])
    parser.enable(["balance_pairs", "fragments_join"])
    normalize = parser.normalizeLink
    # a scheme is read in any case (RFC 3986 §3.1), and written in lower case
    parser.normalizeLink = lambda url: _SCHEME.sub(  # type: ignore[method-assign]
        lambda found: found[0].lower(), normalize(url), count=1
    )
    parser.validateLink = lambda url: bool(_LINK.fullmatch(url))  # type: ignore[method-assign]
    return parser


def _read_citation(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 (markdown-it calls it so)
    """Read `[@source-id]` at the current place of the text."""
    match = _CITATION.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.content = match[1]
    state.pos = match.end()
    return True


def _inline_tokens(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()


def _write(  # noqa: C901 (one case for each kind of token)
    tokens: Sequence[Token], language: Language, labels: Mapping[str, str], heading_level: int
) -> Iterator[str]:
    """Write tokens one by one; `inline` holds the tokens of one run of text, set as a whole."""
    from markupsafe import escape

    for token in tokens:
        match token.type:
            case "inline":
                children = _set_tokens(token.children or (), language)
                yield from _write(children, language, labels, heading_level)
            case "text":
                yield superscript_ordinals(str(escape(token.content)), language)
            case "code_inline":
                yield f"<code>{escape(token.content)}</code>"
            case "link_open":
                yield f'<a href="{escape(token.attrGet("href"))}">'
            case "citation":
                label = labels.get(token.content, token.content)
                yield f'<a class="citation" href="{SOURCE_SCHEME}{token.content}">[{escape(label)}]</a>'
            case "heading_open":
                yield f"<h{heading_level}>"
            case "heading_close":
                yield f"</h{heading_level}>\n"
            case "ordered_list_open":
                start = token.attrGet("start")
                yield "<ol>\n" if start is None else f'<ol start="{int(start)}">\n'
            case "paragraph_open" | "paragraph_close" if token.hidden:
                pass  # a tight list: its items hold text without paragraphs
            case _:
                yield _TAGS[token.type]


def _set_tokens(children: Sequence[Token], language: Language) -> list[Token]:
    """Set the text of a run as a whole, so that `« *mot* »` and `*mot*!` get the spaces they need.

    Everything that is not text becomes a hole in the run; a line break in the source is a space.
    """
    merged: list[Token] = []
    for token in children:
        child = token
        if token.type == "softbreak":
            child = token.copy(type="text", content=" ")
        elif token.type == "text_special":
            child = token.copy(type="text")
        if child.type == "text" and merged and merged[-1].type == "text":
            merged[-1] = merged[-1].copy(content=merged[-1].content + child.content)
        else:
            merged.append(child)
    run = "".join(child.content if child.type == "text" else HOLE for child in merged)
    pieces = set_run(run, language).split(HOLE)
    written: list[Token] = []
    for child in merged:
        if child.type != "text":
            written += _lay_piece(pieces.pop(0), before_element=child.nesting >= 0)
            written.append(child)
    return [*written, *_lay_piece(pieces[0], before_element=False)]


def _lay_piece(piece: str, *, before_element: bool) -> Iterator[Token]:
    """Turn a text into tokens; a space right before an element is split off.

    A text that ends with a space, and fits its line only without it, is broken by WeasyPrint 70 after its first word
    (`split_first_line`, third step). No text therefore ends with a space.
    """
    from markdown_it.token import Token

    text = piece.rstrip(" ") if before_element else piece
    if text:
        yield Token("text", "", 0, content=text)
    if text != piece:
        yield Token("space", "", 0)


#: The slots of a letter for its list: the only words that differ between two letters.
LIST_SLOTS = ("list", "head", "commune", "sector", "panel")
#: The slots of a letter for figures of the portfolio, computed, the same in every letter; with a point and the id of an
#: owner behind, for its part.
PORTFOLIO_SLOTS = (
    "proposals",
    "investment",
    "after",
    "peak",
    "peak_year",
    "peak_share",
    "yearly",
    "yardstick",
)


def _fill_slots(tokens: Sequence[Token], values: Mapping[str, str]) -> None:
    """Put words in the `{slots}` of parsed Markdown, which no word can change; an address has none (N107)."""
    lines = {slot: " ".join(strip_invisible(value).split()) for slot, value in values.items()}
    for token in _inline_tokens(tokens):
        token.content = re.sub(r"\{([\w.-]+)\}", lambda found: lines.get(found[1], found[0]), token.content)
