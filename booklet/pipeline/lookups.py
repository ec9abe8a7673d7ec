"""Which page numbers a chapter prints, recorded while it is filled: it is filled again only when their digits do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from booklet.chapters.context import LAST, PageNumbers

Value = TypeVar("Value")


class Lookups(Mapping[str, Value]):
    """A mapping that records which keys were looked up, and what was found."""

    def __init__(
        self,
        current: Mapping[str, Value],
        printed: Callable[[str, Value | None], object] = lambda _, value: value,
    ) -> None:
        self._current, self._printed = current, printed
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
        """Check whether every recorded lookup would find what prints the same."""
        return all(
            self._printed(key, current.get(key)) == self._printed(key, value)
            for key, value in self._found.items()
        )


def _count_digits(target: str, number: int | None) -> int | None:
    """What a chapter prints of a page number, which the linker stamps; the number of pages is printed nowhere."""
    return number if number is None or target == LAST else len(str(number))


class RecordedNumbers:
    """Page numbers that record which of them are read."""

    def __init__(self, current: PageNumbers) -> None:
        self._targets, self._sources = Lookups(current.by_target, _count_digits), Lookups(current.by_source)
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
