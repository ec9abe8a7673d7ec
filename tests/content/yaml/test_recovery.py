"""After a fault of syntax the rest of the file is read: each fault is told in one run, and no other key is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booklet.content.yaml.lines import Part
from booklet.content.yaml.nodes import Mapping, Scalar
from booklet.content.yaml.parse import parse
from booklet.content.yaml.recovery import Readable
from tests.samples.annotated_cases import BUS, SOUND

#: keys of the sound proposal whose text is one line
KEYS = ("title", "status", "promise", "problem", "solution", "owner", "decision")
FAULTS = {
    "colon": "KEY: un : deux",
    "bracket": "KEY: [un, deux",
    "brace": "KEY: {un: deux",
    "quote": 'KEY: "un',
    "text after a quote": 'KEY: "un" deux',
    "mark": "KEY: @un",
    "backquote": "KEY: `un`",
    "escape": 'KEY: "un\\q"',
    "space": "KEY:\u00a0un",
    "curly quotes": "KEY: “un : deux”",
    "deeper line": "KEY: un\n   deux KEY : trois",
}


def break_lines(faults: dict[str, str]) -> str:
    """The sound proposal with a fault in the place of each of some lines."""
    lines = SOUND[BUS].splitlines()
    return "\n".join(faults.get(line.partition(":")[0], line) for line in lines) + "\n"


@pytest.mark.parametrize("key", KEYS)
def test_key_without_a_colon_is_not_called_missing(key: str) -> None:
    """A line that is no key is told; the key that it may have been is not missing as well."""
    parsed = parse(BUS, break_lines({key: f"{key} un"}).encode())
    assert [found.code for found in parsed.diagnostics] == ["Y101"]
    assert parsed.hidden == frozenset({key})


@given(
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from(sorted(FAULTS.values())), min_size=1).map(
        lambda faults: {key: fault.replace("KEY", key) for key, fault in faults.items()}
    )
)
def test_each_fault_is_told_and_every_other_key_is_read(faults: dict[str, str]) -> None:
    """However many lines are broken, each is told once, at its line, and the other keys hold what was typed."""
    text = break_lines(faults)
    parsed, sound = parse(BUS, text.encode()), parse(BUS, SOUND[BUS].encode()).root
    told = [found.span.start.line for found in parsed.diagnostics]
    broken = [fault.splitlines()[-1] for fault in faults.values()]
    where = [number for number, line in enumerate(text.splitlines(), 1) if line in broken]
    assert sorted(told) == where, parsed.diagnostics
    assert isinstance(parsed.root, Mapping)
    assert isinstance(sound, Mapping)
    assert parsed.hidden is not None
    for key, value in sound.entries:
        found = parsed.root.find(key.text)
        if key.text not in faults:
            assert found is not None
            assert type(found[1]) is type(value)
            assert not isinstance(found[1], Scalar) or found[1].text == getattr(value, "text", None)
        else:
            assert found is not None or key.text in parsed.hidden


@pytest.mark.parametrize(
    "text", ["a: [\n" * 60, "- 'x\n" * 60, "\t" * 200, "{" * 40, "a: |\n b\n c : [\nd: 'e"]
)
def test_reading_ends(text: str) -> None:
    """What cannot be read on is given up, with the faults found until then."""
    assert parse("p.yaml", text.encode()).diagnostics


@given(st.text(alphabet="a:-[]{}'\"|> \n\t–“”\u00a0#", max_size=60))
def test_any_text_ends_in_findings_or_a_tree(text: str) -> None:
    """Whatever is read, nothing is raised, and every offset of the tree is one of the text."""
    parsed = parse("p.yaml", text.encode())
    assert parsed.diagnostics or parsed.root is not None
    assert parsed.root is None or 0 <= parsed.root.start <= parsed.root.end <= len(text) + 1


def test_long_dashes_of_a_text_are_no_fault() -> None:
    """What stands above a fault and is as it should be, as the items of a text of several lines, stays untold."""
    text = "problem: |\n  – un\n  – deux\nsolution: “Un texte : suite”\nowner: amp\n"
    assert [found.span.start.line for found in parse("p.yaml", text.encode()).diagnostics] == [4]


def test_tabs_stand_where_they_were_typed() -> None:
    """A value that begins on a later line and could not be read moves no tab of the lines below it."""
    text = 'a:\n  "un\nb:\n\t- deux\n'
    readable = Readable(text).without(Part(2, 8, is_value=True))
    assert readable.text == "a: x    \nb:\n\t- deux\n"
    assert replace(readable, text=readable.text.replace("\t", " ")).with_tabs(text) == readable.text
