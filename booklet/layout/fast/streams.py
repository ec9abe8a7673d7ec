"""PDF objects are serialised once, and equal streams compressed once: each fiche embeds the same fonts.

Relies on `pydyf.PDF.write` changing no object, and asking each for its bytes twice, the second time for the identifier.
Needless once pydyf hashes what it writes, and WeasyPrint keeps the compressed fonts of a `FontConfiguration`.
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from weasyprint.pdf import pydyf

if TYPE_CHECKING:
    from collections.abc import Callable

    from booklet.layout.fast import Attribute

#: bytes from which looking a stream up pays
LEAST = 2_000
_write = pydyf.PDF.write


class _Data:
    """A property that is computed, until its object is given a value of its own."""

    def __init__(self, compute: Callable[[Any], bytes]) -> None:
        self._compute = compute

    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else self._compute(instance)


def _serialise(stream: Any) -> bytes:
    data = b"\n".join(
        [one if one.__class__ is bytes else pydyf._to_bytes(one) for one in stream.stream]  # noqa: SLF001 (as its own method does)
    )
    extra = pydyf.Dictionary(stream.extra.copy())
    if stream.compress:
        extra["Filter"] = "/FlateDecode"
        data = _compress(data) if len(data) < LEAST else _compress_once(data)
    extra["Length"] = len(data)
    return b"\n".join((extra.data, b"stream", data, b"endstream"))


def _compress(data: bytes) -> bytes:
    compressor = zlib.compressobj(level=9)
    return compressor.compress(data) + compressor.flush()


_compress_once = lru_cache(maxsize=32)(_compress)


def _refer_to_pages(pdf: Any) -> tuple[bytes, ...]:
    """List the references of pages, which each link asks for."""
    kids = pdf.pages["Kids"]
    kept: tuple[bytes, ...] = pdf.__dict__.get("kept_references", ())
    if 3 * len(kept) != len(kids):
        kept = pdf.kept_references = tuple(f"{number} 0 R".encode() for number in kids[::3])
    return kept


def _write_once(pdf: Any, *arguments: Any, **options: Any) -> None:
    for one in pdf.objects:
        if one.free != "f":
            one.data = one.data  # keep what is computed
    _write(pdf, *arguments, **options)


REPLACEMENTS: tuple[Attribute, ...] = (
    (pydyf.Stream, "data", _Data(_serialise)),
    *(
        (kind, "data", _Data(vars(kind)["data"].fget))
        for kind in (pydyf.Array, pydyf.Dictionary, pydyf.String)
    ),
    (pydyf.PDF, "page_references", property(_refer_to_pages)),
    (pydyf.PDF, "write", _write_once),
)
