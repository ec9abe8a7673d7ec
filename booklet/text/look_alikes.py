"""Characters that look like those of a keyboard, or like nothing: what an id, a key, a word or a number was to be.

Nobody sees a space of another width, a letter of another alphabet or a mark without width, and word processors and the
web leave them everywhere. A text is made plain only to be compared or proposed: nothing is read so.
"""

from __future__ import annotations

import unicodedata

#: dashes, and letters of the Cyrillic and Greek alphabets that are drawn as Latin ones
_PLAIN = {
    **dict.fromkeys("‐‑‒–—―−﹘﹣⁃", "-"),
    **dict(zip("аеорсухіјѕԁһԛԝӏүёЁАВЕКМНОРСТУХІЈЅԚԜ", "aeopcyxijsdhqwlyeEABEKMHOPCTYXIJSQW", strict=True)),
    **dict(zip("οανρυικτχεϲϳΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oavpuiktxecjABEZHIKMNOPTYX", strict=True)),
    "\u1fbe": "i",  # iota, once composed
}
#: categories without any ink: formats, controls, what is ignored
_INVISIBLE = ("Cf", "Cc")
#: blocks whose letters and digits are Latin ones in another shape: full width, ligatures, letters of mathematics
_SHAPES = ((0xFF01, 0xFF5E), (0xFB00, 0xFB06), (0x1D400, 0x1D7FF), (0x2100, 0x214F))


def to_plain(text: str) -> str:
    """Write a text as a keyboard would, without white space at its ends."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return unicodedata.normalize("NFC", "".join(map(_plain, text))).strip()


def show(text: str) -> str:
    """Write by its number each character that is not what it seems, and white space at the ends."""
    first, last = len(text) - len(text.lstrip()), len(text.rstrip())
    return "".join(
        character if first <= index < last and _plain(character) == character else name_character(character)
        for index, character in enumerate(text)
    )


def find_strange(text: str) -> int | None:
    """Find the first character that `show` writes by its number."""
    ends = len(text) - len(text.lstrip()), len(text.rstrip())
    strange = (
        index
        for index, character in enumerate(text)
        if not ends[0] <= index < ends[1] or _plain(character) != character
    )
    return next(strange, None)


def name_character(character: str) -> str:
    """Write a character by its number, as `<U+00A0>`."""
    return f"<U+{ord(character):04X}>"


def _plain(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    plain = _PLAIN.get(character)
    if plain is None and character.isspace():
        plain = " "
    elif plain is None and (
        unicodedata.category(character) in _INVISIBLE or 0xFE00 <= ord(character) <= 0xFE0F
    ):
        plain = ""
    elif plain is None and character.isdecimal():
        plain = str(unicodedata.decimal(character))
    elif plain is None and any(first <= ord(character) <= last for first, last in _SHAPES):
        plain = "".join(_PLAIN.get(one, one) for one in unicodedata.normalize("NFKC", character))
    return character if plain is None else plain
