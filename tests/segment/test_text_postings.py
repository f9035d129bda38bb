"""Spellings of words against the slips that count as near; which schemas have postings by word."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.dictionary import TOKEN_DTYPE, ValueDictionary
from linkage._kernels.postings import keys_of_spellings
from linkage.fields.text import text_buffers
from linkage.schema import Field, Schema, citizen_schema
from linkage.segment.segment import Segment
from linkage.segment.text_postings import fields_by_word
from tests.search.drawn import OTHER_SCHEMAS
from tests.segment.registers import generated, segment_bytes, trained

words = st.text("abcde", min_size=1, max_size=9)


def tokens_of(texts):
    dictionary = ValueDictionary("text")
    out = np.zeros(len(texts), np.uint32)
    dictionary.encode(*text_buffers(pa.array(texts)), out, None)
    return dictionary.take()[1][1:]


def keys_by_token(tokens):
    packed = keys_of_spellings(tokens.view(np.uint8).reshape(-1, TOKEN_DTYPE.itemsize))
    found = {i: set() for i in range(len(tokens))}
    for entry in packed.tolist():
        found[entry & 0xFFFFFFFF].add(entry >> 32)
    return [found[i] for i in range(len(tokens))]


def one_slip(a):
    """All that one letter less, more or another, or two neighbours exchanged make of a word."""
    cuts = [(a[:i], a[i:]) for i in range(len(a) + 1)]
    letters = "abcde"
    return (
        {x + y[1:] for x, y in cuts if y}
        | {x + y[1] + y[0] + y[2:] for x, y in cuts if len(y) > 1}
        | {x + c + y[1:] for x, y in cuts if y for c in letters}
        | {x + c + y for x, y in cuts for c in letters}
    ) - {a, ""}


@given(words, st.data())
def test_words_one_slip_apart_share_a_key(a, data):
    b = data.draw(st.sampled_from(sorted(one_slip(a))))
    x, y = keys_by_token(tokens_of([a, b]))
    assert x & y or min(len(a), len(b)) == 1  # a word of one letter is an initial


@given(st.text("abcde", min_size=8, max_size=12), st.data())
def test_words_two_slips_apart_share_a_key_where_they_are_long(a, data):
    middle = data.draw(st.sampled_from(sorted(one_slip(a))))
    b = data.draw(st.sampled_from(sorted(one_slip(middle) - {a})))
    x, y = keys_by_token(tokens_of([a, b]))
    assert x & y


def test_which_schemas_have_postings_by_word():
    assert fields_by_word(citizen_schema()) == []  # day, whole name and numbers find everybody
    named = {
        kind: [schema.fields[i].name for i in fields_by_word(schema)]
        for kind, schema in ((k, Schema(tuple(v))) for k, v in OTHER_SCHEMAS.items())
    }
    assert named["name in two parts"] == ["given_name", "family_name"]
    assert named["no date"] == ["name", "mother", "street"]
    assert named["no name"] == ["email", "town"]
    assert fields_by_word(Schema((Field("a", "person_name"), Field("b", "date")))) == [0]


def test_a_citizens_segment_has_none():
    segment = Segment.from_bytes(segment_bytes(generated()[0].slice(0, 100), trained()))
    assert not [n for n in segment.container.names if n.startswith(("words/", "spellings/"))]


def test_tokens_that_are_none_are_refused():
    with pytest.raises(ValueError, match="bytes a token"):
        keys_of_spellings(np.zeros((3, 8), np.uint8))
