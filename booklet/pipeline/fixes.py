"""The safe edits of a check's findings → files as they will be, none of which is written yet.

Edits are applied in rounds, in memory: an edit may make readable what another fault hid, and of two that overlap the
second waits. Only plain files are touched, and only bytes inside the span of an edit change.
"""

from __future__ import annotations

import codecs
import os
import stat
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from booklet.cache.atomic import rename_new, write_whole
from booklet.cache.links import require_own_folder
from booklet.content.yaml.parse import read_text
from booklet.diagnostics.diagnostic import BuildError, Diagnostic
from booklet.diagnostics.edits import Rename, TextEdit, apply_edits
from booklet.diagnostics.limits import TABLE_BYTES
from booklet.diagnostics.message import say
from booklet.diagnostics.positions import read_bytes
from booklet.pipeline.analysis import check_incrementally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from booklet.cache.store import Store
    from booklet.diagnostics.positions import Source
    from booklet.pipeline.analysis import CheckedWorkspace

#: rounds; a file with a fault inside a fault inside a fault takes three
ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Applied:
    """A finding whose edit was applied, and the text that its edit replaced."""

    finding: Diagnostic
    edit: TextEdit | Rename
    before: str


@dataclass
class FixedFile:
    """A file as it is, and as it will be."""

    old_path: str
    path: str
    before: bytes
    after: bytes


@dataclass
class Fixes:
    """All that safe edits change in a workspace, as far as it is known."""

    root: Path
    #: by path as it will be
    files: dict[str, FixedFile] = field(default_factory=dict)
    applied: list[Applied] = field(default_factory=list)

    @property
    def unsaved(self) -> dict[str, bytes | None]:
        """The content of the files that change, by path; None for a path that will be no more."""
        gone = {file.old_path: None for file in self.files.values()}
        return gone | {path: file.after for path, file in self.files.items()}

    def apply(self, checked: CheckedWorkspace, is_chosen: Callable[[str], bool]) -> bool:
        """Apply the edits of a check's findings to the chosen files; returns whether there was one."""
        edits: dict[str, dict[TextEdit | Rename, Diagnostic]] = {}
        for finding in checked.diagnostics:
            if finding.fix is not None and finding.waived is None:
                edits.setdefault(finding.fix.edit.path, {}).setdefault(finding.fix.edit, finding)
        count = len(self.applied)
        for path, found in sorted(edits.items()):
            if not (path in self.files or is_chosen(path)):
                continue
            file = self.files.get(path) or _open(self.root, path)
            if file is not None:
                self.applied += self._apply_to(file, found, checked.workspace.sources.get(path))
        return len(self.applied) > count

    def _apply_to(
        self, file: FixedFile, edits: dict[TextEdit | Rename, Diagnostic], source: Source | None
    ) -> Iterator[Applied]:
        renames = [edit for edit in edits if isinstance(edit, Rename)]
        if renames and self._rename(file, renames[0].to):
            yield Applied(edits[renames[0]], renames[0], renames[0].path)
        if source is None or read_text(file.path, file.after).text != source.text:
            return  # not UTF-8, or saved since it was read
        text, applied = apply_edits(source, (edit for edit in edits if isinstance(edit, TextEdit)))
        if text != source.text:
            bom = codecs.BOM_UTF8 if file.after.startswith(codecs.BOM_UTF8) else b""
            file.after = bom + text.encode()
            self.files[file.path] = file
            for edit in applied:
                start, end = source.offset(edit.span.start), source.offset(edit.span.end)
                yield Applied(edits[edit], edit, source.text[start:end])

    def _rename(self, file: FixedFile, to: str) -> bool:
        """Name a file anew, unless the name is taken, or in a folder that is a link."""
        there = self.root / to
        is_taken = os.path.lexists(there) and not _is_same(self.root, file.path, to)
        if to in self.files or is_taken or there.parent.is_symlink():
            return False
        self.files.pop(file.path, None)
        file.path = to
        self.files[to] = file
        return True

    def save(self) -> None:
        """Write the files: each whole, or not at all.

        Raises `BuildError` where a file was saved since it was read, and where a folder is a link.
        """
        for file in self.files.values():
            now = _open(self.root, file.old_path)
            if now is None or now.before != file.before:
                raise BuildError(
                    say("`{path}` was changed meanwhile", path=file.old_path),
                    say("run the same command again"),
                )
            if file.path != file.old_path:
                self._move(file.old_path, file.path)
            if file.after != file.before:
                path = self.root / file.path
                write_whole(path, file.after, stat.S_IMODE(os.lstat(path).st_mode))

    def _move(self, old: str, new: str) -> None:
        """Rename a proposal, with the folder of its images."""
        folder = require_own_folder(self.root, str(PurePosixPath(new).parent))
        folder.mkdir(exist_ok=True)
        rename_new(self.root / old, self.root / new)
        images, there = (self.root / PurePosixPath(path).with_suffix("") for path in (old, new))
        if images != there and images.is_dir() and not images.is_symlink() and not os.path.lexists(there):
            images.rename(there)


def find_fixes(
    root: Path, store: Store, checked: CheckedWorkspace, is_chosen: Callable[[str], bool]
) -> Fixes:
    """Apply the edits of a check's findings to the chosen files, check what they make, and so on until none is left."""
    fixes = Fixes(root)
    for _ in range(ROUNDS):
        if not fixes.apply(checked, is_chosen):
            break
        checked = check_incrementally(root, store, fixes.unsaved)
    return fixes


def _open(root: Path, path: str) -> FixedFile | None:
    """Read a plain file; a link is nobody's to rewrite, since what it leads to has a path of its own."""
    require_own_folder(root, str(PurePosixPath(path).parent))
    try:
        is_plain = stat.S_ISREG(os.lstat(root / path).st_mode)
    except FileNotFoundError:
        return None
    data = read_bytes(root, path, TABLE_BYTES) if is_plain else b""
    return FixedFile(path, path, data, data) if is_plain and len(data) <= TABLE_BYTES else None


def _is_same(root: Path, one: str, other: str) -> bool:
    """Check whether two names are one file, as `BUS.yaml` and `bus.yaml` on some systems."""
    return one.lower() == other.lower() and (root / one).samefile(root / other)
