"""A limit on memory -> the way a job goes; what fits no way is refused before it begins."""

import math

import pytest

from linkage import machine, memory
from linkage.errors import InputError
from linkage.fields.row_store import RowFile
from linkage.machine import NO_LIMIT, free_bytes, machine_bytes
from linkage.memory import (
    BASE_BYTES,
    SPARE,
    MemoryPlan,
    check_memory,
    expected_bytes,
    held_bytes,
    is_short,
    plan_memory,
    row_file,
)
from linkage.schema import Field, citizen_schema
from tests.kernels.scoring import encode

N = 10_000


@pytest.fixture(scope="module")
def records():
    return encode({"a": [f"text {i}" for i in range(N)]}, [Field("a", "text")])


@pytest.mark.parametrize(
    ("bytes_a_record", "plan"),
    [
        (1_000, MemoryPlan(26, 2, True, True)),
        (64 + 4 * 26 + 2 * 28, MemoryPlan(26, 2, True, True)),
        (64 + 4 * 26 + 2 * 28 - 1, MemoryPlan(8, 2, False, False)),
        (2 * 20 + 5 * 4, MemoryPlan(5, 2, False, False)),
        (2 * 20 + 2 * 4, MemoryPlan(2, 2, False, False)),
        (44, MemoryPlan(6, 1, False, False)),
        (0, MemoryPlan(1, 1, False, False)),
    ],
)
def test_the_fastest_way_that_fits(records, bytes_a_record, plan):
    # Where it is short the ids are moved to a file.
    ids = 0 if plan.keeps_blocks else sum(ids.held_bytes for ids in records.record_ids)
    planned = BASE_BYTES + held_bytes(records) - ids + bytes_a_record * N
    limit = math.ceil(planned / (1 - SPARE))
    assert plan_memory(records, 26, limit=limit, threads=2) == plan


def test_without_a_limit_the_machine_counts(records, monkeypatch):
    assert machine_bytes() > 1 << 28
    monkeypatch.setattr(memory, "machine_bytes", lambda: BASE_BYTES)
    assert not plan_memory(records, 26, limit=None, threads=2).keeps_blocks


def test_without_a_limit_others_keep_what_they_have(records, monkeypatch):
    assert plan_memory(records, 26, limit=None, threads=2).keeps_blocks
    monkeypatch.setattr(memory, "free_bytes", lambda: 100 * N)
    assert plan_memory(records, 26, limit=None, threads=2) == MemoryPlan(8, 2, False, False)
    assert plan_memory(records, 26, limit=1 << 30, threads=2).keeps_blocks
    assert is_short(N, records.schema, None)


def test_without_a_limit_more_than_the_machine_is_refused(monkeypatch):
    monkeypatch.setattr(memory, "machine_bytes", lambda: 300 << 20)
    with pytest.raises(InputError, match=r"need about 373 MiB of memory, more than this machine's 300 MiB"):
        check_memory(1_000_000, citizen_schema(), None)


@pytest.mark.parametrize(
    ("line", "file", "text", "limit"),
    [
        ("0::/a/b", "a/memory.max", "1000000\n", 1_000_000),
        ("0::/a/b", "a/b/memory.max", "max\n", None),
        ("0::/../x", "memory.max", "5000\n", 5_000),
        ("4:cpu,memory:/c", "memory/c/memory.limit_in_bytes", "2000000\n", 2_000_000),
        ("4:memory:/elsewhere", "memory/memory.limit_in_bytes", "3000000\n", 3_000_000),
        ("4:memory:/c", "memory/c/memory.limit_in_bytes", str(NO_LIMIT), None),
        ("4:cpu:/c", "cpu/c/memory.limit_in_bytes", "7", None),
    ],
)
def test_a_container_s_limit_counts(tmp_path, monkeypatch, line, file, text, limit):
    groups = tmp_path / "groups"
    (groups / file).parent.mkdir(parents=True)
    (groups / file).write_text(text)
    (tmp_path / "own").write_text(f"1:name=systemd:/\n{line}\n")
    monkeypatch.setattr(machine, "GROUPS", groups)
    monkeypatch.setattr(machine, "OWN_GROUPS", tmp_path / "none")
    whole = machine_bytes()
    monkeypatch.setattr(machine, "OWN_GROUPS", tmp_path / "own")
    assert machine_bytes() == (limit or whole)


def test_free_memory_is_known_or_the_machine_s(tmp_path, monkeypatch):
    assert 0 < free_bytes() <= machine_bytes()
    monkeypatch.setattr(machine, "MEMORY", tmp_path / "none")
    assert free_bytes() == machine_bytes()


def test_what_fits_no_way_is_refused():
    check_memory(1_000_000, citizen_schema(), None)
    check_memory(1_000_000, citizen_schema(), 600 << 20)
    with pytest.raises(InputError, match=r"1,000,000 records need about 373 MiB .* limit of 300 MiB"):
        check_memory(1_000_000, citizen_schema(), 300 << 20)


def test_what_encoding_has_found_takes_the_place_of_what_was_expected():
    check_memory(1_000_000, citizen_schema(), 600 << 20, held=300 << 20)
    with pytest.raises(InputError, match=r"need about 1\.2 GiB"):
        check_memory(1_000_000, citizen_schema(), 600 << 20, held=1 << 30)


def test_expected_memory_grows_slower_than_records():
    small, large = (expected_bytes(n, citizen_schema()) for n in (10**6, 10**8))
    assert 50 * small < large < 100 * small
    assert is_short(10**6, citizen_schema(), 500 << 20)
    assert not is_short(10**6, citizen_schema(), 1 << 30)


def test_rows_that_do_not_fit_go_to_a_file(tmp_path):
    """A country's register and 30 million claims within 16 GiB; a register alone fits in memory."""
    schema, limit = citizen_schema(), 16 << 30
    assert row_file(110_000_000, schema, 18 << 30, tmp_path) is None
    assert row_file(140_000_000, schema, limit, tmp_path) == RowFile(tmp_path, limit)
    check_memory(140_000_000, schema, limit)
    with pytest.raises(InputError, match="more than the limit"):
        check_memory(140_000_000, schema, 6 << 30)


def test_rows_in_a_file_count_in_part(tmp_path):
    moved = encode({"a": [f"text {i}" for i in range(N)]}, [Field("a", "text")])
    before = held_bytes(moved)
    moved.move_rows(RowFile(tmp_path, 1 << 40))
    assert before - held_bytes(moved) == moved.rows.nbytes * 3 // 4
