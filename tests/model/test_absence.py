"""The field that no two records of one person both hold: found, used in dedupe, left out of look-ups."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

import linkage
from benchmarks.foreign.people import make_people
from linkage.comparison.program import comparisons_of
from linkage.model.absence import find_unpaired, for_lookups
from linkage.model.model import Model
from linkage.model.patterns import Patterns
from linkage.schema import Field, Schema

SCHEMA = Schema(
    (Field("born", "date"), Field("household", "identifier", shared=True), Field("name", "person_name")), ()
)


def patterns(codes, counts):
    n = len(codes)
    return Patterns(np.asfortranarray(codes, np.uint8), np.array(counts, float), *np.zeros((2, n, 3)))


def found(matches_with_both, strangers_with_both=0.8, n_matches=1000.0):
    comparisons = comparisons_of(SCHEMA)
    rows = np.array([[1] * 3, [c.name != "household" for c in comparisons]], np.uint8)
    strangers = patterns(rows, [1, 1])
    shares = np.array([strangers_with_both, 1 - strangers_with_both])
    of_matches = np.array([matches_with_both, 1 - matches_with_both]) * n_matches
    marked = find_unpaired(comparisons, strangers, shares * 500, patterns(rows, [1, 1]), of_matches)
    return [c.name for c in marked if c.field.missing == "unpaired"]


def test_a_field_that_matches_hardly_ever_both_hold_is_unpaired():
    assert found(0.02) == ["household"]


def test_a_field_that_matches_both_hold_more_rarely_is_too():
    # Copies that hold a birth place half as often as a register: where both hold it, twins are likelier.
    assert found(0.4) == ["household"]


@pytest.mark.parametrize(
    ("both", "strangers", "n"),
    [
        pytest.param(0.7, 0.8, 1000.0, id="hardly more rarely"),
        pytest.param(1.0, 0.1, 1000.0, id="more often than strangers"),
        pytest.param(0.02, 0.8, 100.0, id="few matches"),
        pytest.param(0.0, 0.05, 1000.0, id="few hold it anyway"),
    ],
)
def test_others_are_not(both, strangers, n):
    assert found(both, strangers, n) == []


def register(n=6000, n_copies=900):
    """A register of families that holds each person once, and copies from offices that know no household."""
    random = np.random.default_rng(5)
    people = make_people("us", n, random)
    chosen = random.permutation(n)[:n_copies]
    rows = []
    for i, is_copy in [(int(i), False) for i in range(n)] + [(int(i), True) for i in chosen]:
        p = people[i]
        wrong = is_copy and random.random() < 0.15
        year, month, day = p["born"]
        rows.append(
            {
                "entity": i,
                "household_id": None if is_copy else f"H{p['household']:06}",
                "full_name": f"{p['given'][:-1] if wrong else p['given']} {p['family']}",
                "date_of_birth": f"{day:02}/{month:02}/{year}",
                "mother_name": p["mother"],
                "street": f"{p['number']} {p['street']}",
            }
        )
    return pa.Table.from_pylist(rows)


def test_in_a_register_that_holds_each_person_once_twins_are_two():
    table = register()
    result = linkage.dedupe(table.drop_columns(["entity"]))
    assert [f.name for f in result.model.schema.fields if f.missing == "unpaired"] == ["household_id"]
    entity = table["entity"].to_numpy()
    pairs, probability = result.ordered_pairs
    same = entity[pairs.left] == entity[pairs.right]
    said = probability >= 0.95
    assert same[said].mean() > 0.995
    assert (said & same).sum() / 900 > 0.98
    held = np.array([h is not None for h in table["household_id"].to_pylist()])
    both = held[pairs.left] & held[pairs.right]
    assert probability[both].sum() < 1.0


def test_look_ups_do_not_hold_it_against_who_asks():
    model = linkage.dedupe(register(2500, 600).drop_columns(["entity"])).model
    assert Model.from_dict(model.to_dict()).schema == model.schema
    asked = for_lookups(model)
    at = [c.name for c in asked.comparisons].index("household_id")
    for table in (asked.comparisons[at].m, asked.comparisons[at].u, asked.comparisons[at].family):
        assert (table[..., 0] == 1).all()
        np.testing.assert_allclose(table[..., 1:].sum(axis=-1), 1)
    others = [c for k, c in enumerate(model.comparisons) if k != at]
    assert [c for k, c in enumerate(asked.comparisons) if k != at] == others
    neutral = replace(
        model,
        schema=replace(
            model.schema, fields=tuple(replace(f, missing="neutral") for f in model.schema.fields)
        ),
    )
    assert for_lookups(neutral) is neutral


def test_a_look_up_with_it_is_as_sure_as_one_without(tmp_path):
    table = register(1500, 500).drop_columns(["entity"])
    model = linkage.dedupe(table).model
    assert any(f.missing == "unpaired" for f in model.schema.fields)
    linkage.build_index(tmp_path / "people.idx", table, model)
    asked = {k: v for k, v in table.slice(7, 1).to_pylist()[0].items() if v}
    less = {k: v for k, v in asked.items() if k != "household_id"}
    with linkage.open_index(tmp_path / "people.idx") as index:
        with_it, without = (index.lookup(q)[0].match_weight for q in (asked, less))
    assert with_it >= without > 10
