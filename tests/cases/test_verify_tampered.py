"""A release that was tampered with by somebody who rewrites its manifest too: every lie is told, none is waited for."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import shutil
import zlib
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import pytest

from booklet.pdf.incremental_update import OpenBody
from booklet.pdf.objects import ObjectTable, Written
from booklet.pdf.section import write_section
from booklet.pipeline.manifest import Manifest
from tests.samples.commands import Run, run
from tests.samples.marks import long

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.samples.workspace import Sample

Place = tuple[str | int, ...]


def fields_of(model: Any, place: Place = ()) -> Iterator[Place]:
    """Walk the fields of a model down to its values; of a tuple, the first item stands for all."""
    for name, hint in get_type_hints(model).items():
        if name.startswith("_"):
            continue
        here = (*place, name)
        inner = next((one for one in (hint, *get_args(hint)) if dataclasses.is_dataclass(one)), None)
        is_tuple = getattr(hint, "__origin__", None) is tuple
        yield here
        if inner is not None:
            yield from fields_of(inner, (*here, 0) if is_tuple else here)


def lies_about(value: Any) -> Iterator[Any]:
    """Other values of the same type, and none at all."""
    if isinstance(value, str):
        yield "0" * 64 if len(value) == 64 else f"{value}x"
        yield "../../etc/passwd"
    elif isinstance(value, int):
        yield value + 1
        yield 10**30
    elif isinstance(value, list):
        yield []
        yield [*value, value[0]]
    elif isinstance(value, dict):
        yield {}
    yield 7 if value is None else None


def write(dist: Path, manifest: dict[str, Any]) -> None:
    (dist / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")


def test_each_lie_of_the_manifest_is_told(small: Sample) -> None:
    """For each field of the model, whatever it is called: another value is an objection, or named as not proved."""
    honest = small.manifest
    assert small.run("--lang", "en", "verify").out.count("not proved") == 2, (
        "whose body, and two files beside it"
    )
    passed = []
    for place in fields_of(Manifest):
        value: Any = honest
        for step in place:
            value = value[step]
        for lie in lies_about(value):
            manifest = json.loads(json.dumps(honest))
            holder: Any = manifest
            for step in place[:-1]:
                holder = holder[step]
            holder[place[-1]] = lie
            write(small.dist, manifest)
            ran = small.run("--lang", "en", "verify")
            assert "Traceback" not in ran.err
            is_named = place[0] == "inputs_sha256" and "`inputs_sha256` of the manifest" in ran.out
            if ran.status != 1 and not (ran.status == 0 and is_named):
                passed.append((place, lie))
    assert passed == []


@pytest.mark.parametrize(
    ("place", "lie"),
    [
        (("booklets",), []),
        (("booklets", 0, "path"), "/dev/zero"),
        (("booklets", 0, "path"), "une-ville/../une-ville/1-3-une-liste.pdf"),
        (("files", 0, "path"), "/etc/passwd"),
        (("body", "pages"), 1),
    ],
)
def test_a_manifest_that_is_out_of_bounds_is_an_objection(small: Sample, place: Place, lie: object) -> None:
    """An empty release, a path that leaves it and wrong pages are objections, and nothing outside is read."""
    manifest: Any = small.manifest
    holder: Any = manifest
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = lie
    write(small.dist, manifest)
    assert small.run("verify").status == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"list": "une"', '"list": "une", "list": "une"'),
        ('"list": "une"', '"l\\u0069st": "autre", "list": "une"'),
        ('"body": {', '"body": {"length": 1}, "body": {'),
        ('"version": 1', '"version": true'),
    ],
)
def test_a_manifest_that_programs_read_differently_is_told(small: Sample, old: str, new: str) -> None:
    """A key that stands twice, however it is written, and a value that only equals ours, are objections."""
    path = small.dist / "manifest.json"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    ran = small.run("verify", "--lang", "en")
    assert ran.status == 1 and "a key stands twice" in ran.out


@pytest.mark.parametrize("kind", ["fifo", "link", "linked folder", "manifest"])
def test_what_is_no_plain_file_is_refused_unread(small: Sample, kind: str) -> None:
    """A pipe, a link to another file, a linked folder and a manifest that is a pipe are told and not opened."""
    path = small.dist / small.manifest["booklets"][1]["path"]
    if kind == "linked folder":
        path.parent.rename(small.root / "elsewhere")
        path.parent.symlink_to(small.root / "elsewhere")
    elif kind == "link":
        path.rename(small.root / "elsewhere.pdf")
        path.symlink_to(small.root / "elsewhere.pdf")
    else:
        path = small.dist / "manifest.json" if kind == "manifest" else path
        path.unlink()
        os.mkfifo(path)
    ran = small.run("--lang", "en", "verify")
    assert ran.status == 1 and "plain" in ran.out


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{", b"\xff", b'{"\\u001b]0;x": 1}', b"[" * 100_000, b'{"version": 2}']
)
def test_what_is_no_manifest_is_an_objection(small: Sample, data: bytes) -> None:
    """Another file in the place of the manifest is what a stranger sent, and not a machine that is not ready."""
    (small.dist / "manifest.json").write_bytes(data)
    ran = small.run("--lang", "en", "verify")
    assert ran.status == 1 and "manifest.json: " in ran.out and "\x1b" not in ran.out


def test_a_list_that_is_left_out_is_told_or_named(small: Sample, tmp_path: Path) -> None:
    """A list without a booklet is told in the workspace that made the release, and named where that has changed."""
    manifest = small.manifest
    (small.dist / manifest["booklets"].pop()["path"]).unlink()
    write(small.dist, manifest)
    ran = small.run("--lang", "en", "verify")
    assert ran.status == 1 and "manifest.json: `trois` has no booklet" in ran.out
    with small.proposal("feux").open("a", encoding="utf-8") as file:
        file.write("# plus tard\n")
    ran = small.run("--lang", "en", "verify")
    assert ran.status == 0 and "not proved: that `trois` was served; it has no booklet here" in ran.out
    ran = verify_alone(small, tmp_path)
    assert (
        ran.status == 0 and "not proved: the letter, who the lists are and that none is left out" in ran.out
    )


@pytest.mark.parametrize(
    ("path", "data", "told"),
    [
        ("budget.xlsx", b"PK", "budget.xlsx: the file is not the one inside the booklets"),
        ("data/years.csv", None, "manifest.json: `years.csv` is inside the booklets, and not beside them"),
        ("register.pdf", None, "register.pdf: the file is missing"),
        ("une-ville/autre.pdf", b"%PDF", "une-ville/autre.pdf: no release of ours has this file"),
    ],
)
def test_a_file_beside_the_booklets_that_is_not_ours_is_told(
    small: Sample, tmp_path: Path, path: str, data: bytes | None, told: str
) -> None:
    """A file with other content, left out or too many is told from the release alone: the booklets hold the data."""
    manifest = small.manifest
    manifest["files"] = [file for file in manifest["files"] if file["path"] != path]
    (small.dist / path).unlink(missing_ok=True)
    if data is not None:
        (small.dist / path).write_bytes(data)
        sha256 = hashlib.sha256(data).hexdigest()
        manifest["files"].append({"path": path, "length": len(data), "sha256": sha256})
    write(small.dist, manifest)
    ran = verify_alone(small, tmp_path)
    assert ran.status == 1 and ran.out.splitlines()[:-1] == [told]


def test_names_that_act_are_shown(small: Sample) -> None:
    """A file whose name holds controls is named on one line, with nothing that acts on a terminal or a log."""
    (small.dist / "a\x1b]0;x\x07\n::error::x").write_text("")
    ran = small.run("verify")
    assert ran.status == 1 and ran.out.count("\n") == 2
    assert "\x1b" not in ran.out and "\x07" not in ran.out and "a␛]0;x␇␊::error::x" in ran.out


# --- front pages ------------------------------------------------------------------------------------------------------


def rewrite(sample: Sample, rank: int, change: Callable[[bytes], bytes], page: int = 1) -> None:
    """Change what a front page of one list draws, with the tool's own writer, and bring the manifest up to date."""
    manifest = sample.manifest
    booklet = manifest["booklets"][rank]
    path, length = sample.dist / booklet["path"], manifest["body"]["length"]
    data = path.read_bytes()
    body, update = data[:length], data[length:]
    start = 0
    parts: list[tuple[int, bytes, bytes]] = []
    while (mark := update.find(b"\nstream\n", start)) >= 0:
        head = update[start:mark]
        size = int(head[head.index(b"/Length ") + 8 :].split()[0])
        parts.append((int(head.split()[0]), head.split(b"obj\n", 1)[1], update[mark + 8 : mark + 8 + size]))
        start = mark + 8 + size + len(b"\nendstream\nendobj\n")
    table = ObjectTable(first=OpenBody(body)._next_number)
    contents = [number for number, head, _ in parts if head.startswith(b"<< /Filter")]
    for number, head, raw in parts:
        if b"/ObjStm" in head:
            whole = zlib.decompress(raw)
            first = int(head[head.index(b"/First ") + 7 :].split()[0])
            heads = [int(one) for one in whole[:first].split()]
            ends = [*heads[3::2], len(whole) - first]
            for inner, begin, end in zip(heads[::2], heads[1::2], ends, strict=True):
                table.written[inner] = Written(whole[first + begin : first + end].strip())
        elif b"/XRef" not in head:
            if number == contents[page]:
                raw = zlib.compress(change(zlib.decompress(raw)))
            bare = head[: head.index(b" /Length ")] + b" >>"
            table.written[number] = Written(bare, raw)
    table.next_number = max(table.written) + 1
    opened = OpenBody(body)
    forged = body + write_section(
        table,
        start=length,
        trailer={"Root": b"%d 0 R" % opened._catalog, "Info": b"%d 0 R" % opened._information},
        identity=opened._identity,
        previous=opened._cross_reference,
    )
    path.write_bytes(forged)
    booklet["length"], booklet["sha256"] = len(forged), hashlib.sha256(forged).hexdigest()
    write(sample.dist, manifest)


def swap_words(content: bytes) -> bytes:
    """Draw the lines of a letter's text in another order of words: the second text twice."""
    texts = [line for line in content.split(b"\n") if line.endswith(b"] TJ")]
    return content.replace(texts[3], texts[2], 1)


#: a triangle, whose box is nearly the page
CLIP = b"q\n0 0 m\n595 0 l\n595 841 l\nW\nn\n"


def exchange_lines(content: bytes) -> bytes:
    """Exchange the places of two lines, as texts of a figure, whose places follow no order."""
    one, other = re.findall(rb"[^\n]+ Tm\n", content)[2:4]
    exchanged = content.replace(one, b"?").replace(other, one).replace(b"?", other, 1)
    return b"/Figure\nBMC\n" + exchanged + b"\nEMC"


def exchange_marks(content: bytes) -> bytes:
    """Exchange the marks of two lines, so that they are read aloud in another order."""
    return (
        content.replace(b"/MCID 3>>", b"/?").replace(b"/MCID 2>>", b"/MCID 3>>").replace(b"/?", b"/MCID 2>>")
    )


def begin_bold_later(content: bytes) -> bytes:
    """Set the first letter of a bold text in the plain font of the text before, of the same size."""
    fonts = re.findall(rb"/[A-Z]+ 14 Tf\n", content)
    plain, bold = fonts[0], next(font for font in fonts if font != fonts[0])
    return re.sub(bold + rb"\[(<[0-9a-f]{4}>)[0-9-]+", plain + rb"[\1] TJ\n" + bold + b"[0", content, count=1)


def repeat_frame(content: bytes, times: int) -> bytes:
    """Draw the rule of the letter's frame again and again, as one draws letters of short lines."""
    rule = re.findall(rb"[^\n]+ re\n[^\n]+ re\nf\*\n", content)[0]
    return content.replace(rule, rule * times)


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"0.5 w", b"9 w"), (b"[] 0 d", b"[1 99] 0 d"), (b"0.788235 0.803922 0.819608 RG", b"1 0 0 RG")],
)
def test_a_picture_that_looks_otherwise_is_told(
    small: Sample, tmp_path: Path, old: bytes, new: bytes
) -> None:
    """On one list's cover, another width, dash or colour of lines that are also filled names the list."""
    rewrite(small, 1, lambda content: content.replace(old, new), page=0)
    ran = verify_alone(small, tmp_path)
    assert ran.status == 1 and "l-oeuvre-d-ete.pdf: its front pages do not look" in ran.out


@pytest.mark.long
def test_names_that_typography_changes_are_sound(unbuilt: Sample, tmp_path: Path) -> None:
    """Raised ordinals, hyphens, quotes, signs of other fonts and words that are cut are the list's own."""
    long = "Anticonstitutionnellement contre les désinstitutionnalisations intergouvernementales du 2e"
    lists = unbuilt.root / "proposals" / "lists.yaml"
    lists.write_text(
        lists.read_text("utf-8")
        + f"- {{id: longue, name: {long}, head: 1er, commune: Ville du 1er}}\n"
        + "- {id: signes, name: 'L''été ‐ « Ω → _B_ » ½ CO2 n° 3...', head: 1er, commune: Ville}\n",
        "utf-8",
    )
    unbuilt.build()
    ran = verify_alone(unbuilt, tmp_path)
    assert (ran.status, ran.out.count("not proved")) == (0, 4), ran.out


def test_an_update_that_is_written_again_passes(small: Sample, tmp_path: Path) -> None:
    """The liar of these tests is honest until it lies; with the release alone, four things are not proved."""
    rewrite(small, 1, lambda content: content)
    ran = verify_alone(small, tmp_path)
    assert ran.status == 0 and ran.out.count("not proved") == 4


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda _content: b"", id="blank"),
        pytest.param(lambda content: content.replace(b" rg\nBT", b" rg\n1 1 1 rg\nBT"), id="white"),
        long(lambda content: content.replace(b"] TJ", b"] TJ\n3 Tr"), id="mode"),
        pytest.param(lambda content: content + b"\n1 g\n0 0 600 800 re\nf", id="covered"),
        pytest.param(swap_words, id="other words"),
        long(lambda content: content.replace(b"[<0017>", b"[<0031>", 1), id="a small letter for a capital"),
        long(lambda content: content + b"\n1 0 0 RG\n9 9 m\n12 15 l\n20 9 l\nS", id="drawn letters"),
        pytest.param(begin_bold_later, id="less in bold"),
        long(exchange_lines, id="lines exchanged in a figure"),
        pytest.param(lambda content: repeat_frame(content, 40), id="letters of thin rules"),
        long(lambda content: content.replace(b"0.75 0 0 0.75", b"0.55 0 0 0.75", 1), id="narrow"),
        pytest.param(lambda content: re.sub(rb">-?[0-9]+<", b">290<", content), id="glyphs over glyphs"),
        long(lambda content: re.sub(rb">-?[0-9]+<", b">-900<", content), id="letters apart"),
        pytest.param(lambda content: CLIP + content + b"\nQ", id="clip with a corner off"),
        long(lambda content: content.replace(b"0.75 0 0 cm", b"0.75 0 60 cm", 1), id="moved down"),
        pytest.param(lambda content: content.replace(b"448.729922 Tm", b"1080 Tm"), id="a line far below"),
        long(lambda content: content.replace(b"81.364829 448", b"400 448"), id="a line to the right"),
        pytest.param(
            lambda content: content.replace(b" 178.334017 re", b" 790 re"), id="a frame that is too high"
        ),
        pytest.param(lambda content: content.replace(b"/Span", b"/Artifact", 1), id="not read aloud"),
        long(lambda content: content.replace(b"/MCID 3>>", b"/MCID 2>>"), id="a mark twice"),
        pytest.param(exchange_marks, id="read aloud in another order"),
    ],
)
def test_a_letter_that_says_something_else_is_told(small: Sample, tmp_path: Path, change: Any) -> None:
    """With the release alone, what one list's letter does not show, or says to it alone, names the list."""
    rewrite(small, 1, change)
    ran = verify_alone(small, tmp_path)
    assert ran.status == 1
    named = {line.partition(":")[0] for line in ran.out.splitlines()[:-1]}
    assert named == {small.manifest["booklets"][1]["path"]}


def verify_alone(sample: Sample, folder: Path) -> Run:
    """Verify a copy of a release, without its workspace."""
    alone = folder / "alone" / "dist"
    shutil.copytree(sample.dist, alone)
    return run("-C", str(alone.parent), "--lang", "en", "verify")


def test_letters_that_all_say_something_else_are_told_in_the_workspace(small: Sample, tmp_path: Path) -> None:
    """The same lie to every list reads alike; the workspace knows what the letter says."""
    for rank in range(3):
        rewrite(small, rank, lambda content: content.replace(first_text(content), b"", 1))
    assert verify_alone(small, tmp_path).status == 0
    ran = small.run("--lang", "en", "verify")
    assert ran.status == 1 and ran.out.count("its front pages are not the letter of this workspace") == 3


def first_text(content: bytes) -> bytes:
    """The first text of a page."""
    return next(line for line in content.split(b"\n") if line.endswith(b"] TJ"))
