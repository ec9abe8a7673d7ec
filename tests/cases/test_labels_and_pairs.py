"""Small counts that a reader relies on: letters of sources, pairs of proposals, folders of communes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.chapters.essentials import gather_essentials
from booklet.chapters.sources import source_labels
from booklet.content.model.lists import ElectoralList
from booklet.content.model.sources import Reference
from booklet.content.workspace import read_workspace
from booklet.costs.portfolio import build_portfolio, finance_portfolio
from booklet.law.lookup import law_of
from booklet.pipeline.manifest import booklet_paths
from booklet.text.language import ENGLISH
from tests.samples.money import write_money

if TYPE_CHECKING:
    from pathlib import Path


def test_the_27th_source_of_a_year_is_aa() -> None:
    """Sources of one publisher and year are told apart by letters: a to z, then aa, ab."""
    reference = Reference(title="x", publisher="Insee", year="2017")  # type: ignore[arg-type]
    labels = list(source_labels({f"insee-{number}": reference for number in range(54)}).values())
    assert [labels[index] for index in (0, 25, 26, 27, 51, 52)] == [
        f"Insee, 2017{letters}" for letters in ("a", "z", "aa", "ab", "az", "ba")
    ]


def test_a_pair_with_a_draft_is_not_counted(tmp_path: Path) -> None:
    """A draft is not printed: what overlaps or excludes it is no pair of the booklet."""
    root = write_money(
        tmp_path, more="no_running_cost: x\nlinks: {overlaps: [brouillon], conflicts: [brouillon]}"
    )
    ready = root / "proposals" / "mobilite" / "essai.yaml"
    draft = ready.read_text("utf-8").replace("status: ready", "status: draft").replace("brouillon", "essai")
    ready.with_name("brouillon.yaml").write_text(draft, "utf-8")

    def words() -> str:
        workspace = read_workspace(root)
        portfolio = build_portfolio(workspace)
        assert portfolio is not None and workspace.edition is not None
        edition, financings = (
            workspace.edition.value,
            finance_portfolio(portfolio, workspace.edition.value, law_of(workspace)),
        )
        points = gather_essentials(portfolio, edition, financings, ENGLISH).points
        return " ".join(sentence for point in points for sentence in point.sentences)

    assert "Pairs of proposals" not in words()
    ready.with_name("brouillon.yaml").write_text(draft.replace("status: draft", "status: ready"), "utf-8")
    assert "overlap: 1; that exclude each other: 1." in words()


def test_communes_of_one_name_have_a_folder_each() -> None:
    """The code of a commune, where it is written, is in the name of its folder."""
    lists = [
        ElectoralList(id=code.lower(), name="Ensemble", commune="Saint-Denis", insee=code)
        for code in ("93066", "2A004")
    ]
    assert booklet_paths(lists) == ("saint-denis-93066/ensemble.pdf", "saint-denis-2a004/ensemble.pdf")
