"""Templates compiled to Python, kept in the store: compiling all of them takes as long as laying a page out."""

from __future__ import annotations

import marshal
from importlib.util import MAGIC_NUMBER
from types import CodeType
from typing import TYPE_CHECKING

from jinja2 import BytecodeCache
from jinja2 import __version__ as jinja

from booklet.cache.digests import fingerprint
from booklet.cache.store import TEMPLATE

if TYPE_CHECKING:
    from jinja2.bccache import Bucket

    from booklet.cache.store import Store

#: how `marshal` begins a code object
_CODE = marshal.dumps(compile("", "", "exec"))[:1]


class CompiledTemplates(BytecodeCache):
    """Entries named after a template's path, its text, and all that decides what it is compiled to."""

    def __init__(self, store: Store, machine: str) -> None:
        self._store, self._machine = store, machine

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read what a template was compiled to: as code, it is run, so the store vouches for it."""
        bucket.code = self._store.load(TEMPLATE, self._name(bucket), unpack_template)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what a template was compiled to."""
        self._store.put(TEMPLATE, self._name(bucket), marshal.dumps(bucket.code))

    def _name(self, bucket: Bucket) -> str:
        return fingerprint("template", MAGIC_NUMBER, jinja, self._machine, bucket.key, bucket.checksum)


def unpack_template(payload: bytes) -> CodeType:
    """Read compiled code; raises `ValueError` or `TypeError` for anything else."""
    if not payload.startswith(_CODE):
        raise ValueError("no code")
    try:
        code = marshal.loads(payload)
    except EOFError as error:
        raise ValueError("part of an entry") from error
    if not isinstance(code, CodeType):
        raise TypeError("no code")
    return code
