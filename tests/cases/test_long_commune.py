"""Names too long for a file are cut or told, and `new` makes no id that is refused (`long-commune`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from booklet.content.model.lists import ElectoralList
from booklet.pipeline.manifest import booklet_paths
from tests.samples.commands import require_refusal

if TYPE_CHECKING:
    from tests.samples.workspace import Sample


def test_a_long_commune_is_cut(small: Sample) -> None:
    """The folder of a commune of 300 letters is cut, and lists of two such communes keep files of their own."""
    commune = "Saint-Étienne-" + "x" * 300
    small.edit("lists.yaml", "commune: Une autre ville", f"commune: {commune}-A")
    small.edit("lists.yaml", "Prénom Autre, commune: Une ville", f"Prénom Autre, commune: {commune}-B")
    assert small.run("check").status == 0
    small.build()
    paths = [one["path"] for one in small.manifest["booklets"]]
    assert len(set(paths)) == 3
    assert all((small.dist / path).is_file() for path in paths)
    assert max(len(step.encode()) for path in paths for step in path.split("/")) <= 255


def test_long_names_that_are_cut_alike_stay_apart() -> None:
    """Two lists whose long names are cut to the same letters get their ids, and names that a file can have."""
    lists = [ElectoralList(id=f"{n}" * 200, name="x" * 300 + f" {n}", commune="Une ville") for n in (1, 2)]
    paths = booklet_paths(lists)
    assert len(set(paths)) == 2
    assert all(len(step) <= 255 for path in paths for step in path.split("/"))


def test_a_figure_of_a_long_name_is_told(bare: Sample) -> None:
    """The name of a figure that no file can have is a missing file, at its place."""
    figures = f"figures: [{{file: {'a' * 300}.png, alt: Un plan}}]"
    bare.edit("mobilite/feux.yaml", "funding: []", f"funding: []\n{figures}")
    ran = bare.run("check", "--format", "concise")
    assert ran.status == 1 and "proposals/mobilite/feux.yaml:26:18: error[R102]" in ran.out


@pytest.mark.parametrize("title", ["Index", "Sources", "Front", "Domain x"])
def test_new_refuses_the_id_of_a_part(bare: Sample, title: str) -> None:
    """A title whose id is that of a part of the booklet is wrong usage, and no file is written."""
    ran = bare.run("--lang", "en", "new", title, "--domain", "mobilite")
    require_refusal(ran, "is the id of a part of the booklet")
    assert len(list((bare.root / "proposals" / "mobilite").iterdir())) == 2
