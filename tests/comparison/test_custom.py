"""A user's comparator is compiled and called in place of the built-in one."""

import pytest

import linkage
from linkage.errors import SchemaError
from linkage.schema import Field, Schema
from tests.kernels.scoring import level_of


@linkage.comparator(levels=["all others", "same first letter", "equal"], m_prior=[1, 1, 8])
def first_letter(a, n_a, b, n_b):
    return 1 if n_a > 0 and n_b > 0 and a[0] == b[0] else 0


@linkage.comparator(levels=["all others", "equal"])
def out_of_range(a, n_a, b, n_b):
    return 12


@pytest.mark.parametrize(
    ("a", "b", "code"), [("An", "Ánh", 2), ("An", "Bình", 1), ("An", "AN", 3), ("An", "", 0)]
)
def test_levels_are_those_of_the_function(a, b, code):
    assert level_of({"x": [a, b]}, [Field("x", "text", comparator="first_letter")]) == {"x": code}


def test_a_level_that_was_not_named_counts_as_all_others():
    found = level_of({"x": ["a", "b"]}, [Field("x", "text", comparator="out_of_range")])
    assert found == {"x": 1}


def test_the_function_stays_a_function():
    assert first_letter(b"ab", 2, b"ac", 2) == 1


def test_what_does_not_fit_is_refused():
    with pytest.raises(SchemaError, match="2 to 15 levels, got 1"):
        linkage.comparator(levels=["equal"])
    with pytest.raises(SchemaError, match="2 positive entries"):
        linkage.comparator(levels=["a", "b"], m_prior=[1, 0])
    with pytest.raises(SchemaError, match="'nobody' is not registered"):
        level_of({"x": ["a", "b"]}, [Field("x", "text", comparator="nobody")])
    with pytest.raises(SchemaError, match="needs a field of text"):
        level_of({"x": ["1990", "1991"]}, [Field("x", "date", comparator="first_letter")])


def test_a_schema_keeps_the_comparators_name():
    schema = Schema((Field("x", "text", comparator="first_letter"),))
    assert Schema.from_dict(schema.to_dict()) == schema
