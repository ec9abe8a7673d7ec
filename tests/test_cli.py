"""Arguments in, exit status out: 0 clean, 1 content, 2 usage, 3 machine, 4 our own fault."""

from __future__ import annotations

import ctypes
import json
import os
import re
import resource
import subprocess
import sys
from typing import TYPE_CHECKING
from unittest.mock import patch
from xml.etree import ElementTree

import pytest

from tests.samples.commands import BUILD, ROOT, Run, require_refusal, run
from tests.samples.workspace import Sample, digests

if TYPE_CHECKING:
    from pathlib import Path

WARNING = ("no_running_cost: rien ne revient, c'est un essai\n", "")
#: Linux, <sys/prctl.h> and <linux/capability.h>
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2


def refused(ran: Run, status: int, *words: str) -> None:
    """Require one sentence on the error output, with some words, and nothing else."""
    assert ran.status == status, ran.err
    assert ran.err.startswith("build.py: ") and ran.err.count("\n") == 1, ran.err
    assert ran.out == ""
    assert all(word in ran.err for word in words), ran.err


# --- status -------------------------------------------------------------------------------------------------------


def test_clean_workspace(unbuilt: Sample) -> None:
    """A clean workspace is status 0, and `check` says how much it read."""
    ran = unbuilt.run("check")
    assert (ran.status, ran.err) == (0, "")
    assert "3 propositions" in ran.out
    assert not (unbuilt.root / "dist").exists()


def test_errors_are_status_1(unbuilt: Sample) -> None:
    """Errors in the content are status 1 for every command that needs the content, and nothing is made."""
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")
    place = "proposals/mobilite/feux.yaml:17:15: error[M103]"
    assert place in unbuilt.run("check", "--format", "concise").out
    for command in (("check",), ("build",), (), ("costs",)):
        ran = unbuilt.run(*command)
        assert ran.status == 1
        assert "feux.yaml" in ran.out + ran.err and "Traceback" not in ran.err
    assert sorted(path.name for path in unbuilt.root.iterdir()) == [".booklet-store", "proposals"]


@pytest.mark.parametrize("command", ["check", "build"])
def test_strict_counts_warnings(small: Sample, command: str) -> None:
    """A warning is told and passes, unless `--strict`, before or after the command, makes it an error."""
    small.edit("mobilite/feux.yaml", *WARNING)
    ran = small.run(command)
    assert ran.status == 0 and "C104" in ran.out + ran.err
    assert small.run(command, "--strict").status == 1
    assert small.run("--strict", command).status == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("chekc",),
        ("check", "--format", "pdf"),
        ("build", "--jobs", "0"),
        ("build", "--jobs", "two"),
        ("build", "--cluster", "10.0.0.5"),
        ("--lang", "de"),
        ("new", "Un titre"),
        ("check", "--jobs", "2"),
        ("print", "--section", "3"),
        ("costs", "export"),
        ("costs", "--format", "pdf"),
        ("diff",),
        ("diff", "a", "b", "c"),
        ("diff", "first", "--format", "xlsx"),
        ("why",),
        ("why", "total", "--format", "csv"),
        ("clean", "--store-size", "a lot"),
        ("--strict", "explain", "C103"),
        ("--cluster", "tcp://10.0.0.5:8786", "explain", "C103"),
        ("--preview", "--no-store", "check"),
    ],
)
def test_wrong_usage_is_status_2(unbuilt: Sample, arguments: tuple[str, ...]) -> None:
    """Wrong usage is status 2, says what was expected, and shows no name of ours."""
    ran = unbuilt.run(*arguments)
    assert ran.status == 2 and ran.out == ""
    assert re.match(r"usage.?: build\.py ", ran.err) and "read_" not in ran.err


def test_option_of_another_command_is_named(unbuilt: Sample) -> None:
    """An option of `build` before a command without it is refused by both names; a shared one goes to the command."""
    refusal = unbuilt.run("--lang", "en", "--jobs", "2", "check")
    assert refusal.status == 2 and "error: `--jobs` is no option of `check`\n" in refusal.err
    sizes = ["200 MB", "300 MB"]
    for arguments in (
        ("--store-size", sizes[1], "check"),
        ("--store-size", sizes[0], "check", "--store-size", "1"),
    ):
        assert unbuilt.run(*arguments).status == 0
    refused(unbuilt.run("--lang", "en", "--cluster", "tcp://h:1", "build", "--jobs", "2"), 2, "`--jobs`")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-C", "absent", "check"), "absent"),
        (("check", "proposals/absent.yaml"), "absent.yaml"),
        (("check", "/etc/passwd"), "/etc/passwd"),
        (("check", "dist"), "dist"),
        (("check", "feu"), "did you mean `feux`?"),
        (("--preview", "/etc/passwd"), "/etc/passwd"),
        (("build", "--preview", "proposals/lists.yaml"), "no proposal in"),
        (("explain", "C999"), "C999"),
        (("new", "Un titre", "--domain", "culture"), "culture"),
        (("new", "!!!", "--domain", "mobilite"), "title"),
        (("new", "Nul !", "--domain", "mobilite"), "no file on Windows is called `nul`"),
    ],
)
def test_what_is_not_there_is_status_2(unbuilt: Sample, arguments: tuple[str, ...], words: str) -> None:
    """A folder, file, rule or domain that does not exist is wrong usage, said in a sentence, with what exists."""
    require_refusal(run("--lang", "en", *arguments, cwd=unbuilt.root), words)


def test_no_workspace_is_status_2(tmp_path: Path) -> None:
    """Without `proposals/` here or above there is nothing to work in: one sentence says what to type."""
    for command in (("check",), ("build",), (), ("costs",), ("clean",), ("schema",), ("build", "--preview")):
        refused(run("--lang", "en", *command, cwd=tmp_path), 2, "proposals/", "-C DIR")


def test_our_fault_is_status_4(unbuilt: Sample) -> None:
    """A fault of ours keeps its traceback, asks to be reported, and is status 4."""
    with patch("booklet.pipeline.analysis.check_incrementally", side_effect=ZeroDivisionError("essai")):
        ran = unbuilt.run("--lang", "en", "check")
    assert ran.status == 4
    assert "ZeroDivisionError: essai" in ran.err and "fault of ours" in ran.err


# --- arguments ----------------------------------------------------------------------------------------------------


def test_options_stand_anywhere(unbuilt: Sample) -> None:
    """`-C` and `--lang` work before and after the command; a path is read from here or from the workspace."""
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")
    before = run("-C", str(unbuilt.root), "--lang", "en", "check")
    after = run("check", "-C", str(unbuilt.root), "--lang", "en")
    assert before == after and before.status == 1
    for path, cwd in (
        ("proposals/mobilite", ROOT),
        ("feux.yaml", unbuilt.root / "proposals" / "mobilite"),
        (str(unbuilt.proposal("feux")), ROOT),
        ("feux", ROOT),
    ):
        assert run("check", "-C", str(unbuilt.root), path, cwd=cwd).status == 1, path


def test_workspace_is_found_upwards(unbuilt: Sample) -> None:
    """The nearest folder with `proposals/` at or above the current one, or that of `-C`, is the workspace.

    What is written and printed is the same from wherever it is asked, with paths from the workspace.
    """
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")
    proposals = unbuilt.root / "proposals"
    whole = unbuilt.run("check")
    for folder in (unbuilt.root, proposals, proposals / "mobilite"):
        assert run("check", cwd=folder) == run("-C", str(folder), "check", cwd=ROOT) == whole
    alone = run("check", "feux.yaml", cwd=proposals / "mobilite")
    assert alone.out.startswith("proposals/mobilite/feux.yaml:17:15: error[M103]")
    assert run("check", "arbres.yaml", "-C", "proposals/ecologie", cwd=unbuilt.root).status == 0
    assert run("check", "../ecologie", "armoires", cwd=proposals / "mobilite").status == 0
    (proposals / "ecologie" / "proposals").mkdir()
    assert run("check", cwd=proposals / "ecologie") != whole


def test_path_selects_what_is_reported(unbuilt: Sample) -> None:
    """`check PATH…` reports on these files and folders only, and passes when the faults are elsewhere."""
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")
    unbuilt.edit("ecologie/arbres.yaml", "quantity: 10", "quantity: dix")

    def files(*paths: str) -> set[str]:
        ran = unbuilt.run("check", "--format", "json", *paths)
        found = {one["path"] for one in json.loads(ran.out)["diagnostics"]}
        assert ran.status == (1 if found else 0)
        return {path.rpartition("/")[2] for path in found}

    assert files() == files(".") == files("proposals") == {"feux.yaml", "arbres.yaml"}
    assert files("proposals/mobilite") == {"feux.yaml"}
    assert files("proposals/mobilite", "proposals/ecologie/arbres.yaml") == {"feux.yaml", "arbres.yaml"}
    assert files("proposals/mobilite/armoires.yaml") == set()


def test_path_selects_what_shows_a_place_in_it(unbuilt: Sample) -> None:
    """What is counted twice is told to the author of either file, wherever the finding stands."""
    for path in ("mobilite/feux.yaml", "ecologie/arbres.yaml"):
        unbuilt.edit(path, "    quantity: 10", "    asset: armoires\n    quantity: 10")
    for path in ("mobilite/feux.yaml", "ecologie/arbres.yaml"):
        ran = unbuilt.run("check", "--format", "json", f"proposals/{path}")
        assert [one["code"] for one in json.loads(ran.out)["diagnostics"]] == ["C109"], path
    assert unbuilt.run("check", "proposals/mobilite/armoires.yaml").status == 0


def test_language_of_messages(unbuilt: Sample, tmp_path: Path) -> None:
    """Messages are in the edition's language, `--lang` rules, and the environment decides where no edition does."""
    assert "propositions" in unbuilt.run("check", environment={"LANG": "en_US.UTF-8"}).out
    assert "proposals" in unbuilt.run("--lang", "en", "check").out
    unbuilt.edit("edition.yaml", "lang: fr", "lang: en")
    assert "proposals" in unbuilt.run("check", environment={"LANG": "fr_FR.UTF-8"}).out
    for arguments in (("check",), ("--help",), ("chekc",), ("new", "Un titre"), ("build", "--jobs", "0")):
        english, french = (
            run(*arguments, cwd=tmp_path, environment={"LANG": lang})
            for lang in ("en_US.UTF-8", "fr_FR.UTF-8")
        )
        assert english.status == french.status and english != french, arguments
    assert "no folder" in run("check", cwd=tmp_path, environment={"LANG": "en_US.UTF-8"}).err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--help",), ("usage : build.py", "contrôler, puis faire", "afficher cette aide")),
        (("verify", "--help"), ("nombre de processus", "Prouver à nouveau")),
        (("chekc",), ("erreur : argument COMMANDE : choix inconnu",)),
        (("new", "Un titre"), ("il manque : --domain/-d",)),
        (("check", "--format"), ("attendu : une valeur",)),
        (("check", "--tout"), ("arguments inconnus : --tout",)),
        (("build", "--jobs", "0"), ("argument --jobs/-j : `0` n’est pas",)),
        (("--jobs", "2", "check"), ("`--jobs` n’est pas une option de `check`",)),
        (("check", "feu"), ("vouliez-vous écrire `feux`",)),
    ],
)
def test_command_line_speaks_the_edition_s_language(
    unbuilt: Sample, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """Help and complaints, argparse's own too, are in the language of the edition, or of `--lang`."""
    french = unbuilt.run(*arguments)
    said = " ".join((french.out + french.err).split())
    assert all(word in said for word in words), said
    unbuilt.edit("edition.yaml", "lang: fr", "lang: en")
    english = unbuilt.run(*arguments)
    assert unbuilt.run("--lang", "fr", *arguments) == french != english


# --- formats ------------------------------------------------------------------------------------------------------


def test_every_format_of_check(unbuilt: Sample) -> None:
    """Every format tells the same fault at the same place, and is well formed."""
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")

    def out(format: str) -> str:
        ran = unbuilt.run("check", "--format", format)
        assert (ran.status, ran.err) == (1, "")
        return ran.out

    assert "--> proposals/mobilite/feux.yaml:17:15" in out("full") and "^" in out("full")
    assert out("concise").startswith("proposals/mobilite/feux.yaml:17:15: error[M103] ")
    assert re.match(r"::error .*file=proposals/mobilite/feux\.yaml,line=17.*M103", out("github"))
    (found,) = json.loads(out("gitlab"))
    assert found["location"]["path"] == "proposals/mobilite/feux.yaml"
    (result,) = json.loads(out("sarif"))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"]["startColumn"] == 15
    assert "M103" in ElementTree.tostring(ElementTree.fromstring(out("junit")), encoding="unicode")
    (diagnostic,) = json.loads(out("json"))["diagnostics"]
    assert (diagnostic["code"], diagnostic["line"], diagnostic["column"]) == ("M103", 17, 15)


def test_auto_chooses_the_format(unbuilt: Sample, tmp_path: Path) -> None:
    """Without `--format`: annotations and the job summary on GitHub, one line each in a pipe."""
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")
    summary = tmp_path / "summary.md"
    on_github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    assert unbuilt.run("check", environment=on_github).out.startswith("::error ")
    assert "M103" in summary.read_text("utf-8")
    assert unbuilt.run("check").out == unbuilt.run("check", "--format", "concise").out


def test_annotations_name_files_of_the_repository(unbuilt: Sample) -> None:
    """Annotations of a workspace below a repository's root name its files from that root."""
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")
    (unbuilt.root.parent / ".git").mkdir()
    assert "file=workspace/proposals/mobilite/feux.yaml," in unbuilt.run("check", "--format", "github").out


# --- other commands -----------------------------------------------------------------------------------------------


def test_build_is_quiet_and_complete(unbuilt: Sample) -> None:
    """Away from a terminal, `build` prints one line: how many booklets, where they are from here, in how long."""
    ran = unbuilt.run("--lang", "en")
    assert (ran.status, ran.err, ran.out.count("\n")) == (0, "", 1)
    folder = re.escape(os.path.relpath(unbuilt.dist))
    assert re.match(rf"3 booklets in {folder}/, in [\d.]+ s: body of ", ran.out), ran.out
    assert unbuilt.manifest["body"]["sha256"] in ran.out
    again = run("build", cwd=unbuilt.root / "proposals" / "mobilite")
    assert again.out.startswith("../../dist/ est à jour"), again


def test_verbose_shows_the_time_of_each_step(small: Sample) -> None:
    """`-v` adds the time of each step, in the language of the command."""
    for language, step, mark in (("en", "inputs", "."), ("fr", "entrées", ",")):
        ran = small.run("build", "-v", "--lang", language)
        assert re.search(rf"^ +{step} +\d+[{mark}]\d\d s$", ran.err, re.MULTILINE), ran.err


def test_explain_schema_new_and_costs(unbuilt: Sample) -> None:
    """The other commands print what they say: a rule, a schema, a file that passes as a draft, the portfolio."""
    by_code, by_name = unbuilt.run("explain", "C103"), unbuilt.run("explain", "cost-outside-term")
    assert by_code == by_name and by_code.status == 0 and "C103" in by_code.out
    listed = unbuilt.run("explain", "--lang", "en").out.splitlines()
    assert len(listed) == len({line.split()[0] for line in listed}) > 50
    assert any(re.fullmatch(r"C103  cost-outside-term +error +\S.*\.", line) for line in listed)
    assert json.loads(unbuilt.run("schema", "proposal").out)["$schema"].startswith(
        "http://json-schema.org/draft-07"
    )
    written = unbuilt.run("schema").out.split()
    assert ".vscode/proposal.schema.json" in written and all(
        (unbuilt.root / path).is_file() for path in written
    )
    added = unbuilt.run("new", "Ouvrir « les écoles » : l'été", "--domain", "ecologie")
    assert (added.status, added.out) == (0, "proposals/ecologie/ouvrir-ecoles-ete.yaml\n")
    checked = unbuilt.run("check", "--format", "json")
    assert checked.status == 0 and json.loads(checked.out)["summary"]["drafts"] == 1
    again = unbuilt.run("new", "Ouvrir les écoles l'été", "--domain", "mobilite")
    assert again.status == 2 and "ouvrir-ecoles-ete" in again.err
    costs = json.loads(unbuilt.run("costs", "--format", "json").out)
    assert {one["id"] for one in costs["proposals"]} >= {"armoires", "feux", "arbres"}
    for format in ("table", "csv", "markdown"):
        assert "armoires" in unbuilt.run("costs", "--format", format).out


def test_reader_that_leaves(unbuilt: Sample) -> None:
    """When the reader of our output closes it, the command ends without a word."""
    unbuilt.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")
    for arguments in (("check",), ("costs",), ("schema", "proposal"), ("explain", "C103")):
        reading, writing = os.pipe()
        os.close(reading)
        process = subprocess.Popen(
            [*BUILD, "-C", str(unbuilt.root), *arguments],
            stdout=writing,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        os.close(writing)
        _, complaint = process.communicate(timeout=60)
        assert "Traceback" not in complaint and "Exception ignored" not in complaint, arguments


# --- a machine that is not ready ----------------------------------------------------------------------------------


def limit_file_size() -> None:
    """Let no file grow beyond 100 kB, as a full disk would; a booklet is larger."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


def obey_permissions() -> None:
    """Make the administrator obey permissions like anyone else; for others there is nothing to do."""
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


@pytest.mark.long
def test_full_disk_is_one_sentence(small: Sample) -> None:
    """When files cannot be written whole, one sentence and status 3; the release and the store are as before."""
    small.edit("mobilite/feux.yaml", "tient en un mot", "tient en deux mots")
    before = digests(small.root)
    refused(small.run_process("build", "--jobs", "1", preexec_fn=limit_file_size), 3)
    assert {path: digest for path, digest in digests(small.root).items() if path in before} == before
    assert not list(small.root.rglob("*.part"))
    assert small.run("build", "--jobs", "1").status == 0


def test_folder_that_cannot_be_written_is_one_sentence(small: Sample) -> None:
    """In a workspace that may only be read, `check` works and `build` is one sentence and status 3."""
    small.edit("mobilite/feux.yaml", "tient en un mot", "tient en deux mots")
    before = digests(small.root)
    folders = (small.root, small.root / ".booklet-store")
    for folder in folders:
        folder.chmod(0o555)
    try:
        assert small.run_process("check", preexec_fn=obey_permissions).status == 0
        refused(small.run_process("build", "--jobs", "1", preexec_fn=obey_permissions), 3)
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert digests(small.root) == before


def test_file_that_cannot_be_read_is_one_sentence(small: Sample) -> None:
    """A proposal that the system does not let us read is named in one sentence, status 3."""
    small.proposal("feux").chmod(0)
    refused(small.run_process("check", preexec_fn=obey_permissions), 3, "feux.yaml")


def test_missing_library_is_one_sentence(small: Sample, tmp_path: Path) -> None:
    """Where Pango cannot be loaded, `build` names it with the command to type, status 3; `check` does without."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "libpango-1.0.so.0").touch()
    environment = {"LD_LIBRARY_PATH": str(broken)}
    assert small.run_process("check", environment=environment).status == 0
    small.edit("mobilite/feux.yaml", "tient en un mot", "tient en deux mots")
    before = digests(small.dist)
    refused(
        small.run_process("build", "--jobs", "1", environment=environment),
        3,
        "libpango-1.0",
        "sh run.sh build",
    )
    assert digests(small.dist) == before


def test_check_loads_no_renderer(small: Sample) -> None:
    """`check` and `costs` load neither WeasyPrint, pikepdf nor Jinja; nor does a build with nothing to do."""
    code = """import sys
from booklet.cli import main
status = main(sys.argv[1:])
print(sorted({"weasyprint", "pikepdf", "jinja2", "PIL", "fontTools"} & set(sys.modules)), file=sys.stderr)
raise SystemExit(status)"""
    for command in ("check", "costs", "build"):
        ran = subprocess.run(
            [sys.executable, "-c", code, "-C", str(small.root), command],
            cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert (ran.returncode, ran.stderr) == (0, "[]\n"), command
