"""Rules chosen for a schema that names none."""

import numpy as np

from linkage.blocking.rules import MOST_RULES, choose_rules, family_rules
from linkage.schema import Field, Schema, citizen_schema
from tests.kernels.scoring import encode


def people(n):
    random = np.random.default_rng(0)
    letters = np.array(list("abcdefghijklmnop"))
    return {
        "given": ["".join(w) for w in random.choice(letters, (n, 3))],
        "family": ["".join(w) for w in random.choice(letters, (n, 2))],
        "born": [f"{d:02}/0{m}/{y}" for d, m, y in random.integers((1, 1, 1940), (28, 9, 2010), (n, 3))],
        "number": [str(x) for x in random.integers(10**8, 10**9, n)],
    }


FIELDS = [
    Field("given", "person_name", part="given"),
    Field("family", "person_name", part="family"),
    Field("born", "date", date_order="day_first"),
    Field("number", "identifier"),
]


def test_rules_cover_damage_to_any_one_field():
    rules = choose_rules(encode(people(1000), FIELDS))
    assert 0 < len(rules) <= MOST_RULES
    for damaged in FIELDS:
        kept = [r for r in rules if damaged.name not in {k.partition(".")[0] for k in r.keys}]
        assert kept, f"no rule without {damaged.name}"


def test_rules_do_not_repeat_themselves():
    keys = [rule.keys for rule in choose_rules(encode(people(1000), FIELDS))]
    assert len(set(keys)) == len(keys)


def test_a_table_of_one_column_has_a_rule():
    for values in (["a"] * 9, [f"a{i}" for i in range(9)], [None] * 9):
        assert choose_rules(encode({"x": values}, [Field("x", "text")]))


def test_rules_that_show_relatives_name_only_what_they_share():
    schema = citizen_schema()
    rules = family_rules(schema)
    assert rules
    assert all(schema.split_key(key)[0].is_shared for rule in rules for key in rule.keys)
    assert family_rules(Schema((Field("x", "person_name"),))) == ()
