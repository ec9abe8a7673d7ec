"""Which page numbers a chapter prints, recorded while it is filled: it is filled again only when one changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from booklet.chapters.context import PageNumbers

Value = TypeVar("Value")


class Lookups(Mapping[str, Value]):
    """A mapping that records which keys were looked up, and what was found."""

    def __init__(self, current: Mapping[str, Value]) -> None:
        self._current = current
        self._found: dict[str, Value | None] = {}

    def __getitem__(self, key: str) -> Value:
        self._found[key] = self._current.get(key)
        return self._current[key]

    def __iter__(self) -> Iterator[str]:
        raise TypeError("look up one key after the other: an iteration cannot be recorded")

    def __len__(self) -> int:
        raise TypeError("look up one key after the other: a count cannot be recorded")

    @property
    def names(self) -> tuple[str, ...]:
        """The keys that were looked up."""
        return tuple(self._found)

    def are_current(self, current: Mapping[str, Value]) -> bool:
        """Check whether every recorded lookup would find the same."""
        return all(current.get(key) == value for key, value in self._found.items())


class RecordedNumbers:
    """Page numbers that record which of them are read."""

    def __init__(self, current: PageNumbers) -> None:
        self._targets, self._sources = Lookups(current.by_target), Lookups(current.by_source)
        self.numbers = PageNumbers(self._targets, self._sources)

    @property
    def names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The targets and sources that were looked up."""
        return self._targets.names, self._sources.names

    def look_up(self, targets: Iterable[str], sources: Iterable[str]) -> None:
        """Record numbers that were read in an earlier build."""
        for lookups, names in ((self._targets, targets), (self._sources, sources)):
            for name in names:
                lookups.get(name)

    def are_current(self, current: PageNumbers) -> bool:
        """Check whether every number that was read is still the same."""
        return self._targets.are_current(current.by_target) and self._sources.are_current(current.by_source)
