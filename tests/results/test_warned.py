"""Every warning in English and Vietnamese: the same numbers, and values only where they may be shown."""

import re
from types import SimpleNamespace

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import linkage
from linkage.cli.ending import rules_table
from linkage.fields.batch import CodesRead
from linkage.model.contradictions import Contradiction
from linkage.percent import percent
from linkage.results.warned import warnings_of
from linkage.vietnam.written import written
from tests.fields.people import table

counts = st.integers(1, 10**9)
examples = st.lists(st.tuples(st.just("79"), st.just("ho chi minh")), min_size=1, max_size=12)


@st.composite
def results(draw):
    read = CodesRead(draw(counts), draw(st.integers(0, 10**6)), draw(examples))
    records = SimpleNamespace(n_fillers={"phone": draw(counts)}, codes_read={"province": read})
    rule = {"rule": "phone", "n_pairs_left_out": draw(counts), "n_refined_blocks": draw(counts)}
    resolution = SimpleNamespace(sources=[], records=records, n_left_to_doubles=draw(counts))
    return SimpleNamespace(resolution=resolution), [rule] * draw(st.integers(1, 3))


def numbers(text, thousands):
    return sorted(re.findall(r"\d+", text.replace(thousands, "")))


@given(results(), st.booleans())
def test_both_languages_tell_the_same_numbers(drawn, hide_values):
    found = list(warnings_of(*drawn, hide_values))
    assert [w["code"] for w in found] == ["doubles", "fillers", "codes_read", "pairs_left_out"]
    for warning in found:
        assert warning["message"] != warning["message_vi"]
        assert numbers(warning["message"], ",") == numbers(warning["message_vi"], ".")
        assert ("ho chi minh" in warning["message_vi"]) == ("ho chi minh" in warning["message"])
        assert not (hide_values and "ho chi minh" in warning["message_vi"])


def test_what_training_says_is_in_both_languages():
    nobodys = table(sex=pa.nulls(110, pa.string()))
    found = linkage.dedupe(nobodys).summary["warnings"] + linkage.train(nobodys).training["warnings"]
    assert {"empty_fields", "untrained_fields"} <= {w["code"] for w in found}
    assert all(w["message_vi"] != w["message"] for w in found)
    told = Contradiction("phone", "street", 0.25, 0.75)
    assert all("25%" in m and "75%" in m for m in (told.message, told.message_vi))


def test_nearly_all_is_not_said_to_be_all():
    told = Contradiction("phone", "street", 0.001, 0.9991)
    assert all("< 1%" in m and "> 99%" in m and "100%" not in m for m in (told.message, told.message_vi))


@given(st.floats(0, 1))
def test_all_and_nothing_are_said_of_themselves_alone(share):
    assert (percent(share) == "100%", percent(share) == "0%") == (share == 1, share == 0)
    assert abs(int(re.sub("[^0-9]", "", percent(share))) / 100 - share) < 0.0101


def test_every_pair_is_a_rule_without_a_time_of_its_own():
    """It is there in no time, for nothing is built; 0.0 ms would be a measurement."""
    summary = linkage.dedupe(table()).summary
    (rule,) = summary["rules"]
    assert rule["rule"] == "every pair" and rule["seconds"] is None
    assert rules_table(summary).rows[0][-1] == "–"


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [(1234567, ",", "1.234.567"), (0.05, ".1f", "0,1"), (12345.67, ",.2f", "12.345,67")],
)
def test_numbers_as_vietnamese_sentences_write_them(number, form, text):
    assert written(number, form) == text
