"""Code and templates → the French catalogue: `booklet.po`, written by hand, and `booklet.mo`, which the tool reads.

`python -m booklet.catalogue` brings both up to date: messages that are new stand empty in the .po and are listed,
those that nothing says any more are taken out. Neither file holds a date, a line number or a version, so that only a
changed message changes them. GNU gettext's manual describes both formats.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import io
import string
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from booklet.text.language import LOCALE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent.parent
PO_FILE = LOCALE_FOLDER / "fr" / "LC_MESSAGES" / "booklet.po"
MO_FILE = PO_FILE.with_suffix(".mo")
HEADER = (
    "Language: fr\n"
    "MIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=utf-8\n"
    "Content-Transfer-Encoding: 8bit\n"
)
#: by which the messages of Python are found: a call of one of these, its first argument, a literal
MARKERS = frozenset({"say", "field"})
#: the options of `page.make_environment`, which decide what the text of a template is
_TEMPLATE_OPTIONS = {
    "newstyle_gettext": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "silent": "false",
}
_MO_MAGIC = 0x950412DE


@dataclass(frozen=True, slots=True)
class Entry:
    """One message to translate, and the files that hold it, relative to the project."""

    id: str
    files: tuple[str, ...]


def extract(root: Path = ROOT) -> tuple[Entry, ...]:
    """Find every message of the code and the templates, once each, in the order of files and lines."""
    files_by_id: dict[str, dict[str, None]] = {}
    sources = (
        (sorted((root / "booklet").rglob("*.py")), extract_python),
        (sorted((root / "templates").rglob("*.html")), extract_template),
    )
    for paths, read in sources:
        for path in paths:
            for message in read(path.read_text(encoding="utf-8")):
                files_by_id.setdefault(message, {})[path.relative_to(root).as_posix()] = None
    return tuple(Entry(id, tuple(files)) for id, files in files_by_id.items())


def extract_template(text: str) -> Iterator[str]:
    """List the messages of a template, in order."""
    for _, _, message, _ in babel_extract(io.BytesIO(text.encode()), ("_",), (), _TEMPLATE_OPTIONS):
        # values have no text to translate: only the first argument is a literal
        first, *others = message if isinstance(message, tuple) else (message,)
        assert isinstance(first, str), f"not a literal: {message}"
        assert not any(others), f"plural forms have no place in the catalogue: {message}"
        yield first


def extract_python(text: str) -> Iterator[str]:
    """List the messages of a module, in order: marked literals, descriptions of keys, objections, pages of rules."""
    found = [(place, message) for node in ast.walk(ast.parse(text)) for place, message in _messages(node)]
    return (message for _, message in sorted(found, key=lambda pair: pair[0]))


def _messages(node: ast.AST) -> Iterator[tuple[tuple[int, int], str]]:
    """List the messages of one node of the syntax tree, each with its place."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        arguments = node.args[:1] if node.func.id in MARKERS else []
        if node.func.id == "Field":
            arguments = [keyword.value for keyword in node.keywords if keyword.arg == "description"]
        for argument in arguments:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value:
                yield (argument.lineno, argument.col_offset), argument.value
    elif isinstance(node, ast.FunctionDef) and any(_is_rule(decorator) for decorator in node.decorator_list):
        page = inspect.cleandoc(ast.get_docstring(node) or "")
        for index, paragraph in enumerate(translatable_paragraphs(page)):
            yield (node.lineno, index), paragraph


def _is_rule(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Name)
        and decorator.func.id == "rule"
    )


def translatable_paragraphs(page: str) -> Iterator[str]:
    """List the paragraphs of a rule's page that are prose, each on one line: all but the two examples."""
    heading = ""
    for block in page.split("\n\n"):
        lines = block.splitlines()
        if lines and lines[0] in ("Why", "Fails", "Passes", "Source"):
            heading, lines = lines[0], lines[1:]
        if lines and heading not in ("Fails", "Passes"):
            yield " ".join(" ".join(lines).split())


def read_translations(po: bytes) -> dict[str, str]:
    """Read a .po file; a message without a translation, or with one marked fuzzy, is left out."""
    catalog = read_po(io.BytesIO(po), locale="fr", ignore_obsolete=True)
    return {
        message.id: message.string
        for message in catalog
        if isinstance(message.id, str) and isinstance(message.string, str)
        if message.id and message.string and not message.fuzzy
    }


def write_catalogue(entries: Iterable[Entry], translations: Mapping[str, str]) -> bytes:
    """Write the .po file: every entry in order, with the files that say it and its translation if there is one."""
    catalog = Catalog(locale="fr")
    for entry in entries:
        catalog.add(entry.id, translations.get(entry.id, ""), locations=[(path, 0) for path in entry.files])
    written = io.BytesIO()
    write_po(written, catalog, width=0, omit_header=True, include_lineno=False)
    head = "".join(f'"{line}\\n"\n' for line in HEADER.splitlines())
    return f'msgid ""\nmsgstr ""\n{head}\n'.encode() + written.getvalue()


def compile_catalogue(translations: Mapping[str, str]) -> bytes:
    """Write the .mo file that `gettext` reads: the same bytes for the same translations."""
    pairs = [(id.encode(), text.encode()) for id, text in sorted({**translations, "": HEADER}.items())]
    count = len(pairs)
    tables, position = [], 28 + 16 * count
    texts = [id for id, _ in pairs], [text for _, text in pairs]
    for column in texts:
        for text in column:
            tables.append(struct.pack("<II", len(text), position))
            position += len(text) + 1
    head = struct.pack("<7I", _MO_MAGIC, 0, count, 28, 28 + 8 * count, 0, 28 + 16 * count)
    return head + b"".join(tables) + b"".join(text + b"\0" for column in texts for text in column)


def placeholders(template: str) -> frozenset[str]:
    """List the names that a template leaves to fill, `{name}` in Python and `%(name)s` in a page."""
    braces = {f"{{{name}}}" for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    page_names = {f"%({part.partition(')')[0]})s" for part in template.split("%(")[1:]}
    return frozenset(braces | page_names)


def main(arguments: list[str] | None = None) -> int:
    """Bring both files up to date, or with `--check` only tell whether they are; 1 when something is missing."""
    parser = argparse.ArgumentParser(
        prog="python -m booklet.catalogue", description="Update the French catalogue."
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail if a file is not up to date"
    )
    options = parser.parse_args(arguments)
    entries = extract()
    old = read_translations(PO_FILE.read_bytes()) if PO_FILE.exists() else {}
    translations = {entry.id: old[entry.id] for entry in entries if entry.id in old}
    stale = False
    for path, data in (
        (PO_FILE, write_catalogue(entries, translations)),
        (MO_FILE, compile_catalogue(translations)),
    ):
        if not path.exists() or path.read_bytes() != data:
            stale = True
            if not options.check:
                path.write_bytes(data)
    gone = [id for id in old if id not in translations]
    missing = [entry for entry in entries if entry.id not in translations]
    for id in gone:
        print(f"said no more: {id}")
    for entry in missing:
        print(f"to translate ({', '.join(entry.files)}): {entry.id}")
    print(f"{len(entries)} messages, {len(translations)} translated")
    return 1 if missing or (options.check and stale) else 0


if __name__ == "__main__":
    raise SystemExit(main())
