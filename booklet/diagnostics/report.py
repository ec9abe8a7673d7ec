"""Diagnostics → what people and programs read: full, concise, github, gitlab, sarif, junit, json.

One diagnostic value, many formats, none known to the rules. Every format is a pure function of a `Report` and
a language, and ends with a line break.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from booklet.diagnostics.reporters.concise import render_concise
from booklet.diagnostics.reporters.findings import Report, summarize
from booklet.diagnostics.reporters.full import render_full
from booklet.diagnostics.reporters.github import job_summary, render_github
from booklet.diagnostics.reporters.gitlab import render_gitlab
from booklet.diagnostics.reporters.json import render_json
from booklet.diagnostics.reporters.junit import render_junit
from booklet.diagnostics.reporters.sarif import render_sarif

if TYPE_CHECKING:
    from collections.abc import Mapping

    from booklet.text.language import Language

__all__ = ["AUTO", "FORMATS", "Report", "choose_color", "choose_format", "job_summary", "render", "summarize"]

AUTO = "auto"
FORMATS = ("full", "concise", "github", "gitlab", "sarif", "junit", "json")


def choose_format(asked: str, environment: Mapping[str, str], terminal: bool) -> str:
    """Choose what `auto` means: annotations inside GitHub Actions, full on a terminal, concise elsewhere.

    GitLab reads its format from a file, not from the log, so its jobs ask for `gitlab` by name.
    """
    if asked != AUTO:
        assert asked in FORMATS, f"{asked} is not a format"
        return asked
    if environment.get("GITHUB_ACTIONS") == "true":
        return "github"
    return "full" if terminal else "concise"


def choose_color(environment: Mapping[str, str], terminal: bool) -> bool:
    """Choose colours where a terminal shows them, unless `NO_COLOR` or `FORCE_COLOR` says otherwise."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return terminal and environment.get("TERM") != "dumb"


def render(
    report: Report, format: str, language: Language, *, color: bool = False, version: str, prefix: str = ""
) -> str:
    """Write a report in one of `FORMATS`.

    `version` is the tool's, for formats that name it; `prefix` is the workspace's folder in the repository,
    for the formats whose readers look from there (github, gitlab, sarif).
    """
    match format:
        case "full":
            return render_full(report, language, color=color)
        case "concise":
            return render_concise(report, language)
        case "github":
            return render_github(report, language, prefix=prefix)
        case "gitlab":
            return render_gitlab(report, language, prefix=prefix)
        case "sarif":
            return render_sarif(report, language, version=version, prefix=prefix)
        case "junit":
            return render_junit(report, language)
        case "json":
            return render_json(report, language)
    raise AssertionError(f"{format} is not a format")
