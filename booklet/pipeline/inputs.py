"""The inputs of a release → digests: every file that is read, and the version of every library that decides bytes.

An input left out here would be taken for unchanged: `dist/` called up to date, an old page taken from the store.
"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pydantic
import yaml

from booklet.cache.digests import digest_each, digest_entry, fingerprint, fingerprint_digests
from booklet.cache.links import require_own_folder, resolve_links
from booklet.cache.store import inputs_changed
from booklet.content.paths import FOLDER, list_files
from booklet.content.yaml.parse import libyaml_version
from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.message import say
from booklet.installation import LOCALE, TEMPLATES, TOOLKIT
from booklet.layout.styles import Styles, named_files
from booklet.layout.weasyprint import versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: endings of files that are compiled from other inputs
COMPILED = (".pyc", ".mo")


@dataclass(frozen=True, slots=True)
class InputDigests:
    """A digest or a version of each input of a build, by name."""

    #: what every page is laid out with
    libraries: Mapping[str, str]
    code: Mapping[str, str]
    styles: Mapping[str, str]
    #: proposals, templates, law, translations, and what fills pages or writes the workbook
    contents: Mapping[str, str]

    @property
    def machine(self) -> dict[str, str]:
        """All that decides how a filled page is laid out, by name."""
        return {**self.libraries, **self.code, **self.styles}


def find_templates(root: Path) -> Path:
    """The folder of the workspace's own templates, or the toolkit's where it has none.

    Raises `BuildError` where it is a link, or holds one that leads out of the workspace.
    """
    folder = require_own_folder(root, "templates")
    home = resolve_links(root)
    for here, folders, names in os.walk(folder):
        for path in (Path(here, name) for name in (*folders, *names)):
            if path.is_symlink() and not resolve_links(path).is_relative_to(home):
                raise BuildError(
                    say("`{path}` is a link out of the workspace", path=path.relative_to(root).as_posix())
                )
    return folder if folder.is_dir() else TEMPLATES


def digest_inputs(root: Path) -> str | None:
    """Digest the inputs of a release before any of them is read; None where one is missing."""
    try:
        return fingerprint_inputs(read_digests(root, Styles(find_templates(root))))
    except (OSError, BuildError):
        return None


def read_digests(root: Path, styles: Styles) -> InputDigests:
    """Digest every input of a release."""
    folders = (styles.templates, TOOLKIT / "booklet" / "law", LOCALE)
    others = (
        (f"{folder.name}/{path.relative_to(folder).as_posix()}", path)
        for folder in folders
        for path in _walk(folder)
        if not path.name.startswith(".") and path.suffix not in COMPILED
    )
    # all that the checks see, and links too, which they refuse
    home = root / FOLDER
    proposals = {path: digest_entry(root / path, home) for path in list_files(root, home)}
    contents = {**digest_each(others), **proposals, **_writer_versions()}
    return InputDigests(versions(), _digest_code(), digest_each(named_files(styles)), contents)


@cache
def _digest_code() -> Mapping[str, str]:
    """Digest our own code, which a process loads once."""
    return digest_each(
        (path.relative_to(TOOLKIT).as_posix(), path) for path in (TOOLKIT / "booklet").rglob("*.py")
    )


@cache
def _writer_versions() -> Mapping[str, str]:
    """The versions of what fills pages and writes the workbook, which may change what is laid out."""
    from importlib.metadata import version

    libraries = ("babel", "jinja2", "markdown-it-py", "markupsafe", "xlsxwriter")
    return {"python": platform.python_version(), **{name: version(name) for name in libraries}}


def _walk(folder: Path) -> Iterator[Path]:
    """Walk the files below a folder, through links too, as the template loader does."""
    seen = set()
    for here, folders, names in os.walk(folder, followlinks=True):
        whole = os.path.realpath(here)
        if whole in seen:
            folders.clear()
            continue
        seen.add(whole)
        yield from (path for path in map(Path(here).joinpath, names) if path.is_file())


def pin_inputs(root: Path, inputs: str | None) -> tuple[Styles, InputDigests]:
    """Digest the inputs again, with pinned stylesheets; raises `BuildError` if their digest is no longer `inputs`."""
    styles = Styles(find_templates(root))
    digests = read_digests(root, styles)
    if inputs is None or inputs != fingerprint_inputs(digests):
        raise inputs_changed()
    return pin_styles(styles, digests), digests


def pin_styles(styles: Styles, digests: InputDigests) -> Styles:
    """Pin stylesheets and fonts to their digests: workers refuse to lay out with any others."""
    return replace(styles, digest=fingerprint_digests(digests.styles))


@cache
def fingerprint_rules() -> str:
    """Digest what decides diagnostics besides the files of a workspace: our own code, the law, the parsers."""
    folder = TOOLKIT / "booklet"
    code = ((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*.py"))
    law = ((path.name, path) for path in (folder / "law").rglob("*.yaml"))
    # its file holds its version; importing it, or importlib.metadata, takes longer than all the rest here
    markdown = find_spec("markdown_it")
    if markdown is None or markdown.origin is None:
        raise ModuleNotFoundError("No module named 'markdown_it'", name="markdown_it")
    readers = (sys.version, pydantic.VERSION, yaml.__version__, libyaml_version())
    return fingerprint(
        digest_each(code), digest_each(law), digest_each([("markdown_it", Path(markdown.origin))]), *readers
    )


def fingerprint_machine(digests: InputDigests) -> str:
    """Digest all that decides how a filled page is laid out: stylesheets, fonts, our own code, library versions."""
    return fingerprint("machine", digests.libraries, digests.code, digests.styles)


def fingerprint_inputs(digests: InputDigests) -> str:
    """Digest all inputs of a release: proposals, templates, law, and the machine."""
    return fingerprint("inputs", fingerprint_machine(digests), digests.contents)
