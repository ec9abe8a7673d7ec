"""Find what waits for itself: the cycles of a small directed graph, each told once."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def find_cycles(targets_by_node: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """List cycles, the shortest through each node that no earlier cycle holds, in the order of the nodes.

    A cycle starts with its first node in that order. Targets that are not nodes are passed over. What no cycle can
    hold is taken away first, in linear time, so that only nodes in trouble are searched.
    """
    remaining = _without_ends(targets_by_node)
    found: list[tuple[str, ...]] = []
    held: set[str] = set()
    for node in remaining:
        if node not in held and (cycle := _shortest_cycle(node, remaining)):
            found.append(cycle)
            held.update(cycle)
    return tuple(found)


def _without_ends(targets_by_node: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Take away, again and again, the nodes without a target or without an origin."""
    targets = {node: {t for t in ts if t in targets_by_node} for node, ts in targets_by_node.items()}
    origins: dict[str, set[str]] = {node: set() for node in targets}
    for node, following in targets.items():
        for target in following:
            origins[target].add(node)
    for ahead, behind in ((targets, origins), (origins, targets)):
        ends = deque(node for node, following in ahead.items() if not following)
        while ends:
            node = ends.popleft()
            for previous in behind.pop(node):
                ahead[previous].discard(node)
                if not ahead[previous]:
                    ends.append(previous)
            del ahead[node]
    return {
        node: tuple(t for t in ts if t in targets) for node, ts in targets_by_node.items() if node in targets
    }


def _shortest_cycle(start: str, targets_by_node: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    paths: deque[tuple[str, ...]] = deque([(start,)])
    seen: set[str] = set()
    while paths:
        path = paths.popleft()
        for target in targets_by_node[path[-1]]:
            if target == start:
                return path
            if target not in seen:
                seen.add(target)
                paths.append((*path, target))
    return ()
