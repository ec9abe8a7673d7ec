"""Where the linker finds what workers laid out."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from booklet.cache.store import Store
from booklet.chapters.page import Page
from booklet.diagnostics.diagnostic import BuildError
from booklet.installation import TEMPLATES
from booklet.layout.styles import Styles
from booklet.pipeline.queue import LayoutQueue
from tests.samples.commands import InProcessExecutor

if TYPE_CHECKING:
    from pathlib import Path

PAGE = Page(
    "one", '<html lang="fr"><head><title>Un</title></head><body><p id="x">Un</p></body></html>', is_part=True
)


def queue_of(folder: Path | None) -> LayoutQueue:
    return LayoutQueue(Styles(TEMPLATES), "machine", Store(folder), InProcessExecutor(), lambda *_: None)


def test_parts_are_held_in_the_store_or_else_in_memory(tmp_path: Path) -> None:
    """A record is read from the store when its turn comes, from memory without a store; one that vanished is told."""
    folder = tmp_path / "store"
    stored, unstored = queue_of(folder), queue_of(None)
    documents = [queue.finish([PAGE], "pages")["one"] for queue in (stored, unstored)]
    assert [document.anchors for document in documents] == [{"x": 0}, {"x": 0}]
    assert [bool(document.pdf) for document in documents] == [False, True]
    assert stored.read_part("one") == unstored.read_part("one")
    shutil.rmtree(folder)
    with pytest.raises(BuildError, match="the store was emptied"):
        stored.read_part("one")
