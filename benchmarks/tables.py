"""Measured costs → the Markdown tables of `docs/performance.md`.

python benchmarks/tables.py docs/performance.md small.json real.json    # of runs that were saved

"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median

from pydantic import TypeAdapter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from typing import TYPE_CHECKING

from benchmarks.measure import Cost  # noqa: TC001 (pydantic reads the annotations)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


BEGIN, END = "<!-- results: written by benchmarks/run.py -->", "<!-- end of results -->"
MEBIBYTE = 1024 * 1024
#: (proposals, lists) → case, whom ours is compared with, in what, and the part of it that ours may take
TARGETS = {
    (51, 12): (
        ("cold", "before", "cpu", 0.55),
        ("cold", "typst-rich", "wall", 2.4),
        ("cold", "weasyprint", "wall", 1 / 15),
        ("nothing changed", "before", "wall", 1.0),
        ("one proposal edited", "typst-rich", "wall", 0.33),
        ("an amount edited", "before", "cpu", 0.35),
    ),
    (51, 322): (
        ("cold", "before", "cpu", 0.57),
        ("cold", "typst-rich", "wall", 0.5),
        ("nothing changed", "before", "wall", 1.0),
    ),
}
#: part of the wall time before that a cold `check` may take
CHECK_TARGET = 0.6
#: part of the processor time before that one more list may take
LIST_TARGET = 0.65
#: mebibytes of the largest process
MEMORY_TARGET = 600


@dataclass
class Results:
    """Everything that a run measured."""

    machine: dict[str, str]
    size: dict[str, int]
    rounds: int
    peer_lists: int
    #: by case, then contestant, one for each round
    costs: dict[str, dict[str, list[Cost]]] = field(default_factory=dict)
    growth: list[tuple[int, int, Cost]] = field(default_factory=list)
    #: fixed, per proposal, per list; seconds
    fit_wall: tuple[float, ...] = ()
    fit_cpu: tuple[float, ...] = ()
    #: by case, then contestant
    check: dict[str, dict[str, list[Cost]]] = field(default_factory=dict)
    check_proposals: int = 0

    @classmethod
    def read(cls, path: Path) -> Results:
        """Read what a run saved."""
        return TypeAdapter(cls).validate_json(path.read_bytes())

    def save(self, path: Path) -> None:
        """Keep every figure."""
        path.write_text(json.dumps(asdict(self), indent=1), "utf-8")


def write_tables(results: Results) -> str:
    """Write every table that there are figures for."""
    size, machine = results.size, results.machine
    said = "; ".join(f"{name}: {value}" for name, value in machine.items())
    parts = [f"{said}. Median of {results.rounds} (least to most)."]
    parts.append(f"### {size['proposals']} proposals, {size['lists']} lists\n\n" + _side_by_side(results))
    targets = _targets(results)
    if targets:
        parts.append("### Against the targets\n\n" + targets)
    if results.growth:
        parts.append("### Growth, cold\n\n" + _growth(results))
    if results.check:
        parts.append(f"### `check` of {results.check_proposals} proposals\n\n" + _check(results))
    return "\n\n".join(parts) + "\n"


def write_into(page: Path, tables: str) -> None:
    """Replace what stands between the two marks of a page."""
    before, _, rest = page.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    assert end, f"{page.name} has no place for results"
    page.write_text(f"{before}{BEGIN}\n\n{tables}\n{END}{after}", "utf-8")


def _side_by_side(results: Results) -> str:
    rows = []
    for case, by_contestant in results.costs.items():
        if case == "one booklet":
            continue
        for name, costs in by_contestant.items():
            pairs = zip(costs, by_contestant["ours"], strict=True)
            ratio = (
                "1" if name == "ours" else _spread((peer.wall / ours.wall for peer, ours in pairs), _times)
            )
            is_estimate = (
                name not in ("ours", "before")
                and case != "one list added"
                and results.size["lists"] > results.peer_lists
            )
            wall = ("≈ " if is_estimate else "") + _spread((cost.wall for cost in costs), _seconds)
            cpu = _spread((cost.cpu for cost in costs), _seconds)
            memory = f"{max(cost.memory for cost in costs):.0f}"
            written = f"{median(cost.written for cost in costs) / MEBIBYTE:.1f}"
            rows.append((case, name, wall, cpu, memory, written, ratio))
    lengths = results.costs.get("one booklet", {})
    table = _table(
        ("case", "by", "wall, s", "processor, s", "MiB, largest process", "MiB written", "× ours"), rows
    )
    told = ", ".join(f"{name} {costs[0].written / 1024:.0f} KiB" for name, costs in lengths.items())
    notes = [f"One booklet: {told}." if told else ""]
    if results.size["lists"] > results.peer_lists:
        notes.append(
            f"≈: a peer set {results.peer_lists} lists in each case; "
            "the others count as the median of all but the first."
        )
    return "\n\n".join([table, " ".join(filter(None, notes))])


def _targets(results: Results) -> str:
    size = (results.size["proposals"], results.size["lists"])
    rows = [
        _ratio_row(case, other, what, limit, results.costs[case])
        for case, other, what, limit in TARGETS.get(size, ())
        if other in results.costs.get(case, {})
    ]
    for proposals, lists, cost in results.growth:
        if proposals >= 1500:
            row = f"{proposals} proposals, {lists} lists", "largest process"
            rows.append(
                (*row, f"{MEMORY_TARGET} MiB", f"{cost.memory:.0f} MiB", _verdict(cost.memory, MEMORY_TARGET))
            )
    if "before" in results.check.get("cold", {}):
        rows.append(_ratio_row("cold", "before", "wall", CHECK_TARGET, results.check["cold"], "`check`, "))
    lengths = results.costs.get("one booklet", {})
    if "weasyprint" in lengths:
        ratio = lengths["ours"][0].written / lengths["weasyprint"][0].written
        rows.append(("bytes of a booklet", "weasyprint", "1.3", f"{ratio:.2f}", _verdict(ratio, 1.3)))
    return _table(("case", "to", "target", "measured", ""), rows) if rows else ""


def _ratio_row(
    case: str, other: str, what: str, limit: float, costs: Mapping[str, Sequence[Cost]], prefix: str = ""
) -> tuple[str, ...]:
    """Compare ours with another contestant, round by round."""
    pairs = zip(costs["ours"], costs[other], strict=True)
    ratios = [getattr(ours, what) / getattr(peer, what) for ours, peer in pairs]
    name = {"cpu": "processor time", "wall": "wall time"}[what]
    return (
        prefix + case,
        f"{other}, {name}",
        f"{limit:.2g}",
        _spread(ratios, "{:.2f}".format),
        _verdict(median(ratios), limit),
    )


def compare_lists(small: Results, large: Results) -> str:
    """Say what one more list takes, of the time before: between two runs of as many proposals."""
    more = large.size["lists"] - small.size["lists"]
    each = {
        name: (median(cost.cpu for cost in large.costs["cold"][name]) - median(cost.cpu for cost in costs))
        / more
        for name, costs in small.costs["cold"].items()
        if name in ("ours", "before") and name in large.costs["cold"]
    }
    ratio = each["ours"] / each["before"]
    verdict = _verdict(ratio, LIST_TARGET)
    return (
        f"One more list, between {small.size['lists']} and {large.size['lists']}: {each['ours'] * 1000:.0f} ms of a "
        f"processor, {each['before'] * 1000:.0f} before: {ratio:.2f} of {LIST_TARGET}, {verdict}.\n"
    )


def _verdict(found: float, limit: float) -> str:
    return "met" if found <= limit else f"missed by {found / limit - 1:.0%}"


def _growth(results: Results) -> str:
    rows = [
        (str(proposals), str(lists), _seconds(cost.wall), _seconds(cost.cpu), f"{cost.memory:.0f}",
         f"{cost.written / MEBIBYTE:.1f}")
        for proposals, lists, cost in results.growth
    ]  # fmt: skip
    head = ("proposals", "lists", "wall, s", "processor, s", "MiB, largest process", "MiB in dist")
    parts = [_table(head, rows)]
    for name, fit in (("wall", results.fit_wall), ("processor", results.fit_cpu)):
        if fit:
            fixed, per_proposal, per_list = fit
            parts.append(
                f"Least squares, {name}: {fixed:.2f} s fixed, {per_proposal * 1000:.0f} ms a proposal, "
                f"{per_list * 1000:.1f} ms a list."
            )
    return "\n\n".join(parts)


def _check(results: Results) -> str:
    rows = [
        (case, name, _spread((cost.wall for cost in costs), _seconds),
         _spread((cost.cpu for cost in costs), _seconds), f"{max(cost.memory for cost in costs):.0f}")
        for case, by_contestant in results.check.items()
        for name, costs in by_contestant.items()
    ]  # fmt: skip
    return _table(("case", "by", "wall, s", "processor, s", "MiB"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _spread(values: Iterable[float], write: Callable[[float], str]) -> str:
    ordered = sorted(values)
    middle = write(median(ordered))
    return middle if len(ordered) == 1 else f"{middle} ({write(ordered[0])} to {write(ordered[-1])})"


def _seconds(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _times(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


if __name__ == "__main__":
    page, *saved = (Path(argument) for argument in sys.argv[1:])
    runs = [Results.read(path) for path in saved]
    pairs = [
        compare_lists(small, large)
        for small, large in pairwise(runs)
        if "before" in small.costs.get("cold", {}) and "before" in large.costs.get("cold", {})
    ]
    write_into(page, "\n".join((*map(write_tables, runs), *pairs)))
