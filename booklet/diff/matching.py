"""Two states → pairs of their proposals, lines or funders.

Proposals are matched by id, whatever their folder; then a removed and a new one with nearly the same title and lines
are a renamed one. Lines are matched by label, then by what they buy.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, TypeVar

from booklet.diff.snapshot import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence, Set

    from booklet.diff.snapshot import SavedFunding, SavedLine, SavedProposal

Item = TypeVar("Item")
#: (before, after); None where there is no counterpart
Pair = tuple[Item | None, Item | None]
#: the least likeness of two items that are the same under another name
ALIKE = 0.6
#: characters of two texts that are compared one by one
MAX_ALIKE = 200


@dataclass(slots=True)
class Room:
    """What a whole run may compare by likeness: pairs of removed and new items, and pairs of equal letters in them.

    Both are what comparing them takes, a microsecond or less for a pair of letters.
    """

    pairs: int = 20_000
    letters: int = 6_000_000

    def take(self, before: Sequence[str | None], after: Sequence[str | None]) -> bool:
        """Whether there is room for comparing all texts of two groups, which is then taken."""
        count, letters = len(before) * len(after), _count_equal_letters(before, after)
        if count > self.pairs or letters > self.letters:
            return False
        self.pairs, self.letters = self.pairs - count, self.letters - letters
        return True


def match_proposals(
    before: Sequence[SavedProposal], after: Sequence[SavedProposal], room: Room
) -> list[Pair[SavedProposal]]:
    """Pair proposals by id and domain, by id, then by likeness; in the order of `after`, removed ones last."""
    keys: tuple[Callable[[SavedProposal], Hashable], ...] = (
        lambda proposal: (proposal.id, proposal.domain),
        lambda proposal: proposal.id,
    )
    return _match(before, after, keys, proposal_likeness, lambda proposal: proposal.title, room)


def match_lines(before: Sequence[SavedLine], after: Sequence[SavedLine], room: Room) -> list[Pair[SavedLine]]:
    """Pair equal lines, then lines by label and section, by label, then by likeness."""
    keys: tuple[Callable[[SavedLine], Hashable], ...] = (
        repr,
        lambda line: (fold(line.label), line.section, line.quantity, line.unit_cost),
        lambda line: (fold(line.label), line.section),
        lambda line: fold(line.label),
    )
    return _match(before, after, keys, line_likeness, lambda line: line.label, room)


def match_funding(before: Sequence[SavedFunding], after: Sequence[SavedFunding]) -> list[Pair[SavedFunding]]:
    """Pair lines of a financing plan by funder, section and form, then by fewer of these."""
    keys: tuple[Callable[[SavedFunding], Hashable], ...] = (
        repr,
        lambda line: (line.funder, line.section, line.form, line.envelope),
        lambda line: (line.funder, line.section, line.form),
        lambda line: (line.funder, line.section),
    )
    return _match(before, after, keys, lambda _one, _other: 0.0, lambda _line: None, Room(pairs=0))


def proposal_likeness(one: SavedProposal, other: SavedProposal) -> float:
    """Compare titles and lines, each for a half; lines by label, and by what they cost."""
    titles = _text_likeness(one.title, other.title)
    if not one.lines or not other.lines:
        return titles * 0.9
    labels, costs = map(_overlap, one.bought, other.bought)
    return (titles + (labels + costs) / 2) / 2


def line_likeness(one: SavedLine, other: SavedLine) -> float:
    """Compare labels, for a half, and what is bought: nature, unit, quantity, unit cost, section."""
    facts = [
        (one.section, other.section),
        (one.nature, other.nature),
        (fold(one.unit), fold(other.unit)),
        (one.quantity, other.quantity),
        (one.unit_cost, other.unit_cost),
    ]
    equal = sum(1 for mine, theirs in facts if mine == theirs)
    return (_text_likeness(one.label, other.label) + equal / len(facts)) / 2


def _match(
    before: Sequence[Item],
    after: Sequence[Item],
    keys: Iterable[Callable[[Item], Hashable]],
    likeness: Callable[[Item, Item], float],
    text: Callable[[Item], str | None],
    room: Room,
) -> list[Pair[Item]]:
    """Pair what is equal at its place, then by each key in turn, equal keys in their order, then by likeness."""
    partner = {
        index: index for index, (old, new) in enumerate(zip(before, after, strict=False)) if old == new
    }
    free = {index: None for index in range(len(before)) if index not in partner}
    for key in keys:
        waiting: dict[Hashable, list[int]] = defaultdict(list)
        for index in free:
            waiting[key(before[index])].append(index)
        for index, item in enumerate(after if free else ()):
            if index not in partner and waiting.get(key(item)):
                partner[index] = waiting[key(item)].pop(0)
                del free[partner[index]]
    alone = [index for index in range(len(after)) if index not in partner]
    if room.take([text(before[index]) for index in free], [text(after[index]) for index in alone]):
        scored = [(-likeness(before[old], after[new]), new, old) for old in free for new in alone]
        for score, new, old in sorted(scored):
            if -score >= ALIKE and new not in partner and old in free:
                partner[new] = old
                del free[old]
    pairs: list[Pair[Item]] = [
        (before[partner[index]] if index in partner else None, item) for index, item in enumerate(after)
    ]
    return pairs + [(before[index], None) for index in free]


def _overlap(mine: Set[Hashable], theirs: Set[Hashable]) -> float:
    """The Jaccard index: the part of the union that is common to both."""
    return len(mine & theirs) / len(mine | theirs)


def _count_equal_letters(some: Sequence[str | None], others: Sequence[str | None]) -> int:
    """Count the pairs of equal letters in all pairs of texts, without forming the pairs."""
    mine, theirs = (Counter("".join(fold(text)[:MAX_ALIKE] for text in texts)) for texts in (some, others))
    return sum(count * theirs[letter] for letter, count in mine.items())


def _text_likeness(one: str | None, other: str | None) -> float:
    mine, theirs = fold(one)[:MAX_ALIKE], fold(other)[:MAX_ALIKE]
    if not mine or not theirs:
        return 0.0
    return SequenceMatcher(None, mine, theirs, autojunk=False).ratio()
