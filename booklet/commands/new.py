"""`new`: a commented proposal file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.commands.session import CLEAN, Session, UsageError
from booklet.diagnostics.message import quote_all, say
from booklet.text.outside import visible_path

if TYPE_CHECKING:
    from booklet.commands.arguments import Commands


def add_parser(commands: Commands) -> None:
    """Add `new`."""
    arguments = commands.add("new", run_new, say("write a commented proposal file"))
    arguments.add("title", metavar="TITLE", help=say("title of the proposal"))
    arguments.add("--domain", "-d", required=True, metavar="D", help=say("domain of the edition"))


def run_new(session: Session) -> int:
    """Write a commented proposal that passes as a draft."""
    from booklet.cache.atomic import write_whole
    from booklet.cache.links import require_own_folder
    from booklet.content.part_ids import is_part_id
    from booklet.content.proposal_files import FOLDER
    from booklet.content.template import proposal_path, write_skeleton
    from booklet.content.workspace import read_workspace
    from booklet.pipeline.inputs import find_templates
    from booklet.text.slug import file_name, slugify

    root, domain = session.root, session.options.domain
    workspace = read_workspace(root)
    edition = workspace.edition.value if workspace.edition else None
    domains = workspace.domains or ()
    if domain not in domains:
        raise UsageError(
            say("no domain `{domain}` in the edition", domain=domain),
            say("the domains are {domains}", domains=quote_all(domains)),
        )
    title = " ".join(session.options.title.split())
    id = slugify(title)[:60].rstrip("-")
    if not id or not title.isprintable():
        raise UsageError(say("a title needs letters that can name a file"))
    if is_part_id(id):
        raise UsageError(say("`{id}` is the id of a part of the booklet: choose another title", id=id))
    if file_name(id) != id:
        raise UsageError(say("no file on Windows is called `{id}`: choose another title", id=id))
    taken = next((d for d in workspace.proposals if d.id == id), None)
    require_own_folder(root, f"{FOLDER}/{domain}")
    path = root / proposal_path(domain, id)
    if taken is not None or path.exists():
        where = taken.source.path if taken else proposal_path(domain, id)
        raise UsageError(say("`{path}` already has this title's id: choose another title", path=where))
    path.parent.mkdir(parents=True, exist_ok=True)
    text = write_skeleton(title, edition, find_templates(root), session.language)
    write_whole(path, session.as_typed(text).encode())
    print(visible_path(path.relative_to(root).as_posix()))
    return CLEAN
