"""Side by side in one run: our build, another checkout's, and the peers that set each booklet whole; growth; `check`.

    python benchmarks/run.py                                   # short: 10 proposals, 3 lists
    git worktree add /tmp/before COMMIT
    python benchmarks/run.py --before /tmp/before --proposals 51 --lists 12 --rounds 3 --write docs/performance.md

Contestants take turns within each round (A B A B), so that a machine that gets busier does so for all of them. What
is read is described in `benchmarks/README.md`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.booklets import Size, proposal_path, write_lists, write_workspace  # noqa: E402
from benchmarks.measure import Cost, fit_plane, measure, written_since  # noqa: E402
from benchmarks.peers import find_chromium  # noqa: E402
from benchmarks.tables import Results, write_into, write_tables  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_QUANTITY = re.compile(r"(?<=quantity: )\d+")


@dataclass
class Workspace:
    """A generated workspace, with templates of its own, and the edits that cases make."""

    root: Path
    size: Size
    #: the checkout that builds it
    code: Path = ROOT
    lists: int = field(init=False)

    def __post_init__(self) -> None:
        self.lists = self.size.lists
        write_workspace(self.root, self.size)
        shutil.copytree(self.code / "templates", self.root / "templates")

    def build(self) -> Cost:
        """Build it as anybody would, in a process of its own."""
        written = [self.root / "dist", self.root / ".booklet-store"]
        return measure([*command(self.code), "-C", str(self.root), "build"], written)

    def edit_proposal(self) -> None:
        """Change a sentence, in the middle of the booklet."""
        path = proposal_path(self.root, self.size.proposals // 2)
        _replace(path, "problem: |\n  ", "problem: |\n  Un constat de plus. ")

    def edit_amount(self) -> None:
        """Change the quantity of a cost line, in the middle of the booklet."""
        path = proposal_path(self.root, self.size.proposals // 2)
        text = path.read_text("utf-8")
        path.write_text(_QUANTITY.sub(lambda found: str(int(found[0]) + 1), text, count=1), "utf-8")

    def add_list(self) -> None:
        """Serve one list more."""
        self.lists += 1
        write_lists(self.root, self.lists)

    def edit_letter(self) -> None:
        """Change the letter to every list."""
        _replace(self.root / "proposals" / "edition.yaml", "Madame, Monsieur,", "Madame, Monsieur, bonjour,")

    def edit_stylesheet(self) -> None:
        """Change how every fiche looks, a little; and what stands for it in Typst."""
        with (self.root / "templates" / "css" / "fiche.css").open("a") as file:
            file.write("\n.fiche .promise { letter-spacing: 0.02pt }\n")


def command(code: Path) -> list[str]:
    """How a checkout's commands are started."""
    return [sys.executable, str(code / "build.py")]


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, f"{path.name} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), "utf-8")


#: case → what is changed before it; None changes nothing
CASES: dict[str, Callable[[Workspace], None] | None] = {
    "cold": None,
    "nothing changed": None,
    "one proposal edited": Workspace.edit_proposal,
    "an amount edited": Workspace.edit_amount,
    "one list added": Workspace.add_list,
    "letter edited": Workspace.edit_letter,
    "stylesheet edited": Workspace.edit_stylesheet,
}


class Peer:
    """Keep a peer's process, and have it set lists one after the other."""

    def __init__(self, name: str, folder: Path, output: Path) -> None:
        self.output, self.cpu = output, 0.0
        output.mkdir(exist_ok=True)
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("peers.py")), name, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def set_lists(self, measured: int, wanted: int) -> Cost:
        """Set some lists, and compute the cost of all that are wanted: the others cost the median of these."""
        at, costs = time.time_ns(), []
        for number in range(min(measured, wanted)):
            begun = self.started or time.perf_counter()
            self.started = 0.0  # the start of the process belongs to the first list
            _pipe(self.process.stdin).write(f"{number} {self.output / f'{number}.pdf'}\n")
            _pipe(self.process.stdin).flush()
            line = _pipe(self.process.stdout).readline()
            if not line:
                raise SystemExit("a peer stopped: its message stands above")
            told = json.loads(line)
            costs.append((time.perf_counter() - begun, told["cpu"] - self.cpu))
            self.cpu, memory = told["cpu"], told["memory"]
        rest = sorted(costs[1:] or costs)[len(costs[1:] or costs) // 2]
        more = wanted - len(costs)
        wall, cpu = (sum(cost[i] for cost in costs) + more * rest[i] for i in (0, 1))
        return Cost(wall, cpu, memory, written_since(at, [self.output]) * wanted // len(costs))

    def end(self) -> None:
        """Let the process end by itself."""
        _pipe(self.process.stdin).close()
        self.process.wait()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    assert pipe is not None
    return pipe


def run_round(
    folder: Path,
    size: Size,
    codes: Mapping[str, Path],
    peers: Sequence[str],
    peer_lists: int,
    cases: Sequence[str],
) -> Iterator[tuple[str, str, Cost]]:
    """Measure every case once: case, contestant, cost."""
    workspaces = {name: Workspace(folder / name, size, code) for name, code in codes.items()}
    workspace = workspaces["ours"]
    pages, processes = folder / "pages", {}
    for case in cases:
        edit = CASES[case]
        for name, one in workspaces.items():
            if edit is not None:
                edit(one)
            yield case, name, one.build()
        if case == "nothing changed" or not peers:
            continue  # a peer has nothing that tells
        subprocess.run(
            [sys.executable, str(Path(__file__).with_name("peer_pages.py")), str(workspace.root), str(pages)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=True,
        )
        for name in peers:
            if case not in ("cold", "one list added") and not name.startswith("typst"):
                continue  # it keeps nothing of a document: every list again, as when cold
            if name not in processes:
                processes[name] = Peer(name, pages, folder / name)
            wanted = 1 if case == "one list added" else workspace.lists
            yield case, name, processes[name].set_lists(peer_lists, wanted)
    sizes = {name: (folder / name / "0.pdf").stat().st_size for name in peers}
    own = next(
        path for path in sorted((workspace.root / "dist").rglob("*.pdf")) if path.name != "register.pdf"
    )
    for name, length in {"ours": own.stat().st_size, **sizes}.items():
        yield "one booklet", name, Cost(0, 0, 0, length)
    for process in processes.values():
        process.end()


def run_growth(folder: Path, proposals: Sequence[int], lists: Sequence[int]) -> list[tuple[int, int, Cost]]:
    """Build cold at growing sizes: proposals with the fewest lists, lists with the fewest proposals."""
    sizes = dict.fromkeys(
        [(count, lists[0]) for count in proposals] + [(proposals[0], count) for count in lists]
    )
    points = []
    for count, served in sizes:
        print(f"  growth: {count} proposals, {served} lists", file=sys.stderr)
        root = folder / f"growth-{count}-{served}"
        write_workspace(root, Size(count, served))
        points.append((count, served, measure([*command(ROOT), "-C", str(root), "build"], [root / "dist"])))
        shutil.rmtree(root)
    return points


def run_check(
    folder: Path, codes: Mapping[str, Path], proposals: int, rounds: int
) -> dict[str, dict[str, list[Cost]]]:
    """Check a large workspace: cold, again, and after one proposal was edited; case, contestant, costs."""
    costs: dict[str, dict[str, list[Cost]]] = {"cold": {}, "again": {}, "one proposal edited": {}}
    for name in codes:
        write_workspace(folder / f"check-{name}", Size(proposals, 100))
    for turn in range(rounds):
        for case, by_contestant in costs.items():
            for name, code in codes.items():
                root = folder / f"check-{name}"
                if case == "cold":
                    shutil.rmtree(root / ".booklet-store", ignore_errors=True)
                if case == "one proposal edited":
                    _replace(
                        proposal_path(root, turn), "problem: |\n  ", "problem: |\n  Un constat de plus. "
                    )
                cost = measure([*command(code), "-C", str(root), "check", "--format", "concise"])
                by_contestant.setdefault(name, []).append(cost)
    return costs


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked and write the tables."""
    options = _options().parse_args(arguments)
    size = Size(options.proposals, options.lists, options.seed)
    codes = {"ours": ROOT} | ({"before": options.before.resolve()} if options.before else {})
    peers = [name for name in options.peers.split(",") if name and (name != "chromium" or find_chromium())]
    results = Results(_machine(), asdict(size), options.rounds, options.peer_lists)
    with tempfile.TemporaryDirectory(prefix="booklet-benchmark-", dir=options.folder) as name:
        folder = Path(name)
        for turn in range(options.rounds):
            print(f"round {turn + 1} of {options.rounds}", file=sys.stderr)
            here = folder / f"round-{turn}"
            here.mkdir()
            for case, contestant, cost in run_round(
                here, size, codes, peers, options.peer_lists, options.cases
            ):
                results.costs.setdefault(case, {}).setdefault(contestant, []).append(cost)
                print(f"  {case}, {contestant}: {cost.wall:.2f} s, {cost.cpu:.2f} s", file=sys.stderr)
            shutil.rmtree(here)
            if options.save:
                results.save(Path(options.save))  # an interrupted run keeps the rounds that ended
        if options.growth_proposals and options.growth_lists:
            results.growth = run_growth(folder, options.growth_proposals, options.growth_lists)
            points = [((1.0, float(count), float(served)), cost) for count, served, cost in results.growth]
            if len({x[1] for x, _ in points}) > 1 and len({x[2] for x, _ in points}) > 1:
                results.fit_wall = fit_plane([(x, cost.wall) for x, cost in points])
                results.fit_cpu = fit_plane([(x, cost.cpu) for x, cost in points])
        if options.check:
            results.check = run_check(folder, codes, options.check, options.rounds)
            results.check_proposals = options.check
    results.machine["load at the end"] = _load()
    if options.save:
        results.save(Path(options.save))
    tables = write_tables(results)
    if options.write:
        write_into(Path(options.write), tables)
    else:
        print(tables)
    return 0


def _options() -> argparse.ArgumentParser:
    def sizes(text: str) -> list[int]:
        return [int(word) for word in text.split(",") if word]

    parser = argparse.ArgumentParser(description="Measure builds side by side, and write Markdown tables.")
    parser.add_argument("--proposals", type=int, default=10)
    parser.add_argument("--lists", type=int, default=3)
    parser.add_argument("--seed", type=int, default=2020)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument(
        "--before", type=Path, metavar="CHECKOUT", help="another code, to build the same in turns"
    )
    parser.add_argument(
        "--peers", default="weasyprint,typst,typst-rich,chromium", help="comma-separated; empty for none"
    )
    parser.add_argument(
        "--peer-lists", type=int, default=2, help="lists that a peer really sets in each case"
    )
    parser.add_argument(
        "--cases",
        type=lambda text: text.split(","),
        default=[*CASES],
        help="comma-separated, the cold one first: " + ", ".join(CASES),
    )
    parser.add_argument("--growth-proposals", type=sizes, default=[], metavar="N,N,…")
    parser.add_argument("--growth-lists", type=sizes, default=[], metavar="M,M,…")
    parser.add_argument("--check", type=int, default=0, metavar="N", help="also `check` N proposals")
    parser.add_argument(
        "--folder", help="where to put the workspaces (default: the system's temporary folder)"
    )
    parser.add_argument("--save", metavar="FILE", help="keep every figure as JSON")
    parser.add_argument("--write", metavar="PAGE", help="replace the results in this Markdown page")
    return parser


def _machine() -> dict[str, str]:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        "unknown",
    )
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "processors": f"{len(os.sched_getaffinity(0))} × {model}",
        "python": sys.version.split()[0],
        "load at the start": _load(),
    }


def _load() -> str:
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
