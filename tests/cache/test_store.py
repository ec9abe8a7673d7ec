"""What the store gives back is what was put in, or nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booklet.cache.atomic import write_whole
from booklet.cache.digests import FORMAT, digest_files, fingerprint
from booklet.cache.store import MARKER, Store
from tests.samples.commands import ROOT
from tests.samples.workspace import Sample, digests, laid_out

if TYPE_CHECKING:
    from pathlib import Path

NAME = fingerprint("a name")


def entry(folder: Path) -> Path:
    (found,) = (path for path in folder.rglob("*") if path.is_file() and path.name != MARKER)
    return found


def test_entry_comes_back(tmp_path: Path) -> None:
    """An entry is found by kind and name, and only by them; its file can be read by all."""
    store = Store(tmp_path / "store")
    assert store.get("page", NAME) is None
    store.put("page", NAME, b"payload")
    assert store.get("page", NAME) == b"payload"
    assert store.get("front", NAME) is None
    assert store.get("page", fingerprint("another")) is None
    assert entry(tmp_path).stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "damage",
    [lambda data: b"", lambda data: data[:-1], lambda data: data + b"!", lambda data: data[:-1] + b"?",
     lambda data: data.replace(b"booklet-store %d" % FORMAT, b"booklet-store %d" % (FORMAT - 1))],
    ids=["empty", "short", "long", "altered", "another-format"],
)  # fmt: skip
def test_damaged_entry_is_a_miss(tmp_path: Path, damage: object) -> None:
    """A file that is not what was written is a miss, and is replaced by the next entry."""
    store = Store(tmp_path)
    store.put("page", NAME, b"payload")
    path = entry(tmp_path)
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert store.get("page", NAME) is None
    store.put("page", NAME, b"payload")
    assert store.get("page", NAME) == b"payload"


def test_store_that_cannot_be_written_is_silent(tmp_path: Path) -> None:
    """A store whose folder cannot be made keeps nothing and fails nothing; neither does a store without a folder."""
    (tmp_path / "file").write_text("")
    for store in (Store(tmp_path / "file" / "store"), Store(None)):
        store.put("page", NAME, b"payload")
        assert store.get("page", NAME) is None


#: pages whose entries are damaged, of sixteen
DAMAGED = 6


def test_damaged_store_gives_the_same_release(small: Sample) -> None:
    """Entries that are damaged, in each way, are made again, to the same bytes; pages are laid out again."""
    before = digests(small.dist)
    shutil.rmtree(small.dist)
    for kind in sorted((small.root / ".booklet-store").iterdir()):
        entries = [path for path in sorted(kind.rglob("*")) if path.is_file()]
        for index, path in enumerate(entries[:DAMAGED] if kind.name == "page" else entries):
            data = path.read_bytes()
            path.write_bytes((b"", data[:-9], data[:90] + b"?" + data[91:], b"\0" * 200)[index % 4])
    ran = small.build()
    # four of the sixteen pages were laid out before their numbers were known: nobody may ask for them again
    assert DAMAGED - 4 <= len(laid_out(ran)[0]) <= DAMAGED
    assert laid_out(ran)[1] == 3
    assert digests(small.dist) == before


def test_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is there whole or not at all: when it cannot be put in place, the temporary file goes."""
    (tmp_path / "file").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "file", b"data")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_store_keeps_what_was_used_last(tmp_path: Path) -> None:
    """Brought down to a size, a store keeps what was asked for last, and nothing that was half written."""
    store = Store(tmp_path)
    names = [fingerprint(number) for number in range(4)]
    for age, name in enumerate(names):
        store.put("page", name, b"x" * 1000)
        path = tmp_path / "page" / name[:2] / name[2:]
        os.utime(path, (10**9 - age, 10**9 - age))
    (tmp_path / "page" / names[0][:2] / ".half.part").write_bytes(b"x")
    assert store.get("page", names[3]) is not None
    trimmed = store.trim(2500)
    assert (trimmed.kept, trimmed.removed) == (2, 3)
    assert [store.get("page", name) is not None for name in names] == [True, False, False, True]
    assert Store(tmp_path, limit=0).trim().kept == 0
    assert Store(None).trim().removed == 0


@pytest.mark.long
def test_clean_and_the_size_of_a_build(small: Sample) -> None:
    """`clean` empties the store, a build keeps it below the size asked for, and the release stays what it was."""
    before = digests(small.dist)
    ran = small.run("clean", "--lang", "en", "--store-size", "10 GB")
    assert ran.out.startswith("store: entries removed: 0 (0 MB)"), ran.out
    assert "; left: 0 (0 MB)" in small.run("clean", "--lang", "en").out
    shutil.rmtree(small.dist)
    assert len(laid_out(small.build("--store-size", "300 kB"))[0]) > 5
    assert digests(small.dist) == before
    held = sum(path.stat().st_size for path in (small.root / ".booklet-store").rglob("*") if path.is_file())
    assert held <= 300_000
    assert small.run("clean", "--store-size", "beaucoup").status == 2


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def spell(value: object) -> str:
    """Write a value so that equal ones, whatever the order of their keys, are written alike."""
    if isinstance(value, dict):
        return "{" + ", ".join(sorted(f"{key!r}: {spell(inner)}" for key, inner in value.items())) + "}"
    return "[" + ", ".join(map(spell, value)) + "]" if isinstance(value, list) else repr(value)


@given(values, values)
def test_fingerprint_tells_values_apart(one: object, other: object) -> None:
    """Equal values have one fingerprint, and other values another."""
    assert (fingerprint(one) == fingerprint(other)) is (spell(one) == spell(other))


def test_fingerprint_is_the_same_in_every_process() -> None:
    """The order of sets and the seed of hashes do not reach a fingerprint."""
    code = "from booklet.cache.digests import fingerprint; print(fingerprint({'b', 'a', 'c'}, {'y': 1, 'x': b'2'}))"
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(found) == 1


def test_digest_of_files_covers_names_and_contents(tmp_path: Path) -> None:
    """A digest of files changes with a name or a content, and not with the order."""
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("1")
    other.write_text("2")
    plain = digest_files([("a", one), ("b", other)])
    assert digest_files([("b", other), ("a", one)]) == plain
    assert digest_files([("a", other), ("b", one)]) != plain
    assert digest_files([("a", one), ("c", other)]) != plain
