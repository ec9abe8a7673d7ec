"""`explain-rebuild` names the part of the inputs that changed since the build before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from booklet.cache.store import Store
from booklet.pipeline.build_record import (
    KIND,
    NAME,
    BuildState,
    is_laid_out_alike,
    read_record,
    record_build,
)
from booklet.text.outside import BULLET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.samples.workspace import Sample


def explain(small: Sample, *ids: str) -> dict[str, str]:
    """Ask why each document was laid out."""
    ran = small.run("explain-rebuild", *ids, "--lang", "en")
    assert ran.status == 0, ran.err
    lines = ran.out.splitlines()
    return {
        id: causes.strip()
        for ids, causes in zip(lines[::2], lines[1::2], strict=True)
        for id in ids.removeprefix(BULLET).split(", ")
    }


def test_text_of_a_proposal(small: Sample) -> None:
    """An edited text is the cause of its fiche, and of no letter, though every letter prints the body's digest."""
    small.edit("mobilite/feux.yaml", "tient en un mot", "tient en deux mots")
    small.build()
    said = explain(small)
    assert said["feux"] == "its own file changed: proposals/mobilite/feux.yaml"
    assert "une" not in said and "armoires" not in said
    assert explain(small, "feux") == {"feux": said["feux"]}


def test_list_of_ones_own(small: Sample) -> None:
    """A renamed list is laid out for its own sake, and a new one because it is new."""
    lists = small.root / "proposals" / "lists.yaml"
    text = lists.read_text("utf-8").replace("Une liste,", "Une autre liste,")
    lists.write_text(
        f"{text}- {{id: quatre, name: Une quatrième, head: Prénom Quart, commune: Une ville}}\n", "utf-8"
    )
    small.build()
    said = explain(small)
    assert said["une"] == "its own file changed: proposals/lists.yaml"
    assert said["quatre"] == "it was never laid out before"
    assert set(said) == {"une", "quatre", "register"}


@pytest.mark.long
def test_store_that_lost_its_pages(small: Sample) -> None:
    """When nothing changed and the pages were removed from the store, the store is the cause."""
    for path in (small.root / ".booklet-store" / "page").rglob("*"):
        if path.is_file():
            path.unlink()
    (small.dist / "manifest.json").unlink()
    for path in sorted(small.dist.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    small.build()
    assert explain(small)["feux"] == "the store did not hold it"


@pytest.mark.long
def test_shared_price(small: Sample) -> None:
    """What a page shows of other proposals is told with their files."""
    small.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 12")
    small.build()
    said = explain(small)
    assert said["opening"] == "it shows something of other files: proposals/mobilite/feux.yaml"


def test_machine(unbuilt: Sample) -> None:
    """A library, our own code or a stylesheet that changed is named for every page and list."""
    store = Store(unbuilt.root / "store")
    documents = {"feux": ("html", "feux.yaml"), "une": ("html", "lists.yaml")}
    for value in ("a", "b"):
        machine = {"pango": value, "booklet/cli.py": "same", "css/theme.css": value}
        record_build(store, BuildState(machine, {}, documents), ("feux", "une"))
    record = read_record(store)
    assert record is not None
    assert record.laid_out == ("feux", "une")
    assert {str(record.explain(id)) for id in record.laid_out} == {
        "libraries, stylesheets or the tool's own code changed: css/theme.css, pango"
    }


def test_image_and_page_numbers(unbuilt: Sample) -> None:
    """A file in a proposal's own folder is its own; without any file, what changed is what it prints of the whole."""
    store = Store(unbuilt.root / "store")
    own = "proposals/mobilite/feux.yaml"
    for digest, image in (("1", "a"), ("2", "b"), ("3", "b")):
        inputs = {own: "same", "proposals/mobilite/feux/photo.png": image}
        record_build(store, BuildState({}, inputs, {"feux": (digest, own), "index": (digest, "")}), ("feux",))
        record = read_record(store)
        assert record is not None
        causes = [str(record.explain("feux")), str(record.explain("index"))]
        if digest == "2":
            assert causes == [
                "its own file changed: proposals/mobilite/feux/photo.png",
                "it shows something of other files: proposals/mobilite/feux/photo.png",
            ]
    assert causes == ["the page numbers, totals or files that it prints changed"] * 2


@pytest.mark.parametrize(
    "record", [b"", b"[]", b"{}", b'{"before": null, "after": {"machine": []}, "laid_out": []}']
)
def test_record_of_another_kind_is_none(unbuilt: Sample, record: bytes) -> None:
    """A record that cannot be read is no record, and `explain-rebuild` says what to do."""
    store = Store(unbuilt.root / ".booklet-store")
    store.put(KIND, NAME, record)
    assert read_record(store) is None
    assert "build first" in unbuilt.run("explain-rebuild", "--lang", "en").out


def test_page_that_is_unknown_or_was_held(small: Sample) -> None:
    """A name that the build does not know is refused, with the nearest; one that the store held is told so."""
    small.edit("mobilite/feux.yaml", "tient en un mot", "tient en deux mots")
    small.build()
    unknown = small.run("explain-rebuild", "feu", "--lang", "en")
    assert unknown.status == 2
    assert "`feu`" in unknown.err
    assert "`feux`" in unknown.err
    held = small.run("explain-rebuild", "armoires", "--lang", "en")
    assert held.status == 0
    assert "the store held it" in held.out


def test_workers_wait_for_a_page_where_the_last_build_was_alike(tmp_path: Path) -> None:
    """A build expects to lay out most of its pages after a change of stylesheets or code, and where there was none."""
    store = Store(tmp_path / "store")
    assert not is_laid_out_alike(store, {"page.css": "1"})
    record_build(store, BuildState({"page.css": "1"}, {"edition.yaml": "1"}, {}), ())
    assert is_laid_out_alike(store, {"page.css": "1"})
    assert not is_laid_out_alike(store, {"page.css": "2"})
