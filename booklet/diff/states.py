"""Two arguments of `diff` → two states of the programme, their difference, and the diagnostics of P104.

An argument is a file saved by `costs --format json`, or a git revision; without one the state is the working tree.
Every state is read from the JSON of its costs, so that revisions and saved files compare alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from booklet.cache.atomic import write_whole
from booklet.checks.guardrails import guardrail_increase
from booklet.content.paths import EDITION
from booklet.diagnostics.diagnostic import BuildError, Diagnostic, Severity
from booklet.diagnostics.limits import SAVED_BYTES
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.positions import Position, Span
from booklet.diff.compare import compare
from booklet.diff.revisions import NoSuchState, extract_revision
from booklet.diff.snapshot import NotCosts, SavedCosts, read_costs
from booklet.export.json import write_costs
from booklet.pipeline.analysis import analyse_workspace

if TYPE_CHECKING:
    from booklet.diff.difference import Difference

SAVED_SUFFIX = ".json"
_TOP = Span(EDITION, Position(1, 1), Position(1, 1))


@dataclass(frozen=True, slots=True)
class ProgrammeState:
    """One state of the programme, its name on the command line, and the count of errors in its content."""

    name: Message | str
    costs: SavedCosts
    #: the JSON that `costs` was read from
    text: str
    #: errors of the content, which do not stop the comparison
    errors: int = 0
    #: the span of the ceiling of an increase
    increase: Span = _TOP


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two states, their difference, the diagnostics of P104, and notes on what could not be compared."""

    before: ProgrammeState
    after: ProgrammeState
    difference: Difference
    diagnostics: tuple[Diagnostic, ...]
    notes: tuple[Message, ...]

    @property
    def fails(self) -> bool:
        """Whether P104 refuses the increase."""
        return any(found.severity is Severity.ERROR for found in self.diagnostics)

    def save(self, folder: Path) -> None:
        """Write the JSON of both states, `before.json` and `after.json`, to be compared again elsewhere."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, state in (("before", self.before), ("after", self.after)):
            write_whole(folder / f"{name}{SAVED_SUFFIX}", state.text.encode())


def compare_states(root: Path, before: str, after: str | None) -> Comparison:
    """Compare the states that two arguments name; without a second one, the working tree.

    Raises `NoSuchState` for an argument that names no state, `BuildError` without git or without a term.
    """
    states = (read_state(root, before), read_state(root, after))
    difference = compare(states[0].costs, states[1].costs)
    found = check_increase(difference, states[1].increase)
    return Comparison(states[0], states[1], difference, found, note_faults(*states))


def read_state(root: Path, word: str | None) -> ProgrammeState:
    """Read the state that an argument names; raises as `compare_states` does."""
    if word is None:
        return _compiled_state(say("the working tree"), root)
    if word.endswith(SAVED_SUFFIX):
        return _saved_state(word)
    with extract_revision(root, word) as folder:
        return _compiled_state(word, folder)


def note_faults(*states: ProgrammeState) -> tuple[Message, ...]:
    """List the states that have errors, whose content is compared as far as it could be read."""
    return tuple(
        say(
            "errors in the content of {state}: {count}; this compares what could be read",
            state=state.name,
            count=state.errors,
        )
        for state in states
        if state.errors
    )


def check_increase(difference: Difference, span: Span) -> tuple[Diagnostic, ...]:
    """Check P104 with the lower ceiling and the higher severity of both states: no change raises its own ceiling."""
    guardrails = (difference.before.guardrails, difference.after.guardrails)
    ceilings = [state.increase for state in guardrails if state.increase is not None]
    if not ceilings:
        return ()
    severity = min((state.severity for state in guardrails), key=lambda severity: severity.rank)
    before, after = difference.totals
    return tuple(guardrail_increase(before, after, ceiling=min(ceilings), span=span, severity=severity))


def _saved_state(word: str) -> ProgrammeState:
    try:
        if not Path(word).is_file():  # a device or a pipe would be waited for
            raise NoSuchState(say("no file `{path}`", path=word))
        with Path(word).open("rb") as file:
            data = file.read(SAVED_BYTES + 1)
        if len(data) > SAVED_BYTES:
            limit = Decimal(SAVED_BYTES)
            raise NoSuchState(say("`{path}` is larger than {limit} bytes", path=word, limit=limit))
        text = data.decode()
        return ProgrammeState(Path(word).name, read_costs(text), text)
    except (NotCosts, UnicodeDecodeError):
        raise NoSuchState(say("`{path}` is not what `costs --format json` writes", path=word)) from None


def _compiled_state(name: Message | str, root: Path) -> ProgrammeState:
    analysis = analyse_workspace(root)
    edition = analysis.workspace.edition
    if analysis.portfolio is None or edition is None:
        raise BuildError(
            say("{state}: the edition does not say its term, so nothing can be costed", state=name)
        )
    errors = sum(1 for found in analysis.diagnostics if found.severity is Severity.ERROR and not found.waived)
    text = write_costs(analysis.portfolio, analysis.workspace, uncertainty=False)
    return ProgrammeState(name, read_costs(text), text, errors, edition.span("guardrails", "increase"))
