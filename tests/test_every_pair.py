"""All pairs of small tables by what their values say, and pair by pair; near values, and all values."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linkage
from linkage._kernels.every_pair import EveryPair
from linkage._kernels.near_values import near_values, value_keys
from linkage.comparison.program import unpack_codes
from linkage.every_pair import by_values, distinct_values, near_table, score_everything, sides_of
from linkage.predict import sketch
from linkage.schema import Field
from tests.kernels.made_up_model import drawn_scorer
from tests.kernels.scoring import encode, scorer_of
from tests.kernels.test_score import pairs_of

LOWEST = -(2**31)
seeds = st.integers(0, 2**32)
WORDS = st.text("abcdefghiklmnoprstuvxy", min_size=1, max_size=11)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
VALUES = {
    "person_name": NAMES,
    "text": st.one_of(NAMES, st.text("0123456789", max_size=5)),
    "email": st.builds("{}.{}@{}.org".format, WORDS, WORDS, WORDS),
    "identifier": st.one_of(
        st.text("0123456789", min_size=6, max_size=13),
        st.text("AB0123456789", min_size=8, max_size=18),
    ),
    "date": st.one_of(
        st.dates(min_value=date(1890, 1, 1)).map(str),
        st.sampled_from(["1990", "1991", "02/1990", "01/01/1990", "31/12/1990", "02/01/1991", "11/02/1990"]),
    ),
    "category": st.sampled_from(["Nam", "Nữ", "x"]),
    "number": st.floats(0, 200).map("{:.1f}".format),
}
SOUNDS = [("gi", "d"), ("x", "s"), ("tr", "ch"), ("william", "bill"), ("robert", "bob"), ("quy", "kui")]
"""What is near by ear alone."""


@st.composite
def related(draw, value):
    """Another value that has something in common with this one."""
    words = value.split()
    letters = [*value]
    for k in draw(st.lists(st.integers(0, len(letters) - 1), max_size=5)) if letters else ():
        letters[k] = draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789"))
    other = draw(WORDS)
    by_ear = value
    for old, new in SOUNDS:
        by_ear = by_ear.replace(old, new)
    return draw(
        st.sampled_from(
            [
                "".join(letters), value[:1], value[:3] + other, value[1:], " ".join(words[::-1]),
                " ".join([*words[:1], other, "zz"]), " ".join([other, *words[-1:]]), " ".join(words[1:]),
                by_ear, value.partition("@")[0] + "@" + other + ".net",
            ]
        )
    )  # fmt: skip


KINDS = st.sampled_from(
    [Field("x", kind) for kind in VALUES]
    + [Field("x", "person_name", part="given"), Field("x", "person_name", part="family")]
)


def of_result(pairs):
    columns = (pairs.left, pairs.right, pairs.weight, pairs.gamma)
    return pairs_of(tuple(columns))


@given(
    seeds,
    st.integers(-8000, 4000),
    st.sampled_from([0, 1, 9, 29]),
    st.sampled_from([1, 2]),
    st.sampled_from([1, 4]),
)
def test_pairs_by_values_are_those_scored_pair_by_pair(seed, floor, n_left, threads, tasks):
    """Rows of one task follow one another in the same tables."""
    records, comparisons, _, _, scorer = drawn_scorer(seed, 30, n_left=n_left)
    expected = pairs_of(scorer.score_all(0, n_left or 30, n_left, floor))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("linkage.every_pair.TASKS", tasks)
        found = by_values(records, scorer, comparisons, floor=floor, threads=threads)
    assert of_result(found) == expected
    order = found.left.astype(np.int64) * 30 + found.right
    assert (np.diff(order) > 0).all()
    assert found.n_scored == records.n_total_pairs


def near_of(field, left, right=None):
    """Codes of a field's values that are more than all others, held against those of all rows."""
    records = encode({"x": left}, [field], right=right and {"x": right})
    scorer, comparisons = scorer_of(records)
    sides = sides_of(records)
    distinct = distinct_values(records, comparisons[0], sides)
    near = near_table(scorer, 0, distinct, Serial)
    of = np.repeat(np.arange(len(distinct.left)), np.diff(near["begins"]))
    codes = (near["level"] & 255).tolist()
    found = dict(zip(zip(of.tolist(), near["near"].tolist(), strict=True), codes, strict=True))
    assert len(found) == len(codes)
    rows = [np.arange(side.start, side.stop, dtype=np.uint32) for side in sides]
    a, b = np.repeat(rows[0], len(rows[1])), np.tile(rows[1], len(rows[0]))
    gamma = np.empty(len(a), np.uint64)
    scorer.levels_of_pairs(a, b, gamma)
    expected = unpack_codes(gamma, comparisons)[:, 0].tolist()
    for i, j, code in zip(a, b - sides[1].start, expected, strict=True):
        x, y = int(distinct.of_left[i]), int(distinct.of_right[j])
        assert code == (found.get((x, y), 1) if x and y else 0)
    return found


@given(st.data(), KINDS, st.booleans())
@settings(max_examples=200)
def test_near_values_are_all_that_are_more_than_all_others(data, field, is_link):
    """The kernel looks at values that share letters or keys; its naive twin at all of them."""
    values = data.draw(st.lists(VALUES[field.kind], min_size=2, max_size=6))
    others = [data.draw(related(value)) for value in values]
    near_of(field, values, others) if is_link else near_of(field, values + others)


@linkage.comparator(levels=["all others", "as long", "equal"], m_prior=[1, 1, 8])
def as_long(a, n_a, b, n_b):
    return 1 if n_a == n_b else 0


GIVEN, MAIL = Field("x", "person_name", part="given"), Field("x", "email")


@pytest.mark.parametrize(
    ("field", "one", "other", "code"),
    [
        (GIVEN, "margaret", "peggy", 5),
        (GIVEN, "abcmnprtkl", "abczzzzxyo", 3),
        (GIVEN, "zbcxefyhiw", "kbcmefahio", 3),
        (GIVEN, "a", "abdefghik", 2),
        (GIVEN, "anna", "x", 1),
        (GIVEN, "maria klotz", "sven maria", 3),
        (Field("x", "text"), "main street", "street klopfding", 2),
        (Field("x", "text", comparator="as_long"), "quiz", "word", 2),
        (MAIL, "ann.lee@abc.org", "ann.lee@zzkkqqmm.net", 4),
    ],
)
def test_values_far_apart_by_their_letters_are_found_by_what_they_share(field, one, other, code):
    for left, right in ((one, other), (other, one)):
        assert near_of(field, [left], [right]) == ({} if code == 1 else {(1, 1): code})


class Serial:
    """A pool without threads."""

    map = map


@given(seeds, st.sampled_from([0, 9]))
def test_sketches_and_values_find_the_same_pairs_whichever_is_asked(seed, n_left):
    records, comparisons, _, _, scorer = drawn_scorer(seed, 30, n_left=n_left)
    floor = -2560
    chosen = score_everything(records, scorer, comparisons, floor=floor, threads=1)
    by_value = by_values(records, scorer, comparisons, floor=floor, threads=1)
    assert of_result(chosen) == of_result(by_value)


def test_sketches_are_asked_where_they_leave_few_pairs(monkeypatch):
    asked = []
    for name in ("by_sketches", "by_values"):
        monkeypatch.setattr(f"linkage.every_pair.{name}", lambda *_, name=name, **__: asked.append(name))
    for floor in (LOWEST, 10**6):
        records, comparisons, _, _, scorer = drawn_scorer(3, 30)
        score_everything(records, scorer, comparisons, floor=floor, threads=1)
    assert asked == ["by_values", "by_sketches"]


def test_where_too_many_values_are_near_sketches_are_asked_instead(monkeypatch):
    records, comparisons, _, _, scorer = drawn_scorer(5, 30)
    expected = of_result(by_values(records, scorer, comparisons, floor=-2560, threads=1))
    monkeypatch.setattr("linkage.every_pair.MOST_NEAR", 3)
    monkeypatch.setattr("linkage.every_pair.EveryPair", None)
    assert of_result(by_values(records, scorer, comparisons, floor=-2560, threads=1)) == expected


@pytest.mark.parametrize(
    ("names", "part"),
    [
        ({"given": ["Martin", "Weber", "Rosa"], "family": ["Weber", "Martin", "Luxem"]}, 2),
        ({"family": ["Klotz", "Weber", "Luxem"], "maiden name": ["", "Anna Klotz", "Rosa"]}, 1),
        ({"family": ["Weber", "Klotz", "Luxem"], "maiden name": ["Anna Klotz", "", "Rosa"]}, 1),
    ],
)
def test_a_name_that_is_the_others_other_name_is_not_lost(names, part):
    """Given and family name exchanged, or a word of a maiden name: no field's values are near."""
    fields = [Field(name, "person_name", part=name if name != "maiden name" else "full") for name in names]
    scorer, comparisons = scorer_of(encode(names, fields))
    sizes = [c.operation.n_codes for c in comparisons]
    weights = np.full((sum(sizes), 8), -900, np.int32)
    parts = [k for k, c in enumerate(comparisons) if c.operation.name == "part"]
    assert len(parts) == part
    for k in parts:
        weights[sum(sizes[:k]) + 4] = 4000
    most = np.full((len(sizes), 8), 4000, np.int32)
    scorer.set_weights(np.zeros(1, np.int32), weights, most, np.zeros_like(most, np.uint8))
    found = by_values(encode(names, fields), scorer, comparisons, floor=2000, threads=1)
    assert of_result(found).keys() == {(0, 1)}


def test_tables_of_other_comparisons_are_refused():
    *_, scorer = drawn_scorer(0, 4)
    with pytest.raises(ValueError, match="expected 9 comparisons"):
        EveryPair(scorer, [])
    one = np.zeros(1, np.uint64)
    with pytest.raises(ValueError, match="comparison 9 of 9"):
        value_keys(scorer, 9, one, False)
    with pytest.raises(ValueError, match="a value beyond"):
        value_keys(scorer, 4, one + np.uint64(10**6), False)
    with pytest.raises(ValueError, match="spans do not fit"):
        near_values(
            scorer, 4, one, one, np.zeros(1, np.int64), np.zeros((0, 2), np.int64), np.zeros(0, np.uint32)
        )
    sketch(scorer, 4, threads=1)
