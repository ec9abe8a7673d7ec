"""`check` foretells what the last layout found, of the values that are still the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.cache.store import PAGE, Store
from booklet.chapters.page import Rendered
from booklet.commands.session import STORE_FOLDER
from booklet.content.workspace import read_workspace
from booklet.layout.overflow_report import FieldSize, Layout, Overflow
from booklet.pipeline.forecast import record_layouts

if TYPE_CHECKING:
    from tests.samples.workspace import Sample

PATH = "mobilite/armoires.yaml"
TOLD = (
    "proposals/mobilite/armoires.yaml:6:1: information[R106] "
    "when last laid out, `solution` does not fit: 9 lines too many"
)


def test_check_foretells_what_layout_found(bare: Sample) -> None:
    """It is told as information while the value is unchanged, whatever else is, until it is laid out and fits."""
    store = Store(bare.root / STORE_FOLDER)
    part = Overflow(90, (FieldSize("solution", 26, 17, 70, 10), FieldSize("costs", 18, 18, 0, 12)))
    page = Rendered(b"%PDF %%EOF\n", 3, layout=Layout((), (40, 9, 50), overflows=(part,)))
    store.put(PAGE, "0" * 64, page.pack())

    def laid_out(findings: dict[str, str]) -> None:
        record_layouts(store, read_workspace(bare.root).proposals, findings)

    def told() -> list[str]:
        return bare.run("check", "--lang", "en").out.splitlines()

    laid_out({"armoires": "0" * 64})
    assert told() == [TOLD, "1 for information"]
    bare.edit(PATH, "Le premier problème", "Un problème")
    assert told() == [TOLD, "1 for information"]
    bare.edit(PATH, "La première solution", "Une solution")
    assert told() == ["nothing to report: 3 proposals checked"]
    laid_out({"armoires": "0" * 64})
    assert told() == [TOLD, "1 for information"]
    laid_out({})
    assert told() == ["nothing to report: 3 proposals checked"]
