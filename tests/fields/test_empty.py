"""Tables without a value to compare are refused, fields without one said: both looked like no duplicates."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import linkage
from linkage.errors import InputError
from linkage.fields import empty
from linkage.fields.batch import encode_records
from linkage.schema import Field, Schema
from linkage.tables.opening import open_source
from tests.fields.people import people, table

FIELDS = [name for name in table().column_names if name != "record_id"]


def emptied(names, value=None):
    nothing = pa.array([value] * len(table()), pa.string())
    return table(**dict.fromkeys(names, nothing))


@pytest.mark.parametrize("value", [None, "", "  ", "?"])
def test_a_table_without_values_is_refused_by_name(tmp_path, value):
    void = emptied(FIELDS, value)
    wanted = "table: expected values .* no record holds one that can be read in .*full_name"
    model = linkage.train(table())
    for trained in (None, model):
        with pytest.raises(InputError, match=wanted):
            linkage.dedupe(void, trained)
        with pytest.raises(InputError, match=wanted):
            linkage.link(people(), void, trained)
        with pytest.raises(InputError, match=wanted):
            linkage.link(void, people(), trained)
        with pytest.raises(InputError, match=wanted):
            linkage.build_index(tmp_path / "x.idx", void, trained)
    with pytest.raises(InputError, match=wanted):
        linkage.train(void)
    assert not list(tmp_path.iterdir())


def test_what_is_added_to_an_index_may_hold_nothing(tmp_path):
    index = linkage.build_index(tmp_path / "x.idx", table(), linkage.train(table()))
    with linkage.open_index(tmp_path / "x.idx", "w") as writer:
        writer.upsert(emptied(FIELDS))
        writer.commit()
        writer.compact()
    assert len(linkage.open_index(tmp_path / "x.idx")) == len(index)


def test_fields_without_values_are_said_of_their_table():
    result = linkage.link(people(), emptied(["sex", "id_number"]))
    (told,) = (w for w in result.summary["warnings"] if w["code"] == "empty_fields")
    assert told["message"].startswith("table: no record holds a value that can be read in ")
    assert {name for name in FIELDS if name in told["message"]} == {"sex", "id_number"}
    assert all(w["code"] != "empty_fields" for w in linkage.dedupe(table()).summary["warnings"])


def test_training_says_which_fields_taught_nothing_and_a_run_that_trains_says_it_once():
    (told,) = (w for w in linkage.train(emptied(["sex"])).training["warnings"] if "fields" in w["code"])
    assert told["code"] == "untrained_fields" and "read in sex; training" in told["message"]
    assert all(w["code"] != "untrained_fields" for w in linkage.train(people()).training["warnings"])
    codes = [w["code"] for w in linkage.dedupe(emptied(["sex"])).summary["warnings"]]
    assert "untrained_fields" not in codes and codes.count("empty_fields") == 1


def test_an_index_that_trains_says_so_too(tmp_path):
    index = linkage.build_index(tmp_path / "x.idx", emptied(["sex"]))
    (told,) = (message for message in index.info()["warnings"] if "no record holds" in message)
    assert "read in sex; training" in told
    assert told in linkage.open_index(tmp_path / "x.idx").info()["warnings"]
    full = linkage.build_index(tmp_path / "y.idx", people())
    assert not [message for message in full.info()["warnings"] if "no record holds" in message]


HELD = st.lists(st.tuples(*[st.booleans()] * 2), min_size=1, max_size=9)


@given(HELD, HELD)
def test_like_looking_at_each_record(left, right):
    schema = Schema((Field("a", "identifier"), Field("b", "text")))
    tables = [
        pa.table(
            {
                k: pa.array([("10203" if r[i] else None) for r in side], pa.string())
                for i, k in enumerate("ab")
            }
        )
        for side in (left, right)
    ]
    records = encode_records([open_source(t) for t in tables], [{"a": "a", "b": "b"}] * 2, schema, threads=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(empty, "PIECE", 2)
        for side, rows in enumerate((left, right)):
            expected = [name for i, name in enumerate("ab") if not any(row[i] for row in rows)]
            assert empty.empty_fields(records, side) == expected
