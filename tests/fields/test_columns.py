"""Columns of every type and with every fault, through dedupe."""

import datetime
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import linkage
from linkage.errors import InputError
from linkage.fields.batch import encode_records
from linkage.fields.text import as_text, python_text, readable, text_buffers
from linkage.schema import Field, Schema
from linkage.tables.opening import open_source
from tests.fields.people import TRUE, matches, people, table

N = 110
NAMES = [row["full_name"] for row in people()]
NUMBERS = [row["id_number"] for row in people()]
DAYS = [datetime.date(1940 + i, 1 + i % 12, 1 + i % 28) for i in range(100)]
DAYS += DAYS[:10]
HUGE = "Nguyễn " * (10 * 2**20 // 9)


def coded(values, index):
    array = pa.array(values).dictionary_encode()
    return pa.DictionaryArray.from_arrays(array.indices.cast(index), array.dictionary)


@pytest.mark.parametrize(
    "columns",
    [
        {"record_id": pa.array([*range(100), *range(1000, 1010)])},
        {"id_number": pa.array([int(x) for x in NUMBERS])},
        {"id_number": pa.array([float(x) for x in NUMBERS])},
        {"id_number": pa.array([None, *(float(x) for x in NUMBERS[1:])])},
        {"id_number": pa.array(NUMBERS).cast(pa.decimal128(20, 0))},
        {"date_of_birth": pa.array(DAYS)},
        {"date_of_birth": pa.array(DAYS, pa.date64())},
        {"date_of_birth": pa.array(DAYS).cast(pa.timestamp("ns"))},
        {"date_of_birth": pa.array(DAYS).cast(pa.timestamp("s", tz="UTC"))},
        {"date_of_birth": pa.array([d.year * 10000 + d.month * 100 + d.day for d in DAYS])},
        {"sex": pa.array([i % 100 % 3 == 0 for i in range(N)])},
        {"sex": pa.array([i % 100 % 2 for i in range(N)])},
        {"full_name": pa.array([n.encode() for n in NAMES], pa.binary())},
        {"full_name": pa.array([n.encode() for n in NAMES], pa.large_binary())},
        {"full_name": pa.array([b"\xff\xfe\x80", *(n.encode() for n in NAMES[1:])], pa.binary())},
        *({"full_name": coded(NAMES, index)} for index in (pa.int32(), pa.uint32(), pa.int64())),
        {"sex": coded([row["sex"] for row in people()], pa.uint8())},
        {"id_number": coded(NUMBERS, pa.uint32())},
        {"sex": pa.nulls(N)},
        {"full_name": pa.nulls(N, pa.string())},
        {"full_name": pa.array(["Nguyễn Văn An"] * N)},
        {"date_of_birth": pa.array(["01/01/1990"] * N)},
        {"full_name": pa.array([HUGE, *NAMES[1:]])},
        {"date_of_birth": pa.array([HUGE, *(str(d) for d in DAYS[1:])])},
        {"id_number": pa.array(["1" * (10 << 20), *NUMBERS[1:]])},
        {"sex": pa.array([HUGE, *(row["sex"] for row in people()[1:])])},
    ],
    ids=lambda c: " ".join(f"{k} {v.type}" for k, v in c.items()),
)
def test_columns_of_every_type(columns):
    found = matches(linkage.dedupe(table(**columns)))
    spoilt = {frozenset(("r0", "d0"))}
    if "record_id" in columns:
        found = {frozenset((f"r{min(p)}", f"d{max(p) - 1000}")) for p in found}
    assert found - spoilt == TRUE - spoilt


@pytest.mark.parametrize("name", ["full_name", "date_of_birth", "id_number", "sex"])
@pytest.mark.parametrize("wrap", [lambda v: [v], lambda v: {"a": v}], ids=["list", "struct"])
def test_nested_columns_are_refused_by_name(name, wrap, tmp_path):
    values = pa.array([wrap(v) for v in table()[name].to_pylist()])
    with pytest.raises(InputError, match=f"table, column '{name}': expected text"):
        linkage.dedupe(table(**{name: values}))
    pq.write_table(table(**{name: values}), tmp_path / "x.parquet")
    with pytest.raises(InputError, match=rf"x\.parquet, column '{name}'"):
        linkage.dedupe(tmp_path / "x.parquet")


def test_a_nested_column_that_nobody_reads_is_no_matter():
    values = pa.array([[i] for i in range(N)])
    assert matches(linkage.dedupe(table().append_column("tags", values))) == TRUE


def test_record_ids_are_each_records_own():
    ids = [row["record_id"] for row in people()]
    cases = {
        "row 3: expected an id of its own, got that of row 1": [*ids[:2], "r0", *ids[3:]],
        "row 110: expected an id of its own, got that of row 109": [*ids[:-1], ids[-2]],
        "row 5: expected a record id, got nothing": [*ids[:4], None, *ids[5:]],
        "expected record ids, got list": [[i] for i in ids],
        "row 2: expected an id of its own, got that of row 1": [1] * N,
    }
    for message, values in cases.items():
        with pytest.raises(InputError, match=f"column 'record_id'.*{message}"):
            linkage.dedupe(table(record_id=values))
    with pytest.raises(InputError, match="row 101"):
        linkage.dedupe(table(record_id=coded([*ids[:100], *ids[:10]], pa.int8())).to_reader())


def test_no_value_appears_in_the_message():
    with pytest.raises(InputError) as caught:
        linkage.dedupe(table(record_id=["079203001234"] * N))
    assert "079203001234" not in str(caught.value)


def test_ids_may_repeat_across_the_sides_of_a_link():
    result = linkage.link(table(), table())
    assert result.pairs.num_rows > 0


def test_an_index_of_eight_bits_reaches_its_last_value():
    values = [f"v{i}" for i in range(128)]
    codes = pa.DictionaryArray.from_arrays(pa.array(range(128), pa.int8()), pa.array(values))
    for kind in ("text", "category"):
        schema = Schema((Field("x", kind),), (), None)
        source = open_source(pa.table({"x": codes}))
        records = encode_records([source], [{"x": "x"}], schema, threads=1)
        assert len(set(records.rows[:, 0].tolist())) == 128


texts = st.lists(st.one_of(st.none(), st.text(max_size=5)), max_size=20)


@given(texts, st.integers(0, 5))
def test_buffers_of_a_slice_hold_its_texts(values, start):
    array = pa.array(values, pa.string())[start:]
    offsets, data, valid = text_buffers(array)
    found = [
        None if valid is not None and not valid[i] else bytes(data[a:b]).decode()
        for i, (a, b) in enumerate(pairwise(offsets))
    ]
    assert found == values[start:]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([1, None]), ["1", None]),
        (pa.array([1.0, None]), ["1", None]),
        (pa.array([79203001234.0, 1.0]), ["79203001234", "1"]),
        (pa.array([1.5, 2.0]), ["1.5", "2"]),
        (pa.array([True, False]), ["true", "false"]),
        (pa.array([datetime.date(1990, 2, 1)]), ["1990-02-01"]),
        (pa.array([datetime.datetime(1990, 2, 1, 13)]), ["1990-02-01"]),
        (pa.nulls(2), [None, None]),
        (pa.array(["a", None]).dictionary_encode(), ["a", None]),
        (pa.array([b"a", None]), ["a", None]),
        (pa.array(["a"], pa.large_string()), ["a"]),
    ],
)
def test_values_in_their_plain_written_form(values, expected):
    assert as_text(values).to_pylist() == expected


def test_bytes_that_are_no_text_stay_and_can_be_shown():
    array = as_text(pa.array([b"\xffa", b"b", None]))
    assert [python_text(array, i) for i in range(3)] == ["\ufffda", "b", None]
    assert readable(array).to_pylist() == ["\ufffda", "b", None]
    clean = pa.array(["a"])
    assert readable(clean) is clean


def test_random_bytes_in_every_column_do_no_harm():
    random = np.random.default_rng(0)
    columns = {
        name: pa.array(
            [bytes(random.integers(0, 256, random.integers(0, 30)).astype(np.uint8)) for _ in range(N)],
            pa.binary(),
        )
        for name in ("full_name", "date_of_birth", "id_number", "sex")
    }
    result = linkage.dedupe(table(**columns))
    assert result.clusters().num_rows == N


@pytest.mark.parametrize(
    "form", ["{d:02}/{m:02}/{y}", "{m:02}/{d:02}/{y}", "{y}{m:02}{d:02}", "{yy:02}{m:02}{d:02}"]
)
@pytest.mark.parametrize("other", ["{d}.{m}.{y}", "{y}-{m:02}-{d:02}", "{m}/{d}/{y}", "{d:02}{m:02}{yy:02}"])
def test_each_table_has_its_own_order_of_dates(form, other):
    days = [
        {"d": 1 + i % 28, "m": 1 + i % 12, "y": 1970 + i % 30, "yy": (70 + i % 30) % 100} for i in range(300)
    ]
    sources = [open_source(pa.table({"born": [f.format(**d) for d in days]})) for f in (form, other)]
    schema = Schema((Field("born", "date"),), ())
    rows = encode_records(sources, [{"born": "born"}] * 2, schema, threads=1).rows
    assert (rows[:300] == rows[300:]).all()


def test_a_second_table_that_shows_no_order_has_that_of_the_first():
    sources = [
        open_source(pa.table({"born": days})) for days in (["12/31/1990", "01/02/1991"], ["01/02/1991"])
    ]
    schema = Schema((Field("born", "date"),), ())
    rows = encode_records(sources, [{"born": "born"}] * 2, schema, threads=1).rows
    assert rows[:, 0].tolist() == [0x19901231, 0x19910102, 0x19910102]


@pytest.mark.parametrize("kept_as", ["texts", "coded"])
def test_each_table_has_its_own_counts_of_what_was_unparsed_and_repaired(kept_as):
    broken = "Nguyá»…n VÄƒn HÃ¹ng"
    left = {"name": [broken, "Lê An", broken], "born": ["?", "1990-01-02", "31/02/1990"], "number": ["x"] * 3}
    right = {"name": [broken, "Nguyeenx Thij Hoaf", broken, None], "born": ["?", "1990", None, "2000"]}
    coded = kept_as == "coded"
    tables = [
        pa.table({n: pa.array(c).dictionary_encode() if coded else c for n, c in t.items()})
        for t in (left, right)
    ]
    schema = Schema(
        (
            Field("name", "person_name"),
            Field("born", "date"),
            Field("number", "identifier", format="personal_number"),
        ),
        (),
    )
    headers = [{name: name for name in t.column_names} for t in tables]
    records = encode_records([open_source(t) for t in tables], headers, schema, threads=2)
    n_repaired, n_unparsed = (
        [{name: getattr(report, key) for name, report in reports.items()} for reports in records.reports]
        for key in ("n_repaired", "n_unparsed")
    )
    # Of texts each distinct one once, also one that the table before had.
    assert n_repaired == [{"name": 1, "born": 0, "number": 0}, {"name": 2, "born": 0}]
    assert n_unparsed == [{"name": 0, "born": 2, "number": 3}, {"name": 0, "born": 1}]
    assert [r["born"].examples_unparsed for r in records.reports] == [["?", "31/02/1990"], ["?"]]
    assert records.columns["name"].n_distinct == 3
