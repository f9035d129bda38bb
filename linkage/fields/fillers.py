"""Encoded records -> the same, without values that stand for none: 1900-01-01, 123456789, "unknown"."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage.fields.batch import EncodedRecords
from linkage.fields.meaning.fold import fold_header
from linkage.fields.meaning.headers import WORDS
from linkage.fields.nameless import nameless

LOOKED_AT = 8_192
"""Records that show which values are frequent, at even distances through the table."""
FREQUENT, FREQUENT_WORD = 0.01, 0.002
"""Share of the records from which a value may stand for none: by number alone, and as a word for it. E-mail
addresses (noemail@, info@) from the lesser one on: no family's has as many holders as a number may have.
"""
BEYOND_OTHERS = 20.0
"""How many times more often than the rarer values a filler is there."""
LEAST = 10
"""Fewer records than this are too few to say so."""
OTHERS = 20
"""So many other values show what is usual."""
ONE_PERSON = 0.5
"""Share of a value's holders that have the same name, from which they are the records of one person."""

NUMBERS = ("date", "identifier", "phone")
TEXTS = ("person_name", "text", "address", "email")
_WORDS = frozenset(fold_header(word) for word in WORDS["fillers"])
_CODES = frozenset(word for word in _WORDS if len(word) == 2 and word.isascii() and word not in ("na", "xx"))
"""Abbreviations that are codes where the other values are: North Carolina, "non communiqué"."""
CODES = 256
"""Values, the most frequent first, that show whether all are codes."""


def drop_fillers(records: EncodedRecords) -> dict[str, int]:
    """Take what stands for no value as missing, in place: field -> how many records had it.

    A whole date, an identifier or a telephone number that one record in a hundred holds, twenty times more
    records than hold the others, is nobody's, and so is an e-mail address of one in five hundred; of texts,
    those that say so in some language and recur. Where such a value met a real one, it would count as a
    contradiction, and two of them as agreement. What the records of one person hold is that person's, however
    many they are: their names tell.
    """
    dropped = {}
    schema = records.schema
    # Of all fields at once: the rows lie far apart, and each brings its lines from memory.
    sample = records.rows[:: max(len(records.rows) // LOOKED_AT, 1)].copy()
    names = [sample[:, records.words[f.name]] for f in schema.fields if f.kind == "person_name"]
    names = [words for words in names if len(_counted(words[:, None])[0]) > OTHERS]
    for item in schema.fields:
        first, width = records.words[item.name], records.columns[item.name].n_words
        words, seen = (rows[:, first : first + width] for rows in (records.rows, sample))
        if item.kind in NUMBERS:
            none = _of_several(seen, _fillers(seen, whole_days=item.kind == "date"), names)
        elif item.kind in TEXTS:
            column: Any = records.columns[item.name]
            none = list(_words_for_none(seen, column, item.kind == "person_name"))
            if item.kind == "email":
                none += _of_several(seen, _fillers(seen, least=FREQUENT_WORD), names)
        else:
            continue
        n = _drop(words, none)
        _drop(seen, none)
        if item.kind == "person_name":
            ids = nameless(column.values, column.tokens, are_given=item.part == "given")
            n += _drop_any(words, ids) if len(ids) else 0
            _drop_any(seen, ids)
        if n:
            dropped[item.name] = n
    return dropped


def _counted(sample: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Distinct values of some records with how many of these hold them; the most frequent first."""
    held = sample[(sample != 0).any(axis=1)]
    # One number a value, which sort a hundred times faster than rows and in the same order.
    packed = held[:, 0].astype(np.uint64)
    for k in range(1, held.shape[1]):
        packed = packed << np.uint64(32) | held[:, k]
    packed.sort()
    begins = np.flatnonzero(np.diff(packed, prepend=packed[:1] + np.uint64(1)))
    counts = np.diff(begins, append=len(packed))
    order = np.argsort(-counts, kind="stable")
    words_of = [packed[begins[order]] >> np.uint64(32 * k) for k in reversed(range(held.shape[1]))]
    return np.stack(words_of, axis=1).astype(np.uint32), counts[order]


def _fillers(
    sample: npt.NDArray[np.uint32], *, whole_days: bool = False, least: float = FREQUENT
) -> npt.NDArray[np.uint32]:
    """Values that far more records hold than hold any usual one."""
    values, counts = _counted(sample)
    if whole_days:
        whole = (values[:, 0] & 0xFF) != 0
        values, counts = values[whole], counts[whole]
    total, found = counts.sum(), 0
    rest = np.append(np.cumsum(counts[::-1])[::-1][1:], 0) if len(counts) else counts
    for k, count in enumerate(counts.tolist()):
        others = len(counts) - k - 1
        usual = rest[k] / max(others, 1)
        if others < OTHERS or count < max(LEAST, least * total) or count < BEYOND_OTHERS * max(usual, 1.0):
            break
        found = k + 1
    return values[:found]


def _of_several(
    sample: npt.NDArray[np.uint32],
    values: npt.NDArray[np.uint32],
    names: list[npt.NDArray[np.uint32]],
) -> list[npt.NDArray[np.uint32]]:
    """Those of these values that are not one person's."""
    return [value for value in values if not _is_one_person(sample, value, names)]


def _is_one_person(
    sample: npt.NDArray[np.uint32], value: npt.NDArray[np.uint32], names: list[npt.NDArray[np.uint32]]
) -> bool:
    """Whether most of the sampled records that hold a value have, in each column of names, the same one."""
    holders = (sample == value).all(axis=1)
    shares = []
    for column in names:
        held = column[holders]
        counts = np.unique(held[held != 0], return_counts=True)[1]
        shares.append(counts.max(initial=0) / max(counts.sum(), 1))
    return bool(shares) and sum(shares) >= ONE_PERSON * len(shares)


def _words_for_none(sample: npt.NDArray[np.uint32], column: Any, are_names: bool) -> npt.NDArray[np.uint32]:
    """Ids of frequent texts that say that there is none; Na and Nan are names too."""
    values, counts = _counted(sample)
    often = values[counts >= max(LEAST // 2, FREQUENT_WORD * counts.sum())]
    known = {w for w in _WORDS if not are_names or len(w) > 3 or not w.isascii()}
    texts = [column.text_of(int(v)) for v in often[:, 0]]
    if not known.isdisjoint(_CODES.intersection(texts)):
        others = {text for v in values[:CODES, 0] if (text := column.text_of(int(v))) not in _WORDS}
        if others and sum(len(text) == 2 for text in others) > 0.5 * len(others):
            known -= _CODES
    is_word = np.array([text in known or known.issuperset(text.split()) for text in texts], bool)
    found: npt.NDArray[np.uint32] = often[is_word]
    return found


def _drop(words: npt.NDArray[np.uint32], values: Iterable[npt.NDArray[np.uint32]]) -> int:
    n = 0
    for value in values:
        equal = (words == value).all(axis=1)
        words[equal] = 0
        n += int(np.count_nonzero(equal))
    return n


def _drop_any(words: npt.NDArray[np.uint32], values: npt.NDArray[np.uint32]) -> int:
    held = np.isin(words[:, 0], values)
    words[held] = 0
    return int(np.count_nonzero(held))
