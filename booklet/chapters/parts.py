"""Ids of the parts of a booklet that are no fiche."""

from __future__ import annotations

#: ids of the parts that are no fiche; `sources` gives its name to the anchors that citations lead to
OPENING, PORTFOLIO, CLOSING, INDEX, SOURCES = "opening", "portfolio", "closing", "index", "sources"
#: prefixes of the ids of domain openers and of the empty pages before a part that opens on the left
DOMAIN, BLANK = "domain-", "blank-"
