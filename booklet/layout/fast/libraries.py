"""Native libraries are opened by the names that the dynamic linker knows: asking where they are starts a compiler.

Relies on WeasyPrint trying the soname of each library after names that cffi would look up, each in a tenth of a second.
Needless once WeasyPrint tries the name of the platform that it runs on first.
"""

from __future__ import annotations

import ctypes.util
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def opened_by_soname() -> Iterator[None]:
    """Import WeasyPrint in this context; elsewhere than on Linux it changes nothing."""
    find = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None  # noqa: ARG005
    try:
        yield
    finally:
        ctypes.util.find_library = find
