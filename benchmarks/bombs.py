"""What becomes of each file made to exhaust its reader: a Markdown table, on the standard output.

    python benchmarks/bombs.py                   # all of them: some minutes
    python benchmarks/bombs.py lists "10⁵"       # those whose names hold one of these words

Each command runs in a process of its own, of which the kernel tells the processor time and the largest memory, workers
included. The status is 1 where one is out of bounds; `docs/reliability.md` has the last figures.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # run as a file

from benchmarks.measure import Cost, account
from tests.samples.bombs import Bomb, every_bomb
from tests.samples.commands import BUILD
from tests.samples.pdf_bombs import every_pdf_bomb
from tests.samples.workspace import write_small

if TYPE_CHECKING:
    from collections.abc import Mapping

#: a command that takes longer is ended, in seconds by the clock
PATIENCE = 600
MEGABYTE = 1_000_000
#: files that may grow with the territory
TABLES = frozenset({"proposals/lists.yaml", "proposals/sources.yaml"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command cost and said; without a status it was ended."""

    cost: Cost
    status: int | None
    said: str

    @property
    def words(self) -> str:
        """The codes that were told, or the last line."""
        codes = Counter(re.findall(r"(?:error|warning|information)\[(\w+)\]", self.said))
        told = ", ".join(code if count == 1 else f"{code} ×{count}" for code, count in sorted(codes.items()))
        lines = self.said.strip().splitlines() or ["nothing"]
        return (
            told or next((line for line in lines if ".pdf: " in line), lines[-1]).rpartition(".pdf: ")[2][:90]
        )


@cache
def _cost_of_nothing(command: str) -> Cost:
    with TemporaryDirectory(prefix="bomb-") as folder:
        return _run(command, write_small(Path(folder)).root).cost


def bound(command: str, files: Mapping[str, bytes]) -> Cost:
    """What a command may cost that meets these files; a build, so much more than that of the tiny workspace alone."""
    if command.startswith("verify"):
        return Cost(0, 50, 5_000) if "--large" in command else Cost(0, 5, 500)
    if command.startswith("build"):
        return Cost(0, 20 + _cost_of_nothing(command).cpu, 1_000)
    size = max((_size_of_table(path, data) for path, data in files.items()), default=0) / MEGABYTE
    more = max(0, size - 1) if size <= 16 else 0
    return Cost(0, 2 + more, 250 + 60 * more)


def _size_of_table(path: str, data: bytes) -> int:
    """The bytes of what may grow with the territory, a workbook as it unpacks; 0 for other files."""
    if path.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(part.file_size for part in archive.infolist())
    return len(data) if path in TABLES else 0


def explode(bomb: Bomb, root: Path) -> tuple[Outcome, Cost]:
    """Put a bomb into a tiny workspace and run its command; returns what became of it, and its bounds."""
    write_small(root)
    files = {path: data.encode() if isinstance(data, str) else data for path, data in bomb.make().items()}
    written: dict[int, Path] = {}
    for path, data in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        if id(data) in written:  # many large images that are one
            target.hardlink_to(written[id(data)])
        else:
            target.write_bytes(data)
            written[id(data)] = target
    return _run(bomb.command, root), bound(bomb.command, files)


def _run(command: str, root: Path) -> Outcome:
    said = root / "said"
    words = (str(root / word) if (root / word).is_file() else word for word in command.split())
    status, cost = account([*BUILD, "-C", str(root), *words, "--lang", "en"], said, PATIENCE)
    return Outcome(cost, status, said.read_text("utf-8", "replace"))


def main(words: list[str]) -> int:
    """Print a line for each bomb, and return the status."""
    out_of_bounds = 0
    print("| sent | to | s | of | MB | of | said | |\n|---|---|--:|--:|--:|--:|---|---|")
    for bomb in (*every_bomb(), *every_pdf_bomb()):
        if words and not any(word in f"{bomb.command}: {bomb.name}" for word in words):
            continue
        with TemporaryDirectory(prefix="bomb-") as folder:
            outcome, bounds = explode(bomb, Path(folder))
        cost = outcome.cost
        is_within = (
            outcome.status in (0, 1)
            and "Traceback" not in outcome.said
            and cost.cpu <= bounds.cpu
            and cost.memory <= bounds.memory
        )
        verdict = "within" if is_within else f"**out**, status {outcome.status}"
        numbers = f"{cost.cpu:.1f} | {bounds.cpu:.0f} | {cost.memory:.0f} | {bounds.memory:.0f}"
        print(f"| {bomb.name} | {bomb.command} | {numbers} | {outcome.words} | {verdict} |", flush=True)
        out_of_bounds += not is_within
    return int(out_of_bounds > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
