"""All that is generated: current, complete, and the same whatever moves in the code."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from booklet import generate
from booklet.generate import (
    draw_tree,
    find_messages,
    read_module,
    read_template,
    replace_tree,
    update_catalogue,
)
from booklet.installation import PACKAGE, TEMPLATES, TOOLKIT
from booklet.text.catalogue import find_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

HEAD = b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'


def test_all_that_is_generated_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    """Schemas, rule pages, catalogue and drawn tree are what `python -m booklet.generate` writes; all is translated."""
    assert (generate.main(["--check"]), capsys.readouterr().out) == (0, "")


def test_stale_files_are_named_then_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--check` names what is stale, and what lacks a translation, and changes nothing; without it they are written."""
    page, po = tmp_path / "page.md", tmp_path / "booklet.po"
    page.write_bytes(b"old")
    po.write_bytes(b"current")
    made = {page: b"new", po: b"current"}, ["to translate (a.py): words"]
    monkeypatch.setattr(generate, "TOOLKIT", tmp_path)
    monkeypatch.setattr(generate, "generate", lambda: made)
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().out == "stale: page.md\nto translate (a.py): words\n"
    assert page.read_bytes() == b"old"
    assert generate.main([]) == 1
    assert capsys.readouterr().out == "written: page.md\nto translate (a.py): words\n"
    assert page.read_bytes() == b"new"
    monkeypatch.setattr(generate, "generate", lambda: (made[0], []))
    assert (generate.main(["--check"]), capsys.readouterr().out) == (0, "")


def test_every_message_is_a_literal() -> None:
    """The first argument of `say`, `field` and a template's `_` is one literal, or the catalogue would lack it."""
    hidden = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id == "say" or (node.func.id == "field" and node.args):
                first = node.args[0] if node.args else None
                if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
                    hidden.append(f"{path.relative_to(TOOLKIT)}:{node.lineno}")
    for path in sorted(TEMPLATES.rglob("*.html")):
        hidden += [f"{path.name}: {call}" for call in re.findall(r"\b_\([^\"'].*", path.read_text("utf-8"))]
    assert hidden == []


def test_python_messages_are_found() -> None:
    """Marked literals are found, inside other calls too, and descriptions of keys; other texts are not."""
    module = b"""
def check():
    "A docstring."
    yield check.at(span, say("found {x}", x=say("a thing"), y=f(say("deep", z=say("deeper")))))
key: int = field("Words", default=("no",))
other: int = Field(default="no", description="Other words")
"""
    assert sorted(read_module(module)) == ["Other words", "Words", "a thing", "deep", "deeper", "found {x}"]


def test_template_messages_are_found() -> None:
    """Messages of a template are found with their values and as the environment reads them."""
    template = (
        b'<p title="{{ _("A title") }}">\n{{ _("From %(low)s to %(high)s", low=low, high=1|string) }}</p>'
    )
    assert list(read_template(template)) == ["A title", "From %(low)s to %(high)s"]


def test_paragraphs_of_rules_are_messages() -> None:
    """Every paragraph of a rule's page but its examples is a message, on one line wherever its docstring breaks."""
    found = [message for message, place in find_messages().items() if place.startswith("rule ")]
    assert found
    assert [message for message in found if "\n" in message or "  " in message] == []


def test_catalogue_follows_the_messages() -> None:
    """New messages stand empty and are listed, those that nothing says are left out, translations are kept."""
    po = HEAD + b'#: booklet/old.py:3\nmsgid "gone"\nmsgstr "x"\n\nmsgid "kept"\nmsgstr "y"\n'
    updated, untranslated = update_catalogue(po, ["new", "kept"])
    assert untranslated == ["new"]
    assert updated == HEAD + b'msgid "kept"\nmsgstr "y"\n\nmsgid "new"\nmsgstr ""\n\n'


def test_moving_code_changes_no_line_of_the_catalogue() -> None:
    """The catalogue depends on the messages alone, neither on their places nor on their order."""
    po, messages = find_catalogue("fr").read_bytes(), find_messages()
    assert update_catalogue(po, reversed(messages)) == (po, [])


def test_tree_has_one_line_for_each_folder() -> None:
    """The drawn tree names every folder of the package once, each with the first sentence of its docstring."""
    lines = draw_tree().splitlines()
    drawn = sorted(line.split()[0] for line in lines[2:-1] if line.split()[0].endswith("/"))
    assert drawn == sorted(f"{path.parent.name}/" for path in PACKAGE.glob("*/**/__init__.py"))
    assert [line for line in lines[2:-1] if len(line.split()) < 3] == []


def test_tree_is_drawn_between_its_marks() -> None:
    """What stands around the tree on its page stays, and drawing twice changes nothing."""
    page = f"before\n{generate.TREE_BEGINS}old\n{generate.TREE_ENDS}after\n"
    once = replace_tree(page, "new\n")
    assert once == f"before\n{generate.TREE_BEGINS}new\n{generate.TREE_ENDS}after\n"
    assert replace_tree(once, "new\n") == once
