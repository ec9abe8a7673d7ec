"""`verify`: prove again that every list got the same body."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from booklet.commands.arguments import add_jobs
from booklet.commands.session import CLEAN, CONTENT, Session, find_workspace
from booklet.diagnostics.message import say
from booklet.diagnostics.reporters.visible import visible

if TYPE_CHECKING:
    from pathlib import Path

    from booklet.commands.arguments import Commands


def add_parser(commands: Commands) -> None:
    """Add `verify`."""
    arguments = commands.add("verify", run_verify, say("prove again that every list got the same body"))
    arguments.add("dist", nargs="?", metavar="DIST", help=say("folder of the release (default: dist)"))
    add_jobs(arguments)


def run_verify(session: Session) -> int:
    """Prove again that nothing in a release was altered and that every list got the same body."""
    from booklet.pipeline.pool import finish
    from booklet.pipeline.verification import find_contradictions, read_release, verify_file, verify_folder

    dist = _find_release(session)
    manifest, found = read_release(dist)
    if manifest is not None:
        with session.workers(most=max(1, len(manifest.booklets)))() as executor:
            futures = [
                executor.submit(verify_file, dist, booklet, manifest.body) for booklet in manifest.booklets
            ]
            paths = [booklet.path for booklet in manifest.booklets]
            objections = zip(paths, finish(futures, lambda _: None), strict=True)
        found += [(path, objection) for path, listed in objections for objection in listed]
        found += sorted([*find_contradictions(manifest), *verify_folder(dist, manifest)], key=itemgetter(0))
    for path, objection in found:
        print(visible(f"{path}: {session.text(objection)}"))
    if found or manifest is None:
        message = say(
            "{count} objections: this is not the release that the manifest describes", count=len(found)
        )
        print(session.text(message))
        return CONTENT
    message = say(
        "{count} booklets begin with the same {length} bytes, SHA-256 {digest}; no update replaces anything else",
        count=len(manifest.booklets),
        length=manifest.body.length,
        digest=manifest.body.sha256,
    )
    print(session.text(message))
    return CLEAN


def _find_release(session: Session) -> Path:
    """The folder that was named, from `-C` or where the user stands; else the workspace's; a release needs none."""
    named: str | None = session.options.dist
    if named is not None:
        return session.directory / named
    return (find_workspace(session.directory) or session.directory) / "dist"
