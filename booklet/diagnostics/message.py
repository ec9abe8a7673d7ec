"""Messages: English templates, translated when they are written, so that no stage depends on a language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from booklet.money.euros import Euros, write_number
from booklet.text.language import ENGLISH, Language

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Message:
    """An English template and its values, until a language is known."""

    template: str
    values: tuple[tuple[str, object], ...] = ()

    def text(self, language: Language) -> str:
        """Write the message in a language: values in their written form, the template from the catalogue."""
        if not self.values:
            return language.gettext(self.template).replace("{{", "{").replace("}}", "}")
        written = {name: _write(value, language) for name, value in self.values}
        return language.gettext(self.template).format(**written)

    def fill(self, **values: object) -> Message:
        """The message with values for its slots."""
        return Message(self.template, tuple(values.items()))

    def read(self, text: str) -> Message | None:
        """The message that was written in English as a text, as in a saved state; None if the text is another."""
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(self.template))
        match = re.fullmatch(pattern, text)
        return self.fill(**match.groupdict()) if match else None

    def __str__(self) -> str:
        return self.text(ENGLISH)


def say(template: str, /, **values: object) -> Message:
    """Make a message; the catalogue finds its templates by calls of this function."""
    return Message(template, tuple(values.items())) if values else _say_alone(template)


@cache  # readers of values word what they expect at every value, and hardly ever print it
def _say_alone(template: str) -> Message:
    return Message(template)


class MessageError(Exception):
    """An error in words: a message, and hints of what to type."""

    def __init__(self, message: Message, *hints: Message) -> None:
        super().__init__(str(message))
        self.message, self.hints = message, hints


def quote_all(words: Iterable[object]) -> str:
    """Join words as a message lists them: `a`, `b`, `c`."""
    return ", ".join(f"`{word}`" for word in words)


def _write(value: object, language: Language) -> str:
    if isinstance(value, Message):
        return value.text(language)
    if isinstance(value, Euros):
        return value.write(language)
    if isinstance(value, Decimal):
        return write_number(value, language)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
