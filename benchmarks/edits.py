"""What an edit costs this code and another checkout, in turns: ratios of processor time, and their spread.

    git worktree add /tmp/before COMMIT
    python benchmarks/edits.py /tmp/before                   # 51 proposals, 12 lists, five rounds: some minutes

Each code builds the same workspace cold, which is measured too. Each round then builds it with nothing changed, with a
sentence more in one proposal, and with another quantity on one of its cost lines.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.booklets import Size, proposal_path, write_workspace  # noqa: E402
from benchmarks.measure import Cost, measure  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_QUANTITY = re.compile(r"(?<=quantity: )\d+")


def edit_sentence(path: Path) -> None:
    """Add a sentence to the problem of a proposal."""
    path.write_text(
        path.read_text("utf-8").replace("problem: |\n  ", "problem: |\n  Un de plus. ", 1), "utf-8"
    )


def edit_amount(path: Path) -> None:
    """Add one to the quantity of the first cost line of a proposal."""
    path.write_text(
        _QUANTITY.sub(lambda found: str(int(found[0]) + 1), path.read_text("utf-8"), count=1), "utf-8"
    )


CASES: dict[str, Callable[[Path], None]] = {
    "nothing changed": lambda _path: None,
    "a sentence edited": edit_sentence,
    "an amount edited": edit_amount,
}


def main(arguments: Sequence[str]) -> int:
    """Build in turns with both codes, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("other", type=Path)
    parser.add_argument("--proposals", type=int, default=51)
    parser.add_argument("--lists", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--save", type=Path, help="write every figure as JSON")
    options = parser.parse_args(arguments)
    codes = {"before": options.other.resolve(), "now": ROOT}
    costs: dict[str, dict[str, list[Cost]]] = {case: {} for case in ("cold", *CASES)}
    with TemporaryDirectory(prefix="booklet-benchmark-") as folder:

        def build(case: str, name: str) -> None:
            command = [sys.executable, str(codes[name] / "build.py"), "-C", str(Path(folder, name)), "build"]
            cost = measure(command)
            costs[case].setdefault(name, []).append(cost)
            print(f"  {case}, {name}: {cost.wall:.2f} s, {cost.cpu:.2f} s", file=sys.stderr)

        for name in codes:
            write_workspace(Path(folder, name), Size(options.proposals, options.lists))
            build("cold", name)
        for turn in range(options.rounds):
            for case, edit in CASES.items():
                for name in codes if turn % 2 else reversed(codes):
                    edit(proposal_path(Path(folder, name), options.proposals // 2 + turn))
                    build(case, name)
    if options.save:
        options.save.write_text(json.dumps(costs, default=lambda cost: {"wall": cost.wall, "cpu": cost.cpu}))
    print(write_table(costs))
    return 0


def write_table(costs: dict[str, dict[str, list[Cost]]]) -> str:
    """Write medians and ratios, each ratio of one round, as a Markdown table."""
    lines = [
        "| case | before, processor s (wall) | now | ratio, processor | spread | ratio, wall |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for case, by_code in costs.items():
        before, now = by_code["before"], by_code["now"]
        cells = [
            f"{median(cost.cpu for cost in each):.2f} ({median(cost.wall for cost in each):.2f})"
            for each in (before, now)
        ]
        cpu = [after.cpu / first.cpu for first, after in zip(before, now, strict=True)]
        wall = [after.wall / first.wall for first, after in zip(before, now, strict=True)]
        lines.append(
            f"| {case} | {cells[0]} | {cells[1]} | **{median(cpu):.2f}** | {min(cpu):.2f} to {max(cpu):.2f} "
            f"| {median(wall):.2f} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
