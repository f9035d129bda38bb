"""Encoded records -> postings of the words in names, texts and e-mail addresses, where days do not serve."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from linkage._kernels.dictionary import TOKEN_DTYPE
from linkage._kernels.postings import keys_of_spellings, unpack_keys
from linkage.fields.batch import EncodedRecords
from linkage.fields.columns import TextColumn
from linkage.schema import Schema
from linkage.segment.hashing import mixed, posting_keys
from linkage.segment.postings import PER_BUCKET, Postings, row_bits
from linkage.segment.spill import Spill

TEXT_KINDS = ("person_name", "email", "text", "address")
MISSING = 1
"""Content of a missing value (ext/postings.pxd)."""
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def fields_by_word(schema: Schema) -> list[int]:
    """The fields whose words have postings: all texts, unless day, whole name and own number find everybody.

    A look-up reads its own day's records, those of the same name, and those of a number. Where a schema lacks
    one of the three, what the others leave open would have to be sought among all records.
    """
    kinds = {f.kind for f in schema.fields if not f.is_shared}
    own = [f for f in schema.fields if f.kind == "person_name" and not f.is_shared]
    has_number = "identifier" in kinds
    if "date" in kinds and has_number and any(f.part == "full" for f in own):
        return []
    return [i for i, f in enumerate(schema.fields) if f.kind in TEXT_KINDS]


class WordPostings:
    """What is gathered of records' words, chunk by chunk.

    Parameters
    ----------
    schema : Schema
    folder : Path or None
        Where what does not fit into memory lies meanwhile.
    """

    def __init__(self, schema: Schema, folder: Path | None) -> None:
        self.schema = schema
        self.fields = fields_by_word(schema)
        self._keys = {i: Spill(folder, np.uint64) for i in self.fields}
        self._tokens = np.zeros(0, TOKEN_DTYPE)

    def add(self, records: EncodedRecords, first: int) -> None:
        """Take the words of a chunk whose first record has this number."""
        for i in self.fields:
            item = self.schema.fields[i]
            column = records.columns[item.name]
            assert isinstance(column, TextColumn)
            rows = records.rows[:, records.words[item.name]]
            keys = _keys_of_values(column, item.kind, i)[rows]
            record, place = np.nonzero(keys)
            numbers = record.astype(np.uint64) + np.uint64(first)
            self._keys[i].add(keys[record, place].astype(np.uint64) << np.uint64(32) | numbers)
            if item.kind != "email":
                tokens = column.tokens[1:] if item.kind == "person_name" else _words_of(column.tokens[1:])
                self._tokens = _distinct(np.concatenate([self._tokens, tokens]))

    def postings(self, i: int, ranks: npt.NDArray[np.uint32]) -> Postings:
        """Postings of one field's words.

        Parameters
        ----------
        i : int
            The field; what was gathered of it is freed.
        ranks : uint32[n_records]
            Each record's row.
        """
        packed = self._keys.pop(i).take()
        rows = ranks[(packed & np.uint64(0xFFFFFFFF)).astype(np.uint32)]
        packed &= np.uint64(0xFFFFFFFF << 32)
        packed |= rows
        packed.sort()
        return Postings(*unpack_keys(packed, row_bits(len(ranks)), max(len(packed) // PER_BUCKET, 1)))

    def spellings(self) -> tuple[npt.NDArray[np.uint8], Postings]:
        """The distinct words of names and texts, one `Token` a row, and postings of their spellings."""
        tokens = np.ascontiguousarray(self._tokens).view(np.uint8).reshape(-1, TOKEN_DTYPE.itemsize)
        packed = keys_of_spellings(tokens)
        packed.sort()
        found = unpack_keys(packed, row_bits(len(tokens)), max(len(packed) // PER_BUCKET, 1))
        return tokens, Postings(*found)


def _keys_of_values(column: TextColumn, kind: str, i: int) -> npt.NDArray[np.uint32]:
    """Per value, the keys of its words, or of its being missing; uint32[n, k], 0 = none."""
    values, tokens = column.values, column.tokens
    if kind == "email":
        local = values["spelling"].copy()
        local[0] = MISSING
        return posting_keys(local, i)[:, None]
    if kind == "person_name":
        hashes = mixed(tokens["phonetic"].astype(np.uint64) + _GOLDEN)
    else:
        hashes = tokens["folded"].copy()
    hashes[0] = 0
    keys = posting_keys(hashes, i)[values["tokens"]]
    keys[0, 0] = posting_keys(np.array([MISSING], np.uint64), i)[0]
    return np.asarray(keys)


def _words_of(tokens: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    """Tokens without those that hold a digit: one like it is another number."""
    text = tokens["text"]
    return tokens[~((text >= ord("0")) & (text <= ord("9"))).any(axis=1)]


def _distinct(tokens: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    """Each token once, in the order of their hashes; how often each occurred is left out."""
    _, first = np.unique(tokens["folded"], return_index=True)
    found = tokens[first]
    found["count"] = 0
    return found
