"""A release is put in place whole or not at all, replaces nothing but a release, and can be proved again."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from booklet.content.model.lists import ElectoralList
from booklet.diagnostics.diagnostic import BuildError
from booklet.pipeline import staging as staged
from booklet.pipeline.manifest import BodyRecord, Booklet, Manifest, ReleasedFile, booklet_paths
from booklet.pipeline.staging import check_ours, recover, staging
from booklet.text.slug import slugify
from tests.samples.commands import run
from tests.samples.workspace import Sample, digests

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANIFEST = Manifest(
    "booklet",
    "0" * 64,
    {"a": "1"},
    BodyRecord(4, "1" * 64, 1),
    (Booklet("une", "c/une.pdf", 9, "2" * 64, 3),),
    (ReleasedFile("data/costs.json", 2, "3" * 64),),
)


def make_release(folder: Path, content: bytes = b"booklet") -> None:
    """Write what a build would: one booklet and the manifest."""
    (folder / "c").mkdir(parents=True)
    (folder / "c" / "une.pdf").write_bytes(content)
    (folder / "manifest.json").write_bytes(MANIFEST.write())


def electoral_list(id: str, name: str, **more: str) -> ElectoralList:
    return ElectoralList.model_validate({"id": id, "name": name, "commune": "La Penne-sur-Huveaune", **more})


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({}, "l-oeuvre-d-ete-2020.pdf"),
        ({"panel": "4"}, "4-l-oeuvre-d-ete-2020.pdf"),
        ({"sector": "2"}, "2-l-oeuvre-d-ete-2020.pdf"),
        ({"sector": "2", "panel": "4"}, "2-4-l-oeuvre-d-ete-2020.pdf"),
    ],
)
def test_path_of_a_booklet(more: dict[str, str], path: str) -> None:
    """A booklet is named after commune, sector, panel and name; a number that was not published is left out."""
    one = electoral_list("une", "L’œuvre d’été, 2020 !", **more)
    assert booklet_paths([one]) == (f"la-penne-sur-huveaune/{path}",)


def test_lists_never_share_a_path() -> None:
    """Lists whose paths would be the same add their ids; a name of no letters is its id."""
    lists = [
        electoral_list("une", "Même nom"),
        electoral_list("deux", "Même  nom !"),
        electoral_list("trois", "***"),
    ]
    folder = "la-penne-sur-huveaune"
    assert booklet_paths(lists) == (
        f"{folder}/meme-nom--une.pdf",
        f"{folder}/meme-nom--deux.pdf",
        f"{folder}/trois.pdf",
    )
    # an id that is another list's name takes nothing from it
    crossed = [electoral_list("un-nom", "Même"), electoral_list("b", "Même"), electoral_list("c", "Un nom")]
    assert len(set(booklet_paths(crossed))) == 3


def test_no_booklet_has_the_name_of_a_device() -> None:
    """Windows keeps some names for devices, whatever their ending: neither a folder nor a file has one."""
    lists = [
        electoral_list("a", "NUL !", commune="Con"),
        electoral_list("b", "nul", commune="Con", sector="1"),
        electoral_list("lpt1", "€", commune="Aux", insee="01001"),
        electoral_list("c", "NUL", commune="Con"),
    ]
    assert booklet_paths(lists) == (
        "con_/nul_--a.pdf",
        "con_/1-nul.pdf",
        "aux-01001/lpt1_.pdf",
        "con_/nul_--c.pdf",
    )


@given(st.text())
def test_slug_is_safe_in_a_path(text: str) -> None:
    """Whatever a name holds, its slug is made of ascii letters, digits and single hyphens inside."""
    slug = slugify(text)
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert slug == "-".join(word for word in slug.split("-") if word)
    assert slugify(slug) == slug


# --- manifest -----------------------------------------------------------------------------------------------------


def test_manifest_is_read_as_it_was_written() -> None:
    """A manifest read back is the same, and says its version."""
    assert Manifest.read(MANIFEST.write()) == MANIFEST
    assert json.loads(MANIFEST.write())["version"] == 1


def test_manifest_lists_every_file() -> None:
    """The digest of everything in a release is in its manifest, booklets and other files alike."""
    assert MANIFEST.sha256_by_path == {"c/une.pdf": "2" * 64, "data/costs.json": "3" * 64}


def test_manifest_of_an_older_release_is_read() -> None:
    """A manifest from before there were other files is one of ours: the release it describes can be replaced."""
    held = json.loads(MANIFEST.write())
    del held["files"]
    assert Manifest.read(json.dumps(held).encode()).files == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"\xff",
        b'{"version": 2}',
        b'{"version": 1, "body": 1}',
        MANIFEST.write().replace(b'"path": "data/', b'"way": "data/'),
        MANIFEST.write()[:-3],
    ],
)
def test_another_file_is_no_manifest(data: bytes) -> None:
    """Anything else is refused as no manifest of ours."""
    with pytest.raises(ValueError):  # noqa: PT011 - json and our own reader word it differently
        Manifest.read(data)


# --- in place, whole ----------------------------------------------------------------------------------------------


def test_release_takes_its_place(tmp_path: Path) -> None:
    """A folder with a manifest takes the place of the release before it, of which nothing is left."""
    dist = tmp_path / "dist"
    for content in (b"first", b"second"):
        with staging(dist) as folder:
            make_release(folder, content)
        assert (dist / "c" / "une.pdf").read_bytes() == content
        assert dist.stat().st_mode & 0o777 == 0o755
        assert list(tmp_path.iterdir()) == [dist]


def test_release_without_a_manifest_goes(tmp_path: Path) -> None:
    """A folder without a manifest, as a build with errors leaves it, never replaces a release."""
    dist = tmp_path / "dist"
    make_release(dist)
    before = digests(dist)
    with staging(dist) as folder:
        (folder / "half.pdf").write_bytes(b"half")
    assert digests(dist) == before
    assert list(tmp_path.iterdir()) == [dist]


def test_failure_leaves_the_release(tmp_path: Path) -> None:
    """A failure of any kind in the middle leaves the release before it, and nothing beside it."""
    dist = tmp_path / "dist"
    make_release(dist)
    before = digests(dist)
    for failure in (OSError("full"), KeyboardInterrupt()):
        with pytest.raises(type(failure)), staging(dist) as folder:  # noqa: PT012 - it fails half-way
            make_release(folder, b"other")
            raise failure
        assert digests(dist) == before
        assert list(tmp_path.iterdir()) == [dist]


def test_two_steps_where_names_cannot_be_exchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system cannot exchange two names, a release is replaced in two steps, with the same end."""

    def refuse(_first: Path, _second: Path) -> None:
        raise OSError(errno.ENOSYS, "no renameat2")

    monkeypatch.setattr(staged, "_exchange", refuse)
    dist = tmp_path / "dist"
    make_release(dist)
    with staging(dist) as folder:
        make_release(folder, b"other")
    assert (dist / "c" / "une.pdf").read_bytes() == b"other"
    assert list(tmp_path.iterdir()) == [dist]


def test_recovery_clears_and_puts_back(tmp_path: Path) -> None:
    """What a killed build left goes; a release that was being replaced in two steps comes back."""
    dist = tmp_path / "dist"
    make_release(tmp_path / ".dist-before")
    make_release(tmp_path / ".dist-xyz.part", b"half")
    (tmp_path / "keep.part").write_text("not ours")
    recover(dist)
    assert (dist / "c" / "une.pdf").read_bytes() == b"booklet"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dist", "keep.part"]


@pytest.mark.parametrize("name", [".dist-before", ".dist-mine.part"])
def test_recovery_opens_no_pipe(tmp_path: Path, name: str) -> None:
    """What is no folder is none that a killed build left: it is not looked into, and not removed."""
    os.mkfifo(tmp_path / name)
    with suppress(BuildError):
        recover(tmp_path / "dist")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_recovery_removes_no_file_of_others(tmp_path: Path) -> None:
    """A folder that has the name of a release being replaced, and holds another's file, is refused by name."""
    make_release(tmp_path / ".dist-before")
    add_file(tmp_path / ".dist-before")
    for _ in range(2):
        with pytest.raises(BuildError, match=r"\.dist-before.*notes"):
            recover(tmp_path / "dist")
    assert [path.name for path in tmp_path.iterdir()] == [".dist-before"]


# --- never anybody else's files -----------------------------------------------------------------------------------


def add_file(dist: Path) -> None:
    (dist / "notes.txt").write_text("keep me")


def add_hidden_file(dist: Path) -> None:
    (dist / ".keep").write_text("keep me")


def add_link(dist: Path) -> None:
    (dist / "elsewhere").symlink_to(dist.parent)


def lose_manifest(dist: Path) -> None:
    (dist / "manifest.json").write_text("{}")


def be_a_link(dist: Path) -> None:
    dist.rename(dist.parent / "real")
    dist.symlink_to(dist.parent / "real")


@pytest.mark.parametrize("change", [add_file, add_hidden_file, add_link, lose_manifest, be_a_link])
def test_folder_that_is_not_ours_is_refused(small: Sample, change: Callable[[Path], None]) -> None:
    """A `dist/` that holds anything else, or is something else, is refused with status 3 and left as it is."""
    change(small.dist)
    small.edit("mobilite/feux.yaml", "tient en un mot", "tient en deux mots")
    before = digests(small.dist)
    ran = small.run("build", "--jobs", "1")
    assert ran.status == 3
    assert ran.err.count("\n") == 1 and "dist" in ran.err
    assert digests(small.dist) == before
    assert not list(small.root.glob(".dist-*"))


def test_file_added_while_building_is_kept(tmp_path: Path) -> None:
    """A file that somebody puts into `dist/` while the booklets are made is not thrown away with the old release."""
    dist = tmp_path / "dist"
    make_release(dist)
    with pytest.raises(BuildError, match="notes"), staging(dist) as folder:  # noqa: PT012 - refused at the end
        make_release(folder, b"other")
        add_file(dist)
    assert (dist / "notes.txt").read_text() == "keep me"
    assert list(tmp_path.iterdir()) == [dist]


def test_plain_file_and_empty_folder(tmp_path: Path) -> None:
    """A file named `dist` is refused; an empty folder is nobody's work and is accepted."""
    (tmp_path / "file").write_text("")
    with pytest.raises(BuildError, match="file"):
        check_ours(tmp_path / "file")
    (tmp_path / "empty").mkdir()
    check_ours(tmp_path / "empty")
    check_ours(tmp_path / "absent")


# --- the proof ----------------------------------------------------------------------------------------------------


def test_release_is_proved(small: Sample) -> None:
    """`verify` re-proves an honest release, from any folder, in words that give the digest."""
    ran = small.run("verify", "dist")
    assert (ran.status, ran.err) == (0, "")
    assert small.manifest["body"]["sha256"] in ran.out
    assert run("verify", str(small.dist)).status == 0


def rewrite_manifest(sample: Sample) -> None:
    """Make the manifest describe the files as they now are, as who tampers with them would."""
    manifest = sample.manifest
    for booklet in manifest["booklets"]:
        data = (sample.dist / booklet["path"]).read_bytes()
        booklet["length"], booklet["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    (sample.dist / "manifest.json").write_text(json.dumps(manifest))


def tamper_with_a_page(path: Path, page: int) -> None:
    """Replace what a page shows by an incremental update, as any editor of PDF does."""
    writer = PdfWriter(io.BytesIO(path.read_bytes()), incremental=True)
    stream = DecodedStreamObject()
    stream.set_data(b"0 0 0 rg 50 50 300 300 re f")
    writer.pages[page][NameObject("/Contents")] = writer._add_object(stream)
    with path.open("wb") as file:
        writer.write(file)


@pytest.mark.parametrize("page", [0, 5], ids=["front", "body"])
def test_tampered_page_is_caught(small: Sample, page: int) -> None:
    """A page replaced through an update is caught, though the file begins with the body and the manifest fits it."""
    path = small.dist / small.manifest["booklets"][1]["path"]
    original = path.read_bytes()
    tamper_with_a_page(path, page)
    assert path.read_bytes().startswith(original)
    assert PdfReader(path).pages[page].get_contents().get_data().startswith(b"0 0 0 rg")  # type: ignore[union-attr]
    rewrite_manifest(small)
    ran = small.run("verify", "dist")
    assert ran.status == 1
    lines = ran.out.splitlines()
    assert len(lines) >= 2
    assert all(line.startswith(f"{small.manifest['booklets'][1]['path']}: ") for line in lines[:-1])


def test_altered_files_are_caught(small: Sample) -> None:
    """A file that was altered, is missing or was added is named, and no other."""
    first, second, third = (booklet["path"] for booklet in small.manifest["booklets"])
    data = bytearray((small.dist / first).read_bytes())
    data[1000] ^= 1
    (small.dist / first).write_bytes(data)
    (small.dist / second).unlink()
    (small.dist / "une-ville" / "extra.pdf").write_bytes((small.dist / third).read_bytes())
    (small.dist / "linked").symlink_to(small.root)
    ran = small.run("verify", "dist")
    assert ran.status == 1
    named = {line.partition(":")[0] for line in ran.out.splitlines()[:-1]}
    assert named == {first, second, "une-ville/extra.pdf", "linked"}


def test_altered_figures_are_caught(small: Sample) -> None:
    """The workbook and the data are proved like the booklets: what was altered or is missing is named, and no other."""
    assert {"budget.xlsx", "data/costs.json"} <= {released["path"] for released in small.manifest["files"]}
    workbook = small.dist / "budget.xlsx"
    workbook.write_bytes(workbook.read_bytes() + b" ")
    (small.dist / "data" / "costs.json").unlink()
    ran = small.run("--lang", "en", "verify", "dist")
    assert ran.status == 1
    assert ran.out.splitlines()[:-1] == [
        "budget.xlsx: the file is not the one that the manifest describes",
        "data/costs.json: the file is missing",
    ]


def test_altered_figures_are_made_again(small: Sample) -> None:
    """A build notices a workbook that was altered, and puts the release back as it was."""
    before = digests(small.dist)
    (small.dist / "budget.xlsx").write_bytes(b"")
    small.build()
    assert digests(small.dist) == before


def test_another_body_is_caught(small: Sample) -> None:
    """A booklet of another body, in a manifest that describes the file, is caught by the body's digest."""
    path = small.dist / small.manifest["booklets"][0]["path"]
    data = path.read_bytes()
    path.write_bytes(data.replace(b"%PDF-1.7", b"%PDF-1.6", 1))
    assert path.read_bytes() != data
    rewrite_manifest(small)
    ran = small.run("verify", "dist")
    assert ran.status == 1 and len(ran.out.splitlines()) == 2


def test_verify_without_a_release(tmp_path: Path) -> None:
    """Without a manifest there is nothing to prove: one sentence and status 3."""
    for folder in (tmp_path, tmp_path / "absent"):
        ran = run("verify", str(folder))
        assert (ran.status, ran.out, ran.err.count("\n")) == (3, "", 1)


# --- one build at a time ------------------------------------------------------------------------------------------


def test_second_build_is_refused(small: Sample) -> None:
    """While one build has the workspace, another is refused with status 3 and touches nothing."""
    before = digests(small.dist)
    (small.root / ".dist-other.part").mkdir()  # what the first build is writing
    with staged.only_build(small.root):
        ran = small.run("build", "--jobs", "1")
    assert (ran.status, ran.err.count("\n")) == (3, 1)
    assert digests(small.dist) == before
    assert (small.root / ".dist-other.part").is_dir()
    assert small.run("build", "--jobs", "1").status == 0
    assert os.listdir(small.root / "dist")
