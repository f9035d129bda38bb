"""How rare values are, by content hash in chunks, against counting by value id: the same bits."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage._kernels.counts import ValueCounts
from linkage._kernels.dictionary import TOKEN_DTYPE, VALUE_DTYPE
from linkage.comparison.program import comparisons_of
from linkage.fields.batch import encode_records
from linkage.fields.columns import COLUMNS, CategoryColumn, DateColumn, TextColumn
from linkage.model.term_frequencies import term_frequencies
from linkage.schema import Field, Schema
from linkage.segment.frequencies import FrequencyCounter, day_index
from linkage.tables.opening import open_source
from tests.reference.frequencies import HASH_MASK, forms, repeated
from tests.segment.registers import generated

FIELDS = (
    Field("full_name", "person_name"), Field("date_of_birth", "date"), Field("sex", "category", format="sex"),
    Field("province", "category", format="province"), Field("street", "address"),
    Field("given", "person_name", part="given"),
)  # fmt: skip
SCHEMA = Schema(FIELDS)
POOL = [
    "Nguyễn Văn An",
    "nguyen van an",
    "Nguyễn Thị An",
    "Nguyễn An",
    "Trần Hùng",
    "An",
    "",
    "-",
    "a b c d e f g h i j",
]
texts = st.one_of(
    st.none(), st.sampled_from([*POOL, "01/02/1990", "1990", "Nam", "nữ", "Hà Nội", "29/02/1903"])
)

records = st.fixed_dictionaries({f.name: texts for f in FIELDS})


def looked_up(table, content):
    content = int(content)
    at = (content >> 32) * (len(table.buckets) - 1) >> 32
    found = table.entries[table.buckets[at] : table.buckets[at + 1]].tolist()
    return next((e & 0xFFFF for e in found if (e ^ content) >> 16 == 0), table.rarest)


def encoded(rows, kept):
    columns = {}
    for item in FIELDS:
        columns[item.name] = kept.get(item.name) or COLUMNS[item.kind](item)
        if isinstance(columns[item.name], CategoryColumn | DateColumn):
            kept[item.name] = columns[item.name]
        if isinstance(columns[item.name], TextColumn):
            columns[item.name].keeps = True
    table = pa.table({f.name: pa.array([r[f.name] for r in rows], pa.string()) for f in FIELDS})
    names = {f.name: f.name for f in FIELDS}
    return encode_records([open_source(table)], [names], SCHEMA, threads=1, columns=columns)


def assert_same_bits(rows, size):
    comparisons = comparisons_of(SCHEMA)
    whole = encoded(rows, {})
    expected = term_frequencies(whole, comparisons)
    counter, kept = FrequencyCounter(comparisons), {}
    for start in range(0, len(rows), size):
        counter.add(encoded(rows[start : start + size], kept))
    for item in comparisons:
        column, name = whole.columns[item.name], item.name
        if not isinstance(column, TextColumn):
            found = counter.of_words(name)
            assert found.tolist() == expected[name].tolist()[: len(found)]
            assert not np.any(expected[name][len(found) :])
            continue
        tables = [counter.table(name, k) for k in range(counter.n_tables(name))]
        assert len(tables) == max(item.operation.tf_parts)
        ids = np.unique(whole.rows[:, whole.words[name]])
        ids = ids[ids != 0].astype(np.intp)
        hashes = forms(column, ids, max(item.operation.tf_parts))
        for k, table in enumerate(tables):
            assert [looked_up(table, h) for h in hashes[:, k]] == expected[name][ids, k].tolist()
            assert table.entries.tolist() == sorted(table.entries.tolist())
            assert len(np.unique(table.entries & HASH_MASK)) == len(table.entries)


@settings(max_examples=40)
@given(
    st.lists(st.fixed_dictionaries({f.name: texts for f in FIELDS}), min_size=1, max_size=40),
    st.integers(1, 41),
)
def test_drawn_tables(rows, size):
    assert_same_bits(rows, size)


def test_generated_people():
    register = generated()[0]
    rows = register.select([f.name for f in FIELDS[:-1]]).to_pylist()
    assert_same_bits([r | {"given": (r["full_name"] or "").split(" ")[-1]} for r in rows], 700)


class Made:
    """A column of n values with drawn hashes, for counts that no register of a test could have."""

    def __init__(self, hashes):
        self.exact = np.array([0, *hashes], np.uint64)
        self.values = np.zeros(len(self.exact), VALUE_DTYPE)
        self.values["folded"] = self.exact
        self.values["n_tokens"][1:] = 1
        self.values["tokens"][1:, 0] = 1
        self.tokens = np.zeros(2, TOKEN_DTYPE)
        self.tokens["folded"][1] = 99


close = st.one_of(st.integers(1, 2**64 - 1), st.integers(0, 40).map(lambda n: n << 16 | 7))


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(close, st.sampled_from([1, 2, 3, 32_767, 32_768, 65_535, 65_536, 70_000])), max_size=60
    )
)
def test_counts_of_any_size_against_a_dict(drawn):
    counts = ValueCounts(4)
    for start in range(0, len(drawn), 7):
        part = drawn[start : start + 7]
        column = Made([h for h, _ in part])
        words = np.repeat(np.arange(1, len(part) + 1, dtype=np.uint32), [n for _, n in part])
        counts.add(column.values.view(np.uint8), column.tokens.view(np.uint8), column.exact, words)
    assert counts.total == sum(n for _, n in drawn)
    column = Made([h for h, _ in drawn])
    hashes = forms(column, np.arange(1, len(drawn) + 1), 4)
    for k in range(4):
        # A hash whose upper 48 bits are 0 counts as 1: no other value has it.
        upper = np.maximum(hashes[:, k] >> np.uint64(16), np.uint64(1)) << np.uint64(16)
        found, numbers = counts.repeated(k)
        assert dict(zip(found.tolist(), numbers.tolist(), strict=True)) == repeated(
            upper, [n for _, n in drawn]
        )


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(close, st.sampled_from([1, 2, 3, 32_767, 32_768, 65_535, 65_536, 70_000])), max_size=40
    ),
    st.lists(st.booleans(), min_size=40, max_size=40),
)
def test_drained_counts_are_those_that_were_held(drawn, drains):
    held, drained = ValueCounts(4), ValueCounts(4)
    handed_out = [[] for _ in range(4)]
    for at, (content, n) in enumerate(drawn):
        column = Made([content])
        tables = column.values.view(np.uint8), column.tokens.view(np.uint8), column.exact
        for counts in (held, drained):
            counts.add(*tables, np.full(n, 1, np.uint32))
        for k in range(4):
            if drains[at] or at % 4 == k:
                handed_out[k].append(drained.drain(k))
                assert drained.n_held(k) == 0 and np.all(np.diff(handed_out[k][-1].astype(object)) > 0)
    for k in range(4):
        entries = np.sort(np.concatenate([*handed_out[k], drained.drain(k)]))
        found, numbers = drained.merged(k, entries)
        hashes, expected = held.repeated(k)
        order = np.argsort(hashes)
        assert found.tolist() == hashes[order].tolist() and numbers.tolist() == expected[order].tolist()


def test_counts_that_went_to_files_make_the_same_tables(tmp_path, monkeypatch):
    monkeypatch.setattr("linkage.segment.frequencies.MOST_HELD", 3)
    monkeypatch.setattr("linkage.segment.spill.LEAST_SPILLED", 40)
    rows = [{f.name: POOL[(7 * i + len(f.name) + i // 9) % len(POOL)] for f in FIELDS} for i in range(60)]
    comparisons = comparisons_of(SCHEMA)
    counters = FrequencyCounter(comparisons), FrequencyCounter(comparisons, tmp_path)
    for counter in counters:
        kept = {}
        for start in range(0, len(rows), 8):
            counter.add(encoded(rows[start : start + 8], kept))
    assert counters[1].spilled and not list(tmp_path.iterdir())
    for name in counters[0].texts:
        for k in range(counters[0].n_tables(name)):
            held, spilled = (counter.table(name, k) for counter in counters)
            assert held.entries.tolist() == spilled.entries.tolist() and held.rarest == spilled.rarest
            assert held.buckets.tolist() == spilled.buckets.tolist()


def test_tables_grow():
    random = np.random.default_rng(3)
    hashes = random.integers(1, 2**63, 30_000, dtype=np.uint64)
    counts = ValueCounts(1)
    for part in np.split(hashes, 3):
        column = Made(part)
        words = np.repeat(np.arange(1, len(part) + 1, dtype=np.uint32), 3)
        counts.add(column.values.view(np.uint8), column.tokens.view(np.uint8), column.exact, words)
    found, numbers = counts.repeated(0)
    assert sorted(found.tolist()) == sorted((hashes & HASH_MASK).tolist()) and set(numbers.tolist()) == {3}


def test_days():
    assert day_index(0x18000101) == 0 and day_index(0x18000102) == 1 and day_index(0x18010101) == 12 * 31
    assert day_index(0x17991231) == 256 * 12 * 31 - 1 and day_index(0x16440101) == day_index(0x19000101)
    for word in (0, 0x19900000, 0x19900100, 0x19901301, 0x19900132, 0x00000101):
        assert day_index(word) == -1
