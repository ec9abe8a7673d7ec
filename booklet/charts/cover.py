"""The portfolio → the picture on the cover: one line for each proposal, from its first study to the end of the term.

The line is dark until the proposal is in service and pale from then on; lines stand by domain, whose name is beside
them. A booklet of sixty proposals draws thinner lines in the same field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.charts.frame import TEXT_WIDTH
from booklet.charts.lettering import wrap_text
from booklet.content.model.proposal import opening_month
from booklet.money.calendar import Month, Term
from booklet.tables.key_figures import start_month

if TYPE_CHECKING:
    from booklet.content.model.edition import Edition
    from booklet.costs.portfolio import CostedProposal, Portfolio

#: points: width and height of the picture, width of the domains' names, height of the years under the lines
WIDTH, HEIGHT, LABELS, FOOT = TEXT_WIDTH, 250.0, 116.0, 16.0
#: points: the thickest a line is drawn, where there are few
_THICKEST = 11.0
#: size of the domains' names
NAME_SIZE = 10.5
#: space between lines and between domains, in thicknesses of a line
_GAP, _GROUP_GAP = 0.55, 2.0


@dataclass(frozen=True, slots=True)
class Line:
    """The line of one proposal; lengths in points."""

    y: float
    x: float
    #: until it is in service
    made_width: float
    #: from then to the end of the term
    served_width: float


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one domain; lengths in points."""

    title: str
    colour: str
    #: the domain's name, in lines; `y` is the middle of them all
    name: tuple[str, ...]
    y: float
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class CoverPicture:
    """The picture on the cover; lengths in points."""

    width: float
    height: float
    #: of every line
    thickness: float
    #: each year, and the position where it begins
    years: tuple[tuple[int, float], ...]
    groups: tuple[Group, ...]
    proposals: int


def draw_cover(portfolio: Portfolio, edition: Edition) -> CoverPicture:
    """Place a line for each ready proposal on the axis of the term."""
    by_domain = [(domain, portfolio.in_domain(id)) for id, domain in edition.domains.items()]
    shown = [(domain, proposals) for domain, proposals in by_domain if proposals]
    count = sum(len(proposals) for _, proposals in shown)
    # height of the lines and the space between them, in thicknesses of a line
    thicknesses = count * (1 + _GAP) + len(shown) * _GROUP_GAP
    thickness = min((HEIGHT - FOOT) / thicknesses, _THICKEST) if shown else _THICKEST
    step = thickness * (1 + _GAP)
    groups: list[Group] = []
    y = 0.0
    for domain, proposals in shown:
        first = y
        lines = []
        for costed in proposals:
            lines.append(_line(costed, portfolio.term, y))
            y += step
        middle = (first + y - thickness * _GAP) / 2
        name = wrap_text(domain.title, LABELS - 8, NAME_SIZE, bold=True)
        groups.append(Group(domain.title, domain.colour or "", name, round(middle, 2), tuple(lines)))
        y += thickness * _GROUP_GAP
    years = tuple(
        (year, _position(Month(year, 1), portfolio.term))
        for year in range(portfolio.term.first_year, portfolio.term.last_year + 1)
    )
    return CoverPicture(WIDTH, round(y + FOOT, 2), round(thickness, 2), years, tuple(groups), count)


def _line(costed: CostedProposal, term: Term, y: float) -> Line:
    proposal = costed.document.value
    start = start_month(proposal) or term.start
    opening = opening_month(proposal.timeline)
    x = _position(start, term)
    served = max(_position(opening.plus(1), term) if opening else WIDTH, x)
    return Line(round(y, 2), x, round(served - x, 2), round(WIDTH - served, 2))


def _position(month: Month, term: Term) -> float:
    months = term.end.ordinal - term.start.ordinal + 1
    position = min(max(month.ordinal - term.start.ordinal, 0), months)
    return round(LABELS + position * (WIDTH - LABELS) / months, 2)
