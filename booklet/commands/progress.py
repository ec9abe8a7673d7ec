"""How far a step is and how long it still takes, on a terminal."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from booklet.diagnostics.message import say

if TYPE_CHECKING:
    from booklet.text.language import Language

#: of a step, before the time that is left is estimated
SECONDS_BEFORE_ESTIMATE = 2.0


class Progress:
    """Show on a terminal how far a step is; print nothing elsewhere."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.shown = sys.stderr.isatty()
        #: of the step that is shown: its name, when it began to be shown and how much of it was done then
        self.began = ("", 0.0, 0)
        self.names = {
            "fiches": say("laying out the proposals"),
            "pages": say("laying out the other pages"),
            "link": say("linking"),
            "booklets": say("making the booklets"),
        }

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show how much of a step is done."""
        if self.shown:
            count = f" {done}/{total}" if total > 1 else ""
            left = self._time_left(step, done, total)
            line = f"{self.names[step].text(self.language)}{count}{left}"
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)

    def _time_left(self, step: str, done: int, total: int) -> str:
        """Estimate how long a step still takes from what it took so far; "" until there is enough to go by."""
        now = time.monotonic()
        if self.began[0] != step or done < self.began[2]:
            self.began = (step, now, done)
        _, start, first = self.began
        if now - start < SECONDS_BEFORE_ESTIMATE or not first < done < total:
            return ""
        seconds = round((now - start) / (done - first) * (total - done))
        minutes, rest = divmod(seconds, 60)
        left = (
            say(", about {minutes} min {seconds} s left", minutes=minutes, seconds=rest)
            if minutes
            else say(", about {seconds} s left", seconds=max(1, rest))
        )
        return left.text(self.language)

    def clear(self) -> None:
        """Leave the line empty for what is printed next."""
        if self.shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
