"""A file that was digested is digested again only when it can have changed."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from booklet.cache import file_stamps
from booklet.cache.file_stamps import Stamps, digest, note_new
from booklet.cache.store import Store

if TYPE_CHECKING:
    from pathlib import Path

INPUTS = "0" * 64


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A folder with one file."""
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "file").write_bytes(b"one")
    return folder


@pytest.fixture
def digested(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """List the files that are digested from now on."""
    paths: list[Path] = []

    def spy(path: Path) -> str:
        paths.append(path)
        return digest(path)

    monkeypatch.setattr(file_stamps, "digest", spy)
    return paths


def noted(release: Path) -> tuple[Store, str]:
    """Cache the stamp of the file; returns the folder of the cache and the digest."""
    store = Store(release.parent / "store")
    sha256 = digest(release / "file")
    note_new(store, INPUTS, release, {"file": sha256})
    return store, sha256


def test_untouched_file_is_not_digested(release: Path, digested: list[Path]) -> None:
    """A file that nobody touched is known by its stamp, as long as it is asked for with the same inputs."""
    store, sha256 = noted(release)
    assert Stamps.read(store, INPUTS, release).has("file", sha256)
    assert digested == []
    assert Stamps.read(store, "1" * 64, release).has("file", sha256)
    assert digested == [release / "file"]


def test_change_that_hides_is_found(release: Path) -> None:
    """Other bytes of the same length, with the time of before put back, are found out."""
    store, sha256 = noted(release)
    status = (release / "file").stat()
    (release / "file").write_bytes(b"two")
    os.utime(release / "file", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert not Stamps.read(store, INPUTS, release).has("file", sha256)


def test_change_between_digest_and_note_is_found(release: Path) -> None:
    """What is noted is the stamp of before the digest: a file altered after it is not taken for the one digested."""
    store, sha256 = noted(release)
    os.utime(release / "file", ns=(1_500_000_000_000_000_001, 1_500_000_000_000_000_001))
    stamps = Stamps.read(store, INPUTS, release)
    assert stamps.has("file", sha256)
    (release / "file").write_bytes(b"two")
    stamps.renew(store, INPUTS)
    assert not Stamps.read(store, INPUTS, release).has("file", sha256)


def test_what_was_digested_once_is_noted(release: Path, digested: list[Path]) -> None:
    """A copied release is digested once, then known; what was noted before stays noted."""
    store, sha256 = noted(release)
    (release / "new").write_bytes(b"one")
    (release / "new").replace(release / "file")
    os.utime(release / "file", ns=(1_500_000_000_000_000_001, 1_500_000_000_000_000_001))
    time.sleep(0.03)
    for _ in range(2):
        stamps = Stamps.read(store, INPUTS, release)
        assert stamps.has("file", sha256)
        stamps.renew(store, INPUTS)
    assert digested == [release / "file"]


def test_file_with_a_second_name_is_digested(release: Path, digested: list[Path]) -> None:
    """Through a second name a file can be written while nobody looks here."""
    os.link(release / "file", release.parent / "other")
    store, sha256 = noted(release)
    assert Stamps.read(store, INPUTS, release).has("file", sha256)
    assert digested == [release / "file"]


def test_coarse_times_are_not_trusted(release: Path, digested: list[Path]) -> None:
    """Where times are whole seconds, a change in the same second would not show: the file is digested."""
    os.utime(release / "file", (1_500_000_000, 1_500_000_000))
    store, sha256 = noted(release)
    assert Stamps.read(store, INPUTS, release).has("file", sha256)
    assert digested == [release / "file"]


def test_lost_file_is_told(release: Path) -> None:
    """A file that is gone is no file with the right bytes."""
    store, sha256 = noted(release)
    (release / "file").unlink()
    with pytest.raises(OSError, match="file"):
        Stamps.read(store, INPUTS, release).has("file", sha256)


@pytest.mark.parametrize("record", [b"", b"[]", b"{", b'{"inputs": 3}', b'{"file": 3}'])
def test_damaged_record_is_no_record(release: Path, digested: list[Path], record: bytes) -> None:
    """What cannot be read was not noted."""
    store, sha256 = noted(release)
    store.put("stamps", file_stamps._NAME, record)
    assert Stamps.read(store, INPUTS, release).has("file", sha256)
    assert digested == [release / "file"]
