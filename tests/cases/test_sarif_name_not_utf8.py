"""`sarif-name-not-utf8` and `junit-path-without-prefix`: every report names a file as the repository does."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

import pytest

from booklet.diagnostics.report import FORMATS
from tests.samples.commands import run
from tests.samples.revisions import write_repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.samples.workspace import Sample

NAME = b"proposals/mobilite/caf\xe9.yaml"


@pytest.fixture
def named(bare: Sample) -> Sample:
    """A workspace below a repository's root, with a file whose name is Latin-1."""
    (bare.root.parent / ".git").mkdir()
    with open(os.path.join(os.fsencode(bare.root), NAME), "wb") as file:
        file.write(b"titre: x\n")
    return bare


def test_uri_holds_the_bytes_of_the_name(named: Sample) -> None:
    """SARIF's address of a file decodes to the bytes of its name."""
    run = json.loads(named.run("check", "--format", "sarif").out)["runs"][0]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    uris = {place["artifactLocation"]["uri"] for place in places}
    assert "workspace/proposals/mobilite/caf%E9.yaml" in uris
    assert b"workspace/" + NAME in {unquote_to_bytes(uri) for uri in uris}


@pytest.mark.parametrize("format", ["json", "gitlab"])
def test_json_gives_the_name_back(named: Sample, format: str) -> None:
    """A path in JSON is the name that the system knows the file by."""
    found = json.loads(named.run("check", "--format", format).out)
    paths = (
        [one["path"] for one in found["diagnostics"]]
        if format == "json"
        else [one["location"]["path"].removeprefix("workspace/") for one in found]
    )
    assert NAME in {path.encode("utf-8", "surrogateescape") for path in paths}


@pytest.mark.parametrize("format", FORMATS)
def test_every_report_is_utf8(named: Sample, format: str) -> None:
    """Whatever the format, the report is UTF-8, and XML can be read."""
    ran = named.run("check", "--format", format)
    assert ran.status == 1 and re.search(r"caf(?:%E9|<U\+DCE9>|&lt;U\+DCE9&gt;|\\udce9)\.yaml", ran.out), (
        ran.out
    )
    assert format != "junit" or ElementTree.fromstring(ran.out.encode())


@pytest.mark.parametrize("format", ["github", "gitlab", "sarif", "junit"])
def test_readers_of_the_repository_get_its_paths(named: Sample, format: str) -> None:
    """Formats read from a repository's root put the folder of the workspace before every path."""
    out = named.run("check", "--format", format).out
    paths = re.findall(r'(?:file=|file="|"path": "|"uri": ")([^",]+)', out)
    assert paths and all(path.startswith("workspace/proposals/") for path in paths)
    if format == "junit":
        suites = ElementTree.fromstring(out.encode())
        names = [suite.get("name") for suite in suites] + [
            case.get("classname") for case in suites.iter("testcase")
        ]
        assert all(str(name).startswith("workspace/proposals/") for name in names)


def test_a_name_that_is_not_utf8_is_compared(tmp_path: Path) -> None:
    """A proposal or a domain whose name is not UTF-8 is shown in a difference, and its states can be saved."""
    write_repository(tmp_path / "checkout")
    with open(os.path.join(os.fsencode(tmp_path / "checkout"), NAME), "wb") as file:
        file.write(b"title: x\n")
    ran = run("-C", str(tmp_path / "checkout"), "diff", "first", "--save", str(tmp_path))
    assert ran.status == 0 and "caf<U+DCE9>" in ran.out, ran.err
    assert "caf<U+DCE9>" in (tmp_path / "after.json").read_text("utf-8")
