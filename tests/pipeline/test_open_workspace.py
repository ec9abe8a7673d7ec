"""A workspace that is asked again and again, as by an editor."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from booklet.cache.store import Store
from booklet.commands.session import STORE_FOLDER
from booklet.diagnostics.diagnostic import has_errors
from booklet.pipeline.build import Resources
from booklet.pipeline.open_workspace import OpenWorkspace
from tests.samples.commands import InProcessExecutor

if TYPE_CHECKING:
    from tests.samples.workspace import Sample


def open_again(sample: Sample) -> OpenWorkspace:
    store = Store(sample.root / STORE_FOLDER)
    return OpenWorkspace(
        sample.root, Resources(store, lambda: nullcontext(InProcessExecutor()), lambda *_: None)
    )


def test_answers_follow_the_files(bare: Sample) -> None:
    """It says which inputs changed and what is wrong, and lays out no proposal that is wrong or is not there."""
    opened = open_again(bare)
    assert opened.refresh() == () and opened.before is None and opened.inputs
    first = opened.analysis
    assert not has_errors(opened.diagnostics) and opened.lay_out("none") is None
    bare.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix mille et plus")
    assert opened.analysis is first
    assert opened.refresh() == ("proposals/mobilite/feux.yaml",) and opened.before is first
    assert has_errors(opened.diagnostics) and opened.lay_out("feux") is None


@pytest.mark.long
def test_page_is_that_of_a_preview(unbuilt: Sample) -> None:
    """A proposal laid out after an edit has the bytes of `build --preview`, and comes from the store from then on."""
    opened = open_again(unbuilt)
    first = opened.lay_out("feux")
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 11")
    opened.refresh()
    again = opened.lay_out("feux")
    assert first is not None and again is not None and again.rendered == ("feux",)
    assert again.fiches["feux"].pdf != first.fiches["feux"].pdf
    assert opened.lay_out("feux") == replace(again, rendered=())
    assert unbuilt.run("build", "--preview", "feux").status == 0
    assert (unbuilt.root / "preview" / "feux.pdf").read_bytes() == again.fiches["feux"].pdf
