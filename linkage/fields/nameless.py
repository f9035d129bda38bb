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
from linkage.fields.meaning.headers import WORDS
from linkage.fields.text import few_texts, text_buffers

_NEWBORN = frozenset(
    ("baby", "infant", "newborn", "born", "nacido", "nacida", "nascido", "nascida", "ne", "nee", "bebe")
)
_OF = frozenset(("of", "de", "ny"))
Hashes = npt.NDArray[np.uint64]


def nameless(
    values: npt.NDArray[Any], tokens: npt.NDArray[Any], *, are_given: bool = False
) -> npt.NDArray[np.uint32]:
    """Ids of the values that are no names.

    Parameters
    ----------
    values, tokens : arrays of a `ValueDictionary` of names
        A column has far fewer words than names: where none of them begins such a value, no name is looked at.
    are_given : bool
        Of given names alone: then whatever stands behind the words for a newborn (baby girl B of Maria) is
        no name of their own either. In whole names it is the family's (Baby Boy Miller).
    """
    known, first, begun = _known()
    begins = _are_among(tokens["folded"], first)
    if not begins.any():
        return np.empty(0, np.uint32)
    may = np.flatnonzero(begins[values["tokens"][:, 0]])  # of the missing value it is token 0, which is none
    found = _are_among(values["folded"][may], known)
    if are_given:
        words = tokens["folded"][values["tokens"][may]]
        for phrase in begun:
            found |= (words[:, : len(phrase)] == phrase).all(axis=1)
    ids: npt.NDArray[np.uint32] = may[found].astype(np.uint32)
    return ids


def _are_among(hashes: Hashes, known: Hashes) -> npt.NDArray[np.bool_]:
    """Which hashes are among the known ones, which are sorted; `np.isin` imports NumPy's masked arrays."""
    found: npt.NDArray[np.bool_] = known[np.searchsorted(known[:-1], hashes)] == hashes
    return found


@cache
def _known() -> tuple[Hashes, Hashes, list[Hashes]]:
    """What the values and their first words have for a hash; the words of those that others follow."""
    dictionary = ValueDictionary("name")
    texts = few_texts(WORDS["nameless"])
    ids = np.empty(len(texts), np.uint32)
    dictionary.encode(*text_buffers(texts), ids)
    values, tokens, _ = dictionary.take()
    found = values[ids]
    of_values, of_words = found["folded"], tokens["folded"][found["tokens"][:, 0]]
    known, first = (np.array(sorted(set(hashes.tolist())), np.uint64) for hashes in (of_values, of_words))
    begun = [
        tokens["folded"][value["tokens"][: value["n_tokens"]]]
        for value, text in zip(found, WORDS["nameless"], strict=True)
        if _is_begun(text)
    ]
    return known, first, begun


def _is_begun(text: str) -> bool:
    """Whether a value for no name is one of several words for a newborn, or says whose child somebody is."""
    words = text.split()
    return len(words) > 1 and (words[-1] in _OF or not _NEWBORN.isdisjoint(words))
