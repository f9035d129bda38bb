"""Words of hot rows -> classes, tokens and the odd ones, against looking at each word."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels.normalise import normalise_one
from linkage.segment.vocabulary import NO_WORD, OTHER_WORD, read_vocabulary
from tests.reference.levels import compact

WORDS = [
    "Nguyễn",
    "NGUYỄN",
    "nguyen",
    "Văn",
    "An",
    "Ân",
    "H'Yến",
    "Ông",
    "Bà",
    "12",
    "a-b",
    "ok.",
    "Kđăm",
    "x" * 40,
    "李",
    "-",
]
lists = st.lists(
    st.one_of(st.sampled_from(WORDS), st.text(min_size=1, max_size=6)), unique=True, min_size=1, max_size=20
)


@given(lists, st.data())
def test_every_used_word_has_its_token_or_is_odd(words, data):
    raw = [w.encode("utf-8", "replace") for w in words]
    offsets = np.cumsum([0, *map(len, raw)], dtype=np.uint32)
    texts = np.frombuffer(b"".join(raw), np.uint8)
    numbers = st.one_of(st.integers(0, len(raw) - 1), st.sampled_from([OTHER_WORD, NO_WORD]))
    hot = np.array(
        data.draw(st.lists(st.lists(numbers, min_size=4, max_size=4), max_size=8)), np.uint16
    ).reshape(-1, 4)
    found = read_vocabulary(
        offsets, texts, (np.bincount(hot.reshape(-1), minlength=1 << 16) > 0).view(np.uint8)
    )
    used = {int(w) for w in hot.reshape(-1) if w < NO_WORD}
    held = found.token_words.tolist()
    assert sorted([*held, *found.odd.tolist()]) == sorted(used)
    assert found.token_offsets[0] == 0 and found.token_offsets[-1] == len(held)
    for token, (begin, end) in zip(found.tokens, pairwise(found.token_offsets.tolist()), strict=True):
        assert begin < end
        for word in held[begin:end]:
            folded = compact(normalise_one(raw[word], "name")[2])
            assert (
                len(folded) == token["length"] and bytes(token["text"][: min(len(folded), 32)]) == folded[:32]
            )
            assert found.classes[word] == (int(token["phonetic"]) >> 16) % NO_WORD
    assert all(found.classes[w] == OTHER_WORD for w in found.odd)
    assert found.classes[OTHER_WORD] == OTHER_WORD and found.classes[NO_WORD] == NO_WORD
    for word in used - set(found.odd.tolist()):
        assert b" " not in normalise_one(raw[word], "name")[2]
