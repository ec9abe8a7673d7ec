"""Numbers too large for PDF/A (ISO 19005-3, 6.1.13) on a painted page: scales inside a picture can multiply to them.

What a picture writes is bounded before it is drawn (`pictures.values`); what its scales make of it shows only here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_LIMIT = 2**31
#: no number, or a whole one of so many digits that it may be too large
_SUSPECT = re.compile(rb"(?<!\S)(?:nan|-?\d{%d,})(?!\S)" % len(str(_LIMIT)))


def has_large_numbers(objects: Iterable[Any]) -> bool:
    """Whether a stream of drawing operators, or the box or matrix of one, has a number that is too large, or none."""
    return any(
        _is_large_stream(one.stream)
        or any(map(_is_large, (*one.extra.get("BBox", ()), *one.extra.get("Matrix", ()))))
        for one in objects
        if hasattr(one, "extra")
        and "Length1" not in one.extra
        and one.extra.get("Subtype") not in ("/Image", "/XML")
    )


def _is_large_stream(operators: Iterable[Any]) -> bool:
    """Check the operators that have nothing but numbers: strings are texts."""
    numbers = b"\n".join(
        operator
        for operator in operators
        if isinstance(operator, bytes) and b"<" not in operator and b"(" not in operator
    )
    return any(found[0] == b"nan" or _is_large(int(found[0])) for found in _SUSPECT.finditer(numbers))


def _is_large(number: float) -> bool:
    return not -_LIMIT <= number < _LIMIT
