"""Values → HTML, through the templates.

The environment escapes everything and refuses an undefined name, so that contributors' text is never markup
and a misspelt name is a bug, not a gap on the page. Every fixed word of a template is an English
message translated with gettext; numbers and dates are written by filters (`tables/wording`), in the language of
the edition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, pass_context

from booklet.layout.palette import make_palette
from booklet.layout.theme import read_theme
from booklet.tables.wording import Wording
from booklet.text.typography import typography

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import CodeType

    from jinja2.bccache import Bucket

    from booklet.money.euros import PrintedRange
    from booklet.text.language import Language
    from booklet.text.stamps import Stamp


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """One line of the table of contents."""

    #: Destination, of the private scheme `proposal:`.
    target: str
    title: str
    #: As printed at the foot of the page; more digits stand before it, where its column has room.
    page: Stamp
    #: Over the six years; None for pages that are no proposal, or nothing to invest.
    investment: PrintedRange | None = None
    #: Per year after the term.
    running: PrintedRange | None = None


@dataclass(frozen=True, slots=True)
class Numbered:
    """A reference by page number, as in an index."""

    #: Destination, of the private scheme `proposal:`.
    target: str
    page: Stamp
    #: Title of the target, for screen readers.
    title: str


class _CompiledTemplates(BytecodeCache):
    """Compiles a text of a template once in a process: all of them take as long as laying a page out."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _CompiledTemplates()
_FILTERS = (
    *("markdown", "inline", "typo", "heading", "ordinals", "euros", "compact", "cell", "number", "percent"),
    *("month", "short_month", "day"),
)


def make_environment(
    templates: Path, language: Language, source_labels: Mapping[str, str] | None = None
) -> Environment:
    """Build the Jinja environment of one language; `source_labels` has the short label of each cited source, by id."""
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=_COMPILED,
    )

    def translate(message: str) -> str:
        return typography(language.gettext(message), language)

    environment.install_gettext_callables(  # type: ignore[attr-defined]
        translate, lambda one, many, count: translate(one if count == 1 else many), newstyle=True
    )
    wording = Wording(language, source_labels or {})
    environment.filters.update({name: _never_compiled(getattr(wording, name)) for name in _FILTERS})
    environment.globals.update(
        language=language,
        palette=make_palette,
        source_labels=wording.source_labels,
        theme=read_theme(templates),
    )
    environment.globals["is_press"] = False
    environment.globals["attached_files"] = tuple  # none, unless the caller of `make_environment` replaces it
    return environment


def _never_compiled(write: Callable[..., object]) -> Callable[..., object]:
    """Have Jinja call a filter for constants too, not write what it returns into what is compiled for all languages."""
    return pass_context(lambda _context, *values, **options: write(*values, **options))


def fill_page(environment: Environment, template: str, **context: object) -> str:
    """Fill one template; its first comment lists the names it needs."""
    return environment.get_template(template).render(**context)
