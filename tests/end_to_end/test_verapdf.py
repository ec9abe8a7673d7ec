"""Booklets are what they claim to be, as veraPDF sees them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.samples.marks import long

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.samples.workspace import Sample

ACCESSIBLE, ARCHIVE = "PDF/UA-1 validation profile", "PDF/A-3A validation profile"


@pytest.fixture(scope="session")
def verapdf() -> str:
    """Find veraPDF: the command that `VERAPDF` names, or the one of the PATH, or the one beside Python."""
    places = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    found = shutil.which(os.environ.get("VERAPDF") or "verapdf", path=places)
    if found is None:
        pytest.skip("veraPDF is not here: `sh run.sh test` installs it, or VERAPDF names its command")
    return found


def validate(verapdf: str, flavour: str, *paths: Path) -> Mapping[str, Mapping[str, Any]]:
    """Validate files, in one process; gives by file what was found, by profile."""
    ran = subprocess.run(
        [verapdf, "--flavour", flavour, "--format", "json", "--maxfailuresdisplayed", "2", *paths],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return {
        job["itemDetails"]["name"]: {
            found["profileName"]: found["details"] for found in job["validationResult"]
        }
        for job in json.loads(ran.stdout)["report"]["jobs"]
    }


def broken_rules(details: Mapping[str, Any]) -> str:
    """List the rules that a file breaks."""
    broken = [rule for rule in details["ruleSummaries"] if rule["status"] == "failed"]
    assert details["passedChecks"] > 0
    return json.dumps(broken, indent=1) if broken else ""


@pytest.mark.long
def test_booklets_are_accessible(example: Sample, verapdf: str) -> None:
    """No list's booklet breaks a rule of PDF/UA-1: all have one body, which takes veraPDF three seconds."""
    paths = [example.dist / booklet["path"] for booklet in example.manifest["booklets"]]
    found = validate(verapdf, "ua1", *paths)
    assert set(found) == {str(path) for path in paths}
    for name, details_by_profile in found.items():
        assert not broken_rules(details_by_profile[ACCESSIBLE]), name


@pytest.mark.parametrize(("release", "indexes"), [("claimed", (0,)), long("example", (0, -1))])
def test_booklets_are_what_they_claim(
    release: str, indexes: tuple[int, ...], verapdf: str, request: pytest.FixtureRequest
) -> None:
    """A list's booklet claims both PDF/UA-1 and PDF/A-3A, and breaks no rule of either.

    One edition has every kind of picture, list and character that is printed. Booklets of other lists differ from the
    first by the words of two pages.
    """
    sample: Sample = request.getfixturevalue(release)
    paths = [sample.dist / sample.manifest["booklets"][index]["path"] for index in indexes]
    found = validate(verapdf, "0", *paths)  # flavour 0: all that the file claims
    assert set(found) == {str(path) for path in paths}
    for name, details_by_profile in found.items():
        assert set(details_by_profile) == {ACCESSIBLE, ARCHIVE}, name
        for details in details_by_profile.values():
            assert not broken_rules(details), name
