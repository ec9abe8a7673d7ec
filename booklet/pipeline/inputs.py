"""What a release is made from, in digests: every file that is read and the version of whatever reads or writes it.

What is left out here is taken for unchanged: `dist/` would be called up to date, a page taken from the store.
"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pydantic
import yaml

from booklet.cache.digests import digest_each, digest_entry, fingerprint, fingerprint_digests
from booklet.cache.store import inputs_changed
from booklet.content.proposal_files import FOLDER, list_files
from booklet.content.yaml.parse import libyaml_version
from booklet.diagnostics.diagnostic import BuildError
from booklet.installation import LOCALE, TEMPLATES, TOOLKIT
from booklet.layout.styles import Styles, named_files
from booklet.layout.weasyprint import versions
from booklet.pipeline.build_record import Parts

if TYPE_CHECKING:
    from collections.abc import Iterator

#: compiled from what is an input itself
COMPILED = (".pyc", ".mo")


def templates_of(root: Path) -> Path:
    """Choose the workspace's own templates, or the toolkit's where it has none."""
    own = root / "templates"
    return own if own.is_dir() else TEMPLATES


def digest_inputs(root: Path) -> str | None:
    """Digest all that a release is made from, before any of it is read; None where something of it is missing."""
    try:
        return fingerprint_inputs(read_parts(root, Styles(templates_of(root))))
    except (OSError, BuildError):
        return None


def read_parts(root: Path, styles: Styles) -> Parts:
    """Digest, by name, all that a release is made from."""
    code = ((path.relative_to(TOOLKIT).as_posix(), path) for path in (TOOLKIT / "booklet").rglob("*.py"))
    folders = (styles.templates, TOOLKIT / "booklet" / "law", LOCALE)
    others = (
        (f"{folder.name}/{path.relative_to(folder).as_posix()}", path)
        for folder in folders
        for path in _walk(folder)
        if not path.name.startswith(".") and path.suffix not in COMPILED
    )
    # all that the checks see, links too, which they refuse
    home = root / FOLDER
    contents = {path: digest_entry(root / path, home) for path in list_files(root, home)}
    inputs = {**digest_each(others), **contents, **_writers()}
    return Parts(versions(), digest_each(code), digest_each(named_files(styles)), inputs)


def _writers() -> dict[str, str]:
    """Name the versions of what fills pages and writes the workbook: another page may come out, or not."""
    from importlib.metadata import version

    libraries = ("babel", "jinja2", "markdown-it-py", "markupsafe", "xlsxwriter")
    return {"python": platform.python_version(), **{name: version(name) for name in libraries}}


def _walk(folder: Path) -> Iterator[Path]:
    """Go through the files below a folder, those too that a link leads to, as whoever reads templates does."""
    seen = set()
    for here, folders, names in os.walk(folder, followlinks=True):
        whole = os.path.realpath(here)
        if whole in seen:
            folders.clear()
            continue
        seen.add(whole)
        yield from (path for path in map(Path(here).joinpath, names) if path.is_file())


def begin(root: Path, inputs: str | None) -> tuple[Styles, Parts]:
    """Give the stylesheets and the digests of what was compiled; raises `BuildError` where it changed since."""
    styles = Styles(templates_of(root))
    parts = read_parts(root, styles)
    if inputs is None or inputs != fingerprint_inputs(parts):
        raise inputs_changed()
    return held_to(styles, parts), parts


def held_to(styles: Styles, parts: Parts) -> Styles:
    """Have whoever lays pages out refuse other stylesheets than those that were digested."""
    return replace(styles, digest=fingerprint_digests(parts.styles))


def fingerprint_rules() -> str:
    """Digest what decides the findings beside the files of a workspace: our own code, the law, and what reads files."""
    folder = TOOLKIT / "booklet"
    code = ((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*.py"))
    law = ((path.name, path) for path in (folder / "law").rglob("*.yaml"))
    # says its version; loading it, or asking importlib.metadata, takes longer than all the rest here
    markdown = find_spec("markdown_it")
    if markdown is None or markdown.origin is None:
        raise ModuleNotFoundError("No module named 'markdown_it'", name="markdown_it")
    readers = (sys.version, pydantic.VERSION, yaml.__version__, libyaml_version())
    return fingerprint(
        digest_each(code), digest_each(law), digest_each([("markdown_it", Path(markdown.origin))]), *readers
    )


def fingerprint_machine(parts: Parts) -> str:
    """Digest what every page is laid out with: stylesheets, fonts, our own code and the versions of libraries."""
    return fingerprint("machine", parts.libraries, parts.code, parts.styles)


def fingerprint_inputs(parts: Parts) -> str:
    """Digest all that a release is made from: proposals, templates, law, and the machine."""
    return fingerprint("inputs", fingerprint_machine(parts), parts.inputs)
