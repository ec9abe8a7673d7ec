"""A store believes nothing that a stranger committed, and loses nothing that it did not make (`store-trust`)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from booklet.cache.digests import fingerprint
from booklet.cache.file_stamps import Stamps
from booklet.cache.packed_files import unpack_files
from booklet.cache.store import KINDS, MARKER, Kind, Store, adapter
from booklet.cache.store_key import VARIABLE, store_key
from booklet.checks.incremental import unpack
from booklet.commands.session import STORE_FOLDER
from booklet.pdf.body import Body
from booklet.pdf.front_matter import unpack_front_matter
from booklet.pdf.part import unpack_page
from booklet.pipeline.build_record import read_record
from booklet.pipeline.filled_pages import FilledChapter, FilledFiche
from booklet.pipeline.outcome import read_outcome
from tests.samples.workspace import Sample, digests

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = fingerprint("a name")


def entries(sample: Sample) -> list[Path]:
    return [
        path for path in (sample.root / STORE_FOLDER).rglob("*") if path.is_file() and path.name != MARKER
    ]


@pytest.mark.parametrize(
    ("command", "place"),
    [
        (("build",), ""),
        (("build",), "page"),
        (("build", "--preview", "feux"), ""),
        (("check",), ""),
        (("clean",), ""),
        (("clean",), "page"),
        (("explain-rebuild",), ""),
    ],
)
def test_a_store_that_is_a_link_is_refused(unbuilt: Sample, command: tuple[str, ...], place: str) -> None:
    """A store, or a folder of it, that is a link is refused by name, and what it leads to stays as it is."""
    target = unbuilt.root.parent / "target"
    path = unbuilt.root / STORE_FOLDER / place
    path.rename(target)
    (target / ".dot").write_text("mine", "utf-8")
    path.symlink_to(target)
    before = digests(target)
    ran = unbuilt.run("--lang", "en", *command)
    assert ran.status == 3 and f"`{STORE_FOLDER}/{place}".rstrip("/") + "` is a link" in ran.err, ran.err
    assert digests(target) == before
    assert not unbuilt.dist.exists()


def test_a_folder_of_somebody_else_is_refused(unbuilt: Sample) -> None:
    """A folder that holds other names and no marker of ours is refused; `--no-store` does without it."""
    store = unbuilt.root / STORE_FOLDER
    shutil.rmtree(store)
    store.mkdir()
    (store / "thesis.odt").write_text("mine", "utf-8")
    ran = unbuilt.run("--lang", "en", "check")
    assert ran.status == 3 and f"`{STORE_FOLDER}/thesis.odt`" in ran.err and "--no-store" in ran.err
    assert unbuilt.run("check", "--no-store").status == 0


def test_only_entries_are_removed(unbuilt: Sample) -> None:
    """`clean` removes every entry and nothing else, whatever stands among them and wherever links lead."""
    store = unbuilt.root / STORE_FOLDER
    outside = unbuilt.root.parent / "outside"
    outside.mkdir()
    (outside / NAME[2:]).write_text("mine", "utf-8")
    shutil.rmtree(store / "page" / "ff", ignore_errors=True)
    (store / "page" / "ff").symlink_to(outside)
    mine = [
        store / ".dot",
        store / "page" / "notes",
        store / "page" / ".dot",
        store / "mine" / "aa" / NAME[2:],
    ]
    for path in mine:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine", "utf-8")
    assert unbuilt.run("clean").status == 0
    assert sorted(entries(unbuilt)) == sorted(mine)
    assert (outside / NAME[2:]).read_text("utf-8") == "mine"


def test_a_store_that_came_with_the_checkout_is_not_believed(unbuilt: Sample) -> None:
    """What another machine stored is a miss; who has its secret believes it."""

    def preview(**environment: str) -> str:
        ran = unbuilt.run("build", "--preview", "feux", "-v", "--lang", "en", environment=environment)
        return ran.err.partition("laid out: ")[2].split()[0]

    assert [preview(), preview()] == ["feux", "-"]
    stranger = {VARIABLE: "another secret"}
    assert [preview(**stranger), preview(**stranger), preview()] == ["feux", "-", "feux"]


def test_an_entry_is_bound_to_its_kind_and_name(tmp_path: Path) -> None:
    """An entry that was moved to another name or kind is a miss."""
    store, other = Store(tmp_path / "store"), fingerprint("another")
    store.put("page", NAME, b"payload")
    path = tmp_path / "store" / "page" / NAME[:2] / NAME[2:]
    for kind, name in (("page", other), ("front", NAME)):
        copy = tmp_path / "store" / kind / name[:2] / name[2:]
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    assert store.get("page", NAME) == b"payload"
    assert store.get("page", other) is store.get("front", NAME) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a system without pipes")
def test_a_pipe_in_the_store_is_a_miss(tmp_path: Path) -> None:
    """What is no plain file is not opened, since it might never end; nor is one that is larger than a store."""
    path = tmp_path / "page" / NAME[:2] / NAME[2:]
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    assert Store(tmp_path).get("page", NAME) is None
    path.unlink()
    with path.open("wb") as file:
        file.truncate(10**12)
    assert Store(tmp_path).get("page", NAME) is None


DAMAGES: tuple[Callable[[bytes], bytes], ...] = (
    lambda payload: payload[: len(payload) // 2],
    lambda payload: b"",
    lambda payload: b"[]",
    lambda payload: b"[" * 100_000,
    lambda payload: b'{"pages": "deux", "pdf": 3, "inputs": []}\n%PDF',
    lambda payload: b"\x80\x04\x95\x00.",
)
#: what fiches, chapters and released files are read with
FILLED: tuple[Callable[[bytes], object], ...] = (
    adapter(FilledFiche).validate_json,
    adapter(FilledChapter).validate_json,
    unpack_files,
)
READERS: dict[str, Callable[[Store, str], object]] = {
    "page": lambda store, name: store.load("page", name, unpack_page),
    "filled": lambda store, name: next(
        filter(None, (store.load("filled", name, one) for one in FILLED)), None
    ),
    "body": lambda store, name: store.load("body", name, Body.unpack),
    "front": lambda store, name: store.load("front", name, unpack_front_matter),
    "stamps": lambda store, name: Stamps.read(store, "", store.folder or Path()).cached_digest(
        "manifest.json"
    ),
    "build": lambda store, name: read_record(store),
    "outcome": lambda store, name: read_outcome(store, name),
    "examined": lambda store, name: store.load("examined", name, lambda data: unpack(data, "", {})),
}


def test_an_entry_that_is_not_what_it_says_is_a_miss(small: Sample) -> None:
    """Whatever an entry of each kind holds under a right header, it is a miss, and what it was is made again."""
    before = digests(small.dist)
    assert small.run("check").status == 0
    store = Store(small.root / STORE_FOLDER)
    found = {path: (path.parts[-3], "".join(path.parts[-2:])) for path in entries(small)}
    assert {kind for kind, _ in found.values()} == set(KINDS)
    last = dict(found.values())
    for number, (kind, name) in enumerate(found.values()):
        payload = store.get(cast("Kind", kind), name)
        assert payload is not None
        for damage in DAMAGES:
            store.put(cast("Kind", kind), name, damage(payload))
            assert READERS[kind](store, name) is None
        kept = DAMAGES[number % len(DAMAGES)](payload) if last[kind] == name else payload
        store.put(cast("Kind", kind), name, kept)
    assert small.run("explain-rebuild").status == 0
    shutil.rmtree(small.dist)
    small.build()
    assert digests(small.dist) == before


def test_the_key_is_made_once_outside_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of a machine is its user's alone, and the same for every build; a damaged one is made again."""
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "one"))
    key, path = store_key(), tmp_path / "one" / "booklet" / "store-key"
    assert path.read_bytes() == key == store_key()
    assert (path.stat().st_mode & 0o777, len(key)) == (0o600, 32)
    other = tmp_path / "two" / "booklet" / "store-key"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"short")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "two"))
    assert store_key() == other.read_bytes() != key


def test_a_machine_that_keeps_nothing_believes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no key can be kept there is one for this process: never a key that others could know."""
    (tmp_path / "file").write_text("")
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert len(set(store_key())) > 8
    assert store_key() == store_key()


def test_a_store_of_an_earlier_version_is_used(unbuilt: Sample) -> None:
    """A store from before it was marked, with the folders of version 0.1.0, is no reason to refuse."""
    store = unbuilt.root / STORE_FOLDER
    (store / MARKER).unlink()
    old = store / "ledger" / "ab" / ("c" * 62)
    old.parent.mkdir(parents=True)
    old.write_bytes(b"of an earlier version")
    assert unbuilt.run("check").status == 0
    assert unbuilt.run("clean").status == 0
    assert not old.exists()
