"""The formats of `why`: one table, from which the command line takes its choices; a module is loaded when it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.text.language import Language
    from booklet.why.derivation import Derivation


class DerivationWriter(Protocol):
    """Writes a derivation; colours are for a terminal, and may be ignored."""

    def __call__(self, node: Derivation, language: Language, *, color: bool) -> str:
        """Return the text to print, its last line ended."""


def _write_tree(node: Derivation, language: Language, *, color: bool) -> str:
    from booklet.why.terminal import write_tree

    return write_tree(node, language, color=color)


def _write_json(
    node: Derivation,
    language: Language,
    *,
    color: bool,  # noqa: ARG001 (as every writer is called)
) -> str:
    from booklet.why.json import write_json

    return write_json(node, language)


DERIVATION_FORMATS: Mapping[str, DerivationWriter] = {"tree": _write_tree, "json": _write_json}
