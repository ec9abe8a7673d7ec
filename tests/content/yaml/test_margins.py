"""A line that begins at the wrong place is told once, and all below it is checked in the same run."""

from __future__ import annotations

import pytest

from booklet.content.proposal_files import read_proposal
from booklet.content.yaml.margins import find_move, places_as_typed, with_margins
from booklet.content.yaml.parse import parse
from booklet.diagnostics.edits import TextEdit, apply_edits
from tests.samples.natural_faults import SOUND

PATH = "proposals/eau/capteurs.yaml"
FIRST, SECOND, PHASE = "  - label: Capteur\n", "  - label: Entretien\n", "  - id: pose\n"
NATURE, SERVICE = "    nature: equipment  # posé\n", "    nature: service\n"
#: line as it should be → as it is typed, and whether an edit mends it
OUT_OF_PLACE = (
    *((line, line.replace("  ", "\t", 1), True) for line in (FIRST, SECOND, PHASE)),
    *((line, line.replace("  ", " ", 1), line != PHASE) for line in (FIRST, SECOND, PHASE)),
    *((line, f" {line}", True) for line in (FIRST, SECOND)),
    *((line, f"  {line}", line == SECOND) for line in (FIRST, SECOND)),
    (SECOND, f"  \t{SECOND.strip()}\n", False),
    (SECOND, f"  \u00a0{SECOND.strip()}\n", True),
    (SECOND, SECOND.replace("- ", "-\t"), True),
    (SECOND, SECOND.replace("- ", "-"), True),
    (SECOND, SECOND.replace("- ", "  "), True),
    (FIRST, FIRST.replace("- ", "  "), True),
    (NATURE, NATURE[1:], True),
    (NATURE, NATURE[2:], True),
    (NATURE, NATURE[4:], True),
    (NATURE, f" {NATURE}", True),
    ("  included:\n", "included:\n", True),
    ("  excluded:\n", "    excluded:\n", False),
    ("    - leur entretien\n", "   - leur entretien\n", False),
    ("    - leur entretien\n", "\t- leur entretien\n", True),
    ("    - leur entretien\n", "      - leur entretien\n", False),
    ("decision: ", "  decision: ", False),
    ("  – 12 fontaines", "– 12 fontaines", True),
    ("  Un capteur", "Un capteur", True),
    ("solution: |\n  Un capteur", "solution: Trois\n  - choses\n  - un capteur", True),
)


@pytest.mark.parametrize(("line", "typed", "is_mended"), OUT_OF_PLACE)
def test_line_out_of_place_hides_no_other_fault(line: str, typed: str, is_mended: bool) -> None:
    """It is the only finding, beside a fault in the last line; with its edit, the file says what was meant."""
    text = SOUND.replace(line, typed, 1).replace("when: 2020-03-15", "when: 2020-03-51")
    assert text != SOUND
    found = read_proposal(PATH, text.encode())[1]
    assert [one.code for one in found] in (["Y101", "M105"], ["Y102", "M105"]), found
    assert (found[0].fix is not None) == is_mended, found
    if found[0].fix and line != "solution: |\n  Un capteur":
        assert isinstance(found[0].fix.edit, TextEdit)
        mended = apply_edits(parse(PATH, text.encode()).source, [found[0].fix.edit])[0]
        document, sound = (read_proposal(PATH, one.encode())[0] for one in (mended, SOUND))
        assert document is not None and sound is not None
        assert document.value.model_copy(update={"reviewers": ()}) == sound.value.model_copy(
            update={"reviewers": ()}
        )


def test_lines_below_move_with_theirs() -> None:
    """An item that is too far in with all its keys is told once, and mended whole."""
    start = SOUND.index(SECOND)
    end = SOUND.index("funding:")
    item = "".join(f"  {line}" for line in SOUND[start:end].splitlines(keepends=True))
    text = SOUND[:start] + item + SOUND[end:]
    found = read_proposal(PATH, text.encode())[1]
    assert [one.code for one in found] == ["Y101"] and found[0].fix
    assert isinstance(found[0].fix.edit, TextEdit)
    assert apply_edits(parse(PATH, text.encode()).source, [found[0].fix.edit])[0] == SOUND


def test_places_are_those_typed() -> None:
    """Every offset of a text that is read otherwise leads to the same character as typed."""
    text = "a:\n\t- b: c\n    d: e\n  - f: g\n    h: i\n"
    move = find_move(text, {}, text.index("\t"))
    assert move is not None
    read, place = with_margins(text, move.margins), places_as_typed(text, move.margins)
    assert read != text
    for letter in "abcdefghi":
        assert place(read.index(letter)) == text.index(letter)
