"""The catalogue of a language: `booklet.po`, which people write → the translations that `gettext` looks up.

Reading a .po takes longer than a whole check, so the compiled .mo is kept beside it, followed by the digest of the .po
that it was made of: gettext ignores what follows its tables, and a word edited in the .po shows in the next run.
"""

from __future__ import annotations

import gettext
import hashlib
import io
import os
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from booklet.installation import LOCALE

if TYPE_CHECKING:
    from pathlib import Path

_NO_DATE = datetime.fromtimestamp(0, UTC)


def find_catalogue(code: str) -> Path:
    """The path of a language's .po file; there is none for English, the language of the code."""
    return LOCALE / code / "LC_MESSAGES" / "booklet.po"


def load_catalogue(po_file: Path) -> gettext.NullTranslations:
    """Load translations, compiling them first where the .po is newer than the .mo; none where there is no .po."""
    try:
        po = po_file.read_bytes()
    except FileNotFoundError:
        return gettext.NullTranslations()
    mo_file = po_file.with_suffix(".mo")
    try:
        mo = mo_file.read_bytes()
    except OSError:
        mo = b""
    if not mo.endswith(hashlib.sha256(po).digest()):
        mo = compile_catalogue(po)
        with suppress(OSError):  # an installation that may not be written: compiled in each run
            _write_whole(mo_file, mo)
    return gettext.GNUTranslations(io.BytesIO(mo))


def compile_catalogue(po: bytes) -> bytes:
    """Compile a .po file, without fuzzy translations: the same bytes for the same file, its digest last."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    catalogue = read_po(io.BytesIO(po))
    catalogue.creation_date = catalogue.revision_date = _NO_DATE  # Babel would write the present time
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue() + hashlib.sha256(po).digest()


def _write_whole(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
