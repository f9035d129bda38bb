"""Names -> postings of those that no key made of the vocabulary's tokens leads to, by what is left of them.

A look-up makes keys of names like the query's (`ext/near_keys.pxd`), of the tokens that hot rows hold. A
record's token that is none of these may be like one of the query's, or stand beside all of them: so its name
is posted without it. Names of many words, or of initials among four, may have more words than the query in
too many ways: they are posted by each of their tokens.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from linkage._kernels.dictionary import ValueDictionary
from linkage._kernels.postings import unpack_keys
from linkage.fields.batch import EncodedRecords
from linkage.fields.columns import TextColumn
from linkage.schema import Field
from linkage.segment.hashing import Hashes, Keys, name_hashes, posting_keys, token_parts
from linkage.segment.postings import PER_BUCKET, Postings, row_bits
from linkage.segment.spill import Spill
from linkage.segment.vocabulary import PLAIN_NAME

MANY_TOKENS = 5
"""A name of so many is posted by each; of one less where one of them is an initial."""
FEW_RECORDS = 4096
"""Of a chunk of fewer, no token is taken for known: to look at the vocabulary would take longer."""
Words = tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]


class NearPostings:
    """What is gathered of records' names, chunk by chunk.

    Parameters
    ----------
    item : Field or None
        The name that hot rows hold.
    family : int
        That of its postings.
    vocabulary : offsets, texts
    folder : Path or None
        Where what does not fit into memory lies meanwhile.

    Attributes
    ----------
    relied : uint8[65536]
        1 for words whose tokens are taken for known: hot rows' tokens must hold them.
    """

    def __init__(self, item: Field | None, family: int, vocabulary: Words, folder: Path | None) -> None:
        self.item, self.family = item, family
        self.relied = np.zeros(1 << 16, np.uint8)
        self._vocabulary = vocabulary
        self._known: tuple[Hashes, npt.NDArray[np.intp]] | None = None
        self._keys = Spill(folder, np.uint64)

    def add(self, records: EncodedRecords, first: int) -> None:
        """Take the names of a chunk whose first record has this number."""
        if self.item is None:
            return
        column = records.columns[self.item.name]
        assert isinstance(column, TextColumn)
        is_known = self._find_known(column.tokens, records.n_records)
        values, keys = keys_of_names(column.values, column.tokens, is_known, self.family)
        place = np.zeros(len(column.values), np.intp)
        place[values] = np.arange(1, len(values) + 1)
        rows = place[records.rows[:, records.words[self.item.name]]]
        record = np.flatnonzero(rows)
        held = keys[rows[record] - 1]
        at, k = np.nonzero(held)
        numbers = record[at].astype(np.uint64) + np.uint64(first)
        self._keys.add(held[at, k].astype(np.uint64) << np.uint64(32) | numbers)

    def postings(self, ranks: npt.NDArray[np.uint32]) -> Postings:
        """Their postings; what was gathered is freed.

        Parameters
        ----------
        ranks : uint32[n_records]
            Each record's row.
        """
        packed = self._keys.take()
        rows = ranks[(packed & np.uint64(0xFFFFFFFF)).astype(np.uint32)]
        packed &= np.uint64(0xFFFFFFFF << 32)
        packed |= rows
        packed = np.unique(packed)
        return Postings(*unpack_keys(packed, row_bits(len(ranks)), max(len(packed) // PER_BUCKET, 1)))

    def _find_known(self, tokens: npt.NDArray[np.void], n_records: int) -> npt.NDArray[np.bool_]:
        """Which of a chunk's tokens are the vocabulary's; their words are relied upon from now on."""
        if n_records < FEW_RECORDS:
            return np.zeros(len(tokens), np.bool_)
        if self._known is None:
            self._known = plain_tokens(*self._vocabulary)
        hashes, words = self._known
        if not len(hashes):
            return np.zeros(len(tokens), np.bool_)
        at = np.minimum(np.searchsorted(hashes, tokens["folded"]), len(hashes) - 1)
        is_known = hashes[at] == tokens["folded"]
        is_known[0] = False
        self.relied[words[at[is_known]]] = 1
        return np.asarray(is_known)


def keys_of_names(
    values: npt.NDArray[np.void], tokens: npt.NDArray[np.void], is_known: npt.NDArray[np.bool_], family: int
) -> tuple[npt.NDArray[np.intp], Keys]:
    """The names that are posted here, as places among the values, and their keys; uint32[n, 16], 0 = none."""
    ids = values["tokens"]
    n = values["n_tokens"]
    is_initial = tokens["length"] == 1
    is_initial[0] = False
    strange = ~is_known
    strange[0] = False
    is_long = (n >= MANY_TOKENS) | ((n == MANY_TOKENS - 1) & is_initial[ids].any(axis=1))
    chosen = np.flatnonzero(((n >= 2) & strange[ids].any(axis=1)) | is_long)
    ids = ids[chosen]
    parts = token_parts(tokens)[ids]
    without = name_hashes(values[chosen], tokens)[:, None] - parts
    without[~strange[ids]] = 0
    parts[~is_long[chosen]] = 0
    return chosen, posting_keys(np.concatenate([without, parts], axis=1), family)


def plain_tokens(
    offsets: npt.NDArray[np.uint32], texts: npt.NDArray[np.uint8]
) -> tuple[Hashes, npt.NDArray[np.intp]]:
    """Hashes of the tokens of words that are one plain token, ascending, and a word of each."""
    words = [bytes(texts[a:b]) for a, b in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)]
    n_alone, folded = _encoded(words)
    n_beside, _ = _encoded([word + PLAIN_NAME for word in words])
    plain = np.flatnonzero((n_alone == 1) & (n_beside == 1 + len(PLAIN_NAME.split())))
    hashes, first = np.unique(folded[plain], return_index=True)
    return hashes, plain[first]


def _encoded(texts: list[bytes]) -> tuple[npt.NDArray[np.uint8], Hashes]:
    """Of each text as a name: how many tokens it has, and the hash of the first."""
    offsets = np.zeros(len(texts) + 1, np.int32)
    np.cumsum([len(t) for t in texts], out=offsets[1:])
    dictionary = ValueDictionary("name")
    out = np.zeros(len(texts), np.uint32)
    dictionary.encode(offsets, np.frombuffer(b"".join(texts), np.uint8), None, out)
    values, tokens, _ = dictionary.take()
    return values["n_tokens"][out], tokens["folded"][values["tokens"][out, 0]]
