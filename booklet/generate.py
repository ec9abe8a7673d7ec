"""Code → all that is generated from it and kept in git: `python -m booklet.generate`.

That is the message catalogue (`templates/locale/`), the pages of rules in both languages and the drawn tree of
`docs/architecture.md` (`docs/`), the schemas, tasks and snippets
for editors (`.vscode/`). With `--check` nothing is written: what is
stale is named, and the status is 1, as it is while a message lacks its translation.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from booklet.checks import engine  # noqa: F401 (declares every rule)
from booklet.content import editor, json_schema
from booklet.diagnostics.rule_pages import list_rules, read_page, render_all, words_of
from booklet.installation import PACKAGE, TEMPLATES, TOOLKIT
from booklet.text.catalogue import find_catalogue
from booklet.text.language import ENGLISH, FRENCH, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ARCHITECTURE = TOOLKIT / "docs" / "architecture.md"
#: calls whose first argument is a message, a literal
MARKERS = ("say", "field")
#: the options of `layout.page.make_environment`, which decide what the text of a template is
TEMPLATE_OPTIONS = {
    "newstyle_gettext": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "silent": "false",
}
TREE_BEGINS, TREE_ENDS = "<!-- tree: python -m booklet.generate -->\n", "<!-- end of the tree -->\n"


def generate() -> tuple[dict[Path, bytes], list[str]]:
    """Make every generated file, by path, and list the translations that are missing, each as one line."""
    messages = find_messages()
    texts = {
        TOOLKIT / "docs" / "rules.md": render_all(ENGLISH),
        TOOLKIT / "docs" / "regles.md": render_all(FRENCH),
        ARCHITECTURE: replace_tree(ARCHITECTURE.read_text("utf-8"), draw_tree()),
    }
    for kind in json_schema.KINDS:
        path = TOOLKIT / editor.FOLDER / f"{kind}.schema.json"
        # ids follow the content, by `schema`: a new source makes nothing stale
        ids = json_schema.ids_in(json.loads(path.read_text("utf-8"))) if path.exists() else json_schema.NO_IDS
        texts[path] = json_schema.write_schema(kind, FRENCH, ids)
    for name, text in editor.make_files(FRENCH, editor.IN_A_CHECKOUT).items():
        texts[TOOLKIT / editor.FOLDER / name] = text
    files = {path: text.encode() for path, text in texts.items()}
    missing = []
    for path in filter(Path.exists, map(find_catalogue, LANGUAGES)):
        files[path], untranslated = update_catalogue(path.read_bytes(), messages)
        missing += [f"to translate ({messages[message]}): {message}" for message in untranslated]
    return files, missing


def find_messages() -> dict[str, str]:
    """Find every message of the code, the templates and the pages of rules, with the first file that says it."""
    found: dict[str, str] = {}
    for module in sorted(PACKAGE.rglob("*.py")):
        for message in read_module(module.read_bytes()):
            found.setdefault(message, module.relative_to(TOOLKIT).as_posix())
    for template in sorted(TEMPLATES.rglob("*.html")):
        for message in read_template(template.read_bytes()):
            found.setdefault(message, template.relative_to(TOOLKIT).as_posix())
    for rule in list_rules():
        page = read_page(rule)
        for paragraph in (page.summary, *page.details, *page.why, *words_of(page), *page.source):
            found.setdefault(paragraph, f"rule {rule.code}")
    return found


def read_module(python: bytes) -> Iterator[str]:
    """Extract marked literals and the descriptions of keys from a module.

    Babel's own reader of Python overlooks a marked literal inside the arguments of another call.
    """
    for node in ast.walk(ast.parse(python)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        arguments = node.args[:1] if node.func.id in MARKERS else []
        if node.func.id == "Field":
            arguments = [keyword.value for keyword in node.keywords if keyword.arg == "description"]
        for argument in arguments:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value:
                yield argument.value


def read_template(html: bytes) -> Iterator[str]:
    """Extract the first argument of every `_(…)` from a template; the others are values, without a text."""
    for _, message, _, _ in extract("jinja2", io.BytesIO(html), {"_": (1,)}, options=TEMPLATE_OPTIONS):
        assert isinstance(message, str), f"plural forms have no place in the catalogue: {message}"
        yield message


def update_catalogue(po: bytes, messages: Iterable[str]) -> tuple[bytes, list[str]]:
    """Bring a .po file up to date: new messages stand empty and are listed, those that nothing says are left out.

    The file is sorted and names neither files, lines nor dates, so that only a changed message changes it.
    """
    head, _, _ = po.partition(b"\n\n")
    template = Catalog()
    for message in messages:
        template.add(message)
    catalogue = read_po(io.BytesIO(po))
    catalogue.update(template, no_fuzzy_matching=True)
    body = io.BytesIO()
    write_po(
        body,
        catalogue,
        width=0,
        no_location=True,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=True,
    )
    untranslated = [str(one.id) for one in catalogue if one.id and (one.fuzzy or not one.string)]
    return head + b"\n\n" + body.getvalue(), untranslated


def draw_tree() -> str:
    """Draw the package: one line a folder, bottom to top in import order, with the first line of its docstring."""
    contracts = tomllib.loads((TOOLKIT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    lines = []
    for layer in reversed(layers):
        for name in (word.strip(" ()") for word in layer.split("|")):
            for module in _modules(PACKAGE / name):
                place = module.relative_to(PACKAGE)
                folder = place.parent if place.name == "__init__.py" else place
                label = "  " * len(folder.parts) + folder.name + ("/" if folder != place else "")
                sentence = (ast.get_docstring(ast.parse(module.read_bytes())) or "").partition("\n")[0]
                lines.append(f"{label:<20} {sentence}")
    return "\n".join(["```text", "booklet/", *lines, "```", ""])


def _modules(path: Path) -> list[Path]:
    """The `__init__.py` of a folder and of those inside it, or the one module of that name."""
    return sorted(path.rglob("__init__.py")) if path.is_dir() else [path.with_suffix(".py")]


def replace_tree(page: str, tree: str) -> str:
    """Exchange what stands between the two marks of a page."""
    before, _, rest = page.partition(TREE_BEGINS)
    _, _, after = rest.partition(TREE_ENDS)
    return before + TREE_BEGINS + tree + TREE_ENDS + after


def main(arguments: list[str] | None = None) -> int:
    """Write what is stale, or with `--check` only name it; 1 when something is, or has no translation."""
    parser = argparse.ArgumentParser(
        prog="python -m booklet.generate", description=__doc__.partition("\n")[0]
    )
    parser.add_argument("--check", action="store_true", help="change nothing; fail if a file is stale")
    check = parser.parse_args(arguments).check
    files, missing = generate()
    stale = [path for path, data in files.items() if not path.exists() or path.read_bytes() != data]
    for path in stale:
        print(f"{'stale' if check else 'written'}: {path.relative_to(TOOLKIT).as_posix()}")
        if not check:
            path.write_bytes(files[path])
    print(*missing, sep="\n", end="\n" * bool(missing))
    return 1 if missing or (check and stale) else 0


if __name__ == "__main__":
    raise SystemExit(main())
