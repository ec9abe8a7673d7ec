"""A small directed graph → cycles that together pass through every node that is in a cycle."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def find_cycles(targets_by_node: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Find the shortest cycle through each node that is in no earlier cycle, in the order of the nodes.

    A cycle starts with its first node in that order. Targets that are not nodes are ignored. Nodes that cannot be in a
    cycle are removed first, in linear time; only the others are searched.
    """
    remaining = _without_ends(targets_by_node)
    found: list[tuple[str, ...]] = []
    in_cycle: set[str] = set()
    for node in remaining:
        if node not in in_cycle and (cycle := _shortest_cycle(node, remaining)):
            found.append(cycle)
            in_cycle.update(cycle)
    return tuple(found)


def _without_ends(targets_by_node: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Remove nodes without a target or without an origin until none is left."""
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
