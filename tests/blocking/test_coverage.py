"""Which rules serve: a schema's own, the preset's where they cover a large table, chosen ones elsewhere."""

from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import linkage
from linkage.blocking import rules as module
from linkage.blocking.coverage import WORTH, needed, share_found
from linkage.blocking.keys import KeyMaker
from linkage.blocking.rules import rules_of
from linkage.fields.batch import encode_records
from linkage.fields.meaning.detect import detect_schema
from linkage.fields.meaning.held import find_headers
from linkage.schema import Field, block_on
from linkage.tables.opening import open_source
from tests.kernels.scoring import encode


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    folder = tmp_path_factory.mktemp("register")
    linkage.generate(folder, people=3000, seed=4, claims=0)
    return open_source(folder / "register.parquet")


def encoded(source, *exclude):
    schema = detect_schema(source, exclude=("entity", *exclude))
    return encode_records([source], [find_headers(source, schema)], schema, threads=1)


NUMBERS = ("id_number", "old_id_number", "health_insurance_number", "tax_code", "phone")
PARENTS = ("mother_name", "father_name", "spouse_name", "household_id", "street", "commune")


def test_the_preset_covers_a_register_and_less_the_fewer_columns_are_there(register):
    shares = []
    for exclude in ((), NUMBERS, (*NUMBERS, *PARENTS)):
        records = encoded(register, *exclude)
        shares.append(share_found(records, records.schema.blocking_rules))
    assert shares[0] > 0.94 and shares == sorted(shares, reverse=True)
    assert shares[1] > module.COVERED > shares[2]


def test_many_records_with_parents_and_addresses_have_the_rules_of_the_preset(register, monkeypatch):
    monkeypatch.setattr(module, "MANY_RECORDS", 1000)
    records = encoded(register, *NUMBERS)
    assert rules_of(records) == records.schema.blocking_rules
    few = encoded(register, *NUMBERS, *PARENTS)
    assert few.schema.blocking_rules and rules_of(few) != few.schema.blocking_rules


def test_few_records_have_chosen_rules_which_find_more(register):
    records = encoded(register, *NUMBERS)
    own = records.schema.blocking_rules
    assert share_found(records, rules_of(records)) > share_found(records, own)


def test_rules_of_ones_own_serve_always(register):
    schema = detect_schema(register, exclude=("entity",))
    rules = (block_on("full_name"),)
    records = encode_records(
        [register],
        [find_headers(register, schema)],
        replace(schema, blocking_rules=rules),
        threads=1,
    )
    assert rules_of(records) == rules


def test_a_rule_finds_the_more_the_more_its_fields_are_filled():
    fields = [Field("name", "person_name"), Field("born", "date")]
    full = {"name": ["An Bình"] * 60, "born": ["1/2/1990"] * 60}
    half = {"name": ["An Bình"] * 60, "born": ["1/2/1990", None] * 30}
    rules = [block_on("name"), block_on("name", "born")]
    for rule, apart in zip(rules, (False, True), strict=True):
        shares = [share_found(encode(t, fields), [rule]) for t in (full, half)]
        assert (shares[0] > 1.5 * shares[1]) == apart
    alone = share_found(encode(full, fields), rules[:1])
    assert share_found(encode(full, fields), rules) == pytest.approx(alone, abs=0.03)
    assert share_found(encode(full, fields), []) == 0.0


@pytest.mark.parametrize("exclude", [(), NUMBERS])
def test_rules_that_others_make_up_for_are_spared(register, monkeypatch, exclude):
    """Where all columns are there in a table of any size, elsewhere in one of very many records."""
    monkeypatch.setattr(module, "MANY_RECORDS", 1000)
    records = encoded(register, *exclude)
    own = records.schema.blocking_rules
    fewer = rules_of(records)
    monkeypatch.setattr(module, "FEWER_RULES", 1000)
    of_many = rules_of(records)
    assert fewer == own if exclude else 15 <= len(fewer) < len(of_many) < len(own)
    for kept in (fewer, of_many):
        assert kept == tuple(rule for rule in own if rule in kept)
        assert share_found(records, kept) > share_found(records, own) - 0.003
        assert exclude or set(own[:3]) <= set(kept), "numbers find what nothing else does"


def test_what_one_rule_finds_alone_is_needed():
    found = np.zeros((4, 1000), bool)
    found[0, :900] = found[1, :900] = True
    found[2, 890:] = True
    found[3, :5] = True
    assert needed(found, 0.2) == [0, 1, 2], "the fourth adds nothing to what two rules find"
    assert needed(found, 0.01) == [0, 1, 2, 3]
    assert len(needed(found, 1000.0)) == 1
    assert needed(found[:1], 0.2) == [0]
    assert needed(np.zeros((2, 10), bool), 0.2) == [1]


def needed_by_hand(found, to_spare):
    """Each rule's loss counted pair by pair, anew for every rule that goes."""
    worth = [*WORTH, *[0] * len(found)]
    left = list(range(len(found)))
    while len(left) > 1:
        times = [sum(bool(found[k][pair]) for k in left) for pair in range(found.shape[1])]
        losses = [
            sum(worth[n - 1] - worth[n] for pair, n in enumerate(times) if found[k][pair]) for k in left
        ]
        if min(losses) > to_spare * found.shape[1]:
            break
        del left[losses.index(min(losses))]
    return left


@given(
    arrays.arrays(bool, st.tuples(st.integers(1, 7), st.integers(1, 9))),
    st.sampled_from([0.0, 0.5, 1.0, 10.0, 500.0]),
)
def test_rules_go_one_after_the_other(found, to_spare):
    assert needed(found, to_spare) == needed_by_hand(found, to_spare)


def test_no_rule_of_the_preset_makes_far_more_pairs_than_it_finds(tmp_path):
    """Of 1.1 million records, none makes three pairs of strangers for four records."""
    linkage.generate(tmp_path, people=30_000, seed=4, claims=0)
    records = encoded(open_source(tmp_path / "register.parquet"))
    table = pq.read_table(tmp_path / "register.parquet", columns=["entity", "household_id"])
    people = np.unique(table["entity"].to_numpy(), return_inverse=True)[1]
    homes = np.unique(table["household_id"].fill_null("").to_numpy(), return_inverse=True)[1]
    maker, n = KeyMaker(records), records.n_records
    for rule in records.schema.blocking_rules:
        keys = np.empty(n, np.uint32)
        maker.encode(rule.keys, keys)
        strangers = pairs_within(keys, keys) - pairs_within(keys, people + 1)
        strangers -= pairs_within(np.where(homes > 0, keys, 0), homes)  # families grow with the records alone
        assert strangers / n * (1_100_000 / n) < 0.75, rule.name


def pairs_within(keys, groups):
    """Pairs of records of one key, which is not 0, and one group."""
    both = keys.astype(np.uint64) << 32 | groups.astype(np.uint64)
    counts = np.unique(both[keys != 0], return_counts=True)[1]
    return int((counts * (counts - 1) // 2).sum())
