"""Distinct values of a column of names -> those that say who somebody is (daughter, lady of the house).

Whoever fills in a form writes such words for a name that nobody told, and on a birth ward for one not given
yet. Each is rare, so how often they occur does not show them; they are few enough to be listed.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage._kernels.dictionary import ValueDictionary
from linkage.fields.headers import WORDS
from linkage.fields.text import few_texts, text_buffers

Hashes = npt.NDArray[np.uint64]


def nameless(values: npt.NDArray[Any], tokens: npt.NDArray[Any]) -> npt.NDArray[np.uint32]:
    """Ids of the values that are no names.

    Parameters
    ----------
    values, tokens : arrays of a `ValueDictionary` of names
        A column has far fewer words than names: where none of them begins such a value, no name is looked at.
    """
    known, first = _known()
    begins = _are_among(tokens["folded"], first)
    if not begins.any():
        return np.empty(0, np.uint32)
    may = np.flatnonzero(begins[values["tokens"][:, 0]])  # of the missing value it is token 0, which is none
    ids: npt.NDArray[np.uint32] = may[_are_among(values["folded"][may], known)].astype(np.uint32)
    return ids


def _are_among(hashes: Hashes, known: Hashes) -> npt.NDArray[np.bool_]:
    """Which hashes are among the known ones, which are sorted; `np.isin` imports NumPy's masked arrays."""
    found: npt.NDArray[np.bool_] = known[np.searchsorted(known[:-1], hashes)] == hashes
    return found


@cache
def _known() -> tuple[Hashes, Hashes]:
    """What the values and their first words have for a hash, as columns hash them."""
    dictionary = ValueDictionary("name")
    texts = few_texts(WORDS["nameless"])
    ids = np.empty(len(texts), np.uint32)
    dictionary.encode(*text_buffers(texts), ids)
    values, tokens, _ = dictionary.take()
    found = values[ids]
    of_values, of_words = found["folded"], tokens["folded"][found["tokens"][:, 0]]
    known, first = (np.array(sorted(set(hashes.tolist())), np.uint64) for hashes in (of_values, of_words))
    return known, first
