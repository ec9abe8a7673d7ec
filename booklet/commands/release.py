"""`build` and `verify`: make a release, and prove it again."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from booklet.commands.preview import run_preview
from booklet.commands.session import (
    CLEAN,
    CONTENT,
    Progress,
    edition_language,
    fails,
    language_of,
    open_store,
    report_build,
    workers_for,
    workspace_root,
)
from booklet.diagnostics.message import Message, say
from booklet.pipeline.analysis import compile_workspace
from booklet.pipeline.build import Built, build, find_silent
from booklet.pipeline.inputs import digest_inputs
from booklet.text.language import Language, choose_language

if TYPE_CHECKING:
    import argparse

    from booklet.pipeline.manifest import Manifest


def run_build(options: argparse.Namespace) -> int:
    """Check, lay out, link and release; or lay out some proposals alone."""
    if options.preview is not None:
        return run_preview(options)
    started = time.perf_counter()
    root = workspace_root(options)
    store, dist = open_store(options, root), root / "dist"
    inputs = digest_inputs(root)  # before anything is read: what is saved from now on is another input
    silent = find_silent(root, inputs, dist, store) if inputs else None
    if silent is not None:
        if options.verbose:
            seconds = time.perf_counter() - started
            _print_timings(Built(seconds_by_step={"inputs": seconds}), seconds)
        _print_release(
            silent, choose_language(options.lang, edition_language(options), os.environ), was_current=True
        )
        return CLEAN
    compiled = compile_workspace(root)
    language = language_of(options, compiled)
    checked = time.perf_counter()
    report_build(options, compiled, compiled.diagnostics, {}, language)
    if fails(compiled.diagnostics, options):
        return CONTENT

    progress = Progress(language)
    try:
        built = build(compiled, inputs, dist, store, workers_for(options), progress, strict=options.strict)
    finally:
        progress.clear()
    built.seconds_by_step = {"check": checked - started, **built.seconds_by_step}
    if built.diagnostics:
        report_build(options, compiled, built.diagnostics, built.sources, language)
    if options.verbose:
        _print_timings(built, time.perf_counter() - started)
    if built.manifest is None:
        return CONTENT
    _print_release(built.manifest, language, was_current=built.was_current)
    return CLEAN


def run_verify(options: argparse.Namespace) -> int:
    """Prove again that nothing in a release was altered and that every list got the same body."""
    from booklet.pipeline.manifest import read_manifest
    from booklet.pipeline.pool import finish
    from booklet.pipeline.release import verify_file, verify_folder

    language = choose_language(options.lang, edition_language(options), os.environ)
    dist = Path(options.dist)
    if not dist.is_absolute() and options.directory != ".":
        dist = workspace_root(options) / dist
    manifest = read_manifest(dist)
    body = asdict(manifest.body)
    with workers_for(options, most=max(1, len(manifest.booklets)))() as executor:
        futures = [executor.submit(verify_file, dist, asdict(booklet), body) for booklet in manifest.booklets]
        paths = [booklet.path for booklet in manifest.booklets]
        objections = zip(paths, finish(futures, lambda _: None), strict=True)
    found = [(path, objection) for path, listed in objections for objection in listed]
    found += verify_folder(dist, manifest)
    for path, objection in found:
        print(f"{path}: {objection.text(language)}")
    if found:
        message = say(
            "{count} objections: this is not the release that the manifest describes", count=len(found)
        )
        print(message.text(language))
        return CONTENT
    message = say(
        "{count} booklets begin with the same {length} bytes, SHA-256 {digest}; no update replaces anything else",
        count=len(manifest.booklets),
        length=manifest.body.length,
        digest=manifest.body.sha256,
    )
    print(message.text(language))
    return CLEAN


def _print_release(manifest: Manifest, language: Language, *, was_current: bool) -> None:
    body = manifest.body
    words = (
        say("dist/ is up to date: {booklets} booklets, body of {pages} pages, SHA-256 {digest}")
        if was_current
        else say("{booklets} booklets in dist/: body of {pages} pages, {length} bytes, SHA-256 {digest}")
    )
    message = Message(
        words.template,
        (
            ("booklets", len(manifest.booklets)),
            ("pages", body.pages),
            ("length", body.length),
            ("digest", body.sha256),
        ),
    )
    print(message.text(language))


def _print_timings(built: Built, total: float) -> None:
    for step, seconds in built.seconds_by_step.items():
        print(f"{step:>10} {seconds:7.2f} s", file=sys.stderr)
    print(f"{'total':>10} {total:7.2f} s", file=sys.stderr)
    names = ", ".join(built.rendered) or "-"
    print(f"laid out: {names}; front matter of {len(built.rendered_fronts)} lists", file=sys.stderr)
