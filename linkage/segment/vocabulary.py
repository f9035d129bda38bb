"""A segment's words -> what a look-up needs of those in its hot rows: classes, tokens, the odd ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage._kernels.dictionary import TOKEN_DTYPE, ValueDictionary
from linkage._kernels.normalise import normalise_one
from linkage.segment.hashing import Hashes

OTHER_WORD, NO_WORD, STRANGE_WORD = 65_535, 65_534, 65_533
PLAIN_NAME = b" nguyen van an"


@dataclass(frozen=True)
class Vocabulary:
    """The words of hot rows.

    Attributes
    ----------
    classes : uint16[65536]
        Dialect class of each word's token, below 65,534; a row's last word's is its place within the day.
    tokens : TOKEN_DTYPE[n]
        Distinct tokens of the words that hot rows hold.
    token_offsets : uint32[n + 1]
        Into `token_words`.
    token_words : uint16
        The words that are written like each token, but for case and diacritics.
    odd : uint16
        Words that are not one token (digits, titles, apostrophes): no bound is drawn from them.
    """

    classes: npt.NDArray[np.uint16]
    tokens: npt.NDArray[np.void]
    token_offsets: npt.NDArray[np.uint32]
    token_words: npt.NDArray[np.uint16]
    odd: npt.NDArray[np.uint16]


def read_vocabulary(
    offsets: npt.NDArray[np.uint32], texts: npt.NDArray[np.uint8], used: npt.NDArray[np.uint8]
) -> Vocabulary:
    """Look at every word that occurs in a hot row (`used`: uint8[65536], 1 = it does), once."""
    n = len(offsets) - 1
    classes = np.zeros(1 << 16, np.uint16)
    classes[OTHER_WORD], classes[NO_WORD], classes[STRANGE_WORD] = OTHER_WORD, NO_WORD, OTHER_WORD
    words, parts, odd = [], [], []
    for word in np.flatnonzero(used[:n]).tolist():
        text = bytes(texts[offsets[word] : offsets[word + 1]])
        token = normalise_one(text, "name")[2]
        is_title = normalise_one(text + PLAIN_NAME, "name")[3] != 4
        if not token or b" " in token or is_title:
            odd.append(word)
        else:
            words.append(word)
            parts.append(token)
    tokens, ids = _tokens_of(parts)
    classes[words] = (tokens["phonetic"][ids] >> np.uint32(16)) % NO_WORD
    classes[odd] = OTHER_WORD
    by_token = np.argsort(ids, kind="stable")
    counts = np.bincount(ids, minlength=len(tokens))
    token_offsets = np.zeros(len(tokens) + 1, np.uint32)
    np.cumsum(counts, out=token_offsets[1:])
    return Vocabulary(
        classes, tokens, token_offsets,
        np.array(words, np.uint16)[by_token], np.array(odd, np.uint16),
    )  # fmt: skip


def _tokens_of(parts: list[bytes]) -> tuple[npt.NDArray[np.void], npt.NDArray[np.intp]]:
    """The distinct tokens, and which one each text is; a token stands alone in its text."""
    if not parts:
        return np.zeros(0, TOKEN_DTYPE), np.zeros(0, np.intp)
    dictionary = ValueDictionary("text")
    offsets = np.zeros(len(parts) + 1, np.int32)
    np.cumsum([len(p) for p in parts], out=offsets[1:])
    out = np.zeros(len(parts), np.uint32)
    dictionary.encode(offsets, np.frombuffer(b"".join(parts), np.uint8), None, out)
    values, tokens, _ = dictionary.take()
    ids: Hashes = values["tokens"][out, 0]
    return tokens[1:], ids.astype(np.intp) - 1
