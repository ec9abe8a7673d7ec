"""A domain's colour → the shades of pages and charts, with enough contrast for text."""

from __future__ import annotations

from dataclasses import dataclass

#: WCAG 2.1, success criterion 1.4.3: contrast of text with its background.
ENOUGH_CONTRAST = 4.5
PAPER = "#ffffff"


@dataclass(frozen=True, slots=True)
class Palette:
    """The shades of one domain's colour."""

    #: As the edition gives it: bars and bands, never text.
    colour: str
    #: The colour, darkened until it can be read on white and on `tint`.
    ink: str
    #: Background of boxes.
    tint: str
    #: Fill of secondary bars.
    middle: str

    @property
    def field(self) -> str:
        """The colour of a page under white words: `colour` where they can be read on it, else `ink`."""
        return self.colour if contrast(self.colour, PAPER) >= ENOUGH_CONTRAST else self.ink


def make_palette(colour: str) -> Palette:
    """Derive the shades of a colour written `#rrggbb`."""
    base = _channels(colour)
    tint = _mix(base, (255, 255, 255), 0.9)
    ink, share = base, 0.0
    while contrast(_hex(ink), _hex(tint)) < ENOUGH_CONTRAST:
        share += 0.05
        ink = _mix(base, (0, 0, 0), share)
    return Palette(colour, _hex(ink), _hex(tint), _hex(_mix(base, (255, 255, 255), 0.6)))


def text_on(background: str) -> str:
    """Choose white or black, whichever reads better on a background: one of them always reaches 4.58 to 1."""
    return max((PAPER, "#000000"), key=lambda ink: contrast(ink, background))


def contrast(one: str, other: str) -> float:
    """Compute the contrast ratio of two colours, 1 to 21 (WCAG 2.1, relative luminance)."""
    darker, lighter = sorted((_luminance(_channels(one)), _luminance(_channels(other))))
    return (lighter + 0.05) / (darker + 0.05)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(channels: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*channels)


def _mix(one: tuple[int, int, int], other: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(channels: tuple[int, int, int]) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in channels)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
