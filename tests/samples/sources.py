"""Python files of the project, and what they import."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

#: of a run of pytest: files that tests were found in, before any is deselected
COLLECTED = pytest.StashKey[frozenset[Path]]()


def python_files(folder: Path) -> list[Path]:
    """List the Python files below a folder."""
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """List every import of a file, those inside functions too, as line and full module name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}:{node.lineno} imports relatively"
            assert node.module is not None
            if node.module == "booklet":
                for alias in node.names:
                    yield node.lineno, f"booklet.{alias.name}"
            else:
                yield node.lineno, node.module
