"""The words of a PDF as an independent reader finds them."""

from __future__ import annotations

import subprocess
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def page_texts(pdf: Path | bytes) -> tuple[str, ...]:
    """The text of each page in the order in which it is drawn, without the hyphens that cut words at line ends.

    Read by Poppler, five times as fast as by pypdf.
    """
    return _read(pdf) if isinstance(pdf, bytes) else _read(pdf.read_bytes())


@cache
def _read(pdf: bytes) -> tuple[str, ...]:
    ran = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return tuple(ran.stdout.decode().replace("\u00ad", "").split("\f")[:-1])
