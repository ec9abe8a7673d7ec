"""Diagnostics → what people and programs read: full, concise, github, gitlab, rdjson, sarif, junit, json.

One diagnostic value, many formats, none known to the rules. Every format ends with a line break.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from booklet.diagnostics.reporters.concise import render_concise
from booklet.diagnostics.reporters.findings import Report, summarize
from booklet.diagnostics.reporters.full import render_full
from booklet.diagnostics.reporters.github import job_summary, render_github
from booklet.diagnostics.reporters.gitlab import render_gitlab
from booklet.diagnostics.reporters.json import render_json
from booklet.diagnostics.reporters.junit import render_junit
from booklet.diagnostics.reporters.rdjson import render_rdjson
from booklet.diagnostics.reporters.sarif import render_sarif

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from booklet.text.language import Language

__all__ = [
    "AUTO",
    "FORMATS",
    "FOR_PEOPLE",
    "REPORTERS",
    "Report",
    "choose_color",
    "choose_format",
    "job_summary",
    "render",
    "summarize",
]

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Setting:
    """What some formats need beside the report and the language."""

    color: bool
    version: str
    prefix: str
    whole: bool


#: every format by its name: a pure function of a report, a language and a setting
REPORTERS: Mapping[str, Callable[[Report, Language, Setting], str]] = {
    "full": lambda report, language, setting: render_full(
        report, language, color=setting.color, whole=setting.whole
    ),
    "concise": lambda report, language, setting: render_concise(report, language, whole=setting.whole),
    "github": lambda report, language, setting: render_github(report, language, prefix=setting.prefix),
    "gitlab": lambda report, language, setting: render_gitlab(report, language, prefix=setting.prefix),
    "rdjson": lambda report, language, setting: render_rdjson(report, language, prefix=setting.prefix),
    "sarif": lambda report, language, setting: render_sarif(
        report, language, version=setting.version, prefix=setting.prefix
    ),
    "junit": lambda report, language, setting: render_junit(report, language, prefix=setting.prefix),
    "json": lambda report, language, _: render_json(report, language),
}
FORMATS = tuple(REPORTERS)
FOR_PEOPLE = ("full", "concise")


def choose_format(asked: str, environment: Mapping[str, str], *, terminal: bool) -> str:
    """Choose what `auto` means: annotations inside GitHub Actions, full on a terminal, concise elsewhere.

    GitLab reads its format from a file, not from the log, so its jobs ask for `gitlab` by name.
    """
    if asked != AUTO:
        assert asked in FORMATS, f"{asked} is not a format"
        return asked
    if environment.get("GITHUB_ACTIONS") == "true":
        return "github"
    return "full" if terminal else "concise"


def choose_color(environment: Mapping[str, str], *, terminal: bool) -> bool:
    """Choose colours where a terminal shows them, unless `NO_COLOR` or `FORCE_COLOR` says otherwise."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return terminal and environment.get("TERM") != "dumb"


def render(
    report: Report,
    format: str,
    language: Language,
    *,
    color: bool = False,
    version: str,
    prefix: str = "",
    whole: bool = True,
) -> str:
    """Write a report in one of `FORMATS`.

    `version` is the tool's, for formats that name it; `prefix` is the workspace's folder in the repository,
    for the formats whose readers look from there (github, gitlab, rdjson, sarif, junit). Unless `whole`, those for
    people (full, concise) show one finding of each rule for information.
    """
    return REPORTERS[format](report, language, Setting(color, version, prefix, whole))
