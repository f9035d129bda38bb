"""Value ids against a dict; the same ids in any batches."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.dictionary import ValueDictionary
from linkage.fields.text import text_buffers
from tests.reference import dictionary as naive

texts = st.lists(
    st.one_of(
        st.none(),
        st.sampled_from(["Nguyễn Văn An", "NGUYỄN VĂN AN", "nguyen van an", "", "  ", "-", "an"]),
        st.text(max_size=30),
        st.text("ab c", max_size=6),
    ).map(lambda t: t if t is None else t.encode("utf-8", "replace")),
    max_size=40,
)
kinds = st.sampled_from(["name", "place", "text", "email"])


def encode(dictionary, batch, repair=None):
    array = pa.array(batch, pa.binary()).view(pa.string())
    out = np.full(len(batch), 77, np.uint32)
    n_repaired = dictionary.encode(*text_buffers(array), out, repair)
    return out.tolist(), n_repaired


def folded_texts(dictionary):
    data = dictionary.texts
    return [bytes(data[v["text"] : v["text"] + v["length"]]) for v in dictionary.values]


@given(texts, kinds)
def test_ids_count_up_in_order_of_appearance(batch, kind):
    dictionary = ValueDictionary(kind)
    ids, folded = naive.encode(batch, kind)
    assert encode(dictionary, batch)[0] == ids
    assert folded_texts(dictionary) == folded
    assert len(dictionary) == len(folded)
    assert dictionary.n_raw_texts == len({t for t in batch if t})


@given(texts, kinds, st.integers(0, 40))
def test_ids_do_not_depend_on_the_batches(batch, kind, cut):
    whole, parts = ValueDictionary(kind), ValueDictionary(kind)
    ids = encode(whole, batch)[0]
    assert encode(parts, batch[:cut])[0] + encode(parts, batch[cut:])[0] == ids
    assert whole.values.tobytes() == parts.values.tobytes()
    assert whole.tokens.tobytes() == parts.tokens.tobytes()
    assert whole.texts.tobytes() == parts.texts.tobytes()


WORDS = (
    "an An Y Ỳ ly quý Quy Nguyễn Nguyeenx NguyÔn Thị TRAÀN tưc túc bs. ong Ông 12 a1 d'Arc H'Hen "
    "Hu\u0301 u\u0301 ab ab\0 a\u200bb abcdefghijklmno abcdefghijklmnop abcdefghijklmnopq ắắắắắ ắắắắắa "
    "phường P. Иван 王小明 김 -an an- Thompson-Baker Müller Ł ß"
)
phrases = st.lists(st.sampled_from(WORDS.split(" ")), min_size=1, max_size=60, unique=True).map(
    lambda w: " ".join(w).encode()
)


@given(st.lists(phrases, min_size=1, max_size=6), kinds)
def test_words_met_before_change_nothing(batch, kind):
    """The forms of a text do not depend on what its dictionary has seen (ext/known_words.pxd)."""
    known = ValueDictionary(kind)
    ids = encode(known, [*batch, *(text + b" x" for text in batch), *(b"x " + text for text in batch)])[0]
    for text, value in zip([*batch, *(text + b" x" for text in batch)], ids, strict=False):
        fresh = ValueDictionary(kind)
        assert encode(fresh, [text])[0] == [1 if value else 0]
        for form in ("folded", "spelling", "letters", "length", "n_tokens", "flags"):
            assert fresh.values[-1][form] == known.values[value][form]


def signature(text):
    """Letters and digits that occur, letters that occur twice; a byte beyond ASCII counts as a letter."""
    found = 0
    for byte in text:
        c = chr(byte) if byte < 0x80 else chr(ord("a") + byte % 26)
        if "a" <= c <= "z":
            bit = 1 << ord(c) - ord("a")
            found |= bit << 36 if found & bit else bit
        elif "0" <= c <= "9":
            found |= 1 << 26 + int(c)
        elif c != " ":
            found |= 1 << 62 + (byte & 1)
    return found


@given(texts, kinds)
def test_letters_of_a_value_are_those_of_its_text(batch, kind):
    dictionary = ValueDictionary(kind)
    encode(dictionary, [*batch, b"a bb abc 12 21 3", b" ".join(b"%c%d" % (97 + i, i) for i in range(20))])
    for value, folded in zip(dictionary.values[1:], folded_texts(dictionary)[1:], strict=True):
        if folded.isascii():
            assert value["letters"] == signature(folded)


@given(texts)
def test_a_slice_of_a_column_is_read_from_its_own_start(batch):
    array = pa.array([b"x", None, *batch], pa.binary()).view(pa.string())[2:]
    out = np.empty(len(batch), np.uint32)
    ValueDictionary("text").encode(*text_buffers(array), out)
    assert out.tolist() == naive.encode(batch, "text")[0]


def test_tables_that_grow_beyond_a_mapping_lose_nothing():
    batch = [b"%x" % (i * 0x9E3779B1 % 2**32) for i in range(300_000)]
    dictionary = ValueDictionary("text")
    ids = list(range(1, len(batch) + 1))
    assert encode(dictionary, batch)[0] == ids
    assert encode(dictionary, batch)[0] == ids
    assert dictionary.n_raw_texts == len(batch)


def test_many_values_make_the_tables_grow():
    batch = [f"a{i} b{i // 7}".encode() for i in range(20_000)]
    dictionary = ValueDictionary("text")
    assert encode(dictionary, batch)[0] == list(range(1, 20_001))
    assert encode(dictionary, batch[::-1])[0] == list(range(20_000, 0, -1))
    assert folded_texts(dictionary)[1:] == batch
    first, last = dictionary.values["tokens"][:, :2].T
    tokens = dictionary.tokens
    assert [bytes(t["text"][: t["length"]]) for t in tokens[last[1:]]] == [t.split()[1] for t in batch]
    assert len(set(first[1:].tolist())) == 20_000


def test_a_value_keeps_eight_tokens_and_counts_all():
    dictionary = ValueDictionary("text")
    encode(dictionary, [b"a b c d e f g h i j"])
    value = dictionary.values[1]
    assert value["n_tokens"] == 10
    assert len(set(value["tokens"].tolist())) == 8


def test_a_repaired_text_stands_for_its_repair():
    dictionary = ValueDictionary("name")
    broken, other = "Nguyá»…n VÄƒn HÃ¹ng".encode(), b"Leesk (An)"
    asked = []

    def repair(text):
        asked.append(text)
        return {broken.decode(): "Nguyễn Văn Hùng"}.get(text, text)

    batch = [b"an", broken, other, broken, "Nguyễn Văn Hùng".encode(), other, None]
    assert encode(dictionary, batch, repair) == ([1, 2, 3, 2, 2, 3, 0], 1)
    assert encode(dictionary, batch[::-1], repair) == ([0, 3, 2, 2, 3, 2, 1], 0)
    assert asked == [broken.decode(), other.decode()]
    assert folded_texts(dictionary) == [b"", b"an", b"nguyen van hung", b"leesk an"]


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=40), max_size=5))
def test_each_table_counts_the_distinct_texts_that_were_repaired(tables):
    """The batch's texts are those that ask for repair; of them two letters stay as they are."""
    dictionary = ValueDictionary("name")
    for letters in tables:
        dictionary.begin()
        batch = [f"Nguyá»…n {letter}".encode() for letter in letters]
        halves = [batch[: len(batch) // 2], batch[len(batch) // 2 :]]
        found = [
            encode(dictionary, half, lambda t: t if t[-1] in "ab" else f"Lê {t[-1]}")[1] for half in halves
        ]
        assert sum(found) == len(set(letters) - {"a", "b"})


@pytest.mark.parametrize("n", [2, 200_000])  # the tables of the latter are handed over as they are
def test_tables_that_are_taken_out_are_the_same(n):
    dictionary = ValueDictionary("text")
    encode(dictionary, [f"street {i} of {i % 700}".encode() for i in range(n)])
    copies = [a.tobytes() for a in (dictionary.values, dictionary.tokens, dictionary.texts)]
    taken = dictionary.take()
    assert len(dictionary) == n + 1
    with pytest.raises(ValueError, match="taken out"):
        encode(dictionary, [b"a"])
    with pytest.raises(ValueError, match="taken out"):
        dictionary.take()
    del dictionary
    assert [a.tobytes() for a in taken] == copies
    assert all(a.ctypes.data % 64 == 0 for a in taken)


def test_wrong_buffers_are_refused():
    dictionary = ValueDictionary("text")
    data, out = np.zeros(4, np.uint8), np.zeros(2, np.uint32)
    with pytest.raises(ValueError, match="expected 3 offsets"):
        dictionary.encode(np.zeros(2, np.int32), data, None, out)
    with pytest.raises(ValueError, match="leave the data"):
        dictionary.encode(np.array([0, 4, 5], np.int32), data, None, out)
    with pytest.raises(ValueError, match="expected 2 validities"):
        dictionary.encode(np.zeros(3, np.int32), data, np.ones(1, np.uint8), out)
    with pytest.raises(KeyError):
        ValueDictionary("nothing")
