"""What is kept of filled chapters and released files, and of what it is the digest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from booklet.cache.store import Store
from booklet.chapters.context import FillContext, PageNumbers
from booklet.chapters.table import Chapter, Stage, list_parts
from booklet.export.release_files import make_files
from booklet.layout.styles import Styles
from booklet.pipeline.analysis import Analysis, analyse_workspace
from booklet.pipeline.filled_pages import FICHE_TEXTS, FilledPages
from booklet.pipeline.inputs import read_digests
from booklet.pipeline.lookups import RecordedNumbers
from tests.samples.contexts import TEMPLATES, context_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.samples.workspace import Sample


class AnyPage(dict[str, int]):
    """Find every target on the third page."""

    def __contains__(self, _: object) -> bool:
        return True

    def __missing__(self, _: str) -> int:
        return 3


def edit_texts(analysis: Analysis) -> Analysis:
    """Change every text of every proposal that its fiche alone prints."""
    assert analysis.portfolio is not None
    changed = dict.fromkeys(FICHE_TEXTS, "Un autre texte, *bien plus long*.")
    ready = tuple(
        replace(one, document=replace(one.document, value=one.document.value.model_copy(update=changed)))
        for one in analysis.portfolio.ready
    )
    return replace(analysis, portfolio=replace(analysis.portfolio, ready=ready))


def made_of_figures(analysis: Analysis) -> dict[str, str | bytes]:
    """Fill all chapters that are kept, and make the released files."""
    context, numbers = context_of(analysis), PageNumbers(AnyPage(), {})
    assert analysis.portfolio is not None
    filled: dict[str, str | bytes] = {
        part.id: part.fill(context, numbers)
        for part in list_parts(context)
        if isinstance(part, Chapter) and not part.reads_texts
    }
    files = make_files(analysis.workspace, analysis.portfolio, analysis.financings, analysis.law)
    return {**filled, **files}


def test_texts_of_fiches_are_in_nothing_that_is_kept(bare: Sample) -> None:
    """No chapter but the index, and no released file, prints what the digest of the figures leaves out."""
    analysis = analyse_workspace(bare.root)
    assert made_of_figures(edit_texts(analysis)) == made_of_figures(analysis)


def test_kept_chapter_is_found_with_the_numbers_that_it_prints(bare: Sample, tmp_path: Path) -> None:
    """A chapter is filled once for the same figures and page numbers, and is stale as if it had been filled."""
    store, numbers = Store(tmp_path / "store"), PageNumbers({"index": 6, "sources": 7}, {})

    def open_kept() -> tuple[FilledPages, FillContext]:
        analysis = analyse_workspace(bare.root)
        digests = read_digests(bare.root, Styles(TEMPLATES))
        return FilledPages.of(analysis.workspace, digests, "machine", store), context_of(analysis)

    def fill(found: str) -> tuple[str, RecordedNumbers]:
        kept, context = open_kept()
        chapter = Chapter(
            id="closing",
            template="closing.html",
            fill=lambda _, numbers: f"{found}, page {numbers.by_target['index']}",
            stage=Stage.FICHES,
        )
        recorded = RecordedNumbers(numbers)
        html = kept.fill_chapter(chapter, context, numbers, recorded, ())
        kept.put()
        return html, recorded

    assert fill("first")[0] == "first, page 6"
    bare.edit("mobilite/feux.yaml", "solution: |\n  ", "solution: |\n  Autrement dit. ")
    html, recorded = fill("second")
    assert html == "first, page 6"
    assert recorded.names == (("index",), ())
    assert recorded.are_current(PageNumbers({"index": 8}, {}))
    assert not recorded.are_current(PageNumbers({"index": 10}, {}))
    bare.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 11")
    assert fill("third")[0] == "third, page 6"


def test_kept_files_are_the_bytes_that_were_made(bare: Sample, tmp_path: Path) -> None:
    """Released files come back from the store by path, whatever bytes they hold."""
    workspace = analyse_workspace(bare.root).workspace
    digests = read_digests(bare.root, Styles(TEMPLATES))
    kept = FilledPages.of(workspace, digests, "machine", Store(tmp_path / "store"))
    files = {"budget.xlsx": b"\0\n\xff{", "data/empty.csv": b"", "data/costs.json": b"{}\n"}
    assert kept.find_files() is None
    kept.add_files(files)
    assert kept.find_files() is None
    kept.put()
    assert kept.find_files() == files
