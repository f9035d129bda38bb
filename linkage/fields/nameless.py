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
    begins = np.flatnonzero(np.isin(tokens["folded"], first))
    if not len(begins):
        return np.empty(0, np.uint32)
    may = np.flatnonzero(np.isin(values["tokens"][:, 0], begins) & (values["n_tokens"] > 0))
    return may[np.isin(values["folded"][may], known)].astype(np.uint32)


@cache
def _known() -> tuple[Hashes, Hashes]:
    """What the values and their first words have for a hash, as columns hash them."""
    dictionary = ValueDictionary("name")
    texts = few_texts(WORDS["nameless"])
    ids = np.empty(len(texts), np.uint32)
    dictionary.encode(*text_buffers(texts), ids)
    values, tokens, _ = dictionary.take()
    found = values[ids]
    return np.unique(found["folded"]), np.unique(tokens["folded"][found["tokens"][:, 0]])
