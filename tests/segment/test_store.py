"""Arbitrary texts through blobs and back, in any order of the rows; the days against the calendar."""

import datetime
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.blob_writer import StoreWriter
from linkage._kernels.store import RecordStore
from linkage._kernels.words import WordCounter, hash_texts
from linkage.fields.text import text_buffers
from linkage.schema import Field
from linkage.segment.codings import choose_codings, count_words

CODINGS = [
    {"kind": "words"},
    {"kind": "pattern", "prefix": b"GD", "n_digits": 5, "n_bytes": 3},
    {"kind": "date"},
    {"kind": "category"},
    {"kind": "words"},
    {"kind": "category"},
    {"kind": "pattern", "prefix": b"", "n_digits": 18, "n_bytes": 8},
    {"kind": "pattern", "prefix": b"", "n_digits": 0, "n_bytes": 0},
]
VOCABULARY = ["Nguyễn", "Văn", "An", "Thị", "a", "ấp"]

odd = st.one_of(
    st.none(),
    st.just(b""),
    st.binary(max_size=12),
    st.text(max_size=12).map(lambda t: t.encode("utf-8", "replace")),
    st.text(" a", max_size=8).map(str.encode),
    st.integers(200, 300).map(lambda n: b"w" * n),
)
words = st.lists(st.sampled_from([*VOCABULARY, "Lạ", "ngoài", "", "x" * 255, "x" * 256]), max_size=12)
words = words.map(lambda ws: " ".join(ws).encode())
pattern = st.one_of(
    st.integers(0, 10**6).map(lambda n: f"GD{n:05}"), st.integers(0, 10**19).map("{:018}".format)
)
pattern = pattern.map(str.encode)
dates = st.dates(datetime.date(1, 1, 1), datetime.date(2400, 1, 1))
forms = ("%Y-%m-%d", "%d/%m/%Y", "%Y", "%m/%Y", "%Y-%m", "%d-%m-%Y", "%d/%m/%y")
dates = st.builds(lambda d, f: d.strftime(f).encode(), dates, st.sampled_from(forms))
near_dates = st.from_regex(rb"\A[0-9]{2}[/-][0-9]{2}[/-][0-9]{4}\Z|\A[0-9]{4}[/-][0-9]{2}([/-][0-9]{2})?\Z")
categories = st.sampled_from([b"Nam", "Nữ".encode(), b"", b"x" * 255, b"x" * 256])
text = st.one_of(odd, words, pattern, dates, near_dates, categories)
records = st.lists(st.tuples(*[text] * len(CODINGS)), min_size=1, max_size=40)


def vocabulary_of(listed):
    raw = [w.encode() for w in listed]
    return np.cumsum([0, *map(len, raw)], dtype=np.uint32), np.frombuffer(b"".join(raw), np.uint8)


def buffers_of(column):
    return text_buffers(pa.array(column, pa.binary()).view(pa.string()))


def coded_of(column):
    """The same texts by a dictionary of their own."""
    listed = list(dict.fromkeys(t for t in column if t is not None))[::-1]
    offsets, data, _ = buffers_of(listed)
    valid = np.array([t is not None for t in column], np.uint8)
    return offsets, data, valid, np.array([0 if t is None else listed.index(t) for t in column], np.int32)


def stored(
    rows,
    order,
    *,
    codings=CODINGS,
    listed=VOCABULARY,
    hot=0,
    categories=(3, 5),
    meant=(),
    cut=None,
    piece_bits=19,
    coded=(),
):
    """Records through a writer, in this order, to a store; also the sections."""
    vocabulary = vocabulary_of(listed)
    writer = StoreWriter(codings, *vocabulary, hot, list(categories), piece_bits)
    for field, raw, text in meant:
        writer.mean(field, raw, text)
    for piece in (rows[:cut], rows[cut:]) if cut else (rows,):
        columns = [
            coded_of(column) if f in coded and f != hot else buffers_of(column)
            for f, column in enumerate(zip(*piece, strict=True))
        ]
        writer.add(columns, len(piece))
    order = np.array(order, np.uint32)
    taken = writer.take(order, 64)
    sections = {k: taken[k] for k in ("groups", "lengths", "long_rows", "long_lengths", "shapes")}
    sections["blobs"] = np.concatenate([*taken["blobs"], np.zeros(0, np.uint8)])
    sections["hot_words"], sections["hot_categories"] = writer.hot_words(order), writer.hot_categories(order)
    assert np.flatnonzero(writer.words_used()).tolist() == np.unique(sections["hot_words"]).tolist()
    last = [[w for w in (row[0], *row[1:][row[1:] != 65_534])][-1] for row in sections["hot_words"]]
    assert writer.last_words()[order].tolist() == last
    sections["word_offsets"], sections["word_texts"] = vocabulary
    assert taken["n_bytes"] == len(sections["blobs"])
    store = RecordStore(codings, sections, taken["categories"], hot, list(categories))
    assert len(store) == len(writer) == len(rows)
    return store, sections


def texts_of(store, rows, fields):
    return list(zip(*store.texts(np.array(rows, np.uint32), fields), strict=True))


@given(records, st.randoms(use_true_random=False), st.sampled_from([-1, 0, 4]), st.integers(0, 5))
def test_what_goes_in_comes_out_in_any_order(rows, random, hot, piece_bits):
    order = list(range(len(rows)))
    random.shuffle(order)
    cut, coded = random.randrange(len(rows)), random.sample(range(len(CODINGS)), 3)
    store, sections = stored(rows, order, hot=hot, cut=cut, piece_bits=piece_bits, coded=coded)
    _, plain = stored(rows, order, hot=hot)
    assert {k: v.tolist() for k, v in sections.items()} == {k: v.tolist() for k, v in plain.items()}
    every = list(range(len(CODINGS)))
    assert texts_of(store, range(len(rows)), every) == [rows[i] for i in order]
    asked = [random.randrange(len(rows)) for _ in rows]
    fields = random.sample(every, random.randint(1, len(every)))
    assert texts_of(store, asked, fields) == [tuple(rows[order[i]][f] for f in fields) for i in asked]


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from([b"", b"An", b"Nguyen Van An B", b"u" * 300]))))
def test_texts_that_mean_others_are_kept_as_given(pairs):
    meanings = {(f, b"r%d" % i): meant for i, (f, meant) in enumerate(pairs)}
    codings = [{"kind": "words"}] * 4
    rows = [tuple(raw if g == f else b"An" for g in range(4)) for (f, raw) in meanings] or [(b"An",) * 4]
    meant = [(f, raw, text) for (f, raw), text in meanings.items()]
    store, _ = stored(rows, range(len(rows)), codings=codings, categories=(), meant=meant)
    assert texts_of(store, range(len(rows)), [0, 1, 2, 3]) == rows


def test_long_texts_many_categories_and_many_groups():
    # More than the buffer of a read, lengths of more than a byte, category numbers of two bytes and none.
    long = [b"x" * n for n in (254, 255, 256, 300, 70_000, 1 << 20)]
    long += [b"w " * 40_000, b" ".join([b"Nguyen"] * 20_000)]
    rows = [(t, t, t, t, t, t, t, t) for t in long]
    rows += [tuple([b"%d" % i] * 8) for i in range(66_000)]
    store, sections = stored(rows, range(len(rows)))
    assert len(sections["long_rows"]) >= len(long)
    assert texts_of(store, range(len(rows)), list(range(8))) == rows


def test_usual_texts_are_short():
    rows = [("Nguyễn Văn An".encode(), b"GD00042", b"1990-02-01", b"Nam", None, None, None, None)] * 100
    _, sections = stored(rows, range(100))
    assert sections["lengths"].tolist() == [1 + 0 + 3 + 2] * 100


def test_every_day_of_the_calendar():
    first = datetime.date(1870, 1, 1)
    days = [first + datetime.timedelta(n) for n in range(80_000)]
    rows = [(d.isoformat().encode(), f"{d:%d/%m/%Y}".encode()) for d in days]
    store, sections = stored(rows, range(len(rows)), codings=[{"kind": "date"}] * 2, hot=-1, categories=())
    assert texts_of(store, range(len(rows)), [0, 1]) == rows
    begin = datetime.date(1880, 1, 1)
    inside = np.array([0 <= (d - begin).days < 1 << 16 for d in days])
    assert (sections["lengths"][inside] == 5).all() and (sections["lengths"][~inside] > 20).all()
    at = sections["groups"]
    for k in np.flatnonzero(inside[::16]).tolist():
        blob = sections["blobs"][int(at[k]) : int(at[k]) + 5].tobytes()
        assert int.from_bytes(blob[1:3], "little") == (days[16 * k] - begin).days


@given(st.lists(text, max_size=30))
def test_hashes_tell_texts_apart(batch):
    hashes = hash_texts(*buffers_of(batch)).tolist()
    assert [h == 0 for h in hashes] == [not t for t in batch]
    assert len(set(hashes)) == len({t or None for t in batch})


@given(st.lists(words, max_size=30), st.integers(0, 6), st.integers(0, 3))
def test_the_most_frequent_words(batch, most, least):
    counts = {}
    for raw in batch:
        for word in raw.split(b" "):
            if 0 < len(word) <= 255:
                counts[word] = counts.get(word, 0) + 1
    listed = [w for w, n in sorted(counts.items(), key=lambda item: -item[1])][:most]
    expected = [w for w in listed if counts[w] >= least]
    counter = WordCounter()
    counter.add_words(*buffers_of(batch))
    offsets, data = counter.most_frequent(most, least)
    assert len(counter) == len(counts)
    assert [bytes(data[a:b]) for a, b in pairwise(offsets)] == expected


@given(st.lists(st.one_of(odd, pattern, dates), max_size=20))
def test_codings_chosen_for_any_sample_store_it(sample):
    fields = [Field("name", "person_name"), Field("number", "identifier"), Field("born", "date")]
    column = pa.array([t and t.decode("utf-8", "replace") for t in sample], pa.string())
    held = dict.fromkeys(("name", "number", "born", "record_id"), column)
    codings, vocabulary = choose_codings(fields, held), count_words(fields, held)
    writer = StoreWriter(codings, *vocabulary, 0, [])
    writer.add([text_buffers(column)] * 4, len(sample))
    assert len(writer) == len(sample)
    listed = [
        bytes(vocabulary[1][a:b]).decode() for a, b in zip(vocabulary[0], vocabulary[0][1:], strict=False)
    ]
    texts = [None if t is None else t.encode() for t in column.to_pylist()]
    if texts:
        rows = [(t,) * 4 for t in texts]
        store, _ = stored(rows, range(len(rows)), codings=codings, listed=listed, categories=())
        assert texts_of(store, range(len(rows)), [0, 1, 2, 3]) == rows


def test_wrong_arguments_are_refused():
    store, sections = stored([(b"An",) * 8] * 20, range(20))
    with pytest.raises(ValueError, match="record 20"):
        store.texts(np.array([20], np.uint32), [0])
    with pytest.raises(ValueError, match="no such field"):
        store.texts(np.array([0], np.uint32), [8])
    with pytest.raises(ValueError, match="at most 16 bytes"):
        StoreWriter([{"kind": "pattern", "prefix": b"x" * 17}], *vocabulary_of([]), -1, [])
    with pytest.raises(ValueError, match="more digits"):
        StoreWriter([{"kind": "pattern", "n_digits": 9, "n_bytes": 2}], *vocabulary_of([]), -1, [])
    with pytest.raises(ValueError, match="twice"):
        StoreWriter(CODINGS, *vocabulary_of(["a", "a"]), -1, [])
    with pytest.raises(ValueError, match="no category"):
        StoreWriter(CODINGS, *vocabulary_of([]), -1, [0])
    writer = StoreWriter(CODINGS, *vocabulary_of([]), -1, [])
    with pytest.raises(ValueError, match="expected 8 columns"):
        writer.add([None], 1)
    with pytest.raises(ValueError, match="an order of 0"):
        writer.take(np.zeros(1, np.uint32))
    for name in ("groups", "hot_words", "hot_categories", "word_offsets"):
        with pytest.raises((ValueError, IndexError)):
            RecordStore(CODINGS, sections | {name: sections[name][:0]}, [None] * 8, 0, [3, 5])


def test_hot_rows_are_freed_before_the_blobs():
    writer = StoreWriter(CODINGS, *vocabulary_of([]), -1, [])
    writer.free_hot()
    for use in (writer.last_words, writer.words_used, lambda: writer.add([None] * len(CODINGS), 1)):
        with pytest.raises(ValueError, match="freed"):
            use()
    with pytest.raises(ValueError, match="freed"):
        writer.hot_words(np.zeros(0, np.uint32))
    assert writer.take(np.zeros(0, np.uint32))["n_bytes"] == 0
