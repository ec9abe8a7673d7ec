"""VS Code finds what it needs: schemas wired to files, tasks whose findings stand on their lines, snippets."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from booklet.content.editor import INSTALLED, MATCHER, make_files, settings, snippets, tasks, write_all
from booklet.content.json_schema import KINDS
from booklet.content.model.fields import keys_of
from booklet.content.model.proposal import Proposal
from booklet.content.model.sources import Bibliography
from booklet.text.language import ENGLISH, FRENCH
from tests.samples.commands import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.samples.workspace import Sample

PATTERN: Any = MATCHER["pattern"]


def test_committed_settings_wire_every_schema() -> None:
    """The project's own editor settings give each file its schema."""
    committed = json.loads((ROOT / ".vscode" / "settings.json").read_text("utf-8"))
    assert committed["yaml.schemas"] == settings()["yaml.schemas"]


def test_files_are_written_where_editors_look(tmp_path: Path) -> None:
    """All schemas are written, and the other files only where there are none: those of the author stay."""
    written = write_all(tmp_path, FRENCH)
    schemas = [f".vscode/{kind}.schema.json" for kind in KINDS]
    others = [f".vscode/{name}" for name in ("settings.json", *make_files(FRENCH, INSTALLED))]
    assert written == (*schemas, *others)
    assert all((tmp_path / path).is_file() for path in written)
    (tmp_path / others[0]).write_text("{}", "utf-8")
    assert write_all(tmp_path, FRENCH) == tuple(schemas)
    assert (tmp_path / others[0]).read_text("utf-8") == "{}"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_matcher_reads_what_check_prints(bare: Sample, language: str) -> None:
    """Each finding of `check --format concise` is read with its place, severity, code and message; nothing else is."""
    path = bare.root / "proposals" / "mobilite" / "essai.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text("title: Un essai : deux points\nstatus: draft\nowner: x\ndecision: 03/2021\n", "utf-8")
    ran = bare.run("check", "--format", "concise", "--lang", language)
    path.unlink()
    *lines, summary = ran.out.splitlines()
    read = [re.match(PATTERN["regexp"], line) for line in lines]
    assert all(read) and not re.match(PATTERN["regexp"], summary)
    by_code = {match[PATTERN["code"]]: match for match in read if match}
    date = by_code["M105"]
    assert date[PATTERN["file"]] == "proposals/mobilite/essai.yaml"
    assert (date[PATTERN["line"]], date[PATTERN["column"]], date[PATTERN["severity"]]) == ("4", "11", "error")
    assert "03/2021" in date[PATTERN["message"]]
    assert by_code["M102"][PATTERN["severity"]] == "info"


def test_tasks_are_commands_that_exist(bare: Sample) -> None:
    """Every task is a command of the tool, in both languages; those that print findings have the matcher."""
    for language in (FRENCH, ENGLISH):
        for task in tasks(language, INSTALLED)["tasks"]:
            command, *arguments = task["args"]
            assert bare.run(command, *(a.replace("${file}", "x") for a in arguments), "--help").status == 0
            assert bool(task["problemMatcher"]) == ("concise" in arguments)
    labels = [[task["label"] for task in tasks(one, INSTALLED)["tasks"]] for one in (FRENCH, ENGLISH)]
    assert not set(labels[0]) & set(labels[1])


def test_snippets_are_the_groups_of_a_proposal() -> None:
    """Each snippet is YAML, its stops are in order, and its keys are those of the model; nothing is chosen for you."""
    made = list(snippets(FRENCH).values())
    assert len(made) == 4
    for snippet in made:
        body = "\n".join(snippet["body"])
        stops = [int(number) for number in re.findall(r"\$\{?(\d+)", body)]
        assert stops == list(range(1, len(stops) + 1))
        filled = re.sub(r"\$\{\d+\|(…),[^}]*\}|\$\d+", lambda stop: stop[1] or "2021", body)
        value = yaml.load(filled, yaml.BaseLoader)
        keys = value[0] if isinstance(value, list) else next(iter(value.values()))
        groups = [Proposal.model_fields[name].annotation for name in ("costs", "funding", "timeline")]
        models = [annotation.__args__[0] for annotation in groups if annotation is not None]
        models.append(Bibliography.model_fields["root"].annotation.__args__[1])  # type: ignore[union-attr]
        assert any(set(keys) <= set(keys_of(model)) for model in models), keys
