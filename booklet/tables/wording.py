"""Values → words: amounts, numbers, dates and texts as they are written in one language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from babel.dates import format_date

from booklet.money.euros import Euros, write_number
from booklet.tables.money_table import write_cell, write_compact
from booklet.text.language import NO_BREAK_SPACE, Language
from booklet.text.markdown import inline, render_markdown
from booklet.text.stamps import Stamp
from booklet.text.typography import bind_short_words, superscript_ordinals, typography

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from markupsafe import Markup

    from booklet.money.calendar import Month


@dataclass(frozen=True, slots=True)
class Wording:
    """Write values in one language; each method is the Jinja filter of the same name."""

    language: Language
    #: Short label of each source, by id: "Batiweb, 2017".
    source_labels: Mapping[str, str] = field(default_factory=dict)

    def markdown(self, text: str | None, slots: Mapping[str, str] | None = None) -> Markup | str:
        """Render Markdown of several paragraphs, with the words of its slots; its headings are h3."""
        if not text:
            return ""
        return render_markdown(text, self.language, labels=self.source_labels, slots=slots)

    def inline(self, text: str | None) -> Markup | str:
        """Render one line of Markdown: emphasis, links and citations."""
        return inline(text, self.language, labels=self.source_labels) if text else ""

    def typo(self, text: str | None) -> str:
        """Apply typographic rules to a plain text, for titles, attributes and names."""
        return typography(text, self.language) if text else ""

    def heading(self, text: str | None) -> Markup:
        """Typeset a title: no line ends with an article, and ordinals are raised."""
        return self.ordinals(bind_short_words(self.typo(text), self.language))

    def ordinals(self, text: str) -> Markup:
        """Raise the endings of ordinals of a plain text."""
        from markupsafe import Markup, escape

        return Markup(superscript_ordinals(str(escape(text)), self.language))

    def euros(self, amount: Euros | Decimal) -> str:
        """Write an amount in full: `1 200 000 €`."""
        exact = amount.rounded() if isinstance(amount, Euros) else amount
        return f"{write_number(exact, self.language)}{NO_BREAK_SPACE}€"

    def compact(self, amount: Euros | Decimal) -> str:
        """Write an amount with the unit a reader remembers: `1,2 M€`."""
        return write_compact(amount.rounded() if isinstance(amount, Euros) else amount, self.language)

    def cell(self, amount: Decimal | None, step: Decimal) -> str:
        """Write a cell of a money table in units of `step`."""
        return write_cell(amount, step, self.language)

    def number(self, number: Decimal | int | Stamp) -> str:
        """Write a number with the marks of the language, one that is stamped with zeros for digits."""
        if isinstance(number, Stamp):
            return number.around(re.sub("[0-9]", "0", self.number(10**number.digits - 1)))
        text = write_number(Decimal(number).normalize(), self.language)
        mark = self.language.decimal_mark
        return (
            text.rstrip("0")
            if mark in text and self.language.group_mark not in text.split(mark)[-1]
            else text
        )

    def percent(self, share: Decimal) -> str:
        """Write a fraction of one as a percentage."""
        written = f"{(share * 100).normalize():f}".replace(".", self.language.decimal_mark)
        return f"{written}{self.language.percent_space}%"

    def month(self, month: Month) -> str:
        """Write a month in full: `juillet 2021`."""
        written = format_date(month.first_day, "MMMM y", locale=self.language.code)
        return written.replace(" ", NO_BREAK_SPACE)

    def short_month(self, month: Month) -> str:
        """Write a month for a chart: `juil. 2021`."""
        written = format_date(month.first_day, "MMM y", locale=self.language.code)
        return written.replace(" ", NO_BREAK_SPACE)

    def day(self, day: date) -> str:
        """Write a day in full: `6 février 2020`; in French the first of a month is `1er`, which CLDR does not know."""
        written = format_date(day, "long", locale=self.language.code).replace(" ", NO_BREAK_SPACE)
        is_first = day.day == 1 and written.startswith("1")
        return f"{self.language.first_day}{written[1:]}" if is_first else written
