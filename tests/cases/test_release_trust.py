"""A release that came with a checkout: nothing in it is believed, nothing of it makes a build wait."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from booklet.commands.session import STORE_FOLDER
from tests.samples.marks import long
from tests.samples.workspace import Sample, digests

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("arguments", [(), long(("--no-store",))])
def test_a_release_that_a_stranger_committed_is_made_again(small: Sample, arguments: tuple[str, ...]) -> None:
    """Booklets with another body, and a manifest that agrees with them and with the inputs, are replaced."""
    before, manifest = digests(small.dist), small.manifest
    length = manifest["body"]["length"]
    for booklet in manifest["booklets"]:
        path = small.dist / booklet["path"]
        data = bytearray(path.read_bytes())
        data[length // 2] ^= 1
        path.write_bytes(data)
        booklet["sha256"] = hashlib.sha256(data).hexdigest()
        manifest["body"]["sha256"] = hashlib.sha256(data[:length]).hexdigest()
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    (small.dist / "manifest.json").write_text(text, "utf-8")
    if not arguments:
        shutil.rmtree(small.root / STORE_FOLDER / "stamps")
    small.build(*arguments)
    assert digests(small.dist) == before


def _to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [os.mkfifo, _to_a_device])
def test_a_manifest_that_never_ends_is_not_read(unbuilt: Sample, make: object) -> None:
    """A pipe or a device in the place of the manifest is a file that this tool did not make."""
    unbuilt.dist.mkdir()
    assert callable(make)
    make(unbuilt.dist / "manifest.json")
    ran = unbuilt.run("--lang", "en", "build")
    assert ran.status == 3 and "`manifest.json`, which this tool did not make" in ran.err
