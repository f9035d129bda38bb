"""Keys are equal exactly where the values that they stand for are; missing parts give no key."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage._kernels.keys import encode_keys
from linkage.blocking.keys import KeyMaker
from linkage.schema import PARTS, Field
from tests.kernels.scoring import encode
from tests.reference import keys as naive

TEXTS = [
    "Nguyễn Văn An",
    "nguyen van an",
    "Văn An Nguyễn",
    "Nguyen Vn",
    "an",
    "",
    "Lý",
    "Lí",
    "nguy ên",
]
TEXTS += ["a b c d e f g h i", "a b c d e f g h j", "an an van", "van van an"]
DATES = {
    "01/02/1990": (1990, 2, 1),
    "02/02/1990": (1990, 2, 2),
    "01/02/1991": (1991, 2, 1),
    "1990": (1990, 0, 0),
    "02/1990": (1990, 2, 0),
    "": (0, 0, 0),
    "01/02/2001": (2001, 2, 1),
}


def keys_of(records, keys):
    maker, out = KeyMaker(records), np.full(records.n_records, 77, np.uint32)
    maker.encode(keys, out)
    return out.tolist()


def assert_alike(found, expected):
    assert [f == 0 for f in found] == [e is None for e in expected]
    for i, j in combinations(range(len(found)), 2):
        if expected[i] is not None and expected[j] is not None:
            assert (found[i] == found[j]) == (expected[i] == expected[j]), (i, j)


@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=8))
@settings(max_examples=30)
@pytest.mark.parametrize("kind", ["person_name", "text"])
def test_every_part_of_a_text(kind, texts):
    records = encode({"x": texts}, [Field("x", kind)])
    for part in PARTS[kind]:
        parts = [naive.text_part(t, part, "name" if kind == "person_name" else "text") for t in texts]
        assert_alike(keys_of(records, [f"x.{part}"]), [naive.key_of([p]) for p in parts])


@pytest.mark.parametrize("part", PARTS["date"])
def test_every_part_of_a_date(part):
    records = encode({"x": list(DATES)}, [Field("x", "date", date_order="day_first")])
    parts = [naive.date_part(d, part) for d in DATES.values()]
    assert_alike(keys_of(records, [f"x.{part}"]), [naive.key_of([p]) for p in parts])


@given(st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from(list(DATES))), min_size=1, max_size=9))
def test_a_rule_of_two_fields(rows):
    names, dates = map(list, zip(*rows, strict=True))
    fields = [Field("name", "person_name"), Field("born", "date", date_order="day_first")]
    records = encode({"name": names, "born": dates}, fields)
    expected = [
        naive.key_of([naive.text_part(n, "given", "name"), naive.date_part(DATES[d], "year")])
        for n, d in rows
    ]
    assert_alike(keys_of(records, ["name.given", "born.year"]), expected)


def test_provinces_agree_by_value_or_by_group():
    texts = ["Bình Dương", "TP Hồ Chí Minh", "Hà Nội", "ha noi", ""]
    records = encode({"x": texts}, [Field("x", "category", format="province")])
    group, value = keys_of(records, ["x.group"]), keys_of(records, ["x.value"])
    assert group[0] == group[1] != group[2] == group[3] != 0 == group[4]
    assert value[0] != value[1] != value[2] == value[3] != 0 == value[4]


def test_equal_rules_give_equal_keys_in_every_run():
    records = encode({"x": ["Nguyễn Văn An"]}, [Field("x", "person_name")])
    again = encode({"x": ["b", "NGUYỄN VĂN AN"]}, [Field("x", "person_name")])
    assert keys_of(records, ["x.folded"])[0] == keys_of(again, ["x.folded"])[1]


@given(st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from(list(DATES))), min_size=1, max_size=9))
def test_rules_made_together_have_the_keys_of_each_alone(rows):
    names, dates = map(list, zip(*rows, strict=True))
    fields = [Field("name", "person_name"), Field("born", "date", date_order="day_first")]
    records = encode({"name": names, "born": dates}, fields)
    rules = [("name.given", "born.year"), ("born.year",), ("born", "name.given", "name.tokens")]
    n = records.n_records
    maker, out = KeyMaker(records), np.zeros((3, n), np.uint32)
    middle = n // 2
    for begin, end in ((0, middle), (middle, n)):
        maker.encode_rules(rules, out, begin, end)
    assert out.tolist() == [keys_of(records, rule) for rule in rules]


@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=9), st.lists(st.integers(0, 8), max_size=300))
def test_keys_of_some_rows_are_those_among_all(names, rows):
    records = encode({"name": names}, [Field("name", "person_name")])
    entries = np.array([77 << 32 | row % len(names) for row in rows], np.uint64)
    out = np.empty(len(rows), np.uint32)
    KeyMaker(records).encode(["name.given"], out, entries)
    every = keys_of(records, ["name.given"])
    assert out.tolist() == [every[row % len(names)] for row in rows]


def test_rows_beyond_the_table_are_refused():
    rows, out = np.array([[2]], np.uint32), np.empty((1, 1), np.uint32)
    with pytest.raises(ValueError, match="beyond the key table"):
        encode_keys(rows, [(3, 0, 0, 0, np.zeros(2, np.uint64))], [(0, [0])], out)
    with pytest.raises(ValueError, match="16 parts"):
        encode_keys(rows, [(0, 0, 0, 0, None)], [(0, [0] * 17)], out)
    with pytest.raises(ValueError, match="16 parts"):
        encode_keys(rows, [(0, 0, 0, 0, None)], [(0, [1])], out)
    with pytest.raises(ValueError, match="leaves the 1 words"):
        encode_keys(rows, [(1, 0, 0, 0, None)], [(0, [0])], out)
    with pytest.raises(ValueError, match="expected 1 keys"):
        encode_keys(rows, [(0, 0, 0, 0, None)], [(0, [0])], out, begin=2)
    with pytest.raises(ValueError, match="a row beyond 1"):
        encode_keys(rows, [(0, 0, 0, 0, None)], [(0, [0])], out, entries=np.ones(1, np.uint64))
