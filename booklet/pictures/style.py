"""CSS in an SVG → declarations, and the elements to which they may apply.

Plain properties pass, and selectors of names, classes and ids: what Inkscape and Illustrator write. Rules that begin
with `@` do not, because fonts and other files come by them. CSS is taken apart by tinycss2, as WeasyPrint does, so that
no escape or comment hides anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from booklet.diagnostics import limits
from booklet.diagnostics.message import say
from booklet.pictures.refusal import PictureRefused
from booklet.pictures.values import LINKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: attributes that CSS may not set: they would change what an element is, or what it points to
_FORBIDDEN = LINKS | {"id", "class", "style"}
#: an escape could write the name of an attribute with a namespace, as `\7b http://www.w3.org/1999/xlink\7d href`
_PROPERTY = re.compile(r"[a-z_-][a-z0-9_-]*")
_NAME = r"-?[^\W\d][\w-]*"
_COMPOUND = re.compile(rf"(?P<name>\*|{_NAME})?(?P<rest>(?:[.#]{_NAME})*)")
#: properties and values without quotes, escapes, comments, and functions but of numbers or of an id
_PLAIN = re.compile(r"(?:[\w\s:;#.,%+-]|\((?:#[\w.:-]++|[\d\s.,%+-]*+)\))*+", re.ASCII)


class Declaration(NamedTuple):
    """A property and its value, without escapes and comments."""

    name: str
    value: str


@dataclass(slots=True)
class StyleSheet:
    """Declarations by the last name, class (`.`) or id (`#`) of their selectors."""

    declarations: dict[str, list[Declaration]] = field(default_factory=dict)
    rules: int = 0

    def add(self, text: str) -> None:
        """Read a `<style>` element; raises `PictureRefused`."""
        import tinycss2

        self.rules += text.count("{") + text.count(",")
        if self.rules > limits.SVG_RULES:
            raise PictureRefused(say("an SVG with more than {limit} rules of style", limit=limits.SVG_RULES))
        for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
            if rule.type == "at-rule":
                raise _refused_rule(rule.at_keyword)
            if rule.type == "qualified-rule":
                _check_nesting(rule.prelude)
                declarations = list(_read(rule.content))
                for key in _keys(tinycss2.serialize(rule.prelude)):
                    self.declarations.setdefault(key, []).extend(declarations)


def keys_of(name: str, attributes: dict[str, str]) -> Iterator[str]:
    """Find the keys of the declarations that may apply to an element: of all those that do, and perhaps of others."""
    yield "*"
    yield name.lower()
    if "id" in attributes:
        yield f"#{attributes['id']}"
    for one in dict.fromkeys(attributes.get("class", "").split()):
        yield f".{one}"


def is_plain(text: str) -> bool:
    """Whether declarations are so simple that they need not be taken apart by tinycss2, which takes a while."""
    return _PLAIN.fullmatch(text) is not None


def read_declarations(text: str) -> Iterator[Declaration]:
    """Read a `style` attribute; raises `PictureRefused`."""
    if not is_plain(text):
        yield from _read(text)
        return
    for part in text.split(";"):
        name, _, value = part.partition(":")
        yield _declare(name.strip().lower(), value.strip())


def _read(block: object) -> Iterator[Declaration]:
    import tinycss2

    for part in tinycss2.parse_blocks_contents(block, skip_comments=True, skip_whitespace=True):
        if part.type == "at-rule":
            raise _refused_rule(part.at_keyword)
        if part.type == "qualified-rule":
            raise PictureRefused(say("an SVG whose style has rules in one another"))
        if part.type == "declaration":
            _check_nesting(part.value)
            yield _declare(part.lower_name, tinycss2.serialize(part.value).strip())


def _declare(name: str, value: str) -> Declaration:
    if name and (name in _FORBIDDEN or not _PROPERTY.fullmatch(name)):
        raise PictureRefused(say("an SVG whose style has `{name}`", name=name))
    return Declaration(name, value)


def _check_nesting(tokens: Iterable[Any]) -> None:
    """Refuse brackets deep in one another, which writing them out again would follow."""
    level = list(tokens)
    for _ in range(limits.SVG_BRACKETS):
        level = [
            inner
            for token in level
            for inner in getattr(token, "arguments", None) or getattr(token, "content", None) or ()
        ]
        if not level:
            return
    raise PictureRefused(
        say("an SVG whose style has more than {limit} brackets in one another", limit=limits.SVG_BRACKETS)
    )


def _refused_rule(keyword: str) -> PictureRefused:
    return PictureRefused(say("an SVG whose style has `{name}`", name=f"@{keyword[:40]}"))


def _keys(prelude: str) -> Iterator[str]:
    for selector in prelude.split(","):
        compounds = selector.replace(">", " ").split() or [""]
        matches = [_COMPOUND.fullmatch(compound) for compound in compounds]
        last = matches[-1]
        if (
            last is None
            or not all(match and match[0] for match in matches)
            or len(matches) > limits.SVG_SELECTOR_NAMES
        ):
            raise PictureRefused(
                say(
                    "an SVG whose style has the selector `{selector}`, expected at most {limit} names, classes or ids",
                    selector=selector.strip()[:40],
                    limit=limits.SVG_SELECTOR_NAMES,
                )
            )
        parts = re.findall(r"[.#][^.#]+", last["rest"])
        yield parts[-1] if parts else (last["name"] or "*").lower()
