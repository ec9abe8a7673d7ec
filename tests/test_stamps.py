"""A file that was digested is digested again only when it can have changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from booklet.stamps import Stamps, digest, note
from booklet.store import Store

NAME = "0" * 64


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Give a folder with one file."""
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "file").write_bytes(b"one")
    return folder


def noted(release: Path) -> tuple[Store, str]:
    """Note the file; gives where, and its digest."""
    store = Store(release.parent / "store")
    sha256 = digest(release / "file")
    note(store, NAME, release, {"file": sha256})
    return store, sha256


def test_untouched_file_is_not_digested(release: Path) -> None:
    """A file that nobody touched is known by its stamp."""
    store, sha256 = noted(release)
    stamps = Stamps.read(store, NAME, release)
    assert stamps.has("file", sha256)
    assert not stamps.is_behind


def test_change_that_hides_is_found(release: Path) -> None:
    """Other bytes of the same length, with the time of before put back, are found out."""
    store, sha256 = noted(release)
    status = (release / "file").stat()
    (release / "file").write_bytes(b"two")
    os.utime(release / "file", ns=(status.st_atime_ns, status.st_mtime_ns))
    stamps = Stamps.read(store, NAME, release)
    assert not stamps.has("file", sha256)


def test_same_bytes_elsewhere_are_digested(release: Path) -> None:
    """A file that was replaced by one with the same bytes is right, after it was digested."""
    store, sha256 = noted(release)
    (release / "new").write_bytes(b"one")
    (release / "new").replace(release / "file")
    stamps = Stamps.read(store, NAME, release)
    assert stamps.has("file", sha256)
    assert stamps.is_behind


def test_coarse_times_are_not_trusted(release: Path) -> None:
    """Where times are whole seconds, a change in the same second would not show: the file is digested."""
    os.utime(release / "file", (1_500_000_000, 1_500_000_000))
    store, sha256 = noted(release)
    stamps = Stamps.read(store, NAME, release)
    assert stamps.has("file", sha256)
    assert stamps.is_behind


def test_lost_file_is_told(release: Path) -> None:
    """A file that is gone is no file with the right bytes."""
    store, sha256 = noted(release)
    (release / "file").unlink()
    with pytest.raises(OSError, match="file"):
        Stamps.read(store, NAME, release).has("file", sha256)


@pytest.mark.parametrize("record", [b"", b"[]", b"{", b'{"file": 3}'])
def test_damaged_record_is_no_record(release: Path, record: bytes) -> None:
    """What cannot be read was not noted."""
    store, sha256 = noted(release)
    store.put("stamps", NAME, record)
    stamps = Stamps.read(store, NAME, release)
    assert stamps.has("file", sha256)
    assert stamps.is_behind
