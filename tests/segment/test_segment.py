"""Generated people through a segment: records, ids, batches, order of the rows, damage."""

import datetime
import pickle

import numpy as np
import pyarrow as pa
import pytest

from linkage._kernels.dictionary import TOKEN_DTYPE
from linkage.errors import InputError, SegmentError
from linkage.schema import Field, Schema
from linkage.segment import chunks
from linkage.segment.build import build_segment
from linkage.segment.sections import N_DAYS, day_of
from linkage.segment.segment import Segment
from linkage.tables.opening import open_source
from tests.kernels.made_up_model import drawn_model
from tests.segment.registers import generated, segment_bytes, segment_of, segment_of_people, trained


def every(segment):
    return np.arange(len(segment), dtype=np.uint32)


def given(segment):
    columns = [*segment.field_names, "record_id"]
    return {r["record_id"]: r for r in generated()[0].select(columns).to_pylist()}


def test_records_are_those_that_were_given():
    segment, expected = segment_of_people(), given(segment_of_people())
    records = segment.records(every(segment))
    assert len(records) == len(expected) == segment.n_records
    assert {r["record_id"]: r for r in records} == expected
    assert segment.record_ids(every(segment)) == [r["record_id"] for r in records]
    rows = np.random.default_rng(1).integers(0, len(segment), 50).astype(np.uint32)
    assert segment.records(rows) == [records[i] for i in rows]
    batches = list(segment.batches(rows, size=7))
    assert [len(b) for b in batches] == [7] * 7 + [1]
    assert pa.Table.from_batches(batches).to_pylist() == [records[i] for i in rows]


def test_an_id_leads_to_its_rows():
    segment = segment_of_people()
    ids = segment.record_ids(every(segment))
    for row, record_id in enumerate(ids):
        assert segment.rows_of_record_id(record_id).tolist() == [row]
    for other in ("", "nobody", ids[0] + " ", "\ud800"):
        assert segment.rows_of_record_id(other).tolist() == []


def test_ids_may_repeat_be_missing_or_odd():
    ids = ["a", "b", "a", "", None, "x" * 300, "a b", "số 1", "a"]
    table = {"full_name": [f"An {i}" for i in range(len(ids))], "record_id": ids}
    segment = segment_of(table, trained())
    found = {i: segment.rows_of_record_id(i).tolist() for i in ids if i}
    names = {
        i: {segment.records(np.array([r], np.uint32))[0]["full_name"] for r in rows}
        for i, rows in found.items()
    }
    assert names["a"] == {"An 0", "An 2", "An 8"} and names["số 1"] == {"An 7"}
    assert segment.records(every(segment))[0].keys() >= {"full_name", "record_id"}


def test_rows_stand_by_day_and_given_name():
    segment = segment_of_people()
    starts, classes = segment.array("days"), segment.array("word_classes")
    assert starts[0] == 0 and starts[-1] == len(segment) and len(starts) == N_DAYS + 1
    hot = segment.array("hot_words")
    last = [int(next((w for w in row[::-1] if w != 65_534), row[0])) for row in hot.tolist()]
    records = segment.records(every(segment))
    for day in np.flatnonzero(np.diff(starts.astype(np.int64))):
        rows = range(starts[day], starts[day + 1])
        kinds = [classes[last[r]] for r in rows]
        assert kinds == sorted(kinds)
        for r in rows:
            text = records[r]["date_of_birth"]
            whole = text and len(text) == 10 and _date(text)
            if whole:
                word = int(f"{whole:%Y%m%d}", 16)
                assert day_of(np.array([word], np.uint32))[0] == day or day == 0


def _date(text):
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.datetime.strptime(text, form)
        except ValueError:
            continue
    return None


def test_places_of_days():
    words = np.array(
        [0, 0x18800000, 0x18800001, 0x18800100, 0x20591231, 0x18791231, 0x20600101, 0x19901331], np.uint32
    )
    assert day_of(words).tolist() == [0, 1, 2, 33, 179 * 416 + 12 * 32 + 31 + 1, 0, 0, 0]


def test_chunks_make_the_same_segment_of_the_same_texts(monkeypatch):
    table = generated()[0].slice(0, 500)
    whole = segment_of(table, trained())
    monkeypatch.setattr(chunks, "CHUNK", 77)
    pieces = segment_of(table, trained())
    # Words are known by the first chunk, so that rows may stand differently within a day.
    by_id = [{r["record_id"]: r for r in part.records(every(part))} for part in (pieces, whole)]
    assert by_id[0] == by_id[1]
    for name in ("days", "scorer/weights", "scorer/most"):
        assert np.array_equal(pieces.array(name), whole.array(name))
    rarity = [n for n in whole.container.names if n.startswith("rarity")]
    assert rarity and all(np.array_equal(pieces.array(n), whole.array(n)) for n in rarity)


def test_the_same_table_gives_the_same_bytes():
    table = generated()[0].slice(0, 300)
    assert segment_bytes(table, trained()) == segment_bytes(table, trained())


def test_a_small_segment_is_read_with_a_large_ones_frequencies():
    large, table = segment_of_people(), generated()[0].slice(0, 40)
    data = bytes(build_segment(open_source(table), trained(), None, like=large))
    small = Segment.from_bytes(data, like=large)
    assert not any(n.startswith(("rarity", "scorer")) for n in small.container.names)
    expected = given(large)
    records = small.records(every(small))
    assert len(records) == 40 and all(r == expected[r["record_id"]] for r in records)


def test_files(tmp_path):
    table = generated()[0].slice(0, 100)
    path = build_segment(open_source(table), trained(), tmp_path / "a.segment")
    for load in ("mmap", "ram"):
        segment = Segment.open(path, load=load)
        segment.check()
        copy = pickle.loads(pickle.dumps(segment))
        assert copy.records(every(copy)) == segment.records(every(segment))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(SegmentError):
        Segment.open(path).check()


def test_wrong_input():
    with pytest.raises(InputError, match="expected records"):
        build_segment(open_source(pa.table({"full_name": pa.array([], pa.string())})), trained(), None)
    with pytest.raises(SegmentError, match="record 9999"):
        segment_of_people().records(np.array([9999], np.uint32))
    assert TOKEN_DTYPE.itemsize == 64


def test_hot_rows_tell_crowded_names_and_strange_tokens():
    """Spaces in excess do not hide a name's words; a strange token is told from anything else."""
    names = [
        "Nguyễn Văn An",
        "Nguyễn Văn An",
        " Nguyễn  Văn An ",
        "Nguyễn Vxyăn An",
        "Nguyễn Mr. An",
        "Nguyễn V4n An",
    ]
    schema = Schema((Field("name", "person_name"), Field("born", "date")))
    table = {
        "record_id": [str(i) for i in range(6)],
        "name": names,
        "born": [f"0{i + 1}/03/1990" for i in range(6)],
    }
    segment = segment_of(table, drawn_model(np.random.default_rng(1), schema))
    hot = segment.array("hot_words").tolist()
    assert [r["name"] for r in segment.records(np.arange(6, dtype=np.uint32))] == names
    assert hot[0] == hot[1] == hot[2] and max(hot[0][:3]) < 65_533 and hot[0][3] == 65_534
    assert [row[1] for row in hot[3:]] == [65_533, 65_535, 65_535]
    assert all(row[0] == hot[0][0] and row[2] == hot[0][2] for row in hot)
