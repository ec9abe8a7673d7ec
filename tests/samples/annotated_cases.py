"""Read annotated cases: a workspace written as changes to a sound one, with what must be reported beside each line.

A case is a `.yaml` file of `tests/cases/<rule-name>/`, or a part of one: a line that starts with `===` ends a case and
opens the next. It starts with a comment that states the behaviour; then come sections, each opened by a line that
starts with `---`:

    --- file: proposals/lists.yaml              the lines below are the whole file
    --- in: proposals/mobilite/bus.yaml         changes to that file of the sound workspace (`SOUND`)
    --- copy: proposals/ecologie/velo.yaml      changes to a copy of the sound proposal, under that path
    --- without: proposals/sources.yaml         the file does not exist

Changes are read like a diff without numbers: ` line` finds a line, `-line` finds one and takes it away, `+line` puts
one there, `>line` puts one at the end of the file; each search goes on from where the last one ended.

What is expected is a comment on the faulty line: severity, column, code and a part of the message,

    spread: {2033: 40}  # error: 10 [C103] "after the term ends in 2026"

several on one line where several are expected. Inside a text of several lines no comment can stand: `# up 2: error: …`
on a later line announces what stands two lines above. `waived` in place of a severity announces a finding that a waiver
covers. `# related: 7 [C102] "the quantity"` announces a second place; a case that announces one announces all.
Everything announced must be reported, and nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from booklet.checks.engine import check_workspace
from booklet.content.workspace import read_workspace
from booklet.costs.portfolio import build_portfolio

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from booklet.diagnostics.diagnostic import Diagnostic

BUS = "proposals/mobilite/bus.yaml"
_SECTION = re.compile(r"--- (file|in|copy|without): (\S+)")
_EXPECTED = re.compile(
    r"(?:up (?P<up>\d+): )?(?P<severity>error|warning|information|waived|related): (?P<column>\d+) "
    r'\[(?P<code>[A-Z]\d{3})\] "(?P<part>[^"]*)"'
)
#: path, line, column, severity (or `waived`, `related`), code, message or part of it
Report = tuple[str, int, int, str, str, str]

SOUND = {
    "proposals/edition.yaml": """\
title: Solutions pour le Vallon
version: "1.0"
lang: fr
date: 2020-02-06
publisher: {name: Association d'exemple}
term: {start: 2020-07, years: 2021-2026}
prices: {year: 2019, basis: ht}
territory: {name: Le Vallon, population: 12 000, source: ville-2019}
domains:
  mobilite: {title: Mobilité, colour: "#1b627d"}
  ecologie: {title: Écologie, colour: "#38692f"}
organisations:
  amp: {name: Métropole, kind: metropole}
  region: {name: Région, kind: region}
delivery: {rule: Le même jour à toutes les listes., adopted: 2020-01-15, on: 2020-02-06, poll: 2020-03-15}
letter: |
  Vous conduisez {list}, à {commune}.
""",
    "proposals/lists.yaml": """\
- {id: vallon-1, name: Un avenir pour le Vallon, head: Camille MARTIN-DUPRÉ, commune: Vallon, panel: 1}
- {id: vallon-2, name: Vallon debout, head: Élie d'ARC, commune: Vallon, panel: 2}
""",
    "proposals/sources.yaml": """\
ville-2019: {title: La ville en chiffres, year: 2019}
prix-2018: {title: Prix des marchés, year: 2018}
""",
    BUS: """\
title: Donner la priorité aux bus
status: ready
promise: Un bus qui arrive à l'heure.
problem: Les bus attendent.
solution: On leur ouvre le feu.
scope: {included: [10 carrefours]}
owner: amp
decision: 2020-10
timeline:
  - id: etude
    label: Étude
    kind: study
    start: 2021-01
    end: 2021-06
  - id: pose
    label: Pose
    kind: works
    start: 2021-07
    end: 2022-12
    after: [etude]
costs:
  - label: Équipement
    section: investissement
    nature: equipment
    quantity: 10
    unit: carrefour
    unit_cost: 12 000 €
    spread: pose
    vat: 20 %
    evidence: benchmark
    source: prix-2018
  - label: Entretien
    section: fonctionnement
    nature: service
    quantity: 1
    unit: an
    unit_cost: {low: 4 000 €, central: 5 000 €, high: 6 000 €}
    recurs: {from: 2022-01}
    vat: 20 %
    evidence: expert
    assumption: hypothèse des auteurs
funding: []
uncertainty: L'âge des feux.
authors:
  - {name: Groupe de travail}
""",
}


def split_cases(text: str) -> list[str]:
    """Split a file into its cases."""
    return re.split(r"(?m)^===.*\n", text)


def read_case(text: str) -> dict[str, str]:
    """Make the files of a case."""
    files = dict(SOUND)
    parts = re.split(r"(?m)^(?=--- )", text)
    for part in parts[1:]:
        opening, _, body = part.partition("\n")
        match = _SECTION.fullmatch(opening)
        assert match, f"not a section: {opening}"
        kind, path = match.groups()
        if kind == "without":
            del files[path]
        elif kind == "file":
            files[path] = body
        else:
            files[path] = change(SOUND[BUS] if kind == "copy" else files[path], body)
    return files


def change(text: str, changes: str) -> str:
    """Apply changes; a line that is looked for and not found is a mistake of the case."""
    lines, position = text.splitlines(), 0
    added: list[str] = []
    for wanted in changes.splitlines():
        sign, line = wanted[:1], wanted[1:]
        if sign == ">":
            added.append(line)
        elif sign == "+":
            lines.insert(position, line)
            position += 1
        elif sign:
            assert sign in " -", f"not a change: {wanted}"
            position = lines.index(line, position)
            if sign == "-":
                del lines[position]
            else:
                position += 1
    return "\n".join([*lines, *added]) + "\n"


def expect(files: dict[str, str]) -> list[Report]:
    """List what the comments of the files announce."""
    expected = []
    for path, text in files.items():
        for number, line in enumerate(text.splitlines(), 1):
            for match in _EXPECTED.finditer(line.partition("#")[2]):
                line_number = number - int(match["up"] or 0)
                expected.append(
                    (path, line_number, int(match["column"]), match["severity"], match["code"], match["part"])
                )
    return sorted(expected)


def write_files(root: Path, files: dict[str, str]) -> None:
    """Write the files of a workspace."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode("utf-8"))


def check(root: Path) -> tuple[Diagnostic, ...]:
    """Read and check a workspace as the tool does."""
    workspace = read_workspace(root)
    return check_workspace(workspace, build_portfolio(workspace))


def reports(found: Iterable[Diagnostic], *, related: bool) -> Iterator[Report]:
    """Write findings as the comments announce them."""
    for finding in found:
        start = finding.span.start
        severity = "waived" if finding.waived is not None else str(finding.severity)
        message = str(finding.message)
        yield finding.span.path, start.line, start.column, severity, finding.code, message
        for label in finding.related if related else ():
            place = label.span.start
            yield label.span.path, place.line, place.column, "related", finding.code, str(label.message)


def compare(files: dict[str, str], found: Iterable[Diagnostic]) -> list[str]:
    """Say what was announced and not reported, and what was reported and not announced."""
    expected = expect(files)
    reported = list(reports(found, related=any(one[3] == "related" for one in expected)))
    differences = []
    for one in expected:
        match = next((r for r in reported if r[:5] == one[:5] and one[5] in r[5]), None)
        if match is None:
            differences.append(f"announced, not reported: {one}")
        else:
            reported.remove(match)
    return differences + [f"reported, not announced: {one}" for one in reported]
