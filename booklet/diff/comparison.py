"""Two words of the command line → two states of the programme, and what P104 says of their difference.

A word is a file saved by `costs --format json`, or a git revision; no word is the working tree. Whatever a state is
read from, it goes through the JSON, so that a comparison of revisions and one of saved files cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from booklet.cache.atomic import write_whole
from booklet.checks.increase import guardrail_increase
from booklet.content.proposal_files import EDITION
from booklet.diagnostics.diagnostic import BuildError, Diagnostic, Severity
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.positions import Position, Span
from booklet.diff.difference import Difference, compare
from booklet.diff.json import write_csv, write_json
from booklet.diff.markdown import write_markdown
from booklet.diff.revisions import NoSuchState, extract_revision
from booklet.diff.snapshot import NotCosts, SavedCosts, read_costs
from booklet.diff.table import write_table
from booklet.export.json import write_costs
from booklet.pipeline.analysis import compile_workspace

if TYPE_CHECKING:
    from booklet.text.language import Language

Format = Literal["table", "markdown", "json", "csv"]
SAVED_SUFFIX = ".json"
_TOP = Span(EDITION, Position(1, 1), Position(1, 1))


@dataclass(frozen=True, slots=True)
class State:
    """Hold one state of the programme, the name it was asked by, and what its content lacks."""

    name: Message | str
    costs: SavedCosts
    #: the JSON that it was read from
    text: str
    #: faults of the content that stand in the way of a release; the comparison goes as far as it can
    errors: int = 0
    #: where the ceiling of an increase stands
    increase: Span = _TOP


@dataclass(frozen=True, slots=True)
class Comparison:
    """Hold two states, their difference, what P104 says of it, and what limits it."""

    before: State
    after: State
    difference: Difference
    diagnostics: tuple[Diagnostic, ...]
    notes: tuple[Message, ...]

    @property
    def fails(self) -> bool:
        """Tell whether the increase is refused."""
        return any(found.severity is Severity.ERROR for found in self.diagnostics)

    def write(self, format: Format, language: Language) -> str:
        """Write the difference in a format; only the table and Markdown speak a language."""
        if format == "markdown":
            return write_markdown(self.difference, self.diagnostics, self.notes, language)
        if format == "json":
            return write_json(self.difference, self.diagnostics, self.notes)
        if format == "csv":
            return write_csv(self.difference)
        return write_table(self.difference, self.diagnostics, self.notes, language)

    def save(self, folder: Path) -> None:
        """Keep the JSON of both states as `before.json` and `after.json`, to be compared again elsewhere."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, state in (("before", self.before), ("after", self.after)):
            write_whole(folder / f"{name}{SAVED_SUFFIX}", state.text.encode())


def compare_states(root: Path, before: str, after: str | None) -> Comparison:
    """Compare what two words name; without a second one, the working tree.

    Raises `NoSuchState` for a word that names nothing, `BuildError` where the machine or an edition is not ready.
    """
    states = (read_state(root, before), read_state(root, after))
    difference = compare(states[0].costs, states[1].costs)
    found = find_increase(difference, states[1].increase)
    return Comparison(states[0], states[1], difference, found, note_faults(*states))


def read_state(root: Path, word: str | None) -> State:
    """Read the state that a word names; raises as `compare_states` does."""
    if word is None:
        return _compiled_state(say("the working tree"), root)
    if word.endswith(SAVED_SUFFIX):
        return _saved_state(word)
    with extract_revision(root, word) as folder:
        return _compiled_state(word, folder)


def note_faults(*states: State) -> tuple[Message, ...]:
    """Say which states have faults: what they concern is compared as far as it could be read."""
    return tuple(
        say(
            "errors in the content of {state}: {count}; this compares what could be read",
            state=state.name,
            count=state.errors,
        )
        for state in states
        if state.errors
    )


def find_increase(difference: Difference, span: Span) -> tuple[Diagnostic, ...]:
    """Ask P104 with the lower ceiling and the graver severity of both states: no change lifts its own ceiling."""
    guardrails = (difference.before.guardrails, difference.after.guardrails)
    ceilings = [held.increase for held in guardrails if held.increase is not None]
    if not ceilings:
        return ()
    severity = min((held.severity for held in guardrails), key=lambda severity: severity.rank)
    before, after = difference.totals
    return tuple(guardrail_increase(before, after, ceiling=min(ceilings), span=span, severity=severity))


def _saved_state(word: str) -> State:
    try:
        text = Path(word).read_bytes().decode()
        return State(Path(word).name, read_costs(text), text)
    except (NotCosts, UnicodeDecodeError):
        raise NoSuchState(say("`{path}` is not what `costs --format json` writes", path=word)) from None
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise NoSuchState(say("no file `{path}`", path=word)) from None


def _compiled_state(name: Message | str, root: Path) -> State:
    compiled = compile_workspace(root)
    edition = compiled.workspace.edition
    if compiled.portfolio is None or edition is None:
        raise BuildError(
            say("{state}: the edition does not say its term, so nothing can be costed", state=name)
        )
    errors = sum(1 for found in compiled.diagnostics if found.severity is Severity.ERROR and not found.waived)
    text = write_costs(compiled.portfolio, compiled.workspace, uncertainty=False)
    return State(name, read_costs(text), text, errors, edition.span("guardrails", "increase"))
