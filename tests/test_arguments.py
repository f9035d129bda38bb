"""Arguments that are not of their kind: refused at the door by name, before anything is read."""

import numpy as np
import pytest

import linkage
from linkage.errors import InputError, LinkageError
from tests.fields.people import people

PEOPLE = people(20)
WRONG = [
    ({"threshold_match_probability": 1.5}, "threshold_match_probability: expected between 0 and 1, got 1.5"),
    ({"threshold_match_probability": "a"}, "threshold_match_probability: expected between 0 and 1, got 'a'"),
    ({"threshold_match_probability": float("nan")}, "threshold_match_probability: .* got nan"),
    ({"threads": 0}, "threads: expected a whole number from 1, got 0"),
    ({"threads": True}, "threads: expected a whole number from 1, got True"),
    ({"memory_limit": "6GiB"}, "memory_limit: expected a whole number from 1, got '6GiB'"),
    ({"seed": "x"}, "seed: expected a whole number from 0, got 'x'"),
    ({"seed": -5}, "seed: expected a whole number from 0, got -5"),
    ({"exclude": "sex"}, "exclude: expected a list of columns' names"),
    ({"exclude": [3]}, "exclude: expected a list of columns' names"),
    ({"schema": "schema.json"}, "schema: expected a Schema, got str; linkage.Schema.load reads one"),
    ({"model": "model.json"}, "model: expected a Model, got str; linkage.Model.load reads one"),
    ({"truth": "nowhere"}, "records: no column 'nowhere'; it has record_id"),
]


@pytest.mark.parametrize(("given", "message"), WRONG)
def test_runs_say_which_argument_is_wrong(given, message):
    with pytest.raises(InputError, match=message):
        linkage.dedupe(PEOPLE, **given)
    with pytest.raises(InputError, match=message):
        linkage.link(PEOPLE, PEOPLE, **given)


def test_a_model_has_a_schema_of_its_own():
    model = linkage.train(PEOPLE)
    assert linkage.dedupe(PEOPLE, model, schema=model.schema).pairs.num_rows
    for run, tables in ((linkage.dedupe, 1), (linkage.link, 2)):
        with pytest.raises(InputError, match="expected a model or a schema, got both, and they differ"):
            run(*[PEOPLE] * tables, model, schema=linkage.citizen_schema())


def test_a_table_without_a_column_left():
    with pytest.raises(InputError, match="no column is left to be compared"):
        linkage.dedupe(PEOPLE, exclude=list(PEOPLE[0]))


@pytest.mark.parametrize("given", [{"threads": -1}, {"seed": 1.5}, {"exclude": "sex"}, {"schema": 3}])
def test_training_does_too(given):
    with pytest.raises(InputError, match=f"{next(iter(given))}: expected"):
        linkage.train(PEOPLE, **given)


@pytest.mark.parametrize("given", [{"threads": 0}, {"schema": "x"}, {"model": {}}])
def test_so_does_building_and_leaves_nothing(tmp_path, given):
    with pytest.raises(InputError, match=f"{next(iter(given))}: expected"):
        linkage.build_index(tmp_path / "x", PEOPLE, **given)
    assert not list(tmp_path.iterdir())


def test_numbers_of_numpy_are_numbers():
    threshold = np.float64(0.9)
    result = linkage.dedupe(
        PEOPLE, threads=np.int64(1), seed=np.uint8(3), threshold_match_probability=threshold
    )
    assert result.clusters(np.float32(0.5)).num_rows == len(PEOPLE)
    for wrong in (0, 1, "a", float("nan")):
        with pytest.raises(InputError, match="threshold_match_probability: expected between 0 and 1"):
            result.clusters(wrong)


def test_a_link_has_a_truth_for_each_table():
    for truth, message in ((["sex"], "a column, or one of each table, got 1"), ([1, 2], "a list of columns")):
        with pytest.raises(InputError, match=f"truth: expected {message}"):
            linkage.link(PEOPLE, PEOPLE, truth=truth)


def test_what_is_evaluated_are_tables():
    with pytest.raises(InputError, match="evaluate: expected Arrow tables, got int"):
        linkage.evaluate(3, 4)


@pytest.mark.parametrize("load", [linkage.Model.load, linkage.Model.from_splink, linkage.Schema.load])
def test_files_that_are_not_there_are_told_once(tmp_path, load):
    with pytest.raises(LinkageError, match=r"x.json: expected a .* as JSON: no such file or directory$"):
        load(tmp_path / "x.json")
    with pytest.raises(LinkageError, match=r"expected a .* as JSON: is a directory$"):
        load(tmp_path)


def test_what_a_shell_shows_of_answers_is_a_line():
    result = linkage.dedupe(PEOPLE)
    assert repr(result) == f"Result(22 records, {len(result.resolution.pairs.weight):,} scored pairs)"
    assert repr(result.model).startswith("Model(")
    assert len(repr(result.model)) < 200
