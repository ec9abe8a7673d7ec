"""Costing and uncertainty of this code and of another checkout, in turns: ratios of processor time, and their spread.

    git worktree add /tmp/before COMMIT
    python benchmarks/costing.py /tmp/before                 # 1 500 proposals, nine rounds: some minutes

Each round is two processes, one for each code, that read the same workspace first. Costs are those of every proposal by
section and year in three estimates, after the term, and the chain to the net cost; uncertainty is that of the
first proposal, of the first two, … of the first sixty.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parents[1]


def measure(workspace_folder: Path) -> dict[str, float]:
    """Processor seconds of each part, in the code that this process imports."""
    from booklet.content.workspace import read_workspace
    from booklet.costs.portfolio import build_portfolio, finance_portfolio
    from booklet.costs.uncertainty import estimate_portfolio
    from booklet.law.lookup import law_of

    workspace = read_workspace(workspace_folder)
    law = law_of(workspace)
    assert workspace.edition is not None
    edition = workspace.edition.value

    def cost() -> None:
        portfolio = build_portfolio(workspace)
        assert portfolio is not None
        for costed in portfolio.ready:
            _ = costed.costing.by_section, costed.costing.after_term_by_section
        for chain in finance_portfolio(portfolio, edition, law).values():
            _ = chain and (chain.net_cells, chain.fctva_cells, chain.own_share, chain.grants, chain.unknown)

    def estimate() -> None:
        portfolio = build_portfolio(workspace)
        assert portfolio is not None
        for number in range(1, 61):  # each with those before it, as nothing is estimated twice
            estimate_portfolio(replace(portfolio, ready=portfolio.ready[:number]))

    return {"costs": _time(cost), "uncertainty of 60": _time(estimate)}


def _time(work: Callable[[], None]) -> float:
    gc.collect()
    gc.disable()  # as commands do
    start = time.process_time()
    work()
    seconds = time.process_time() - start
    gc.enable()
    return seconds


def main(arguments: Sequence[str]) -> int:
    """Run both codes in turns and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("other", type=Path)
    parser.add_argument("--proposals", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args(arguments)
    from benchmarks.booklets import Size, write_workspace

    with TemporaryDirectory(prefix="costing-") as folder:
        write_workspace(Path(folder), Size(options.proposals, 1))
        ratios: dict[str, list[float]] = {}
        for _ in range(options.rounds):
            before, after = (_run(checkout, folder) for checkout in (options.other.resolve(), ROOT))
            for part, seconds in after.items():
                ratios.setdefault(part, []).append(seconds / before[part])
                sys.stderr.write(f"{part}: {before[part]:.2f} s, {seconds:.2f} s\n")
    for part, found in ratios.items():
        print(
            f"| {part} | {median(found):.2f} | {min(found):.2f} to {max(found):.2f} | {len(found)} rounds |"
        )
    return 0


def _run(checkout: Path, folder: str) -> dict[str, float]:
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    command = [sys.executable, __file__, "--child", folder]
    ran = subprocess.run(command, capture_output=True, check=True, env=environment, cwd=checkout)
    found: dict[str, float] = json.loads(ran.stdout)
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        sys.path.pop(0)  # this file's own folder: the code is that of PYTHONPATH
        print(json.dumps(measure(Path(sys.argv[2]))))
    else:
        sys.path.insert(0, str(ROOT))
        sys.exit(main(sys.argv[1:]))
