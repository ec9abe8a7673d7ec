"""`verify`: prove again that every list got the same body."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from booklet import __version__
from booklet.cache.links import resolve_links
from booklet.commands.arguments import add_jobs
from booklet.commands.session import CLEAN, CONTENT, Session, find_workspace
from booklet.diagnostics.message import say
from booklet.text.outside import visible_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from booklet.commands.arguments import Commands
    from booklet.diagnostics.message import Message
    from booklet.pdf.verify.front_pages import FrontPages
    from booklet.pipeline.manifest import Manifest
    from booklet.pipeline.verification import Found

#: the factor by which `--large` raises what is read: some seven thousand pages, in some minutes
_LARGE = 10


def add_parser(commands: Commands) -> None:
    """Add `verify`."""
    arguments = commands.add("verify", run_verify, say("prove again that every list got the same body"))
    arguments.add("dist", nargs="?", metavar="DIST", help=say("folder of the release (default: dist)"))
    arguments.add("--large", action="store_true", help=say("read files of up to ten times the usual size"))
    add_jobs(arguments)


def run_verify(session: Session) -> int:
    """Prove again that nothing in a release was altered and that every list got the same body."""
    from booklet.pipeline.pool import finish
    from booklet.pipeline.verification import (
        compare_attached,
        find_contradictions,
        read_release,
        verify_file,
        verify_folder,
    )

    dist = _find_release(session)
    manifest, found = read_release(dist)
    unproved: list[Message] = []
    scale = _LARGE if session.options.large else 1
    if manifest is not None:
        with session.workers(most=max(1, len(manifest.booklets)))() as executor:
            futures = [
                executor.submit(verify_file, dist, booklet, manifest.body, scale)
                for booklet in manifest.booklets
            ]
            proved = finish(futures, lambda _: None)
        paths = [booklet.path for booklet in manifest.booklets]
        found += [(path, one) for path, file in zip(paths, proved, strict=True) for one in file.objections]
        found += sorted(
            [*find_contradictions(manifest), *verify_folder(dist, manifest, scale)], key=itemgetter(0)
        )
        fronts = {
            path: file.front for path, file in zip(paths, proved, strict=True) if file.front is not None
        }
        if not found:
            compared, unproved = _compare_fronts(session, dist, manifest, fronts)
            found += [*compared, *compare_attached(manifest, proved[0].attached or {})]
    for path, objection in found:
        print(f"{visible_path(path)}: {session.text(objection)}")
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
    for message in unproved:
        print(session.text(message))
    return CLEAN


def _compare_fronts(
    session: Session, dist: Path, manifest: Manifest, fronts: Mapping[str, FrontPages]
) -> tuple[list[Found], list[Message]]:
    """Compare the front pages of all lists with one another and with the workspace; name what that does not prove."""
    from booklet.pipeline.verification import UNATTACHED
    from booklet.pipeline.verified_fronts import compare_fronts, compare_letters

    found = list(compare_fronts(manifest, fronts))
    unproved = [say("not proved: that this body is the one published; compare its digest with theirs")]
    files = ", ".join(f"`{path}`" for path in sorted(UNATTACHED))
    unproved.append(say("not proved: {files}, which are not inside the booklets", files=files))
    if own := sum(front.has_own_font for front in fronts.values()):
        unproved.append(
            say("not proved: the shapes of letters in {count} booklets with fonts of their own", count=own)
        )
    root = find_workspace(session.directory)
    is_inside = root is not None and resolve_links(dist).is_relative_to(root)
    letters = compare_letters(root, manifest, fronts) if root is not None and is_inside else None
    if root is None or letters is None:
        unproved.append(
            say(
                "not proved: the letter, who the lists are and that none is left out; only a workspace says so"
            )
        )
        unproved.append(say("not proved: `tool`, `versions` and `inputs_sha256` of the manifest"))
        return found, unproved
    others, unserved = letters
    return found + others + _check_origin(root, manifest, unserved, unproved), unproved


def _check_origin(
    root: Path, manifest: Manifest, unserved: list[str], unproved: list[Message]
) -> list[Found]:
    """Check the tool and that no list is left out, where the workspace is still what the release was made from."""
    from booklet.layout.weasyprint import versions
    from booklet.pipeline.inputs import digest_inputs
    from booklet.pipeline.manifest import MANIFEST

    if digest_inputs(root) != manifest.inputs_sha256:
        unproved.append(say("not proved: that this workspace made the release; files or versions differ"))
        unproved.append(say("not proved: `tool`, `versions` and `inputs_sha256` of the manifest"))
        unproved += [
            say("not proved: that `{list}` was served; it has no booklet here", list=id) for id in unserved
        ]
        return []
    found = [(MANIFEST, say("`{list}` has no booklet", list=id)) for id in unserved]
    if (manifest.tool, dict(manifest.versions)) != (f"booklet {__version__}", versions()):
        found.append((MANIFEST, say("`tool` or `versions` are not those that made the release")))
    return found


def _find_release(session: Session) -> Path:
    """The folder that was named, else `dist/` of the workspace, else `dist/` here: a release needs no workspace."""
    named: str | None = session.options.dist
    if named is not None:
        return session.directory / named
    return (find_workspace(session.directory) or session.directory) / "dist"
