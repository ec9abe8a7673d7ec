"""Numbers that a page prints and that are known once all pages are laid out: zeros, which the linker stamps over.

In HTML a stand-in is a link of a scheme of its own, `stamp:DIGITS:NAME` or, where it leads to the page that it names,
`page:DIGITS:TARGET`; it links nothing else, and none is left in a file (`booklet.pdf.stamping`).
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

#: schemes of a number alone, and of one that leads to its page
STAMP, PAGE = "stamp", "page"
#: a number alone looks like no link, whatever the stylesheet
_PLAIN = "color: inherit; text-decoration: none"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A number with a name and so many digits; printed in a template, it stands there as zeros."""

    name: str
    digits: int = 1

    def around(self, zeros: str) -> Markup:
        """Name the zeros of a written number."""
        markup = Markup('<a href="{}:{}:{}" style="{}">{}</a>')
        return markup.format(STAMP, self.digits, self.name, _PLAIN, zeros)

    def __html__(self) -> Markup:
        return self.around("0" * self.digits)

    @property
    def link(self) -> Markup:
        """The number of a page, as a link to it."""
        return Markup('<a href="{}:{}:{}">{}</a>').format(PAGE, self.digits, self.name, "0" * self.digits)
