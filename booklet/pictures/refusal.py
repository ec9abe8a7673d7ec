"""The reason why a picture is refused."""

from __future__ import annotations

from booklet.diagnostics.message import Message, MessageError, say


class PictureRefused(MessageError):
    """Raised at the first fault of a picture."""


def damaged() -> PictureRefused:
    """The refusal of a file that breaks the rules of its own format."""
    return PictureRefused(say("a damaged image"), say("save the image again"))


def too_large(message: Message) -> PictureRefused:
    """The refusal of a picture beyond a limit, which the message names."""
    return PictureRefused(message, say("make the image smaller"))
