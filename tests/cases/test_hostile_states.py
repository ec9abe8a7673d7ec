"""`diff` of two JSON files that somebody else made: bounded, refused in one sentence or compared, never a traceback."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booklet.diagnostics import limits
from booklet.diff.compare import compare
from booklet.diff.formats import DIFFERENCE_FORMATS
from booklet.diff.matching import Room, match_lines
from booklet.diff.snapshot import NotCosts, SavedCosts, SavedLine, read_costs
from booklet.diff.states import Comparison, ProgrammeState
from booklet.text.language import FRENCH
from tests.samples.commands import require_refusal, run
from tests.samples.revisions import costs_of
from tests.samples.workspace import write_small

if TYPE_CHECKING:
    from tests.samples.workspace import Sample

with TemporaryDirectory() as _folder:
    _saved = run("-C", str(write_small(Path(_folder)).root), "costs", "--format", "json").out
HONEST = json.loads(_saved)
SHORT = {
    **dict.fromkeys(("investissement", "fonctionnement", "after_term_per_year")),
    "id": "a",
    "domain": "b",
    "status": "ready",
}
#: values that no key expects, or that are too long for it
VALUES: tuple[Any, ...] = (
    *(None, True, -1, 0, 1e308, 10**400, 2021, [2021], [10**30], list(range(100)), 1.5, [], {}),
    *(
        "1e999999",
        "-1e-99999",
        "9" * 39,
        "NaN",
        "Infinity",
        "",
        "a" * 30_000,
        "\ud800",
        "1/3",
        "7/0",
        "9" * 99 + "/7",
    ),
    *("2021-13", "99999999-01", "0000-00", "investissement", "ttc", "loan", "fctva", "0.1", "1e30", "1e-39"),
    *(
        {"2021": "1"},
        {"99999999999": "5"},
        {"-5": "1"},
        {"from": "9999-12"},
        {"from": "2021-02", "until": "2020-01"},
    ),
    *({"low": "1", "central": "2", "high": "3"}, {"low": "3", "central": "-2", "high": "1"}),
)


def paths(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a document but its root."""
    below = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [found for key, value in below for found in ((*path, key), *paths(value, (*path, key)))]


changes = st.lists(st.tuples(st.sampled_from(paths(HONEST)), st.none() | st.sampled_from(VALUES)), max_size=4)


def tamper(changed: list[tuple[tuple[Any, ...], Any]]) -> str:
    """The honest document with values exchanged; those that are None taken out."""
    document = copy.deepcopy(HONEST)
    for path, value in changed:
        node = document
        try:
            for key in path[:-1]:
                node = node[key]
            if value is None:
                del node[path[-1]]
            else:
                node[path[-1]] = copy.deepcopy(value)
        except (KeyError, IndexError, TypeError):
            continue  # gone by an earlier change
    return json.dumps(document)


def read(text: str) -> SavedCosts | None:
    """A state, or None where it is refused."""
    try:
        return read_costs(text)
    except NotCosts:
        return None


@given(changes, changes)
def test_any_two_states_are_refused_or_compared(
    first: list[tuple[tuple[Any, ...], Any]], second: list[tuple[tuple[Any, ...], Any]]
) -> None:
    """Whatever stands where in the files, `diff` refuses them or writes every format."""
    before, after = read(tamper(first)), read(tamper(second))
    if before is None or after is None:
        return
    states = ProgrammeState("before", before, ""), ProgrammeState("after", after, "")
    compared = Comparison(*states, compare(before, after), (), ())
    for format in DIFFERENCE_FORMATS.values():
        assert format.write(compared, FRENCH).encode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 100_000,
        '{"version": 1, "years": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"version": 1, "years": [NaN], "proposals": []}',
        '{"version": 1, "years": [' + "9" * 100_000 + '], "proposals": []}',
        '{"version": 1, "proposals": []}',
        json.dumps({**HONEST, "years": list(range(1000, 9000))}),
        json.dumps({**HONEST, "proposals": [SHORT] * (limits.SAVED_PROPOSALS + 1)}),
        json.dumps({**HONEST, "organisations": {"x": "a" * (limits.SAVED_TEXT + 1)}}),
        tamper([(("proposals", 0, "lines", 0, "vat"), "-1")]),
        "\ud800",
    ],
)
def test_what_is_no_state_is_one_sentence(tmp_path: Path, text: str) -> None:
    """Wrong types, missing keys, deep nesting, numbers and lists beyond a bound are refused by name, status 2."""
    path = tmp_path / "state.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    require_refusal(
        run("--lang", "en", "diff", str(path), str(path)), "is not what `costs --format json` writes"
    )


def test_a_file_without_end_is_refused(tmp_path: Path) -> None:
    """A file beyond the limit, a device and a pipe are refused without reading them to the end."""
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(limits.SAVED_BYTES + 1)
    require_refusal(run("--lang", "en", "diff", str(large), str(large)), "larger than 30,000,000 bytes")
    (tmp_path / "zero.json").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe.json")
    for name in ("zero.json", "pipe.json"):
        require_refusal(run("--lang", "en", "diff", str(tmp_path / name), str(tmp_path / name)), "no file")


def test_a_line_without_quantity_has_no_detail(bare: Sample) -> None:
    """A file may say what a line costs without saying what it buys: the change is compared without its causes."""
    costs = costs_of(bare.root)
    line = costs.proposals[0].lines[0]  # type: ignore[index]
    changed = costs.proposals[0].model_copy(
        update={"lines": (line, line.model_copy(update={"quantity": None}))}
    )
    after = costs.model_copy(update={"proposals": (changed, *costs.proposals[1:])})
    assert compare(costs, after).changes == ()


def test_lines_that_are_nearly_alike_are_not_all_compared() -> None:
    """Lines of repeated words under new names: pairs of letters are counted before any pair of lines is compared."""

    def lines(ending: str) -> list[SavedLine]:
        return [SavedLine(label=f"{'a' * 200} {ending} {number}") for number in range(90)]

    assert [new for _, new in match_lines(lines("avant"), lines("après"), Room()) if new is None] == [
        None
    ] * 90
    one, other = (SavedLine(label=f"Une armoire {ending}") for ending in ("avant", "après"))
    assert match_lines([one], [other], Room()) == [(one, other)]
    room = Room(pairs=1)
    found = [match_lines([one], [other], room) for _ in range(2)]
    assert found == [[(one, other)], [(None, other), (one, None)]], "the room is that of the whole run"
