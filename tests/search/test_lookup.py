"""Weights of a look-up are a dedupe's to the last bit; the quick search finds what the exhaustive does."""

from __future__ import annotations

from functools import cache
from random import Random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linkage
from linkage._kernels.lookup import TRUNCATED
from linkage._kernels.normalise import normalise_one
from linkage.errors import InputError, SegmentError
from linkage.schema import Field, Schema
from linkage.search.lookup import FLOOR, SAME, WINDOW, find, lookup, name_people, prepare, repaired
from tests.kernels.made_up_model import drawn_model
from tests.search.queries import ODD, damaged
from tests.segment.registers import Part, generated, segment_of, segment_of_people, trained

FIXED = 256
NOTHING = -(1 << 30)

OTHER_SCHEMAS = {
    "name in two parts": (
        Field("given_name", "person_name", part="given"), Field("family_name", "person_name", part="family"),
        Field("born", "date"), Field("sex", "category", format="sex"), Field("number", "identifier"),
    ),
    "no date": (
        Field("name", "person_name"), Field("number", "identifier"), Field("phone", "phone"),
        Field("mother", "person_name", shared=True), Field("street", "address"),
    ),
    "no name": (
        Field("born", "date"), Field("sex", "category", format="sex"), Field("number", "identifier"),
        Field("email", "email"), Field("height", "number"), Field("town", "text"),
    ),
    "all informative": (
        Field("name", "person_name", missing="informative"), Field("born", "date", missing="informative"),
        Field("sex", "category", format="sex", missing="informative"),
        Field("town", "category", missing="informative"), Field("mail", "email", missing="informative"),
        Field("id_number", "identifier", format="personal_number", missing="informative"),
        Field("old_id_number", "identifier", format="old_number", missing="informative"),
    ),
}  # fmt: skip


def records_of(segment, rows=None):
    return segment.records(np.arange(len(segment), dtype=np.uint32) if rows is None else rows)


def scored(segment, query, rows):
    texts, words = prepare(segment, query)
    searcher = segment.borrow()
    try:
        return searcher.score_rows(repaired(segment, texts), words, rows)
    finally:
        segment.give_back(searcher)


def floor_of(segment, query):
    """The floor in force for a query."""
    texts, words = prepare(segment, query)
    searcher = segment.borrow()
    try:
        searcher.search(
            repaired(segment, texts), words, 1, round(FLOOR * FIXED), round(WINDOW * FIXED), eases=True
        )
        return searcher.floor
    finally:
        segment.give_back(searcher)


def assert_finds_all(segment, query, limit):
    """The quick search, the one that looks everywhere, and scoring everything give one answer."""
    quick, cut = find([Part(segment)], query, limit=limit)
    every, cut_too = find([Part(segment)], query, limit=limit, exhaustive=True)
    assert not cut_too
    if not cut:
        assert quick == every
    return every, cut


def assert_is_brute_force(segment, query, limit, hits, *, window=8.0):
    """The best of all rows, by weight, then row, above the floor and within the window."""
    floor = floor_of(segment, query)
    rows = list(range(len(segment)))
    weights = [
        (-w, 0, row, gamma) for row, (w, gamma, _, _) in zip(rows, scored(segment, query, rows), strict=True)
    ]
    best = sorted(h for h in weights if -h[0] >= floor)
    assert hits == [h for h in best if -h[0] >= -best[0][0] - round(window * FIXED)][:limit]


# ------------------------------------------------------------------------------------------------- weights
def assert_weights_equal(segment, table, model, least=1):
    """Every pair that a dedupe scores, asked the one way and the other."""
    resolution = linkage.dedupe(table, model, threads=2).resolution
    found = resolution.pairs
    assert len(found.left) >= least
    ids = segment.record_ids(np.arange(len(segment), dtype=np.uint32))
    row_of = {record_id: row for row, record_id in enumerate(ids)}
    names = resolution.records.record_id(np.arange(len(segment), dtype=np.uint32)).to_pylist()
    records = {
        r["record_id"]: {k: v for k, v in r.items() if k in segment.positions} for r in records_of(segment)
    }
    for left, right, weight, gamma in zip(found.left, found.right, found.weight, found.gamma, strict=True):
        for a, b in ((left, right), (right, left)):
            answer = scored(segment, records[names[a]], [row_of[names[b]]])[0]
            assert (answer[0], answer[1]) == (weight, gamma), (names[a], names[b])
    return len(found.left)


def test_weights_are_those_of_a_dedupe():
    table = generated()[0].drop_columns(["entity"])
    assert_weights_equal(segment_of_people(), table, trained(), 200)


@settings(max_examples=15)
@given(st.integers(0, 2**32))
def test_weights_are_those_of_a_dedupe_under_any_model(seed):
    segment, table, model = drawn_register(seed)
    assert_weights_equal(segment, table, model, 0)


@cache
def drawn_register(seed, n=120):
    """A register, schema and model from a seed."""
    random = Random(seed)
    fields = OTHER_SCHEMAS[random.choice(sorted(OTHER_SCHEMAS))]
    rows = [{f.name: drawn_text(f, random) for f in fields} | {"record_id": str(i)} for i in range(n)]
    table = pa.table({k: pa.array([r[k] for r in rows], pa.string()) for k in rows[0]})
    model = drawn_model(np.random.default_rng(seed), Schema(tuple(fields)))
    return segment_of(table, model), table, model


POOLS = {
    "person_name": ["Nguyễn Văn An", "nguyen van an", "Trần Hùng", "Tran Hung", "Hùng Trần", "Lê Thị Lan"],
    "date": ["01/02/1990", "02/01/1990", "1990", "03/02/1990", "05/05/1955", "11/11/2001", "01/02/1991"],
    "identifier": ["079203001234", "079203001235", "079203001243", "07920300123", "123456789"],
    "phone": ["0901234567", "0901234568", "+84901234567", "0912345678"],
    "category": ["Nam", "Nữ", "nam", "x", "Hà Nội"],
    "email": ["an@example.org", "an@example.com", "hung.tran@example.org", "an"],
    "number": ["170", "171.5", "171,5", "-3", "0", "abc", "0.00"],
    "text": ["Xã An Bình", "An Binh", "Hòa Bình", "Thôn 1 Hòa Bình"],
    "address": ["12 Lê Lợi", "12 Le Loi", "Số 12 đường Lê Lợi", "Tổ 5"],
}  # fmt: skip


def drawn_text(item, random):
    luck = random.random()
    if luck < 0.1:
        return None
    if luck < 0.2:
        return random.choice(ODD).encode("utf-8", "replace").decode()
    return random.choice(POOLS[item.kind])


# ------------------------------------------------------------------------------------------------- search
def test_queries_from_claims():
    segment = segment_of_people()
    claims = generated()[1].to_pylist()
    fields = [f for f in claims[0] if f in segment.positions]
    others = [{f: c[f] for f in fields} for c in claims]
    random = Random(1)
    answered = cuts = 0
    for k in range(400):
        query = damaged(others[k % len(others)], random, others) if k % 4 else others[k % len(others)]
        hits, cut = assert_finds_all(segment, query, random.randint(1, 8))
        answered += bool(hits)
        cuts += cut
    assert answered > 250 and cuts < 20


def test_a_larger_register_against_every_record():
    """Whole, damaged and odd queries, and single fields, each against all of 22,000 records."""
    segment = segment_of_people(20_000, 3)
    claims = generated(20_000, 3)[1].to_pylist()
    fields = [f for f in claims[0] if f in segment.positions]
    people = [{f: c[f] for f in fields} for c in claims]
    random = Random(2)
    answered = cuts = 0
    for k in range(300):
        query = people[k * 37 % len(people)]
        if k % 3 == 1:
            query = damaged(query, random, people)
        elif k % 3 == 2:
            held = {f: query[f] for f in ("full_name", "date_of_birth", "sex", "birth_province") if query[f]}
            query = dict(random.sample(sorted(held.items()), random.randint(1, len(held))))
        hits, cut = assert_finds_all(segment, query, 6)
        answered += bool(hits)
        cuts += cut
    assert answered > 200 and cuts < 20


@settings(max_examples=60)
@given(st.data())
def test_made_up_queries(data):
    segment = segment_of_people()
    fields = data.draw(st.lists(st.sampled_from(segment.field_names), min_size=1, unique=True))
    record = records_of(
        segment, data.draw(st.lists(st.integers(0, len(segment) - 1), min_size=1, max_size=1))
    )[0]
    query = {
        f: data.draw(st.one_of(st.just(record[f]), st.sampled_from(ODD), st.text(max_size=20)))
        for f in fields
    }
    assert_finds_all(segment, query, data.draw(st.integers(1, 20)))


@settings(max_examples=60)
@given(st.integers(0, 30), st.integers(0, 2**32))
def test_other_schemas_and_models_against_brute_force(which, seed):
    segment, _, _ = drawn_register(which)
    records = [{k: v for k, v in r.items() if k in segment.positions} for r in records_of(segment)]
    random = Random(seed)
    record = next(r for r in (random.choice(records) for _ in range(100)) if any(r.values()))
    query = damaged(record, random, records)
    limit = random.choice([1, 2, 5, 200])
    hits, _ = assert_finds_all(segment, query, limit)
    assert_is_brute_force(segment, query, limit, hits)


def test_a_name_that_many_bear_is_answered_by_its_bearers():
    segment = segment_of(
        [{"record_id": str(i), "full_name": "Nguyễn Thị Lan"} for i in range(3000)], trained()
    )
    answer = lookup([Part(segment)], {"full_name": "Nguyen Thi Lan"})
    assert len(answer) == 5 and answer.ambiguous and answer[0].match_probability < 0.01
    hits, _ = find([Part(segment)], {"full_name": "Nguyen Thi Lan"}, limit=5, floor=0.0)
    assert len(hits) == 5 and -hits[0][0] < 0
    assert not lookup([Part(segment)], {"full_name": "Trần Hùng", "date_of_birth": "01/02/1990"})
    assert not lookup([Part(segment)], {})


FAMILIES = ("Nguyễn", "NGUYEN", "Nguyen", "Trần", "Tran", "Lê", "Ông", "Ba", "H'Hen", "1.", "Ng.", "Văn")
MIDDLES = ("Văn", "Van", "Thị", "VĂN", "Vân", "", "Văn Văn", "Thị Thu", "Công Tằng Tôn", "Vawn")
GIVEN = (
    "Hùng",
    "Hung",
    "hưng",
    "Hoà",
    "Hòa",
    "Hoa",
    "Hoan",
    "H'Hen",
    "Ba",
    "Bà",
    "An2",
    "A",
    "Quỳnh",
    "Quyn",
    "Lan?",
)
BORN = ("05/03/1990", "05/03/1991", "03/05/1990", "06/03/1990", "1990", "01/01/1990", "17/11/1990", "")


def drawn_name(random):
    return " ".join(filter(None, (random.choice(FAMILIES), random.choice(MIDDLES), random.choice(GIVEN))))


@cache
def register_of_names(seed, n=1500):
    """Names of every kind of token on few days, under a made-up model."""
    random = Random(seed)
    fields = (Field("name", "person_name"), Field("born", "date"), Field("sex", "category", format="sex"))
    rows = [
        {
            "name": drawn_name(random),
            "born": random.choice(BORN),
            "sex": random.choice(["Nam", "Nữ", ""]),
            "record_id": str(i),
        }
        for i in range(n)
    ]
    table = pa.table({k: pa.array([r[k] for r in rows], pa.string()) for k in rows[0]})
    return segment_of(table, drawn_model(np.random.default_rng(seed), Schema(fields)))


@settings(max_examples=200)
@given(st.integers(0, 15), st.integers(0, 2**32))
def test_finer_bounds_of_names_lose_nothing(which, seed):
    """The quick search draws bounds from marks, rarity and ties; the oracle from none of them."""
    segment = register_of_names(which)
    random = Random(seed)
    query = {"name": drawn_name(random), "born": random.choice(BORN), "sex": random.choice(["Nam", "Nữ", ""])}
    if random.random() < 0.3:
        del query[random.choice(["born", "sex"])]
    limit = random.choice([1, 2, 6, 40])
    quick, cut = find([Part(segment)], query, limit=limit)
    every, _ = find([Part(segment)], query, limit=len(segment), exhaustive=True)
    if not cut:
        found = [h for h in quick if not is_blind(segment, query, h)]
        expected = [h for h in every if not is_blind(segment, query, h)]
        assert found == expected[: len(found)]
        assert len(found) == min(len(expected), limit) or len(found) < len(quick)


def is_blind(segment, query, hit):
    """Whether bounds by words may miss a record (docs/lookup.md): the query but for spaces or two letters."""
    name = records_of(segment, [hit[2]])[0]["name"]
    at = segment.positions["name"]
    meant = [repaired(segment, prepare(segment, q)[0])[at] for q in (query, {"name": name})]
    a, b = (normalise_one(text)[2].decode() for text in meant)
    return a.replace(" ", "") == b.replace(" ", "") or edits(a, b) <= 2


def edits(a, b):
    """Letters lost, added, replaced or exchanged with a neighbour."""
    rows = [list(range(len(b) + 1))]
    for i in range(1, len(a) + 1):
        row = [i]
        for j in range(1, len(b) + 1):
            least = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                least = min(least, rows[-2][j - 2] + 1)
            row.append(least)
        rows.append(row)
    return rows[-1][-1]


def test_the_last_token_of_a_name_may_be_an_earlier_one_too():
    table = {
        "record_id": ["1", "2", "3"],
        "name": ["Trần Thị An", "An Văn An", "Lê Văn Hùng"],
        "born": ["05/03/1990"] * 3,
    }
    schema = Schema((Field("name", "person_name"), Field("born", "date")))
    for seed in range(20):
        segment = segment_of(table, drawn_model(np.random.default_rng(seed), schema))
        every, _ = assert_finds_all(segment, {"name": "An Vân An", "born": "05/03/1990"}, 3)
        assert_is_brute_force(segment, {"name": "An Vân An", "born": "05/03/1990"}, 3, every)


def test_looking_everywhere_is_brute_force():
    segment = segment_of_people()
    claims = generated()[1].to_pylist()
    others = [{f: c[f] for f in c if f in segment.positions} for c in claims]
    random = Random(2)
    for k in range(25):
        query = damaged(others[k], random, others)
        limit = random.choice([1, 3, 50, 5000])
        hits, _ = find([Part(segment)], query, limit=limit, exhaustive=True)
        assert_is_brute_force(segment, query, limit, hits)
    hits, cut = find([Part(segment)], {"sex": "Nam"}, limit=10_000, exhaustive=True)
    assert not cut
    assert_is_brute_force(segment, {"sex": "Nam"}, 10_000, hits)


@pytest.mark.parametrize("exhaustive", [False, True])
def test_hidden_and_allowed_rows(exhaustive):
    segment = segment_of_people()
    random = np.random.default_rng(3)
    n_bytes = (len(segment) + 7) // 8
    searcher = segment.borrow()
    for claim in generated()[1].to_pylist()[:40]:
        texts, words = prepare(segment, {k: claim[k] for k in ("full_name", "date_of_birth", "sex")})
        every = searcher.search(texts, words, 1000, NOTHING, 1 << 30, exhaustive=True)
        hidden, allowed = (random.integers(0, 256, n_bytes).astype(np.uint8) for _ in range(2))
        found = searcher.search(
            texts, words, 1000, NOTHING, 1 << 30, hidden=hidden, allowed=allowed, exhaustive=exhaustive
        )
        is_open = np.unpackbits(allowed & ~hidden, bitorder="little")
        if len(every[0]) == 1000 or found[3] & TRUNCATED:
            assert all(is_open[row] for row in found[0])
            continue
        kept = [k for k, row in enumerate(every[0]) if is_open[row]]
        assert found[0] == [every[0][k] for k in kept] and found[1] == [every[1][k] for k in kept]


def test_a_searcher_remembers_nothing_of_earlier_queries():
    segment = segment_of_people()
    claims = generated()[1].to_pylist()[:30]
    queries = [{f: c[f] for f in c if f in segment.positions} for c in claims]
    first = [find([Part(segment)], q, limit=5) for q in queries]
    assert [find([Part(segment)], q, limit=5) for q in reversed(queries)] == first[::-1]


# ------------------------------------------------------------------------------------------------- answers
def test_the_answers_of_one_look_up():
    segment = segment_of_people()
    record = records_of(segment, [17])[0]
    query = {k: v for k, v in record.items() if k in segment.positions}
    matches = lookup([Part(segment)], query, limit=3)
    assert len(matches) <= 3 and matches[0].record == record
    assert matches[0].record_id == record["record_id"]
    assert matches[0].match_probability > 0.99 and not matches.truncated
    held = {c["name"] for c in segment.scorer if query.get(c["name"])}
    assert set(matches[0].levels) <= held
    assert [m.match_weight for m in matches] == sorted((m.match_weight for m in matches), reverse=True)
    people = {m.person: m.match_probability for m in matches}
    assert sum(people.values()) <= 1
    assert len({(m.person, m.match_probability) for m in matches}) == len(people)
    assert list(matches) == [matches[i] for i in range(len(matches))]


def test_nothing_to_ask_and_nothing_found():
    segment = segment_of_people()
    for query in ({}, {"full_name": ""}, {"full_name": None, "sex": None}):
        hits, _ = find([Part(segment)], query, limit=5)
        assert_is_brute_force(segment, query, 5, hits)
    nobody = lookup([Part(segment)], {"id_number": "000000000000", "full_name": "Zzz Qqq"})
    assert len(nobody) == 0 and nobody.gap == float("inf") and not nobody.ambiguous


def test_wrong_queries():
    segment = segment_of_people()
    with pytest.raises(InputError, match=r"expected fields of full_name.*got 'nme'"):
        lookup([Part(segment)], {"nme": "An"})
    with pytest.raises(InputError, match="expected text, a number or a date, got list"):
        lookup([Part(segment)], {"full_name": ["An"]})
    with pytest.raises(ValueError, match="limit"):
        segment.borrow().search([None] * len(segment.fields), [0] * len(segment.fields), 0, 0, 0)


def people_pair_by_pair(segment, rows):
    """Each record against the first of every earlier person, its own texts asked for."""
    records = {
        row: {k: v for k, v in records_of(segment, [row])[0].items() if k in segment.positions}
        for row in rows
    }
    people, firsts = [], []
    for row in rows:
        weights = [scored(segment, records[first], [row])[0][0] for first in firsts]
        people.append(next((p for p, weight in enumerate(weights) if weight >= SAME), len(firsts)))
        if people[-1] == len(firsts):
            firsts.append(row)
    return people


def test_people_are_told_apart_as_pair_by_pair():
    segment = segment_of_people()
    random = Random(4)
    several = 0
    for claim in generated()[1].to_pylist()[:120]:
        query = {
            k: claim[k] for k in random.sample(["full_name", "date_of_birth", "mother_name", "commune"], 2)
        }
        hits, _ = find([Part(segment)], query, limit=random.choice([2, 6, 90]), window=40.0)
        rows = [h[2] for h in hits]
        if not rows:
            continue
        people = name_people(segment, rows)
        assert people == people_pair_by_pair(segment, rows)
        several += len(set(people)) < len(people)
    assert several > 10
    with pytest.raises(SegmentError, match="rows below"):
        name_people(segment, [0, len(segment)])
