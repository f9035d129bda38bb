"""A small register, a model of it, and two segments of its records: made once a session."""

import pytest

from tests.search.register import Register, make_register


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Register:
    return make_register(tmp_path_factory.mktemp("register"))


@pytest.fixture(autouse=True)
def searched_by_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small as they are, the segments are searched as large ones are, but in `test_values.py`."""
    monkeypatch.setattr("linkage.segment.lending.MOST_HELD", 0)
