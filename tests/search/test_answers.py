"""What one look-up answers: weights, people told apart, probabilities, and wrong questions."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np
import pyarrow as pa
import pytest

from linkage.errors import InputError, SegmentError
from linkage.search.bulk import lookup_many
from linkage.search.find import MOST_HITS, find, prepare
from linkage.search.judging import SAME, name_people
from linkage.search.lookup import lookup
from tests.proof.damage import opened
from tests.search.asking import assert_is_brute_force, records_of, scored
from tests.segment.registers import Part, generated, segment_bytes, segment_of, segment_of_people, trained


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


def test_of_many_records_answers_must_be_better(monkeypatch):
    segment = segment_of_people()
    records = records_of(segment, range(200))
    queries = [
        {"full_name": a["full_name"], "date_of_birth": b["date_of_birth"]} for a, b in pairwise(records)
    ]
    asked = pa.Table.from_pylist(queries)

    def weights():
        one_by_one = [[m.match_weight for m in lookup([Part(segment)], q)] for q in queries]
        many = lookup_many([Part(segment)], asked, limit=5)["match_weight"].to_pylist()
        assert sorted(many) == sorted(w for found in one_by_one for w in found)
        return [w for found in one_by_one for w in found]

    few = weights()
    monkeypatch.setattr("linkage.search.find.MANY", segment.n_records - 1)
    assert weights() == [w for w in few if w >= -12.0]
    assert -16.0 <= min(few) < -12.0


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
    with pytest.raises(InputError, match=r"got 'fullname'; did you mean 'full_name'\?"):
        lookup([Part(segment)], {"fullname": "An"})
    with pytest.raises(InputError, match="expected text, a number or a date, got list"):
        lookup([Part(segment)], {"full_name": ["An"]})
    nothing = [None] * len(segment.fields), [0] * len(segment.fields)
    for wrong in (0, MOST_HITS + 1):
        with pytest.raises(ValueError, match="limit"):
            segment.borrow().search(*nothing, wrong, 0, 0)


def test_as_many_answers_as_a_search_has_room_for():
    parts = [Part(segment_of_people())]
    query = {"full_name": "Nguyen Thi Lan"}
    assert lookup(parts, query, limit=MOST_HITS - 1)
    for wrong in (0, -1, MOST_HITS, 2.5, True, "5"):
        for ask in (lookup, lookup_many):
            with pytest.raises(InputError, match=f"{ask.__name__}: expected a limit of 1 to 1048575, got"):
                ask(parts, query, limit=wrong)


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


def test_a_searcher_remembers_nothing_of_earlier_queries():
    segment = segment_of_people()
    claims = generated()[1].to_pylist()[:30]
    queries = [{f: c[f] for f in c if f in segment.positions} for c in claims]
    first = [find([Part(segment)], q, limit=5) for q in queries]
    assert [find([Part(segment)], q, limit=5) for q in reversed(queries)] == first[::-1]


@pytest.mark.parametrize("prior", [np.iinfo(np.int32).min, np.iinfo(np.int32).max])
def test_evidence_beyond_all_numbers(prior):
    """A damaged prior gives answers: the power of two of such weights is no float."""
    table = generated()[0].slice(0, 60)
    segment = opened(segment_bytes(table, trained()), {"scorer/prior": np.array([prior], np.int32)})
    queries = [{k: row[k] for k in ("full_name", "date_of_birth")} for row in table.slice(0, 5).to_pylist()]
    for query in queries:
        assert all(0 <= match.match_probability <= 1 for match in lookup([Part(segment)], query))
    answers = lookup_many([Part(segment)], queries, limit=3)
    assert all(0 <= p <= 1 for p in answers["match_probability"].to_pylist())


def test_parts_of_an_index_read_a_query_alike(register):
    base, small = (part.segment for part in register.parts)
    assert base.read_by is base and small.read_by is base
    for claim in register.claims[:100]:
        query = {k: v for k, v in claim.items() if k in base.positions}
        assert prepare(small, query) == prepare(base, query)
