"""What a writer promises beyond its commits: one at a time, clear errors, nothing half done."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from linkage.errors import IndexLockedError, IndexStateError, InputError, LinkageError
from linkage.index.writer import Writer
from tests.index.fakes import FakeEngine, content, open_reader, open_writer, record


def test_one_writer(path: Path, writer: Writer) -> None:
    with pytest.raises(IndexLockedError, match=f"process {os.getpid()} on "):
        open_writer(path)
    writer.close()
    open_writer(path).close()


def test_context_manager_commits_unless_there_is_an_error(path: Path) -> None:
    with open_writer(path) as writer:
        writer.upsert(record("a"))
    with pytest.raises(ZeroDivisionError), open_writer(path) as writer:
        writer.upsert(record("b"))
        raise ZeroDivisionError
    assert set(content(open_reader(path))) == {"r0", "r1", "r2", "r3", "a"}


def test_closed(path: Path, writer: Writer) -> None:
    writer.close()
    writer.close()
    with pytest.raises(IndexStateError, match="closed"):
        writer.commit()
    reader = open_reader(path)
    reader.close()
    reader.close()
    with pytest.raises(IndexStateError, match="closed"):
        len(reader)
    with pytest.raises(IndexStateError, match="closed"):
        reader.refresh()


def test_result_says_what_was_affected(writer: Writer) -> None:
    writer.upsert([record("r1", "x"), record("a")])
    writer.delete(["r0", "nobody"])
    writer.delete("r2")
    result = writer.commit()
    assert (result.generation, result.n_upserted, result.n_deleted) == (2, 2, 2)
    assert result.affected == ("r1", "a", "r0", "r2")
    assert "r1" not in repr(result)
    again = writer.commit()
    assert (again.generation, again.n_upserted, again.affected) == (2, 0, ())


def test_duplicates_are_looked_for_when_asked_for(path: Path) -> None:
    asked: list[list[str]] = []

    def find(snapshot: Any, records: Any) -> list[Any]:
        asked.append([r["record_id"] for r in records])
        assert "a" in content(snapshot)
        return ["found"]

    writer = Writer(path, engine=FakeEngine(), find=find, background=False)
    writer.upsert([record("a"), record("b")])
    writer.delete("r0")
    result = writer.commit()
    assert not asked
    assert result.duplicates == ("found",)
    assert result.duplicates == ("found",)
    assert asked == [["a", "b"]]
    writer.delete("a")
    assert writer.commit().duplicates == ()
    writer.close()


def test_tables_of_any_kind(path: Path, writer: Writer) -> None:
    table = pa.table({"record_id": ["a", "b"], "Name": ["x", None], "number": [12, None], "other": [1, 2]})
    assert writer.upsert(table) == 2
    assert writer.upsert({"record_id": 7, "name": "y"}) == 1
    assert writer.commit().ignored_columns == ("other",)
    writer.upsert(table.drop_columns(["other"]))
    assert writer.commit().ignored_columns == ()
    found = content(open_reader(path))
    assert found["a"] == {"record_id": "a", "name": "x", "number": "12", "phone": None}
    assert found["b"] == record("b")
    assert found["7"]["name"] == "y"


@pytest.mark.parametrize(
    ("records", "message"),
    [
        ({"name": "secret"}, "record id"),
        ({"record_id": "", "name": "secret"}, "record id"),
        ({"record_id": "a", "nickname": "secret"}, "no field 'nickname'"),
        ({"record_id": "a", "Phones": "secret"}, "no field 'Phones'; .*; did you mean 'phone'"),
        ({"record_id": "a", "name": ["secret"]}, "row 1, field 'name': expected a text, got list"),
        ([{"record_id": "a"}, "secret"], "row 2: expected a mapping"),
        ({"record_id": "a", "name": "secret\ud800"}, "surrogate"),
        ({"record_id": "secret\ud800"}, "surrogate"),
        ({"record_id": "a", "name": "secret" * 200_000}, "at most"),
        (pa.table({"name": ["secret"]}), "column 'record_id'"),
        (pa.table({"record_id": pa.array([None], pa.string()), "name": ["secret"]}), "record id"),
        (pa.table({"record_id": ["a"], "x": ["secret"]}), "expected a column of name, number, phone, got"),
    ],
)
def test_records_that_do_not_fit(path: Path, writer: Writer, records: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        writer.upsert(records)
    assert "secret" not in str(caught.value)
    assert writer.commit().generation == 1


def test_ids_that_do_not_fit(writer: Writer) -> None:
    with pytest.raises(InputError, match="as text, got int"):
        writer.delete([1])  # type: ignore[list-item]


def test_identifiers_have_status_and_dates(path: Path, writer: Writer) -> None:
    writer.add_identifier("r1", "number", "079203001234", valid_from="2021-03-01")
    writer.upsert(record("a"))
    writer.add_identifier("a", "phone", "0912 345 678")
    writer.commit()
    writer.cancel_identifier("r1", "number", "079 203 001 234", valid_to="2024-05-02")
    writer.commit()
    reader = open_reader(path)
    (found,) = reader.find_identifier("number", "079203001234")
    assert found[2:] == ("079 203 001 234", "cancelled", "2021-03-01", "2024-05-02")
    assert reader.identifiers("r1") == [found]
    assert [i.record_id for i in reader.find_identifier("phone", "+84912345678")] == ["a"]
    assert reader.find_identifier("number", "079203001235") == []
    assert reader.find_identifier("number", "?") == []
    writer.delete("r1")
    writer.commit()
    assert reader.identifiers("r1") == [found], "a snapshot does not change"
    reader.refresh()
    assert reader.identifiers("r1") == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nobody", "number", "079203001234"), "a record that is there"),
        (("r1", "name", "079203001234"), "expected an identifier or a phone"),
        (("r1", "number", "  "), "without one"),
        (("r1", "nickname", "1"), "no field"),
    ],
)
def test_identifiers_that_do_not_fit(writer: Writer, arguments: Any, message: str) -> None:
    with pytest.raises(LinkageError, match=message) as caught:
        writer.add_identifier(*arguments)
    assert "079203001234" not in str(caught.value)
    assert writer.commit().generation == 1


def test_history_of_deleted_records_goes_with_compactions(path: Path, writer: Writer) -> None:
    writer.add_identifier("r1", "number", "079203001234")
    writer.commit()
    writer.delete("r1")
    writer.commit()
    for _ in range(2):
        writer.upsert(record("r0", "x"))
        writer.commit()
        writer.compact()
    assert b"079203001234" not in (path / "catalog.sqlite").read_bytes()
    open_reader(path).check()
