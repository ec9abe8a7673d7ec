"""`new`: a commented proposal file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.commands.session import CLEAN, Session, UsageError
from booklet.diagnostics.message import quote_all, say
from booklet.text.outside import visible_path

if TYPE_CHECKING:
    from booklet.commands.arguments import Commands
    from booklet.content.workspace import Workspace

#: letters that an id has at most: its file has a name on any system, and in any folder
LONGEST_ID = 60


def add_parser(commands: Commands) -> None:
    """Add `new`."""
    arguments = commands.add("new", run_new, say("write a commented proposal file"))
    arguments.add("title", metavar="TITLE", help=say("title of the proposal"))
    arguments.add(
        "--domain", "-d", required=True, metavar="D", help=say("domain of the edition: its id, or its title")
    )
    arguments.add("--id", metavar="ID", help=say("name of the file (default: a few words of the title)"))


def run_new(session: Session) -> int:
    """Write a commented proposal that passes as a draft."""
    from booklet.cache.atomic import write_whole
    from booklet.cache.links import require_own_folder
    from booklet.content.paths import FOLDER
    from booklet.content.template import proposal_path, write_skeleton
    from booklet.content.workspace import read_workspace
    from booklet.pipeline.inputs import find_templates

    root = session.root
    workspace = read_workspace(root)
    domain = _find_domain(session.options.domain, workspace)
    title = " ".join(session.options.title.split())
    if not title.isprintable():
        raise UsageError(say("a title needs letters that can name a file"))
    require_own_folder(root, f"{FOLDER}/{domain}")
    path = root / proposal_path(domain, _choose_id(title, session.options.id, domain, workspace))
    path.parent.mkdir(parents=True, exist_ok=True)
    edition = workspace.edition.value if workspace.edition else None
    text = write_skeleton(title, edition, find_templates(root), session.language)
    write_whole(path, session.as_typed(text).encode())
    print(visible_path(path.relative_to(root).as_posix()))
    return CLEAN


def _find_domain(typed: str, workspace: Workspace) -> str:
    """Find a domain by its id or its title; one that is merely alike is proposed."""
    from booklet.content.id_hints import find_id
    from booklet.text.slug import slugify

    domains = workspace.domains or ()
    if typed in domains:
        return typed
    names = workspace.titles.get("domain", {})
    titled = [id for id, (title, *_) in names.items() if slugify(title) == slugify(typed) != ""]
    if len(titled) == 1:
        return titled[0]
    close = find_id(typed, names)
    raise UsageError(
        say("no domain `{domain}` in the edition", domain=typed),
        *([say("did you mean `{name}`?", name=close)] if close else []),
        say("the domains are {domains}", domains=quote_all(domains)),
    )


def _choose_id(title: str, asked: str | None, domain: str, workspace: Workspace) -> str:
    """The id that was asked for, or a short one of the title that no proposal has; raises `UsageError` without one."""
    from booklet.content.part_ids import is_part_id
    from booklet.content.scalars import is_slug
    from booklet.content.template import proposal_path, short_ids
    from booklet.text.slug import file_name, slugify

    name_it = say("choose another one with `--id`")
    taken = {one.id: one.source.path for one in (*workspace.proposals, *workspace.damaged)}
    same = (one for one in workspace.proposals if slugify(one.value.title or "") == slugify(title) != "")
    if asked is None and (one := next(same, None)):
        raise UsageError(say("`{path}` already has this title", path=one.source.path), name_it)
    if asked is not None and not (is_slug(asked) and len(asked) <= LONGEST_ID):
        raise UsageError(
            say("`{id}` is not an id", id=asked),
            say("use lower case letters without accents, digits and `-`"),
        )
    ids = [asked] if asked is not None else [id for id in short_ids(title) if id]
    if not ids:
        raise UsageError(say("a title needs letters that can name a file"), name_it)
    free = [id for id in ids if id not in taken and not (workspace.root / proposal_path(domain, id)).exists()]
    id = free[0] if free else ids[-1]
    if not free:
        raise UsageError(
            say("`{path}` already has this id", path=taken.get(id, proposal_path(domain, id))), name_it
        )
    if is_part_id(id):
        raise UsageError(say("`{id}` is the id of a part of the booklet", id=id), name_it)
    if file_name(id) != id:
        raise UsageError(say("no file on Windows is called `{id}`", id=id), name_it)
    return id
