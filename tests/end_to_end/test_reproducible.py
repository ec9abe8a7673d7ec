"""The same content gives the same bytes, whatever the machine is set to and however the work is shared out."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.samples.marks import long
from tests.samples.workspace import Sample, digests, laid_out

if TYPE_CHECKING:
    from collections.abc import Mapping

ELSEWHERE = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "4242", "SOURCE_DATE_EPOCH": "1"}
FRENCH = {"TZ": "America/Lima", "LC_ALL": "fr_FR.UTF-8", "LANGUAGE": "fr", "PYTHONHASHSEED": "7"}


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (("--jobs", "4", "--no-store"), ELSEWHERE),
        long(("--jobs", "1"), FRENCH),
    ],
    ids=["four-processes-no-store", "one-process-store"],
)
def test_same_bytes(
    built_small: Sample, bare: Sample, arguments: tuple[str, ...], environment: Mapping[str, str]
) -> None:
    """A build elsewhere, with other processes, time zone, locale, hash seed and store, gives the same files."""
    ran = bare.run_process("build", *arguments, environment=environment)
    assert ran.status == 0, ran.err
    assert digests(bare.dist) == digests(built_small.dist)
    assert (bare.root / ".booklet-store").exists() is ("--no-store" not in arguments)


def test_same_bytes_from_the_store(small: Sample) -> None:
    """A release made of nothing but what the store holds is the one that was rendered."""
    before = digests(small.dist)
    shutil.rmtree(small.dist)
    ran = small.build()
    assert laid_out(ran) == (set(), 0)
    assert digests(small.dist) == before


def test_same_bytes_in_another_order(built_small: Sample, unbuilt: Sample) -> None:
    """The lists' order in `lists.yaml` changes the manifest and no booklet."""
    file = unbuilt.root / "proposals" / "lists.yaml"
    file.write_text("".join(reversed(file.read_text("utf-8").splitlines(keepends=True))), "utf-8")
    unbuilt.build()
    expected, found = digests(built_small.dist), digests(unbuilt.dist)
    assert expected.pop("manifest.json") != found.pop("manifest.json")
    assert found == expected
