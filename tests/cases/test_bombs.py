"""Files made to exhaust their reader are read or refused, and what is told of them is bounded."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from booklet.pipeline.inputs import digest_inputs
from tests.samples.bombs import find_bomb

if TYPE_CHECKING:
    from tests.samples.workspace import Sample


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("100 MB of two-letter lines, proposal", {"Y105": 1}),
        ("1 MB of control characters", {"Y104": 200, "Y110": 1}),
        ("1 MB of bytes that are no UTF-8", {"Y104": 1}),
        ("10³ unknown keys", {"M101": 200, "Y110": 1}),
        ("10⁵ distinct keys", {"Y105": 1}),
        ("10⁵ merge keys, each in a group", {"Y103": 200, "Y110": 1}),
        ("10⁵ empty sources", {"Y105": 1}),
        ("10⁵ lists without keys", {"Y105": 1}),
        ("2·10⁵ empty cost lines", {"Y105": 1}),
        ("10⁴ phases", {"Y105": 1}),
        ("spread over 10⁵ years", {"Y105": 1}),
        ("2·10⁵ spaces in a quantity", {"M103": 1}),
        ("2·10⁵ spaces in an amount", {"M103": 1}),
        ("a near-miss of 84 000 letters", {"M103": 1}),
        ("texts of 20 000 brackets", {"M103": 103}),
    ],
)
def test_a_bomb_is_told_in_bounds(bare: Sample, name: str, told: dict[str, int]) -> None:
    """What is found in each is told at most two hundred times, then counted, and never with a traceback."""
    for path, data in find_bomb(name).make().items():
        (bare.root / path).write_bytes(data if isinstance(data, bytes) else data.encode())
    ran = bare.run("check", "--lang", "en")
    found = re.findall(r"(?:error|warning|information)\[(\w+)\]", ran.out)
    assert (ran.status, Counter(found)) == (1, told), ran.err


def test_a_file_of_terabytes_is_refused_without_reading_it(bare: Sample) -> None:
    """A file may claim any length: none is read beyond its limit, to find the language, to check or to digest it."""
    used, unused = (
        bare.root / "proposals" / "edition.yaml",
        bare.root / "proposals" / "mobilite" / "notes.bin",
    )
    with unused.open("wb") as file:
        file.truncate(10**12)
    before = digest_inputs(bare.root)
    with unused.open("r+b") as file:
        file.truncate(10**12 + 1)
    assert before != digest_inputs(bare.root) is not None
    with used.open("wb") as file:
        file.truncate(10**12)
    for command in ("check", "build"):
        ran = bare.run(command, "--lang", "en")
        assert ran.status == 1 and "error[Y105]" in ran.out + ran.err, ran.err


def test_the_message_gives_the_number_of_the_limit(bare: Sample) -> None:
    """Each limit that is passed is named with its number, where it is passed."""
    path = bare.proposal("feux")
    sound = path.read_text("utf-8")
    said = []
    for old, new in (
        ("authors:", f"keywords: [{'a, ' * 1_000}a]\nauthors:"),
        ("tient", "mot " * 5_000),
        ("tient", "* " * 501),
        ("Armoire", "a" * 4_001),
        ("owner: ville", f"owner: {'a' * 201}"),
        ("quantity: 10", f"quantity: {'1' * 101}"),
    ):
        path.write_text(sound.replace(old, new, 1), "utf-8")
        said += bare.run("check", "--lang", "en").out.splitlines()[:1]
    assert [one.partition("] ")[2] for one in said] == [
        "a list of more than 1000 items",
        "text of 20041 characters, at most 20000",
        "text with 501 marks of Markdown, at most 500",
        "text of 4001 characters, at most 4000",
        "text of 201 characters, at most 200",
        "text of 101 characters, at most 100",
    ]


def test_others_are_counted_and_as_grave_as_the_gravest(bare: Sample) -> None:
    """Of 950 unknown keys 200 are shown and 750 counted, as an error; uncited sources are counted for information."""
    path = bare.proposal("feux")
    sound = path.read_text("utf-8")
    path.write_text(sound + "".join(f"k{number}: 1\n" for number in range(950)), "utf-8")
    assert (
        "error[Y110] at least 750 more findings, beyond the first 200"
        in bare.run("check", "--lang", "en").out
    )
    path.write_text(sound, "utf-8")
    sources = bare.root / "proposals" / "sources.yaml"
    more = "".join(f"s{number}: {{title: T}}\n" for number in range(300))
    sources.write_text(sources.read_text("utf-8") + more, "utf-8")
    ran = bare.run("check", "--lang", "en")
    assert ran.status == 0
    assert "information[Y110] at least 100 more findings, beyond the first 200" in ran.out
