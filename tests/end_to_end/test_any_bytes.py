"""Files from strangers, broken at random: each reader returns, or refuses them in its own words.

Four thousand inputs here, a million in `.ci/long fuzz`.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from booklet.cache import file_stamps
from booklet.cache.store import BODY, FRONT_MATTER, PAGE, Kind, Store
from booklet.checks.context import Context
from booklet.checks.engine import check_proposal
from booklet.checks.incremental import unpack
from booklet.content.model.edition import Edition
from booklet.content.model.lists import ElectoralLists
from booklet.content.model.parameters import Parameters
from booklet.content.model.sources import Bibliography
from booklet.content.proposal_files import read_file, read_proposal
from booklet.content.workspace import Folder, read_workspace
from booklet.diff.snapshot import NotCosts, read_costs
from booklet.export.import_workbook import import_workbook
from booklet.law.lookup import law_of
from booklet.pdf.body import Body
from booklet.pdf.front_matter import unpack_front_matter
from booklet.pdf.part import unpack_page
from booklet.pdf.verify.body import read_body
from booklet.pdf.verify.proof import examine_update
from booklet.pdf.verify.syntax import Objection
from booklet.pictures.picture import read_picture
from booklet.pictures.refusal import PictureRefused
from booklet.pipeline import build_record
from booklet.pipeline.analysis import EXAMINED
from booklet.pipeline.manifest import Manifest
from booklet.pipeline.outcome import OUTCOME, read_outcome
from tests.samples.commands import ROOT, run
from tests.samples.workbooks import cost, write_awkward
from tests.samples.workspace import Sample, png

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from random import Random

#: what a file of each kind is full of, and what its readers stumble over
TOKENS = (
    *(
        b"\0",
        b"\xff",
        b"\xc3",
        b"\xed\xa0\x80",
        b"\xe2\x80\xae",
        b"\n",
        b"\t",
        b" " * 9,
        b": ",
        b"- ",
        b"{",
        b"[",
    ),
    *(
        b"]" * 9,
        b"'",
        b'"',
        b"|\n",
        b"&a ",
        b"*a",
        b"!!int ",
        b"<<: ",
        b"#",
        b"...\n",
        b"---\n",
        b"9" * 30,
        b"-1",
    ),
    *(b"1e999", b"NaN", b"0.5", b"null", b"[[[[", b"\\u0000", b"<", b"</", b"&lt;", b"url(", b"data:,"),
    *(b"xlink:href='#a'", b"<use href='#a'/>", b"/Type", b"<<", b">>", b" 0 R", b"obj", b"stream", b"endobj"),
    *(b"\xff\xda", b"IHDR", b"\x00\x00\xff\xff"),
)


@dataclass(frozen=True, repr=False)  # a report of an error holds the file at fault, not all that is tried
class Reader:
    """A reader of a kind of file."""

    seeds: tuple[bytes, ...]
    read: Callable[[bytes], object]
    #: errors by which it refuses a file, each with a message for people
    refusals: tuple[type[Exception], ...] = ()


def mutate(random: Random, data: bytes, others: tuple[bytes, ...]) -> bytes:
    """Break a file in one to six places, as hands, programs and strangers do."""
    broken = bytearray(data)
    for _ in range(random.randint(1, 6)):
        at = random.randrange(len(broken) + 1)
        until = min(len(broken), at + random.choice((1, 1, 2, 4, 16, 200)))
        kind = random.randrange(7)
        if kind == 0:
            del broken[at:until]
        elif kind == 1:
            broken[at:at] = random.choice(TOKENS)
        elif kind == 2:
            broken[at:until] = random.choice(TOKENS)
        elif kind == 3 and at < len(broken):
            broken[at] ^= 1 << random.randrange(8)
        elif kind == 4:
            broken[at:at] = broken[at:until] * random.choice((1, 3, 40))
        elif kind == 5:
            other = random.choice(others)
            start = random.randrange(len(other) + 1)
            broken[at:at] = other[start : start + random.choice((4, 40, 400))]
        else:
            del broken[random.choice((at, until)) :]
    return bytes(broken)


SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 40">
<style>.a { fill: #123456; stroke-width: 2 }</style><defs><linearGradient id="g"><stop offset="0" stop-color="red"/>
</linearGradient><g id="b"><path class="a" d="M0 0 L10 10 C1 2 3 4 5 6 z" transform="rotate(3) scale(2)"/></g></defs>
<use xlink:href="#b" x="3"/><rect fill="url(#g)" width="9" height="9"/><text x="1" y="2">Un mot</text></svg>"""


def image(mode: str, kind: str, **options: object) -> bytes:
    """A small image as a program saves it."""
    file = io.BytesIO()
    Image.new(mode, (9, 7), 80).save(file, kind, **options)
    return file.getvalue()


def read_yaml(context: Context, data: bytes) -> None:
    """Read and check a proposal."""
    document, faults = read_proposal("proposals/mobilite/feux.yaml", data)
    check_proposal(document, faults, context)


def read_entry(store: Store, kind: Kind, read: Callable[[bytes], object], data: bytes) -> None:
    """Read an entry whose header is right, whatever it holds; a miss is None."""
    store.put(kind, "0" * 64, data)
    store.load(kind, "0" * 64, read)


def read_named(store: Store, kind: Kind, name: str, read: Callable[[Store], object], data: bytes) -> None:
    """Read the one entry of a kind."""
    store.put(kind, name, data)
    read(store)


def payloads(root: Path, kind: str) -> tuple[bytes, ...]:
    """What entries of a store hold, without their headers."""
    entries = sorted((root / ".booklet-store" / kind).glob("*/*"))[:4]
    return tuple(entry.read_bytes().partition(b"\n")[2][64:] for entry in entries)


@pytest.fixture(scope="module")
def readers(built_small: Sample, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reader]:
    """Every reader of a file that a stranger may send, with files to begin from."""
    awkward = write_awkward(tmp_path_factory.mktemp("awkward")).root
    store = Store(tmp_path_factory.mktemp("store"))
    read = read_workspace(awkward)
    frame = Folder(awkward).frame
    context = Context(frame, None, law_of(frame))
    files = {path.name: path.read_bytes() for path in sorted((awkward / "proposals").rglob("*.yaml"))}
    length = built_small.manifest["body"]["length"]
    booklet = (built_small.dist / built_small.manifest["booklets"][0]["path"]).read_bytes()
    body, update = booklet[:length], booklet[length:]
    Sample(awkward).run("check")
    checked = payloads(awkward, EXAMINED)
    frame_digest, rows = json.loads(checked[0])
    by_path = {path: row[0] for path, row in rows.items()}
    saved = run("-C", str(built_small.root), "costs", "--format", "json").out.encode()
    return {
        "proposal": Reader(
            (files["maladroit.yaml"], files["feux.yaml"], files["incomplet.yaml"]),
            partial(read_yaml, context),
        ),
        "edition": Reader(
            (files["edition.yaml"],), lambda data: read_file("proposals/edition.yaml", data, Edition)
        ),
        "lists": Reader(
            (files["lists.yaml"],), lambda data: read_file("proposals/lists.yaml", data, ElectoralLists)
        ),
        "sources": Reader(
            (files["sources.yaml"],), lambda data: read_file("proposals/sources.yaml", data, Bibliography)
        ),
        "parameters": Reader(
            ((ROOT / "booklet/law/fr/fctva.yaml").read_bytes(),),
            lambda data: read_file("proposals/parameters.yaml", data, Parameters),
        ),
        "workbook": Reader(
            (cost(awkward).workbook,), lambda data: import_workbook(read, "budget.xlsx", data)
        ),
        "saved JSON": Reader((saved,), read_costs, (NotCosts,)),
        "manifest": Reader(
            ((built_small.dist / "manifest.json").read_bytes(),), Manifest.read, (ValueError,)
        ),
        "PDF body": Reader((body,), read_body, (Objection,)),
        "PDF update": Reader((update,), lambda data: examine_update(body + data, length)),
        "SVG": Reader((SVG,), read_picture, (PictureRefused,)),
        "PNG": Reader((png(9, 7, (1, 2, 3)), image("P", "PNG")), read_picture, (PictureRefused,)),
        "JPEG": Reader(
            (image("RGB", "JPEG"), image("L", "JPEG", progressive=True)), read_picture, (PictureRefused,)
        ),
        "page in the store": Reader(
            payloads(built_small.root, PAGE), partial(read_entry, store, PAGE, unpack_page)
        ),
        "body in the store": Reader(
            payloads(built_small.root, BODY), partial(read_entry, store, BODY, Body.unpack)
        ),
        "front matter in the store": Reader(
            payloads(built_small.root, FRONT_MATTER),
            partial(read_entry, store, FRONT_MATTER, unpack_front_matter),
        ),
        "record in the store": Reader(
            payloads(built_small.root, "build"),
            partial(read_named, store, build_record.KIND, build_record.NAME, build_record.read_record),
        ),
        "stamps in the store": Reader(
            payloads(built_small.root, file_stamps.KIND),
            partial(
                read_named,
                store,
                file_stamps.KIND,
                file_stamps._NAME,
                lambda store: file_stamps.Stamps.read(store, "", awkward),
            ),
        ),
        "outcome in the store": Reader(
            payloads(built_small.root, OUTCOME),
            partial(read_named, store, OUTCOME, "0" * 64, lambda store: read_outcome(store, "0" * 64)),
        ),
        "findings in the store": Reader(
            checked, partial(read_entry, store, EXAMINED, lambda data: unpack(data, frame_digest, by_path))
        ),
    }


#: inputs of each for every example of Hypothesis: 400 in all
SHARES = {
    "proposal": 16,
    "edition": 16,
    "lists": 38,
    "sources": 36,
    "parameters": 16,
    "workbook": 4,
    "saved JSON": 28,
    "manifest": 70,
    "PDF body": 2,
    "PDF update": 4,
    "SVG": 40,
    "PNG": 50,
    "JPEG": 54,
    "page in the store": 4,
    "body in the store": 2,
    "front matter in the store": 4,
    "record in the store": 4,
    "stamps in the store": 4,
    "outcome in the store": 4,
    "findings in the store": 4,
}


@pytest.mark.parametrize("kind", SHARES)
@given(random=st.randoms(use_true_random=True))
def test_any_bytes_are_read_or_refused(readers: dict[str, Reader], kind: str, random: Random) -> None:
    """Whatever is done to a file, its reader returns, or raises what it says it raises."""
    reader = readers[kind]
    for _ in range(SHARES[kind]):
        data = mutate(random, random.choice(reader.seeds), reader.seeds)
        try:
            reader.read(data)
        except reader.refusals:
            continue
        except Exception as error:
            error.add_note(f"{kind}: {data[:2000]!r}")
            raise


def test_every_reader_is_tried(readers: dict[str, Reader]) -> None:
    """Each has its share, and begins from files that it reads."""
    assert readers.keys() == SHARES.keys() and sum(SHARES.values()) == 400
    for reader in readers.values():
        for seed in reader.seeds:
            reader.read(seed)
