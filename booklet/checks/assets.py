"""R102–R105: images and links of a proposal lead somewhere; images are safe, with a text for those who cannot see them.

Images are untrusted files. Symbolic links are resolved first, the kind of an image comes from its content and not from
its name, and an SVG may hold nothing that runs, fetches or hides.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from booklet.cache.links import resolve_links
from booklet.checks.context import Context, severity_if_missing
from booklet.checks.layout import unprintable
from booklet.checks.mentions import find_wrong_mentions
from booklet.checks.scopes import for_each_proposal, for_workspace
from booklet.checks.spans import is_attempted, node_at, span_of
from booklet.content.file_rules import stray_file
from booklet.content.look_alikes import find_look_alike
from booklet.content.model.description import Figure
from booklet.content.spelling import nearest
from booklet.content.yaml.nodes import Scalar
from booklet.diagnostics.diagnostic import Diagnostic, Severity
from booklet.diagnostics.message import Message, say
from booklet.diagnostics.positions import read_bytes
from booklet.diagnostics.rule import rule
from booklet.layout.fonts import find_unprintable
from booklet.pictures.picture import Picture, check_size, check_together, read_picture
from booklet.pictures.refusal import PictureRefused
from booklet.text.look_alikes import show, to_plain
from booklet.text.markdown import has_encoded_link

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator
    from pathlib import Path

    from booklet.content.document import Document
    from booklet.content.proposal_files import ProposalDocument

#: an address with a scheme; one letter before the colon is a drive of Windows
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//")

#: characters that no font prints, of one image: enough to see of what kind they are
_TOLD = 5


def _read_image(root: Path, folder: str, path: str) -> Picture:
    """Read an image; `path` and the proposal's `folder` are relative to the workspace. Raises `PictureRefused`."""
    file, home = resolve_links(root / path), resolve_links(root / folder)
    if not file.is_relative_to(home) or not home.is_relative_to(resolve_links(root)):
        raise PictureRefused(
            say("a link that leads outside the proposal's folder"),
            say("put the image itself into `{folder}/`", folder=folder),
        )
    if not file.is_file():
        raise PictureRefused(say("not a file, expected an image"))
    check_size(file.stat().st_size)
    return read_picture(read_bytes(root, path))


def _local_name(file: str) -> str | None:
    """Return a figure's path below the proposal's folder; None where it leads anywhere else."""
    parts = file.split("/")
    outside = "\\" in file or "\0" in file or ":" in file or any(part in ("", ".", "..") for part in parts)
    return None if outside else "/".join(parts)


@for_each_proposal
@rule("R102", "asset-missing", Severity.ERROR)
def asset_missing(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """A figure names a file that is not in the proposal's folder.

    The folder has the name of the proposal: `proposals/mobilite/bus/` beside
    `proposals/mobilite/bus.yaml`.

    Why
        The page would have a hole where the image should stand.

    Fails
        figures:
          - {file: carefour.svg, alt: Schéma d'un carrefour}

    Passes
        figures:
          - {file: carrefour.svg, alt: Schéma d'un carrefour}

    Source
        `docs/format.md`.
    """
    assets = context.workspace.assets
    for index, figure in enumerate(document.value.figures):
        name = _local_name(figure.file) if figure.file is not None else None
        if name is None or f"{document.folder}/{name}" in assets:
            continue
        prefix = f"{document.folder}/"
        present = sorted(path.removeprefix(prefix) for path in assets if path.startswith(prefix))
        node = node_at(document, "figures", index, "file")
        assert isinstance(node, Scalar), "what was read as a name is one"
        if typed := find_look_alike(document.source, node, lambda text: f"{prefix}{text}" in assets):  # noqa: B023
            yield asset_missing.at(typed.span, typed.message, typed.hint)
            continue
        close = nearest(name, present)
        yield asset_missing.at(
            span_of(document, "figures", index, "file"),
            say("no file `{name}` in `{folder}/`", name=show(name), folder=document.folder),
            _hint_name(name, present)
            or (
                say("did you mean `{name}`?", name=close)
                if close
                else say("put the image into `{folder}/`", folder=document.folder)
            ),
        )


def _hint_name(name: str, present: Iterable[str]) -> Message | None:
    """What to do where a file is named with a character that is not what it seems."""
    alike = [one for one in present if to_plain(one) == to_plain(name)]
    if len(alike) != 1:
        return None
    return say("the file is called `{name}`: give both the same name", name=show(alike[0]))


@for_each_proposal
@rule("R103", "asset-refused", Severity.ERROR)
def asset_refused(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """An image lies elsewhere than in the proposal's folder, or is not an image that the booklet can trust.

    Allowed are SVG, PNG and JPEG, told by their content, of 5 MB and 40 million pixels at most. An SVG holds a
    drawing and plain styles: no script, no font, no address but `#id` and PNG or JPEG written in it, no rule that
    begins with `@`, no document type and no entity. `docs/format.md`, "Images", lists what is printed; how much may
    be drawn, and how much a proposal may show in all, stands in the table of limits of the format.

    Why
        Images come from contributors. None may read another file of the machine, fetch anything, run, or stop the
        build of everybody else.

    Fails
        figures:
          - {file: ../../../secret.png, alt: Schéma}

    Passes
        figures:
          - {file: carrefour.png, alt: Schéma}

    Source
        W3C, SVG 2 §2 (conformance: secure static mode); our own limits, in `booklet/diagnostics/limits.py`.
    """
    shown = Picture(0)
    for index, figure in enumerate(document.value.figures):
        if figure.file is None:
            continue
        name = _local_name(figure.file)
        if name is None:
            message, advice = (
                (say("a remote image"), say("copy the image into `{folder}/`", folder=document.folder))
                if _REMOTE.match(figure.file.strip())
                else (
                    say("an image outside the proposal's folder"),
                    say("put it into `{folder}/` and write its file name", folder=document.folder),
                )
            )
            yield asset_refused.at(span_of(document, "figures", index, "file"), message, advice)
            continue
        path = f"{document.folder}/{name}"
        if path in context.workspace.assets:
            span = span_of(document, "figures", index, "file")
            try:
                picture = _read_image(context.workspace.root, document.folder, path)
                shown += picture
                check_together(shown)
                missing = find_unprintable(sorted(picture.letters), context.workspace.root)
                yield from (unprintable(span, one) for one in missing[:_TOLD])
            except PictureRefused as refused:
                yield asset_refused.at(span, refused.message, *refused.hints)


def image_spoilt(document: ProposalDocument, files: Container[str]) -> Iterator[Diagnostic]:
    """Report images that only layout shows to be impossible to draw (R103)."""
    for index, figure in enumerate(document.value.figures):
        if figure.file in files:
            yield asset_refused.at(
                span_of(document, "figures", index, "file"),
                say("an image that cannot be drawn whole"),
                say("simplify the drawing, or save it as PNG"),
            )


@for_each_proposal
@rule("R104", "missing-alternative-text", Severity.ERROR)
def missing_alternative_text(document: ProposalDocument, _context: Context) -> Iterator[Diagnostic]:
    """A figure has no `alt`: nothing stands for it for those who do not see it.

    In a draft this is information.

    Why
        A screen reader would say "image" and nothing else.

    Fails
        figures:
          - file: carrefour.svg

    Passes
        figures:
          - file: carrefour.svg
            alt: Schéma d'un carrefour où le bus annonce son arrivée

    Source
        PDF/UA-1 (ISO 14289-1) §7.3; RGAA 4.1, criterion 1.1.
    """
    for index, figure in enumerate(document.value.figures):
        here = ("figures", index, "alt")
        if (
            figure.alt is not None
            or not document.has("figures", index)
            or is_attempted(document, Figure, *here)
        ):
            continue
        span = document.key_span(*here) if document.has(*here) else span_of(document, "figures", index)
        if not document.has(*here) and document.has("figures", index, "file"):
            span = span_of(document, "figures", index, "file")
        yield missing_alternative_text.at(
            span,
            say("a figure without `alt`"),
            say("add `alt: …`, which says what the image shows"),
            severity=severity_if_missing(document),
        )


@for_workspace
@rule("R105", "broken-reference", Severity.ERROR)
def broken_reference(context: Context) -> Iterator[Diagnostic]:
    """A text links to a proposal that does not exist, or a printed text to a draft, which is not printed.

    Why
        The reader would follow a link to nowhere.

    Fails
        solution: Voir [les voies réservées](proposal:voies-reservee).

    Passes
        solution: Voir [les voies réservées](proposal:voies-reservees).

    Source
        `docs/format.md`, "sources.yaml" (other proposals by `[their title](proposal:id)`).
    """
    for document in context.workspace.proposals:
        yield from _broken_links(document, context, printed=document.cross_references.is_ready)
    if context.workspace.edition is not None:
        yield from _broken_links(context.workspace.edition, context, printed=True)


def _broken_links(document: Document[Any], context: Context, *, printed: bool) -> Iterator[Diagnostic]:
    text = document.source.text
    if "proposal:" not in text.lower() and not has_encoded_link(text):
        return
    by_id, unread = context.proposal_by_id, context.workspace.unread

    def is_draft(cited: str) -> bool:
        return printed and cited in by_id and by_id[cited].cross_references.status == "draft"

    def is_right(kind: str, cited: str) -> bool:
        return kind != "proposal" or ((cited in by_id or cited in unread) and not is_draft(cited))

    for cited, span in find_wrong_mentions(document, is_right):
        if is_draft(cited):
            yield broken_reference.at(
                span,
                say("a link to `{id}`, a draft that is not printed", id=cited),
                say("delete the link, or finish `{path}`", path=by_id[cited].source.path),
            )
            continue
        close = nearest(cited, by_id)
        yield broken_reference.at(
            span,
            say("a link to `{id}`, which is no proposal", id=cited),
            *([say("did you mean `{name}`?", name=close)] if close else []),
        )


@for_each_proposal
def find_unused_files(document: ProposalDocument, context: Context) -> Iterator[Diagnostic]:
    """Report the files in a proposal's folder that no figure shows (Y108)."""
    if not document.is_whole or document.is_broken("figures"):
        return
    used = {to_plain(figure.file) for figure in document.value.figures if figure.file is not None}
    prefix = f"{document.folder}/"
    here = context.assets_by_folder.get(document.folder, ())
    yield from stray_file([path for path in here if to_plain(path.removeprefix(prefix)) not in used], here)
