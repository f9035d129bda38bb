"""Rules chosen for a schema that names none."""

import numpy as np

from linkage.blocking import rules
from linkage.blocking.damage import imagine
from linkage.blocking.rules import MOST_REFUSED, MOST_RULES, choose_rules, family_rules
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


def test_imagined_damage_is_the_same_in_every_run_and_spares_equal_keys():
    born = FIELDS[2]
    keys = {"born": (born, "full"), "born.year": (born, "year")}
    filled = {key: np.ones(50, bool) for key in keys}
    first, again = imagine(keys, filled, 3000), imagine(keys, filled, 3000)
    assert all((first[key] == again[key]).all() for key in keys)
    assert (first["born.year"] | ~first["born"]).all()
    assert 0.3 < first["born"].mean() < first["born.year"].mean() < 0.9


def test_a_field_that_few_records_hold_is_not_relied_on():
    values = people(2000)
    values["number"] = [x if i % 20 == 0 else None for i, x in enumerate(values["number"])]
    rules = choose_rules(encode(values, FIELDS))
    assert sum("number" not in rule.keys for rule in rules) > len(rules) / 2


def test_a_header_with_a_point_makes_rules_as_any_other():
    fields = [Field("Geb. am", "date", date_order="day_first"), Field("Tel.", "phone"), *FIELDS[:2]]
    values = people(1000)
    renamed = {"Geb. am": values["born"], "Tel.": values["number"], **values}
    records = encode({f.name: renamed[f.name] for f in fields}, fields)
    rules = choose_rules(records)
    assert any("Geb. am.year" in rule.keys for rule in rules)
    schema = Schema(tuple(fields), rules)
    assert schema.split_key("Geb. am.year") == (fields[0], "year")
    assert schema.split_key("Tel.") == (fields[1], "full")
    assert schema.only(["Tel.", "given"]).blocking_rules
    assert Schema.from_dict(schema.to_dict()) == schema


def test_many_columns_that_say_the_same_come_to_an_end(monkeypatch):
    # Of one employer's name, town and street each combination looks selective, and none is.
    random = np.random.default_rng(3)
    work = random.integers(0, 12, 3000)

    def of_work(k):
        values = np.array([f"{'abcdefghijkl'[w]}{chr(97 + k)}x{w}" for w in work], object)
        return np.where(random.random(3000) < 0.02, [f"q{i}" for i in range(3000)], values)

    names = [f"work{k}" for k in range(10)]
    fields = [Field("name", "person_name"), *(Field(name, "text") for name in names)]
    table = {"name": [f"n{i % 1500}" for i in range(3000)]} | {
        n: of_work(k).tolist() for k, n in enumerate(names)
    }
    asked = []
    best = rules._Pool.best
    monkeypatch.setattr(rules._Pool, "best", lambda pool: asked.append(1) or best(pool))
    assert choose_rules(encode(table, fields))
    assert len(asked) <= MOST_RULES + MOST_REFUSED + 1
