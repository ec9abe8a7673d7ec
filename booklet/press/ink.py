"""RGB of the screen → the inks of the press, in a document that is open.

Flat colours become DeviceCMYK: neutral ones black alone, the others with all of their grey in black (ISO 32000-1
§10.3.4, black generation and undercolour removal in full), so that no colour takes more than 300 % of ink, and text and
thin rules never depend on four plates that fit. Near black is black, and black is printed over what lies under it.

A photograph is another matter: without the profile of the press and the paper, any conversion made here would be a
guess, and one that cannot be undone. It keeps its RGB, with the profile that says what that RGB means (sRGB), for the
printer's own conversion; an image whose three channels are equal becomes grey, hence black alone.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Array, Dictionary, Name

if TYPE_CHECKING:
    from pikepdf import Object, Pdf

Ink = tuple[float, float, float, float]
#: a colour whose ink is grey by this share or more counts as a grey, tinted for the screen
NEUTRAL_SHARE = 0.8
#: a grey with this share of black or more becomes black: a halftone would blur small text
BLACK_FROM = 0.8
#: shares of the channels in luminance (ISO 32000-1 §10.3.2)
_LUMINANCE = (0.3, 0.59, 0.11)
_OVER, _KNOCK = Name("/InkOver"), Name("/InkKnock")
_MARKING = frozenset({"BDC", "BMC", "EMC", "DP", "MP"})


@cache
def separate_colour(red: float, green: float, blue: float) -> Ink:
    """Convert RGB to cyan, magenta, yellow and black; all of them from 0 to 1."""
    channels = (red, green, blue)
    lightest = max(channels)
    if 1 - lightest >= NEUTRAL_SHARE * (1 - min(channels)):
        black = 1 - sum(share * channel for share, channel in zip(_LUMINANCE, channels, strict=True))
        return 0, 0, 0, 1 if black >= BLACK_FROM else round(black, 3)
    cyan, magenta, yellow = (round((lightest - channel) / lightest, 3) for channel in channels)
    return cyan, magenta, yellow, round(1 - lightest, 3)


class Separator:
    """Convert the colours of one document, each object once."""

    def __init__(self, document: Pdf, profile: bytes) -> None:
        self._document, self._profile_data = document, profile
        self._profile: Object | None = None
        self._seen: set[tuple[int, int]] = set()

    def separate_page(self, page: pikepdf.Page) -> bytes:
        """Return a page's content in ink; its resources are converted in place."""
        resources = page.obj["/Resources"]
        self._separate_resources(resources)
        return self._separate_content(page.obj, resources)

    def _separate_content(self, stream: Object, resources: Object) -> bytes:
        """Rewrite the colours of a content stream, and drop marked content, which paper does not need."""
        written: list[Any] = []
        for instruction in pikepdf.parse_content_stream(stream):
            operator = str(instruction.operator)
            if operator in _MARKING:
                continue
            if operator not in ("rg", "RG"):
                assert operator not in ("cs", "CS") or instruction.operands[0] != Name.DeviceRGB
                written.append(instruction)
                continue
            ink = separate_colour(*(float(operand) for operand in instruction.operands))
            if operator == "rg":
                state = _OVER if ink == (0, 0, 0, 1) else _KNOCK
                written.append(([state], pikepdf.Operator("gs")))
            written.append((_numbers(ink), pikepdf.Operator("k" if operator == "rg" else "K")))
        if "/ExtGState" not in resources:
            resources["/ExtGState"] = Dictionary()
        states = resources["/ExtGState"]
        # ISO 32000-1 §11.7.4.3: in mode 1, a plate that gets no ink keeps what is under
        states[_OVER] = Dictionary(Type=Name.ExtGState, op=True, OPM=1)
        states[_KNOCK] = Dictionary(Type=Name.ExtGState, op=False, OPM=0)
        return pikepdf.unparse_content_stream(written)

    def _separate_resources(self, resources: Object) -> None:
        for _, drawn in _entries(resources, "/XObject"):
            if drawn.get("/Subtype") == Name.Image:
                self._separate_image(drawn)
            else:
                self._separate_form(drawn)
        for _, pattern in _entries(resources, "/Pattern"):
            if isinstance(pattern, pikepdf.Stream):
                self._separate_form(pattern)
            else:
                self._separate_shading(pattern["/Shading"])
        for _, shading in _entries(resources, "/Shading"):
            self._separate_shading(shading)
        for _, state in _entries(resources, "/ExtGState"):
            if isinstance(state.get("/SMask"), Dictionary):
                self._separate_form(state["/SMask"]["/G"])

    def _is_new(self, candidate: Object) -> bool:
        new = candidate.objgen == (0, 0) or candidate.objgen not in self._seen
        self._seen.add(candidate.objgen)
        return new

    def _separate_form(self, form: Object) -> None:
        if not self._is_new(form):
            return
        if "/Resources" not in form:
            form["/Resources"] = Dictionary()
        self._separate_resources(form["/Resources"])
        form.write(self._separate_content(form, form["/Resources"]))
        if "/Group" in form and "/CS" in form["/Group"]:
            form["/Group"]["/CS"] = Name.DeviceCMYK
        for key in ("/StructParents", "/StructParent"):
            if key in form:
                del form[key]

    def _separate_image(self, image: Object) -> None:
        if not self._is_new(image) or image.get("/ColorSpace") != Name.DeviceRGB:
            return
        assert isinstance(image, pikepdf.Stream)
        channels = [channel.tobytes() for channel in pikepdf.PdfImage(image).as_pil_image().split()]
        if channels[0] == channels[1] == channels[2]:
            image.write(channels[0])
            image["/ColorSpace"], image["/BitsPerComponent"] = Name.DeviceGray, 8
            return
        if self._profile is None:
            self._profile = self._document.make_indirect(
                pikepdf.Stream(self._document, self._profile_data, Dictionary(N=3, Alternate=Name.DeviceRGB))
            )
        image["/ColorSpace"] = Array([Name.ICCBased, self._profile])

    def _separate_shading(self, shading: Object) -> None:
        """Convert a gradient: its ends become inks, which are interpolated."""
        if not self._is_new(shading) or shading.get("/ColorSpace") != Name.DeviceRGB:
            return
        shading["/ColorSpace"] = Name.DeviceCMYK
        functions = shading["/Function"]
        for function in functions if isinstance(functions, Array) else (functions,):
            self._separate_function(function)

    def _separate_function(self, function: Object) -> None:
        if not self._is_new(function):
            return
        for part in function.get("/Functions", ()):
            self._separate_function(part)
        for key, default in (("/C0", (0, 0, 0)), ("/C1", (1, 1, 1))):
            if function["/FunctionType"] == 2:
                channels = [float(channel) for channel in function.get(key, default)]
                function[key] = Array(_numbers(separate_colour(*channels)))
        if "/Range" in function:
            function["/Range"] = Array([0, 1] * 4)


def _numbers(ink: Ink) -> list[Object]:
    return [pikepdf.Object.parse(f"{share:g}".encode()) for share in ink]


def _entries(resources: Object, key: str) -> list[tuple[str, Object]]:
    return list(resources[key].items()) if key in resources else []
