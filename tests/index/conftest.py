"""An index of four records of a fake engine, and its writer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from linkage.index.writer import Writer
from tests.index.fakes import create, open_writer, record


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return create(tmp_path / "people.idx", [record(f"r{i}", f"name {i}") for i in range(4)])


@pytest.fixture
def writer(path: Path) -> Iterator[Writer]:
    with open_writer(path) as opened:
        yield opened
