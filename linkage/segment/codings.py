"""A sample of raw texts -> how each field's texts are written in blobs, and the vocabulary of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkage._kernels.words import WordCounter
from linkage.fields.text import as_text, text_buffers
from linkage.schema import Field

RECORD_ID = "record_id"
MOST_WORDS = 65_533
LEAST_OF_WORD = 2
"""A word that the sample holds once costs more in the vocabulary than where it stands."""
PATTERN_SAMPLE = 4_000
MOST_PREFIX, MOST_DIGITS = 16, 18
STEADY = 0.98
"""Share of a column's usual texts from which on a leading digit counts as their prefix."""

_KINDS = {
    "person_name": "words", "text": "words", "address": "words", "email": "words", "number": "words",
    "identifier": "pattern", "phone": "pattern", "date": "date", "category": "category",
}  # fmt: skip


def choose_codings(fields: Sequence[Field], sample: dict[str, pa.Array]) -> list[dict[str, Any]]:
    """How each field is written, the record id last; plain values for the segment's description.

    Parameters
    ----------
    fields : sequence of Field
    sample : dict of str to pa.Array
        Texts of the first records by field; "record_id" too.
    """
    kinds = [(f.name, _KINDS[f.kind]) for f in fields] + [(RECORD_ID, "pattern")]
    return [
        {"kind": kind, **(_pattern(sample[name]) if kind == "pattern" and name in sample else {})}
        for name, kind in kinds
    ]


def _pattern(texts: pa.Array) -> dict[str, Any]:
    """The usual prefix and number of digits: those that most texts of a sample share."""
    if not len(texts):
        return {"prefix": b"", "n_digits": 0, "n_bytes": 0}
    spread = texts.take(pa.array(np.linspace(0, len(texts) - 1, PATTERN_SAMPLE, dtype=np.int64)))
    found = [t for t in pc.cast(spread, pa.binary()).to_pylist() if t]
    shapes = Counter((len(t) - _n_digits(t), _n_digits(t)) for t in found)
    if not shapes:
        return {"prefix": b"", "n_digits": 0, "n_bytes": 0}
    (n_prefix, n_digits), _ = shapes.most_common(1)[0]
    usual = [t for t in found if (len(t) - _n_digits(t), _n_digits(t)) == (n_prefix, n_digits)]
    prefix = Counter(t[:n_prefix] for t in usual).most_common(1)[0][0]
    if n_digits > 1 and _n_bytes(n_digits - 1) < _n_bytes(n_digits):
        longer, n = Counter(t[: n_prefix + 1] for t in usual if t.startswith(prefix)).most_common(1)[0]
        if n >= STEADY * len(usual):  # the 0 of telephone numbers
            prefix, n_digits = longer, n_digits - 1
    if n_digits > MOST_DIGITS or len(prefix) > MOST_PREFIX:
        return {"prefix": b"", "n_digits": 0, "n_bytes": 0}
    return {"prefix": prefix, "n_digits": n_digits, "n_bytes": _n_bytes(n_digits)}


def _n_bytes(n_digits: int) -> int:
    """Bytes that hold a number of so many digits."""
    most: int = 10**n_digits - 1
    return (most.bit_length() + 7) // 8


def _n_digits(text: bytes) -> int:
    """Digits at the end."""
    return len(text) - len(text.rstrip(b"0123456789"))


def count_words(
    fields: Sequence[Field], sample: dict[str, pa.Array]
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
    """The vocabulary: the most frequent words of all texts, as offsets and bytes, the most frequent first."""
    counter = WordCounter()
    for field in fields:
        if _KINDS[field.kind] == "words" and field.name in sample:
            counter.add_words(*text_buffers(as_text(sample[field.name])))
    return counter.most_frequent(MOST_WORDS, LEAST_OF_WORD)
