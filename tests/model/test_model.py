"""Models: JSON brings the same weights back, and nothing else is taken for a model."""

import copy
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.comparison.program import comparisons_of
from linkage.errors import ModelError
from linkage.model.model import Model, fixed_weight, log_odds, match_probability
from linkage.model.term_frequencies import FIXED, term_frequencies
from linkage.model.weights import weight_tables
from linkage.schema import Schema
from tests.kernels.made_up_model import FIELDS, drawn_model, people
from tests.kernels.scoring import encode

SCHEMA = Schema(FIELDS, (), None)
seeds = st.integers(0, 2**32)


def drawn(seed):
    return drawn_model(np.random.default_rng(seed), SCHEMA)


def assert_same_weights(a, b, seed=0):
    records = encode(people(np.random.default_rng(seed), 20), FIELDS)
    comparisons = comparisons_of(records.schema)
    frequencies = term_frequencies(records, comparisons)
    one, two = (weight_tables(m, comparisons, frequencies) for m in (a, b))
    for name in ("prior", "weights", "most", "weighs_rarity"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    assert (one.parents, one.bases) == (two.parents, two.bases)


@given(seeds)
def test_json_brings_the_same_weights_back(seed):
    model = drawn(seed)
    again = Model.from_dict(json.loads(model.to_json()))
    assert again.to_json() == model.to_json()
    assert again.schema == model.schema
    assert_same_weights(model, again, seed)


def test_a_file_brings_the_same_model_back(tmp_path):
    drawn(0).save(tmp_path / "model.json")
    assert Model.load(tmp_path / "model.json").to_json() == drawn(0).to_json()


VALID = drawn(3).to_dict()


def places(value, path=()):
    """Every place inside a JSON value."""
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


leaves = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.floats(), st.text(max_size=3))
json_values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)
PLACES = [p for p in places(VALID) if p and p[0] != "training"]
SHALLOW = [p for p in PLACES if len(p) <= 4]


@given(
    st.one_of(st.sampled_from(PLACES), st.sampled_from(SHALLOW)),
    st.one_of(st.just("delete"), json_values),
)
def test_hostile_json_is_a_model_error_or_a_working_model(path, value):
    data = copy.deepcopy(VALID)
    parent = data
    for key in path[:-1]:
        parent = parent[key]
    if value == "delete":
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    try:
        model = Model.from_dict(data)
    except ModelError as error:
        assert "Error" not in str(error)  # what was expected, in words, not what Python fell over
        return
    tables = weight_tables(model, comparisons_of(model.schema), {})
    assert np.abs(tables.weights).max() <= 40 * FIXED
    assert all(parent < i for i, parent in enumerate(tables.parents))
    json.loads(model.to_json())


def changed(**entries):
    return {**copy.deepcopy(VALID), **entries}


def put(value, *path):
    data = copy.deepcopy(VALID)
    parent = data
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    return data


def without(*path):
    data = put(None, *path)
    parent = data
    for key in path[:-1]:
        parent = parent[key]
    del parent[path[-1]]
    return data


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (None, "linkage model of version 1"),
        ({}, "linkage model of version 1"),
        (changed(linkage_model=2), "linkage model of version 1"),
        (changed(schema={}), "schema: expected an object"),
        (changed(comparisons=[]), "expected comparisons .*got"),
        (changed(comparisons=VALID["comparisons"][::-1]), "expected comparisons"),
        (changed(probability_two_random_records_match=0), "between 0 and 1"),
        (changed(probability_two_random_records_match=1), "between 0 and 1"),
        (changed(probability_two_random_records_match=float("nan")), "between 0 and 1"),
        (changed(probability_two_random_records_match=5e-324), "1e-300 at least"),
        (changed(relatives={"a": 1e-310}), "1e-300 at least"),
        (changed(probability_two_random_records_match="x"), "match: expected a number, got a text"),
        (changed(relatives={str(i): 0.1 for i in range(8)}), "between 0 and 1"),
        (changed(relatives=3), "relatives: expected an object, got a number"),
        (changed(relatives={"a": None}), r"relatives\.a: expected a number, got null"),
        (without("schema"), "expected schema, found no such entry"),
        (without("comparisons", 0, "parent"), r"expected comparisons\[0\]\.parent, found no such"),
        (changed(comparisons=["x"]), r"comparisons\[0\]: expected an object, got a text"),
        (put("x", "comparisons", 1, "m_probability"), r"\[1\]\.m_probability: expected a list"),
        (put([[1.0], [1.0, 2.0]], "comparisons", 1, "u_probability"), r"\[1\]\.u_probability: .* one length"),
        (put([["0.5"]], "comparisons", 0, "m_probability"), r"\[0\]\.m_probability: expected numbers"),
        (put(True, "comparisons", 0, "name"), r"\[0\]\.name: expected a text, got true"),
        (changed(probability_two_random_records_match=10**400), "below 1.8e308"),
    ],
)
def test_what_is_no_model_is_refused(data, message):
    with pytest.raises(ModelError, match=message):
        Model.from_dict(data)


@pytest.mark.parametrize("table", ["m_probability", "u_probability", "family_probability"])
@pytest.mark.parametrize(
    "change",
    [lambda t: -t, lambda t: t * 0, lambda t: t * 0 + 1e-310, lambda t: t * np.nan, lambda t: t[..., :1]],
)
def test_tables_of_no_probabilities_are_refused(table, change):
    data = copy.deepcopy(VALID)
    item = data["comparisons"][0]
    item[table] = change(np.array(item[table])).tolist()
    with pytest.raises(ModelError, match=f"comparison '{item['name']}'"):
        Model.from_dict(data)


@pytest.mark.parametrize("small", ["m_probability", "u_probability", "family_probability"])
def test_the_smallest_probabilities_make_weights(small):
    data = changed(probability_two_random_records_match=1e-300)
    for item in data["comparisons"]:
        item[small] = (np.array(item[small]) * 0 + 1e-300).tolist()
    model = Model.from_dict(data)
    tables = weight_tables(model, comparisons_of(model.schema), {})  # a warning would be an error here
    assert np.abs(tables.weights).max() <= 40 * FIXED


def test_a_parent_comes_before_its_child():
    data = copy.deepcopy(VALID)
    first, last = data["comparisons"][0], data["comparisons"][-1]
    first["parent"] = last["name"]
    for table in ("m_probability", "u_probability"):
        first[table] = first[table] * len(last["levels"] + [0])
    first["family_probability"] = [t * len(last["levels"] + [0]) for t in first["family_probability"]]
    with pytest.raises(ModelError, match="parent"):
        Model.from_dict(data)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\udcff"])
def test_a_damaged_file_is_named(tmp_path, text):
    path = tmp_path / "model.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ModelError, match=r"model\.json"):
        Model.load(path)
    with pytest.raises(ModelError, match=r"nowhere\.json"):
        Model.load(tmp_path / "nowhere.json")


@given(st.floats(1e-9, 1 - 1e-9))
def test_weights_and_probabilities_are_one_scale(probability):
    weight = fixed_weight(probability)
    found = match_probability(np.array([weight], np.int32))[0]
    assert log_odds(found) == pytest.approx(log_odds(probability), abs=1 / FIXED)


@pytest.mark.parametrize("probability", [0, 1])
def test_certainty_is_a_large_finite_weight(probability):
    assert 30 * FIXED < abs(fixed_weight(probability)) < 50 * FIXED
