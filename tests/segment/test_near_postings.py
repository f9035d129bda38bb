"""Postings of names by what is left of them: each entry as a plain loop makes it, and nobody is missing."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.dictionary import TOKEN_DTYPE, ValueDictionary
from linkage._kernels.normalise import normalise_one
from linkage.schema import Field, Schema
from linkage.search.find import find
from linkage.segment import near_postings
from linkage.segment.hashing import name_hashes, posting_keys, token_parts
from linkage.segment.near_postings import keys_of_names, plain_tokens
from tests.kernels.made_up_model import drawn_model
from tests.segment.registers import Part, segment_of

WORDS = ("nguyen", "tran", "van", "thi", "an", "a", "b", "hung", "quan", "zyx")


def encoded(names):
    """Values and tokens of names, and which value each name is."""
    dictionary = ValueDictionary("name")
    offsets = np.zeros(len(names) + 1, np.int32)
    np.cumsum([len(n.encode()) for n in names], out=offsets[1:])
    out = np.zeros(len(names), np.uint32)
    dictionary.encode(offsets, np.frombuffer("".join(names).encode(), np.uint8), None, out)
    values, tokens, _ = dictionary.take()
    return values, tokens, out


def naive_keys(names, known):
    """By name as it is folded: the hashes it is posted under."""
    values, tokens, out = encoded(names)
    parts = dict(zip(tokens["folded"].tolist(), token_parts(tokens).tolist(), strict=True))
    hashes = name_hashes(values, tokens)
    found = {}
    for name, value in zip(names, out.tolist(), strict=True):
        words = name.split()
        ids = [int(tokens["folded"][i]) for i in values["tokens"][value] if i]
        keys = set()
        if len(words) > 1:
            keys |= {
                (int(hashes[value]) - parts[t]) % 2**64
                for t, w in zip(ids, words[:8], strict=True)
                if w not in known
            }
        if len(words) >= 5 or (len(words) == 4 and any(len(w) == 1 for w in words)):
            keys |= {parts[t] for t in ids}
        found[value] = keys - {0}
    return found


@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9), min_size=1),
    st.sets(st.sampled_from(WORDS)),
)
def test_keys_are_those_of_a_plain_loop(drawn, known):
    names = [" ".join(words) for words in drawn]
    values, tokens, _ = encoded(names)
    hashes = {int(encoded([w])[1]["folded"][1]) for w in known}
    is_known = np.array([int(f) in hashes for f in tokens["folded"]], np.bool_)
    chosen, keys = keys_of_names(values, tokens, is_known, 3)
    found = {int(value): set(row[row != 0].tolist()) for value, row in zip(chosen, keys, strict=True)}
    expected = {
        value: set(posting_keys(np.array(sorted(contents), np.uint64), 3).tolist())
        for value, contents in naive_keys(names, known).items()
        if contents
    }
    assert {value: row for value, row in found.items() if row} == expected


def test_plain_tokens_leave_out_titles_and_words_of_several():
    words = ["Nguyễn", "NGUYEN", "H'Hen", "Ông", "An", "1."]
    data = "".join(words).encode()
    offsets = np.zeros(len(words) + 1, np.uint32)
    np.cumsum([len(w.encode()) for w in words], out=offsets[1:])
    hashes, places = plain_tokens(offsets, np.frombuffer(data, np.uint8))
    told = {normalise_one(words[p].encode())[2] for p in places.tolist()}
    assert told == {b"nguyen", b"an"} and len(hashes) == 2


@pytest.mark.parametrize("few", [0, 1 << 20])
def test_tokens_that_are_relied_upon_are_those_of_hot_rows(few, monkeypatch):
    """A word that only the address holds in this spelling may stand for one of a name in another."""
    monkeypatch.setattr(near_postings, "FEW_RECORDS", few)
    schema = Schema((Field("name", "person_name"), Field("born", "date"), Field("home", "address")))
    n = 200
    table = pa.table(
        {
            "record_id": [str(i) for i in range(n)],
            "name": [f"Nguyễn Văn {'HÙNG' if i % 9 else 'Zyx'}" for i in range(n)],
            "born": ["05/03/1990"] * n,
            "home": [f"Hùng Vương {i % 3}" for i in range(n)],
        }
    )
    segment = segment_of(table, drawn_model(np.random.default_rng(1), schema))
    hot = np.array(segment.array("hot_tokens")).reshape(-1).view(TOKEN_DTYPE)
    known = set(hot["folded"].tolist())
    entries = np.unique(segment.array("near/entries") & np.uint32((1 << segment.row_bits) - 1))
    for row in range(n):
        name = segment.records(np.array([row], np.uint32))[0]["name"]
        tokens = encoded([name])[1]["folded"][1:].tolist()
        assert set(tokens) <= known or row in entries


@pytest.mark.parametrize("seed", range(20))
def test_damaged_postings_lead_nowhere(seed, monkeypatch):
    """Whatever these sections hold, a look-up ends, with records that there are."""
    random = np.random.default_rng(seed)
    table = pa.table(
        {
            "record_id": [str(i) for i in range(300)],
            "name": [f"Nguyễn {WORDS[i % 9]} {WORDS[i % 7]}" for i in range(300)],
            "born": [f"05/{i % 12 + 1:02}/1990" for i in range(300)],
        }
    )
    schema = Schema((Field("name", "person_name"), Field("born", "date")))
    segment = segment_of(table, drawn_model(random, schema))
    given = segment.array

    def damaged(name):
        if not name.startswith("near/"):
            return given(name)
        return random.integers(0, 1 << random.choice([4, 16, 32]), len(given(name)), np.uint32)

    monkeypatch.setattr(segment, "array", damaged)
    searcher = segment.borrow()
    searcher.worth_keys = 0
    segment.give_back(searcher)
    for k in range(20):
        hits, _ = find([Part(segment)], {"name": f"Nguyễn {WORDS[k % 9]} Hùn", "born": "06/03/1990"}, limit=9)
        assert all(0 <= hit[2] < 300 for hit in hits)
