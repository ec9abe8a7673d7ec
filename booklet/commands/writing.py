"""`check`, `explain`, `schema` and `new`: what a contributor types while writing."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from booklet import __version__
from booklet.commands.session import (
    CLEAN,
    CONTENT,
    UsageError,
    edition_language,
    fails,
    gather_report,
    language_of,
    open_store,
    workspace_root,
)
from booklet.diagnostics.message import quote_all, say
from booklet.diagnostics.report import choose_color, choose_format, render
from booklet.diagnostics.reporters.github import job_summary
from booklet.pipeline.analysis import Checked, check_again
from booklet.pipeline.inputs import templates_of
from booklet.text.language import choose_language

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from booklet.diagnostics.diagnostic import Diagnostic


def run_check(options: argparse.Namespace) -> int:
    """Print every diagnostic."""
    root = workspace_root(options)
    with _without_garbage_collection():
        checked = check_again(root, open_store(options, root))
    language = language_of(options, checked)
    diagnostics = _select(checked, options.paths, root)
    report = gather_report(checked, diagnostics, {})
    format = choose_format(options.format, os.environ, sys.stdout.isatty())
    color = choose_color(os.environ, sys.stdout.isatty()) and not options.no_color
    text = render(report, format, language, color=color, version=__version__, prefix=_prefix(root))
    print(text, end="")
    if options.verbose:
        message = say("proposals checked anew: {count}", count=len(checked.anew))
        print(message.text(language), file=sys.stderr)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if format == "github" and summary:
        with open(summary, "a", encoding="utf-8") as file:
            file.write(job_summary(report, language))
    return CONTENT if fails(diagnostics, options) else CLEAN


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Collect nothing in the block: a check makes hardly any cycles, and looking for them takes a twentieth of it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def run_explain(options: argparse.Namespace) -> int:
    """Print the page of a rule."""
    from booklet.checks.engine import find_rule, rule_codes
    from booklet.content.spelling import nearest
    from booklet.diagnostics.rule_pages import render_page

    language = choose_language(options.lang, edition_language(options), os.environ)
    found = find_rule(options.code)
    if found is None:
        close = nearest(options.code, rule_codes())
        hint = say("did you mean `{key}`?", key=close) if close else say("all rules are in `docs/rules.md`")
        raise UsageError(say("no rule `{code}`", code=options.code), hint)
    print(render_page(found, language), end="")
    return CLEAN


def run_schema(options: argparse.Namespace) -> int:
    """Print one JSON Schema, or write all of them where editors look."""
    from booklet.content.json_schema import write_all, write_schema

    language = choose_language(options.lang, edition_language(options), os.environ)
    if options.kind is not None:
        print(write_schema(options.kind, language), end="")
    else:
        for path in write_all(workspace_root(options), language):
            print(path)
    return CLEAN


def run_new(options: argparse.Namespace) -> int:
    """Write a commented proposal that passes as a draft."""
    from booklet.cache.atomic import write_whole
    from booklet.content.template import proposal_path, write_skeleton
    from booklet.content.workspace import read_workspace
    from booklet.text.slug import slugify

    root = workspace_root(options)
    workspace = read_workspace(root)
    edition = workspace.edition.value if workspace.edition else None
    language = choose_language(options.lang, edition.lang if edition else None, os.environ)
    domains = workspace.domains or ()
    if options.domain not in domains:
        raise UsageError(
            say("no domain `{domain}` in the edition", domain=options.domain),
            say("the domains are {domains}", domains=quote_all(domains)),
        )
    title = " ".join(options.title.split())
    id = slugify(title)[:60].rstrip("-")
    if not id or not title.isprintable():
        raise UsageError(say("a title needs letters that can name a file"))
    taken = next((d for d in workspace.proposals if d.id == id), None)
    path = root / proposal_path(options.domain, id)
    if taken is not None or path.exists():
        where = taken.source.path if taken else proposal_path(options.domain, id)
        raise UsageError(say("`{path}` already has this title's id: choose another title", path=where))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, write_skeleton(title, edition, templates_of(root), language).encode())
    print(path.relative_to(root).as_posix())
    return CLEAN


def _select(checked: Checked, paths: Sequence[str], root: Path) -> tuple[Diagnostic, ...]:
    """Keep what is reported on the files that were named, or shows a place in them: a double count stands in two files.

    A name that is no file of the workspace is wrong usage.
    """
    if not paths:
        return checked.diagnostics
    chosen = []
    for path in paths:
        candidates = [(base / path).resolve() for base in (Path.cwd(), root)]
        found = next((c for c in candidates if c.exists() and c.is_relative_to(root)), None)
        if found is None:
            raise UsageError(say("`{path}` is not in this workspace", path=path))
        chosen.append(found.relative_to(root).as_posix())
    return tuple(
        found
        for found in checked.diagnostics
        if any(
            name == "." or span.path == name or span.path.startswith(f"{name}/")
            for name in chosen
            for span in (found.span, *(label.span for label in found.related))
        )
    )


def _prefix(root: Path) -> str:
    """Name the workspace's folder in the repository that holds it, for annotations."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            relative = root.relative_to(folder).as_posix()
            return "" if relative == "." else f"{relative}/"
    return ""
