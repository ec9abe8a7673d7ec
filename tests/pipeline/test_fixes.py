"""Safe edits are made in memory first: nothing is written over what was saved meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from booklet.cache.store import Store
from booklet.diagnostics.diagnostic import BuildError
from booklet.pipeline.analysis import check_incrementally
from booklet.pipeline.fixes import find_fixes

if TYPE_CHECKING:
    from tests.samples.workspace import Sample


def test_a_file_saved_meanwhile_is_left(bare: Sample) -> None:
    """Between the check and the writing somebody saves one file: it keeps what was saved, and the sentence names it."""
    bare.edit("mobilite/armoires.yaml", "status: ready", "status: prête")
    store = Store(None)
    fixes = find_fixes(bare.root, store, check_incrementally(bare.root, store), lambda _: True)
    assert list(fixes.files) == ["proposals/mobilite/armoires.yaml"]
    bare.edit("mobilite/armoires.yaml", "quantity: 10", "quantity: 11")
    saved = bare.proposal("armoires").read_bytes()
    with pytest.raises(BuildError, match=r"armoires\.yaml"):
        fixes.save()
    assert bare.proposal("armoires").read_bytes() == saved
