"""Columns of every type that Arrow, pandas and polars have: read, or refused by name, and never half."""

import datetime
import uuid
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import linkage
from linkage.errors import InputError
from linkage.fields.source import without_views
from linkage.fields.text import as_text
from linkage.tables.opening import open_source
from tests.fields.people import TRUE, matches, people, table

PEOPLE = people()
N = len(PEOPLE)
UUIDS = [uuid.UUID(int=i << 64 | i) for i in range(N)]
OF_EVERY_TYPE = {
    "uuid": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([u.bytes for u in UUIDS], pa.binary(16))),
    "fixed": pa.array([b"\xff\x00%06d" % i for i in range(N)], pa.binary(8)),
    "bytes": pa.array([b"\xff%d" % i for i in range(N)]),
    "view": pa.array([str(i) for i in range(N)], pa.string_view()),
    "half": pa.array([float(i) for i in range(N)], pa.float16()),
    "large": pa.array(range(2**63, 2**63 + N), pa.uint64()),
    "decimal": pa.array([Decimal(i) for i in range(N)], pa.decimal128(9, 2)),
    "dictionary": pa.array([str(i) for i in range(N)]).dictionary_encode(),
    "duration": pa.array([datetime.timedelta(i) for i in range(N)]),
}


def answered(source, **options):
    """Everything that a dedupe answers with, read."""
    result = linkage.dedupe(source, **options)
    rows = result.record_batches().read_all()
    assert rows.num_rows == result.clusters().num_rows == N
    assert result.summary and result.examples
    return result


@pytest.mark.parametrize("kind", OF_EVERY_TYPE)
def test_a_column_of_any_type_is_an_id_a_truth_or_beside_the_matter(tmp_path, kind):
    values = OF_EVERY_TYPE[kind]
    forms = [
        table().append_column("note", values),
        table().drop_columns("record_id").add_column(0, "record_id", [values]),
    ]
    for held, truth in zip(forms, ("note", None), strict=True):
        pq.write_table(held, tmp_path / "x.parquet") if kind != "half" else None
        for source in (held, tmp_path / "x.parquet")[: 1 + (kind != "half")]:
            assert len(matches(answered(source, truth=truth))) == len(TRUE)


@pytest.mark.parametrize("values", [[[1]] * N, [{"a": 1}] * N], ids=["list", "struct"])
def test_nested_values_are_refused_where_they_are_asked_for(values):
    note = table().append_column("note", pa.array(values))
    assert matches(answered(note)) == TRUE
    with pytest.raises(InputError, match=r"expected texts or numbers, got (list|struct)"):
        linkage.dedupe(note, truth="note")
    with pytest.raises(InputError, match=r"expected record ids, got (list|struct)"):
        linkage.dedupe(note.drop_columns("record_id").rename_columns({"note": "record_id"}))


def test_uuids_are_written_as_they_are_known():
    assert as_text(OF_EVERY_TYPE["uuid"]).to_pylist() == [str(u) for u in UUIDS]
    assert as_text(OF_EVERY_TYPE["uuid"][:0]).to_pylist() == []


def test_not_a_number_is_no_value_and_leaves_whole_numbers_whole():
    for kind in (pa.float16(), pa.float32(), pa.float64()):
        given = pa.array([1.0, float("nan"), None, float("inf"), 250.0], kind)
        assert as_text(given).to_pylist() == ["1", None, None, None, "250"]


def test_views_become_plain_in_dictionaries_too():
    views = pa.array(["a", None, "a"], pa.string_view())
    coded = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0]), views[:2])
    plain = without_views(pa.table({"v": views, "c": coded, "n": [1, 2, 3]}))
    assert plain.schema.types == [pa.large_string(), pa.dictionary(pa.int32(), pa.large_string()), pa.int64()]
    assert plain["c"].to_pylist() == plain["v"].to_pylist() == ["a", None, "a"]


MIXED = [
    7,
    "7",
    7.0,
    Decimal(7),
    7.5,
    None,
    float("nan"),
    datetime.date(2020, 1, 2),
    b"\xffx",
    "\ud800",
    True,
]
AS_TEXTS = ["7", "7", "7", "7", "7.5", None, None, "2020-01-02", "\ufffdx", "?", "True"]


def test_values_of_several_kinds_are_read_as_texts():
    batches = open_source([{"a": value} for value in MIXED]).batches(["a"])
    assert [value for batch in batches for value in batch.column(0).to_pylist()] == AS_TEXTS
    with pytest.raises(
        InputError, match="records, column 'a', row 3: expected a text, a number or a date, got dict"
    ):
        open_source([{"a": 1}, {"a": "x"}, {"a": {}}])


def test_pandas_columns_of_objects():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [*MIXED, pandas.NA, pandas.NaT], "b": 1})
    batches = open_source(frame).batches(["a"])
    assert [v for batch in batches for v in batch.column(0).to_pylist()] == [*AS_TEXTS, None, None]
    with pytest.raises(InputError, match=r"table, column 'a', row 1: .* got object"):
        open_source(pandas.DataFrame({"a": [object()]}))
    with pytest.raises(InputError, match="column 'a' appears twice"):
        open_source(pandas.DataFrame([[1, 2]], columns=["a", "a"]))


def test_polars_columns_that_arrow_does_not_know():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(PEOPLE)
    assert matches(answered(frame.with_columns(polars.col("sex").cast(polars.Categorical)))) == TRUE
    with pytest.raises(InputError, match="expected columns of types that Arrow knows, got DataFrame"):
        open_source(frame.with_columns(polars.lit(1, polars.Int128)))
    with pytest.raises(InputError, match="got LazyFrame; collect it first"):
        open_source(frame.lazy())
