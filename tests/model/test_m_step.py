"""The M-step's bounds: what holds however much EM explains as matches."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import linkage
from linkage.comparison.program import comparisons_of
from linkage.model.estimate import Known
from linkage.model.m_step import (
    CHANCE,
    MOST_OTHER_WHOLE_NAMES,
    MOST_UNLIKE,
    OUTNUMBERED,
    _bounds_of_m,
    _exact_u,
    _where_relatives_are,
)
from linkage.model.patterns import Maximiser
from linkage.model.relatives import Relatives
from linkage.model.sure import TIMES
from linkage.schema import Field, Schema


@given(st.floats(1e3, 1e7), st.floats(0, 1.2), st.floats(0, 1e4))
def test_of_pairs_that_agree_on_a_number_one_in_five_hundred_is_strangers_at_least(n_agree, matching, least):
    comparisons = comparisons_of(Schema((Field("card", "identifier"),), ()))
    shape = Maximiser(comparisons, [-1])
    u, matches = np.full(shape.size, 0.25), np.zeros(shape.size)
    shape.table(matches, 0)[:, -1] = matching * n_agree
    known = Known(10**6, 5e11, [], [False], [], {0: (n_agree, least)}, {})
    _exact_u(u, matches, known, shape)
    chance, pairs = CHANCE["identifier"]
    levels = shape.table(u, 0)[0, 1:]
    # shares of all pairs that hold a number, the others as they were
    strangers = levels[-1] / levels[:-1].sum() * 0.75 * (known.n_total_pairs + pairs) - chance * pairs
    assert strangers == pytest.approx(max((1 - matching) * n_agree, n_agree / 500, least), rel=1e-3, abs=1)


def test_matches_that_all_differ_in_their_dates_leave_a_prior():
    names = [f"Anna{k % 8} X{k}mit" for k in range(60)]
    births = [f"{1940 + k}-{1 + k % 12:02d}-{1 + k % 28:02d}" for k in range(60)]
    numbers = [f"{7919 * k + 100_003:010d}" for k in range(60)]
    left = pa.table({"name": names, "personnummer": numbers, "dob": births})
    right = pa.table({"name": names, "personnummer": numbers, "dob": births[31:] + births[:31]})
    result = linkage.link(left, right)
    assert (
        result.resolution.model.probability_two_random_records_match > 0
        and np.isfinite(result.pairs["match_weight"].to_numpy()).all()
    )


def unlike_names(n_relatives, born=False):
    """What bounds a name of which 300 matches agree in two tokens, as so many relatives do; 300 differ."""
    fields = (Field("name", "person_name"), Field("street", "address", shared=True), Field("born", "date"))
    comparisons = comparisons_of(Schema(fields if born else fields[:2], ()))
    shape = Maximiser(comparisons, [-1] * len(comparisons))
    prior_m = [np.array(c.operation.prior) for c in comparisons]
    shared = [c.field.is_shared for c in comparisons]
    known = Known(10_000, 5e7, prior_m, shared, [Relatives("household")], {}, {})
    expected = np.zeros((8, shape.size))
    name = [c.name for c in comparisons].index("name")
    ends = comparisons[name].operation.levels.index("first and last token agree")
    for of_class, n in ((expected[0], 300), (expected[1], n_relatives)):
        shape.table(of_class, name)[:, 1 + ends] = n
    shape.table(expected[0], name)[:, 1] = 300
    return _where_relatives_are(expected, known, shape), ends, comparisons[name].operation.prior


@pytest.mark.parametrize(("times", "is_theirs"), [(0.5, False), (1.5, True)])
def test_where_relatives_outnumber_matches_these_are_a_few(times, is_theirs):
    ((_, most),), ends, prior = unlike_names(times * OUTNUMBERED * 300)
    bound = np.maximum(prior, MOST_UNLIKE)
    assert most[ends] == pytest.approx(bound[ends] if is_theirs else 1)
    assert most[:3] == pytest.approx(bound[:3])


def test_where_births_tell_who_is_who_nothing_is_bounded():
    assert unlike_names(1e6, born=True)[0] == []


@pytest.mark.parametrize(
    ("of_sure", "relatives", "expected"),
    [
        (None, [], MOST_OTHER_WHOLE_NAMES),
        (0.02, [], MOST_OTHER_WHOLE_NAMES),
        (0.3, [], 0.3),
        (0.3, [Relatives("household")], MOST_OTHER_WHOLE_NAMES),
    ],
)
def test_without_relatives_sure_matches_say_how_many_names_are_written_otherwise(
    of_sure, relatives, expected
):
    comparisons = comparisons_of(Schema((Field("name", "person_name"), Field("born", "date")), ()))
    shape = Maximiser(comparisons, [-1] * 2)
    at = [c.name for c in comparisons].index("name")
    prior_m = [np.array(c.operation.prior) for c in comparisons]
    known = Known(10_000, 5e7, prior_m, [False] * 2, relatives, {}, {})
    most = {} if of_sure is None else {at: TIMES * of_sure * np.array([0.0, 0.0, 1.0, 0.0])}
    bounds = {i: (differ, most) for i, differ, most in reversed(_bounds_of_m(known, shape, most))}
    assert bounds[at] == (3, pytest.approx(expected))
