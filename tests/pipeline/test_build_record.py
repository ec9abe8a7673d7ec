"""`explain-rebuild` names the part of the inputs that changed since the build before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from booklet.cache.store import Store
from booklet.pipeline.build_record import Parts, read_record, record_build

if TYPE_CHECKING:
    from tests.samples.workspace import Sample


def explain(small: Sample, *ids: str) -> dict[str, str]:
    """Ask why each document was laid out."""
    ran = small.run("explain-rebuild", *ids, "--lang", "en")
    assert ran.status == 0, ran.err
    lines = ran.out.splitlines()
    return {
        id: causes.strip()
        for ids, causes in zip(lines[::2], lines[1::2], strict=True)
        for id in ids.split(", ")
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
    lists.write_text(f"{text}- {{id: quatre, name: Une quatrième, commune: Une ville}}\n", "utf-8")
    small.build()
    said = explain(small)
    assert said["une"] == "its own file changed: proposals/lists.yaml"
    assert said["quatre"] == "it was never laid out before"
    assert set(said) == {"une", "quatre", "register"}


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


def test_shared_price(small: Sample) -> None:
    """What a page shows of other proposals is told with their files."""
    small.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 12")
    small.build()
    said = explain(small)
    assert said["opening"] == "it shows something of other proposals: proposals/mobilite/feux.yaml"


@pytest.mark.parametrize(
    ("part", "cause"),
    [
        ("libraries", "library one: a, then b"),
        ("code", "the toolkit's own code changed: one"),
        ("styles", "stylesheets or fonts changed: one"),
    ],
)
def test_machine(unbuilt: Sample, part: str, cause: str) -> None:
    """A library, our code or a stylesheet is named for every page."""
    store = Store(unbuilt.root / "store")
    values: dict[str, dict[str, str]] = {"libraries": {}, "code": {}, "styles": {}, "inputs": {}}
    for value in ("a", "b"):
        parts = Parts(
            **{**values, part: {"one": value}}, pages={"feux": ("html", "images")}, fronts={"une": "html"}
        )
        record_build(store, parts, {}, ["feux"], ["une"])
    _, reasons = read_record(store)
    assert [(reason.id, [str(found) for found in reason.causes]) for reason in reasons] == [
        ("feux", [cause]),
        ("une", [cause]),
    ]


@pytest.mark.parametrize("record", [b"", b"[]", b'{"version": 1}', json.dumps({"version": 2}).encode()])
def test_record_of_another_kind_is_none(unbuilt: Sample, record: bytes) -> None:
    """A record that cannot be read is no record, and `explain-rebuild` says what to do."""
    from booklet.pipeline.build_record import _NAME, KIND

    store = Store(unbuilt.root / ".booklet-store")
    store.put(KIND, _NAME, record)
    assert read_record(store) == (None, ())
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
