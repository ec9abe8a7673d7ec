"""Natural faults of a sound proposal are mended without its author, or left: never is a figure another one."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booklet.content.model.base import Model
from booklet.content.model.fields import groups_in, keys_of
from booklet.content.proposal_files import read_proposal
from booklet.content.yaml.parse import read_text
from booklet.diagnostics.edits import TextEdit, apply_edits
from tests.samples.natural_faults import LEFT, MENDED, SOUND

if TYPE_CHECKING:
    from booklet.content.model.fields import KeyPath
    from booklet.content.proposal_files import ProposalDocument
    from booklet.diagnostics.diagnostic import Diagnostic

PATH = "proposals/eau/capteurs.yaml"


def read(text: str) -> tuple[ProposalDocument, tuple[Diagnostic, ...]]:
    document, found = read_proposal(PATH, text.encode())
    assert document is not None, found
    return document, found


def mend(text: str) -> str:
    """Apply the safe edits of what is found, until there is none."""
    for _ in range(9):
        found = read_proposal(PATH, text.encode())[1]
        edits = [one.fix.edit for one in found if one.fix]
        text, applied = apply_edits(
            read_text(PATH, text.encode()), [edit for edit in edits if isinstance(edit, TextEdit)]
        )
        if not applied:
            return text
    raise AssertionError(text)


def values_of(document: ProposalDocument) -> dict[KeyPath, object]:
    """Every value that could be read, by its path; of a text its words."""
    return {
        (*path, key): value.split() if isinstance(value, str) else value
        for path, group in groups_in(document.value)
        for key, declared in keys_of(type(group)).items()
        if (value := getattr(group, declared.attribute)) and not isinstance(value, (tuple, Model))
    }


@pytest.mark.parametrize(("line", "typed"), MENDED)
def test_what_means_one_thing_is_mended(line: str, typed: str) -> None:
    """After the edits the proposal says what the sound one says, and no other line changed."""
    text = mend(SOUND.replace(line, typed, 1))
    document, found = read(text)
    assert [str(one.message) for one in found] == []
    assert document.value == read(SOUND)[0].value
    assert len(set(SOUND.splitlines()) - set(text.splitlines())) <= 1


@pytest.mark.parametrize(("line", "typed"), LEFT)
def test_what_means_two_things_is_left(line: str, typed: str) -> None:
    """It is told, and no byte changes."""
    text = SOUND.replace(line, typed, 1)
    assert mend(text) == text
    assert read(text)[1]


@settings(max_examples=max(8, settings().max_examples // 5))
@given(st.lists(st.sampled_from((*MENDED, *LEFT)), min_size=2, max_size=12), st.sampled_from(("\n", "\r\n")))
def test_any_faults_together(faults: list[tuple[str, str]], line_end: str) -> None:
    """Twice is once; figures that were readable are the same, and one that becomes readable is the one typed."""
    sound, text = values_of(read(SOUND)[0]), SOUND
    for line, typed in faults:
        text = text.replace(line, typed, 1)
    text = text.replace("\n", line_end)
    before = read_proposal(PATH, text.encode())[0]
    mended = mend(text)
    assert mend(mended) == mended
    assert mended.count("\n") == text.count("\n") and mended.count("\r") == text.count("\r")
    readable = values_of(before) if before else {}
    after = values_of(read(mended)[0])
    for path, value in chain(readable.items(), after.items()):
        assert path not in sound or value == sound[path], path
        assert path in after, path


@pytest.mark.parametrize(
    ("line", "typed", "hint"),
    [
        ("recurs: {from: 2023-01}", "recurs: à partir de 2023", "write `{from: 2023-01}`"),
        ("recurs: {from: 2023-01}", "recurs: 2023-2026", "write `{from: 2023-01, until: 2026-12}`"),
        ("owner: ville", "owner: {id: ville}", "write `ville`"),
        ("vat: 20 %", "vat: taux normal", "write `20 %`"),
        ("nature: service", "nature: étude", "write `service`"),
        ("start: 2021-03", "start: 31/02/2021", "write `2021-02`"),
        ("start: 2021-03", "start: 2021-13", "months go from 01 to 12"),
        (
            "uncertainty: |\n",
            "uncertainty:\n  - Le\n",
            "write `|` after the key: the items are then part of the text",
        ),
        ("scope:\n", "scope\n", "write `scope:`"),
        ("status: ready", "status:ready", "write `status: ready`"),
    ],
)
def test_hint_is_what_to_type(line: str, typed: str, hint: str) -> None:
    """The first hint of the first error says what was meant."""
    text = SOUND.replace(line, typed, 1)
    if typed.startswith("uncertainty"):
        text = text.replace("  Le prix des capteurs.\n", "  - prix\n")
    found = [one for one in read(text)[1] if one.hints]
    assert str(found[0].hints[0]) == hint


def test_lines_of_cost_by_section_are_read_as_one_list() -> None:
    """What stands under a name, or under the value of a key, is checked as the items that were meant."""
    text = SOUND.replace(
        "  - label: Capteur\n    section: investissement", "  investissement:\n  - label: Capteur"
    )
    text = text.replace(
        "  - label: Entretien\n    section: fonctionnement", "  fonctionnement:\n  - label: Entretien"
    )
    found = read(text.replace("nature: service", "nature: zzz"))[1]
    assert [one.code for one in found] == ["M103", "M103"], found
    assert str(found[0].hints[0]) == "put all items in one list, each with its `section: investissement`"
