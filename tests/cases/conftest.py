"""A workspace with every kind of line and its workbook, which several cases change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.samples.workbooks import cost, write_awkward

if TYPE_CHECKING:
    from tests.samples.workspace import Sample


@pytest.fixture(scope="session")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A workspace with every kind of line: for reading only."""
    return write_awkward(tmp_path_factory.mktemp("awkward"))


@pytest.fixture(scope="session")
def workbook(awkward: Sample) -> bytes:
    """Its workbook, as exported."""
    return cost(awkward.root).workbook
