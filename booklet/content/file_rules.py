"""Rules about the files below `proposals/`: their kind and their names, checked while they are read."""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING

from booklet.cache.links import resolve_links
from booklet.content.id_hints import find_id, is_named
from booklet.content.part_ids import is_part_id
from booklet.content.paths import FOLDER, is_proposal
from booklet.content.scalars import is_slug
from booklet.content.schema_rules import missing_key
from booklet.content.spelling import nearest
from booklet.diagnostics.diagnostic import Diagnostic, Label, Severity
from booklet.diagnostics.edits import Fix, Rename
from booklet.diagnostics.message import Message, quote_all, say
from booklet.diagnostics.positions import Position, Span
from booklet.diagnostics.rule import rule
from booklet.text.slug import slugify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from booklet.content.id_hints import Names
    from booklet.content.proposal_files import ProposalDocument


def _top(path: str) -> Span:
    return Span(path, Position(1, 1), Position(1, 1))


def missing_file(path: str) -> Iterator[Diagnostic]:
    """Report a file that every workspace has: its keys are all missing (M102)."""
    yield missing_key.at(_top(path), say("missing file `{path}`", path=path))


@rule("Y108", "stray-file", Severity.WARNING)
def stray_file(paths: Iterable[str], taken: Collection[str]) -> Iterator[Diagnostic]:
    """A file under `proposals/` that nothing reads.

    Why
        A proposal saved as `x.yml`, or outside the folder of a domain, would silently be missing from the booklet.

    Fails
        proposals/mobilite/bus.yml

    Passes
        proposals/mobilite/bus.yaml

    Source
        `docs/format.md`.
    """
    for path in paths:
        yield stray_file.at(_top(path), say("nothing reads this file"), _hint_place(path, taken))


#: endings that editors and mail programs put after `.yaml`, or in its place
_ENDINGS = re.compile(r"(?i)(?:\.(?:yaml|yml))?(?:\.(?:yaml|yml|txt|text))+$|\.(?:yaml|yml)$")
_OWN_NAMES = ("edition", "lists", "sources", "parameters")
_PICTURE = re.compile(r"(?i)\.(?:png|jpe?g|svg|gif|webp|tiff?|heic)$")


def _hint_place(path: str, taken: Collection[str]) -> Message:
    """Where a file belongs that nothing reads; one whose name is taken may be an old copy."""
    folder, _, name = path.rpartition("/")
    stem = _ENDINGS.sub("", name)
    if _PICTURE.search(name):
        return say("put a picture into the folder of its proposal, which has the proposal's name")
    if stem == name:
        return say("move it out of `{folder}/`, or delete it", folder=FOLDER)
    if path.count("/") > 2:
        folder = "/".join(path.split("/")[:2])
        return _rename(
            path, f"{folder}/{slugify(stem)}.yaml", say("move it to `{folder}/`", folder=folder), taken
        )
    to = nearest(slugify(stem), _OWN_NAMES) if path.count("/") == 1 else slugify(stem)
    if not to:
        return say("move it into the folder of a domain")
    hint = _hint_name(folder, name, f"{to}.yaml", taken)
    return _rename(path, f"{folder}/{to}.yaml", hint, taken) if to == slugify(stem) else hint


def _rename(path: str, to: str, hint: Message, taken: Collection[str]) -> Message:
    """Make a hint safe that renames a file of YAML, unless a proposal has its name or its id already."""
    name = to.rpartition("/")[2]
    others = {one.rpartition("/")[2] for one in taken if one != path and (is_proposal(one) or one == to)}
    is_refused = is_proposal(to) and (name == ".yaml" or is_part_id(name.removesuffix(".yaml")))
    is_unicode = not re.search(r"[\ud800-\udfff]", path)  # a byte that is no letter may be half of a name
    is_safe = ".y" in path.lower() and name not in others and not is_refused and is_unicode
    return Fix.of(hint, Rename(path, to)) if is_safe else hint


def _hint_name(folder: str, name: str, to: str, taken: Collection[str]) -> Message:
    if f"{folder}/{to}" in taken:
        return say("`{name}` is there already: keep one of the two", name=to)
    if ".y" not in name.lower() and folder != FOLDER:  # notes may be a text of their own
        words = say("rename it `{name}` if it is a proposal; else move it out of `{folder}/`")
        return words.fill(name=to, folder=FOLDER)
    return say("rename it `{name}`", name=to)


@rule("Y109", "not-a-plain-file", Severity.ERROR)
def not_a_plain_file(root: Path, path: str) -> Iterator[Diagnostic]:
    """What stands under the name of a file is a link out of `proposals/`, a link in a circle, or no file at all.

    Why
        Contributors are strangers: a link could show a file of the machine that builds the booklet, and a pipe would
        make it wait for ever.

    Fails
        proposals/mobilite/bus.yaml → /etc/hosts

    Passes
        proposals/mobilite/bus.yaml, a file with the text itself

    Source
        Our own rule: what is read is what can be reviewed.
    """
    hint = say("put the text itself into a file of this name")
    try:
        if stat.S_ISREG(os.lstat(root / path).st_mode):
            return  # nor does a link lead to its folder: `list_files` follows none
        whole = (root / path).resolve(strict=True)
    except FileNotFoundError:
        return  # reported where the file is needed (M102)
    except (OSError, RuntimeError):
        yield not_a_plain_file.at(_top(path), say("a link that leads to itself"), hint)
        return
    if whole.is_dir() and (root / path).is_symlink():
        yield not_a_plain_file.at(_top(path), say("a link to a folder"), say("put the folder itself there"))
    elif not whole.is_relative_to(resolve_links(root / FOLDER)):
        yield not_a_plain_file.at(
            _top(path), say("a link to a file outside `{folder}/`", folder=FOLDER), hint
        )
    elif not whole.is_file():
        yield not_a_plain_file.at(_top(path), say("this is no file that can be read"), hint)


@rule("M107", "id-mismatch", Severity.ERROR)
def id_mismatch(
    document: ProposalDocument, domains: Names | None, taken: Collection[str]
) -> Iterator[Diagnostic]:
    """The folder of a proposal is not a domain of the edition, or its file name is not an id.

    Why
        The file's stem is the proposal's id and the folder its domain: both become anchors and addresses.

    Fails
        proposals/mobilite/Priorité bus.yaml

    Passes
        proposals/mobilite/priorite-bus.yaml

    Source
        `docs/format.md`.
    """
    path = document.source.path
    span = _top(path)
    if not is_slug(document.id):
        id = slugify(_ENDINGS.sub("", document.id))
        name = f"{id}.yaml"
        yield id_mismatch.at(
            span,
            say("file name `{id}` is not an id", id=document.id),
            _rename(path, f"{FOLDER}/{document.domain}/{name}", say("rename it `{name}`", name=name), taken)
            if id and not is_part_id(id) and f"{FOLDER}/{document.domain}/{id}.yaml" not in taken
            else say("use lower case letters without accents, digits and `-`"),
        )
    if is_part_id(document.id):
        yield id_mismatch.at(
            span, say("`{id}` is the id of a part of the booklet", id=document.id), say("rename this file")
        )
    if domains is not None and document.domain not in domains:
        close = find_id(document.domain, domains)
        hint = say("move the file to `{folder}/{domain}/`", folder=FOLDER, domain=close)
        if close and is_named(document.domain, close, domains[close]):
            hint = _rename(path, f"{FOLDER}/{close}/{document.id}.yaml", hint, taken)
        yield id_mismatch.at(
            span,
            say("folder `{domain}` is not a domain of the edition", domain=document.domain),
            hint if close else say("the domains are {domains}", domains=quote_all(domains)),
        )


@rule("M108", "duplicate-id", Severity.ERROR)
def duplicate_id(proposals: Iterable[ProposalDocument]) -> Iterator[Diagnostic]:
    """Two proposals, or two phases of one proposal, have the same id.

    Why
        A reference to the id could mean either.

    Fails
        proposals/mobilite/bus.yaml and proposals/ecologie/bus.yaml

    Passes
        proposals/mobilite/bus.yaml and proposals/ecologie/bus-electriques.yaml

    Source
        `docs/format.md`.
    """
    first_by_id: dict[str, ProposalDocument] = {}
    for document in proposals:
        first = first_by_id.setdefault(document.id, document)
        if first is not document:
            yield duplicate_id.at(
                _top(document.source.path),
                say("id `{id}` is already taken", id=document.id),
                say("rename this file"),
                related=(Label(_top(first.source.path), say("first defined here")),),
            )


def duplicate_phase(document: ProposalDocument) -> Iterator[Diagnostic]:
    """Report the phases of a proposal whose id is taken by an earlier one (M108)."""
    index_by_phase: dict[str, int] = {}
    for index, phase in enumerate(document.value.timeline):
        if phase.id is None:
            continue
        earlier = index_by_phase.setdefault(phase.id, index)
        if earlier != index:
            yield duplicate_id.at(
                document.span("timeline", index, "id"),
                say("phase `{id}` stands twice", id=phase.id),
                say("give this phase an id of its own"),
                related=(Label(document.span("timeline", earlier, "id"), say("first defined here")),),
            )
