"""A build does again only what changed, and a build that fails changes nothing."""

from __future__ import annotations

import shutil
from contextlib import nullcontext
from pathlib import Path

import pytest
from pypdf import PdfReader

from booklet.cache.store import FILLED, Store
from booklet.commands.session import STORE_FOLDER
from booklet.diagnostics.diagnostic import BuildError
from booklet.pipeline.analysis import analyse_workspace
from booklet.pipeline.build import Resources, build
from booklet.pipeline.inputs import digest_inputs
from booklet.pipeline.pool import pool
from tests.samples.commands import ROOT
from tests.samples.marks import long
from tests.samples.page_texts import page_texts
from tests.samples.workspace import PROPOSAL, SMALL, Sample, digests, laid_out, write_proposal

FICHES = {id for id, _ in SMALL}


def own_templates(sample: Sample) -> Path:
    """Copy the tool's templates into a workspace, which then uses its own."""
    return Path(shutil.copytree(ROOT / "templates", sample.root / "templates"))


def test_unchanged_build_does_nothing(small: Sample) -> None:
    """When nothing changed, nothing is laid out and no file is touched."""
    before = {path: path.stat().st_mtime_ns for path in small.dist.rglob("*")}
    ran = small.build()
    assert laid_out(ran) == (set(), 0)
    assert "up to date" in ran.out or "à jour" in ran.out
    assert {path: path.stat().st_mtime_ns for path in small.dist.rglob("*")} == before


@pytest.mark.long
def test_comment_and_moved_lines_render_nothing(small: Sample) -> None:
    """A comment, an empty line and keys in another order change no page: only the file that booklets carry inside."""
    before = digests(small.dist)
    first = small.dist / small.manifest["booklets"][0]["path"]
    pages = page_texts(first)
    path = small.proposal("feux")
    lines = path.read_text("utf-8").splitlines()
    title, status, *rest = lines
    path.write_text("\n".join(["# un mot pour la relecture", status, "", title, *rest]) + "\n", "utf-8")
    # the register prints the digest of the body, which is another one; in the letters it is filled in
    assert laid_out(small.build()) == ({"register"}, 0)
    after = digests(small.dist)
    assert {name for name in before if before[name] != after[name]} == {
        "manifest.json",
        "register.pdf",
        *(booklet["path"] for booklet in small.manifest["booklets"]),
    }
    assert page_texts(first)[2:] == pages[2:]
    assert PdfReader(first).attachments["feux.yaml"] == [path.read_bytes()]


def test_one_edit_renders_one_fiche(small: Sample) -> None:
    """After one proposal is edited, its fiche alone is laid out again, and every booklet says the new words."""
    kept = small.root / STORE_FOLDER / FILLED
    before = {*kept.rglob("*")}
    small.edit("mobilite/feux.yaml", "tient en un mot", "tient en deux mots, plus un")
    pages, fronts = laid_out(small.build())
    assert pages & FICHES == {"feux"} and fronts == 0
    assert sum(path.is_file() for path in {*kept.rglob("*")} - before) == 1, "its fiche alone is filled again"


@pytest.mark.long
def test_other_cost_renders_the_totals(small: Sample) -> None:
    """After a cost is edited, its fiche and the sections with totals are laid out again, and no other fiche.

    Openers show every proposal on the ruler of the whole; how to read a fiche, which begins the opening, has no amount.
    """
    small.edit("mobilite/feux.yaml", "quantity: 10", "quantity: 11")
    pages = laid_out(small.build())[0]
    assert {page.partition(":")[0] for page in pages} == {
        *("feux", "opening", "domain-mobilite", "domain-ecologie", "portfolio", "register")
    }
    assert "opening" not in pages


@pytest.mark.long
def test_longer_neighbour_renders_one_fiche(small: Sample) -> None:
    """A fiche that grows by pages moves the fiches after it without laying them out again."""
    pages = small.manifest["body"]["pages"]
    words = "Un paragraphe de plus, qui ne dit rien mais tient de la place.\n\n  " * 60
    small.edit("mobilite/armoires.yaml", "La première solution", words + "La première solution")
    assert laid_out(small.build())[0] & FICHES == {"armoires"}
    assert small.manifest["body"]["pages"] > pages


def test_added_list_leaves_the_others(small: Sample) -> None:
    """A list that is added gets a booklet; the others' files are byte for byte what they were."""
    before = digests(small.dist)
    with (small.root / "proposals" / "lists.yaml").open("a", encoding="utf-8") as file:
        file.write("- {id: quatre, name: Quatrième, head: Prénom Quart, commune: Une ville}\n")
    assert laid_out(small.build()) == ({"register"}, 1)
    after = digests(small.dist)
    assert set(after) - set(before) == {"une-ville/quatrieme.pdf"}
    changed = {path for path in before if after[path] != before[path]}
    assert changed == {"manifest.json", "register.pdf"}


def test_removed_list_loses_its_booklet(small: Sample) -> None:
    """A list that is taken out has no booklet in the next release."""
    file = small.root / "proposals" / "lists.yaml"
    file.write_text("".join(file.read_text("utf-8").splitlines(keepends=True)[1:]), "utf-8")
    small.build()
    assert not list(small.dist.glob("une-ville/1-3-*.pdf"))
    assert len(list(small.dist.glob("*/*.pdf"))) == 2


def test_damaged_release_is_made_again(small: Sample) -> None:
    """A booklet that was altered or lost is written again as it was."""
    before = digests(small.dist)
    first, second, _ = sorted(small.dist.glob("*/*.pdf"))
    first.write_bytes(first.read_bytes()[:-1])
    second.unlink()
    small.build()
    assert digests(small.dist) == before


@pytest.mark.long
def test_warning_of_layout_is_told_again(small: Sample) -> None:
    """What layout warned of is told by the next build too, which lays nothing out; `--strict` then refuses."""
    words = "Un paragraphe de plus, qui ne dit rien mais tient de la place.\n\n  " * 60
    small.edit("mobilite/armoires.yaml", "La première solution", words + "La première solution")
    first = small.build()
    before = digests(small.dist)
    again = small.build()
    assert "warning[R106]" in first.err
    assert [line for line in again.err.splitlines() if "R106" in line] == [
        line for line in first.err.splitlines() if "R106" in line
    ]
    assert laid_out(again) == (set(), 0)
    assert "up to date" in again.out or "à jour" in again.out
    asked = small.run("build", "--format", "github")
    assert (
        asked.out.startswith("::warning file=proposals/mobilite/armoires.yaml,line=6")
        and "dist/" in asked.err
    )
    assert "information[R106]" in small.run("check").out
    refused = small.run("build", "--strict")
    assert refused.status == 1
    assert "R106" in refused.err
    assert digests(small.dist) == before


def test_file_saved_during_the_check_is_not_taken_for_built(unbuilt: Sample) -> None:
    """What is saved after inputs were digested ends the build, and nothing says later that it was built."""
    inputs = digest_inputs(unbuilt.root)
    unbuilt.edit("mobilite/feux.yaml", "tient en un mot", "tient en deux mots")
    analysis, dist = analyse_workspace(unbuilt.root), unbuilt.root / "dist"
    with pool(1) as executor, pytest.raises(BuildError, match="changed"):
        build(analysis, inputs, dist, Resources(Store(None), lambda: nullcontext(executor), lambda *_: None))
    assert not dist.exists()


@pytest.mark.long
def test_file_saved_while_pages_are_laid_out_ends_the_build(unbuilt: Sample) -> None:
    """What is saved between the first page and the manifest is in no release, which would be a mixture."""
    inputs = digest_inputs(unbuilt.root)
    analysis, dist = analyse_workspace(unbuilt.root), unbuilt.root / "dist"

    def save(step: str, done: int, total: int) -> None:
        if step == "booklets" and done == total:
            unbuilt.edit("mobilite/feux.yaml", "tient en un mot", "tient en deux mots")

    with pool(1) as executor, pytest.raises(BuildError, match="changed"):
        build(analysis, inputs, dist, Resources(Store(None), lambda: nullcontext(executor), save))
    assert not dist.exists()


def test_booklet_altered_while_it_is_linked_is_not_current(small: Sample) -> None:
    """A booklet of the old release that is altered after it was linked into the new one is written again."""
    first = small.dist / small.manifest["booklets"][0]["path"]
    with (small.root / "proposals" / "lists.yaml").open("a", encoding="utf-8") as file:
        file.write("- {id: quatre, name: Quatrième, head: Prénom Quart, commune: Une ville}\n")
    inputs, store = digest_inputs(small.root), Store(small.root / ".booklet-store")

    def alter(step: str, done: int, total: int) -> None:
        if step == "booklets" and done == total:
            with first.open("r+b") as file:
                file.write(b"%PDX")

    with pool(1) as executor:
        build(
            analyse_workspace(small.root),
            inputs,
            small.dist,
            Resources(store, lambda: nullcontext(executor), alter),
        )
    assert small.run("verify", "dist").status == 1
    small.build()
    assert small.run("verify", "dist").status == 0


@pytest.mark.parametrize("make", ["link", "compiled"])
def test_unchanged_build_sees_what_the_check_sees(small: Sample, make: str) -> None:
    """A link to nowhere, and a file of any name, are inputs: what `check` says of them a build says too."""
    folder = small.root / "proposals" / "mobilite"
    if make == "link":
        (folder / "lien.yaml").symlink_to("nulle-part.yaml")
    else:
        (folder / "x.pyc").write_bytes(b"")
    check = small.run("check", "--format", "concise")
    ran = small.run("build", "--strict")
    assert ("error" if make == "link" else "warning[Y108]") in check.out
    assert ran.status == 1
    assert ("lien.yaml" if make == "link" else "x.pyc") in ran.err


def test_foreign_file_waits_for_the_check(small: Sample) -> None:
    """What stands in the way of a release is told after what is wrong with the content."""
    (small.dist / "notes.txt").write_text("à moi", "utf-8")
    assert small.run("build").status == 3
    small.edit("mobilite/feux.yaml", "quantity: 10", "quantity: dix")
    ran = small.run("build")
    assert ran.status == 1
    assert "M103" in ran.err


def test_draft_is_not_printed(small: Sample) -> None:
    """A draft is checked but has no fiche, stands in no table and gives no page its watermark."""
    pages = small.manifest["body"]["pages"]
    write_proposal(
        small.root, "mobilite", "idee", PROPOSAL.replace("status: ready", "status: draft\nowner: nobody")
    )
    assert "mobilite/idee.yaml" in small.run("check").out
    write_proposal(small.root, "mobilite", "idee", PROPOSAL.replace("status: ready", "status: draft"))
    assert laid_out(small.build()) == ({"register"}, 0)  # the list of drafts
    assert small.manifest["body"]["pages"] == pages


@pytest.mark.long
def test_proposal_taken_back_is_not_printed(small: Sample) -> None:
    """A proposal that becomes a draft loses its fiche and its place in every table."""
    pages = small.manifest["body"]["pages"]
    small.edit("mobilite/feux.yaml", "status: ready", "status: draft")
    small.build()
    assert small.manifest["body"]["pages"] == pages - 2  # its one page, and the empty page before the next
    texts = page_texts(small.dist / small.manifest["booklets"][0]["path"])
    assert not any("Essayer les feux" in text for text in texts)


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        (
            "mobilite/feux.yaml",
            "quantity: 10",
            "quantity: dix",
            "proposals/mobilite/feux.yaml:17:15: error[M103]",
        ),
        long(
            "mobilite/feux.yaml",
            "Des feux pour tous",
            "Des 🚌 pour tous",
            "proposals/mobilite/feux.yaml:3:14: error[R107]",
        ),
        long(
            "edition.yaml",
            "Voici notre livret.",
            "Voici.\n\n  " * 90,
            "proposals/edition.yaml:17:1: error[R106]",
        ),
        ("lists.yaml", "Une liste", "Une ⸎ liste", "proposals/lists.yaml:1:23: error[R107]"),
    ],
    ids=["wrong-content", "missing-glyph", "letter-too-long", "missing-glyph-in-front-matter"],
)
def test_failed_build_changes_nothing(small: Sample, path: str, old: str, new: str, expected: str) -> None:
    """A fault of the content, found by the checks or by the layout, ends the build and leaves the release whole."""
    before = digests(small.dist)
    small.edit(path, old, new)
    for _ in range(2):  # the second time, what was laid out comes from the store
        ran = small.run("build", "--jobs", "1")
        assert ran.status == 1
        assert ran.err.startswith(expected) and ran.err.count("error[") == 1
        assert digests(small.dist) == before
    assert sorted(p.name for p in small.root.iterdir()) == [".booklet-store", "dist", "proposals"]


def test_nothing_to_print_changes_nothing(small: Sample) -> None:
    """Without a ready proposal there is nothing to release, and the release that stands stays."""
    before = digests(small.dist)
    for id in FICHES:
        path = small.proposal(id)
        path.write_text(path.read_text("utf-8").replace("status: ready", "status: draft"), "utf-8")
    ran = small.run("build")
    assert ran.status == 1
    assert "error[R108]" in ran.err
    assert digests(small.dist) == before


@pytest.mark.long
def test_template_fault_names_its_line(small: Sample) -> None:
    """A name that a template misspells is reported at the template's line with the proposal, and releases nothing."""
    before = digests(small.dist)
    template = own_templates(small) / "fiche.html"
    lines = template.read_text("utf-8").splitlines()
    line = next(index for index, text in enumerate(lines, 1) if "proposal.promise" in text)
    lines[line - 1] = lines[line - 1].replace("proposal.promise|", "proposal.promesse|")
    template.write_text("\n".join(lines), "utf-8")
    ran = small.run("build", "--jobs", "1")
    assert ran.status == 1
    assert f"templates/fiche.html:{line}:1: error[R101]" in ran.err
    assert "promesse" in ran.err and "proposals/mobilite/feux.yaml" in ran.err
    assert digests(small.dist) == before


@pytest.mark.long
def test_template_that_cannot_be_read_names_its_line(small: Sample) -> None:
    """A template that Jinja cannot read is a fault of that line, told once for each page that needs it."""
    template = own_templates(small) / "sources.html"
    text = template.read_text("utf-8")
    template.write_text(text + "\n{% if %}\n", "utf-8")
    ran = small.run("build", "--jobs", "1")
    assert ran.status == 1
    assert f"templates/sources.html:{text.count(chr(10)) + 2}:1: error[R101]" in ran.err


def test_style_fault_is_not_lost(small: Sample) -> None:
    """What WeasyPrint would only log is a fault: a style that it does not know, in a fiche's own style."""
    template = own_templates(small) / "fiche.html"
    template.write_text(template.read_text("utf-8").replace("<style>", "<style>p { colour: red }"), "utf-8")
    ran = small.run("build", "--jobs", "1")
    assert ran.status == 1
    assert "error[R101]" in ran.err and "colour" in ran.err
    # it is told of each proposal, at its file: the log does not say which line of which template
    assert {line.partition(":")[0] for line in ran.err.splitlines() if "R101" in line} == {
        f"proposals/{domain}/{id}.yaml" for id, domain in SMALL
    }


@pytest.mark.long
def test_style_changed_renders_every_page(small: Sample) -> None:
    """A change of a stylesheet is a change of every page."""
    theme = own_templates(small) / "css" / "theme.css"
    assert laid_out(small.build()) == (set(), 0)  # the same templates, elsewhere
    theme.write_text(theme.read_text("utf-8") + "\nbody { color: #111111 }\n", "utf-8")
    pages, fronts = laid_out(small.build())
    assert pages >= FICHES | {"opening", "domain-mobilite", "portfolio", "closing", "sources"}
    assert fronts == 3


def test_links_between_fiches_and_images(small: Sample) -> None:
    """A fiche that links to another, cites a source and shows an image of a folder below its own is built."""
    small.edit("mobilite/feux.yaml", "tient en un mot", "tient dans [les arbres](proposal:arbres)")
    small.edit(
        "mobilite/feux.yaml", "funding: []", "funding: []\nfigures: [{file: vues/un rond.svg, alt: Un rond}]"
    )
    folder = small.root / "proposals" / "mobilite" / "feux" / "vues"
    folder.mkdir(parents=True)
    image = folder / "un rond.svg"
    image.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>', "utf-8"
    )
    assert laid_out(small.build())[0] & FICHES == {"feux"}
    image.write_text(image.read_text("utf-8").replace('r="4"', 'r="3"'), "utf-8")
    assert laid_out(small.build())[0] & FICHES == {"feux"}, "another image is another fiche"


@pytest.mark.parametrize(
    "id", ["front", "opening", "portfolio", "index", "sources", "domain-mobilite", "blank-1"]
)
def test_ids_of_other_parts_are_refused(small: Sample, id: str) -> None:
    """A proposal cannot be called what another part of the booklet is called, and silently take its place."""
    write_proposal(small.root, "ecologie", id)
    ran = small.run("build", "--jobs", "1")
    assert ran.status == 1
    assert ran.err.startswith(f"proposals/ecologie/{id}.yaml:1:1: error[M107]")
