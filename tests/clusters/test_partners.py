"""Records of one table, several of which may be one person's, and their one partner in the other table."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.clusters.partners import one_partner, partner_probability
from linkage.clusters.rivals import bits_without_rivals
from linkage.clusters.support import MOST_COVERED

records = st.integers(0, 4)
pair_weights = st.dictionaries(st.tuples(records, records), st.integers(-3, 5), max_size=14)
doubles = st.frozensets(st.tuples(records, records), max_size=4)


def arrays(pairs):
    left, right = np.array([*pairs], np.uint32).reshape(-1, 2).T
    return left, right, np.array([*pairs.values()], np.int32)


def by_hand(pairs, same):
    """The best partner of each record, and others of no less than 0 bits that match it."""
    chosen = set()
    for record in {a for a, _ in pairs}:
        mine = sorted((-w, b) for (a, b), w in pairs.items() if a == record)
        best = mine[0][1]
        chosen |= {
            (record, b) for w, b in mine if b == best or (w <= 0 and (min(b, best), max(b, best)) in same)
        }
    return chosen


@given(pair_weights, doubles, st.randoms(use_true_random=False))
def test_each_record_has_its_best_partner_and_the_doubles_of_it(pairs, same, random):
    items = list(pairs.items())
    random.shuffle(items)
    record, partner, weight = arrays(dict(items))

    def match(one, other):
        assert (one <= other).all()
        return np.array([pair in same for pair in zip(one.tolist(), other.tolist(), strict=True)], bool)

    chosen = one_partner(record, partner, weight, match)
    found = set(zip(record[chosen].tolist(), partner[chosen].tolist(), strict=True))
    assert found == by_hand(pairs, same)


def test_records_of_one_partner_are_no_rivals_and_partners_of_one_record_are():
    record, weight = np.array([0, 1, 2, 2], np.uint32), np.array([3.0, 3.0, 3.0, 2.0])
    chosen = np.array([True, True, True, False])
    first, second, third = partner_probability(record, weight, chosen, 0.5)
    assert first == second == pytest.approx(8 / (8 + 0.5))
    assert third == pytest.approx(8 / (8 + 4 + 0.5))


def test_not_everybody_is_believed_to_have_a_partner():
    (found,) = partner_probability(np.zeros(1, np.uint32), np.array([-6.0]), np.array([True]), 1.0)
    assert found == pytest.approx(2**-6 / (2**-6 + 1 - MOST_COVERED))


@pytest.mark.parametrize("turned", [False, True])
def test_strangers_are_counted_on_the_table_whose_records_have_one_partner(turned):
    # 400 entries with a sure claim each and another, unsure one: the person's, no stranger's. No sure claim
    # looks like a second entry, so unsure ones have none either.
    claim, entry = np.arange(900, dtype=np.uint32), np.r_[np.arange(400), np.arange(400), np.arange(400, 500)]
    weight = np.where(claim < 400, 20.0, -1.0)
    sides, sizes, has_one = (claim, entry.astype(np.uint32)), (900, 500), (True, False)
    if turned:
        sides, sizes, has_one = sides[::-1], sizes[::-1], has_one[::-1]
    bits = bits_without_rivals(*sides, weight, np.ones(900, bool), *sizes, has_one)
    assert bits[400:].min() > 3
    assert not bits_without_rivals(*sides, weight, np.ones(900, bool), *sizes)[400:800].any()
