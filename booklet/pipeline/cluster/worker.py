"""What a worker of a cluster does: the functions of `tasks`, with files that come with the work.

A worker has no file of the workspace. Before any work it describes what decides its bytes; it unpacks stylesheets and
fonts into its own folder, which is removed with it.
"""

from __future__ import annotations

import platform
import sys
import zlib
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

from booklet import __version__
from booklet.cache.digests import digest_files, fingerprint
from booklet.cache.links import resolve_links
from booklet.diagnostics.diagnostic import BuildError
from booklet.diagnostics.message import say
from booklet.installation import TOOLKIT
from booklet.layout.fonts import fonts_in_use
from booklet.layout.styles import Styles, digest_styles
from booklet.layout.weasyprint import prepare, versions
from booklet.pipeline.bounds import in_child
from booklet.pipeline.tasks import render_front_matter, render_page

if TYPE_CHECKING:
    from booklet.chapters.page import Page, Rendered

#: letters of a digest that are enough to show that code differs
_SHORT = 10
#: of the code that this process runs: `git pull` may change the files after the worker was started
_LOADED_CODE = digest_files(
    (path.relative_to(TOOLKIT).as_posix(), path) for path in (TOOLKIT / "booklet").rglob("*.py")
)
Sent = TypeVar("Sent")


@dataclass(frozen=True, slots=True)
class Parcel:
    """Files to send, as (path, content); paths are relative to a folder whose name differs between machines."""

    files: tuple[tuple[str, bytes], ...]

    @classmethod
    def pack(cls, folder: Path, paths: tuple[Path, ...]) -> Parcel:
        """Read files of a folder."""
        return cls(tuple((path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths))

    def unpack(self, folder: Path) -> None:
        """Write the files into a folder."""
        for name, data in self.files:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def describe_machine() -> dict[str, str]:
    """Describe everything on a worker that decides the bytes of a page."""
    return {
        "booklet": f"{__version__}-{_LOADED_CODE[:_SHORT]}",
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "processor": platform.machine(),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        **versions(),
    }


def fingerprint_worker(styles: Styles) -> str:
    """Digest everything that decides the bytes of a filled page: this machine, stylesheets and fonts."""
    return fingerprint(describe_machine(), digest_styles(styles))


def has_worked() -> bool:
    """Check whether this process has laid pages out: it then has loaded the fonts and the code of that time."""
    return fonts_in_use() is not None


def hold(value: Sent) -> Sent:
    """Return a value: its copy on the worker serves other tasks."""
    return value


def get_ready_there(templates: Parcel, machine: str) -> None:
    """Import WeasyPrint and parse the stylesheets before the first page comes."""
    prepare(_receive_styles(templates, machine))


def render_page_there(page: Page, pictures: Parcel, templates: Parcel, machine: str) -> Rendered:
    """Lay out one page of the body, its pictures beside it."""
    styles = _receive_styles(templates, machine)
    with TemporaryDirectory(dir=_scratch()) as folder:
        pictures.unpack(Path(folder))
        page = replace(page, folder=page.folder and Path(folder))
        if not page.is_fiche:
            return render_page(page, styles)
        prepare(styles)  # its copy would do it again
        return in_child(partial(render_page, page, styles))


def lay_out_front_matter_there(
    pages: tuple[Page, ...], templates: Parcel, machine: str
) -> tuple[Rendered, ...]:
    """Lay out the front matter of some lists, which is all that their booklets do not have in common."""
    return render_front_matter(pages, _receive_styles(templates, machine))


def _scratch() -> Path:
    """The folder of this worker, which is removed with it."""
    from distributed import get_worker

    return Path(get_worker().local_directory)


def _receive_styles(templates: Parcel, machine: str) -> Styles:
    """Unpack stylesheets and fonts where this worker does not have them yet."""
    styles = Styles(_scratch() / machine)
    if not styles.templates.exists():
        templates.unpack(styles.templates)
    _check_machine(styles, machine)
    return styles


@cache
def _check_machine(styles: Styles, machine: str) -> None:
    """Require, once per process, that this worker lays pages out to the bytes of the machine that sent them."""
    if fingerprint_worker(styles) != machine:
        raise BuildError(
            say(
                "a worker on {host} has other libraries or another version of this tool",
                host=platform.node(),
            )
        )
    fonts = fonts_in_use()
    if fonts is not None and fonts != str(resolve_links(styles.font_settings)):
        raise BuildError(say("the cluster is at work for another build: wait until it ends"))
