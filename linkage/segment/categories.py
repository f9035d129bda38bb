"""A segment's categories -> the word of any raw text, as the segment whose weights are used numbers it."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage.segment.container import Container

MOST_REMEMBERED = 1 << 16
"""Ways of writing a category that are remembered: queries may hold anything."""


class SegmentCategories:
    """The values of a segment's categories.

    Parameters
    ----------
    container : Container
    fields : list of dict
        The segment's fields, as its description has them.
    like : SegmentCategories or None
        Of the segment whose weights are used, and whose numbers therefore.
    """

    def __init__(
        self, container: Container, fields: list[dict[str, Any]], like: SegmentCategories | None
    ) -> None:
        self._container = container
        self._fields = fields
        self._like = like
        self._words: dict[int, dict[str, int]] = {}
        self._ids: dict[int, dict[object, int]] = {}
        self._numbering = threading.Lock()

    def word(self, field: int, text: str) -> int:
        """The word of a category's raw text."""
        if self._like is not None:
            return self._like.word(field, text)
        words = self._words.get(field)
        if words is None:
            words = self._words[field] = self._read(field)
        found = words.get(text)
        if found is None:
            from linkage.fields.categories import category_word

            with self._numbering:
                ids = self._ids.setdefault(field, self.ids(field))
                written = text.encode("utf-8", "replace").decode()  # half of a surrogate pair is no text
                found = category_word(written, self._fields[field]["format"], ids)
            if len(words) < MOST_REMEMBERED:
                words[text] = found
        return found

    def ids(self, field: int) -> dict[object, int]:
        """A category's values and their numbers; a copy."""
        return {tuple(k) if isinstance(k, list) else k: v for k, v in self._fields[field]["ids"]}

    def words(self, field: int) -> npt.NDArray[np.uint32]:
        """The words of a category's texts, in the order of their numbers in the store."""
        if f"category/{field}/words" not in self._container.names:
            return np.zeros(0, np.uint32)
        words: npt.NDArray[np.uint32] = self._container.array(f"category/{field}/words")
        if self._like is not None:
            words = np.array([self.word(field, t) if t else 0 for t in self._read(field)], np.uint32)
        return words

    def _read(self, field: int) -> dict[str, int]:
        if f"category/{field}/offsets" not in self._container.names:
            return {}
        offsets = self._container.array(f"category/{field}/offsets").tolist()
        data = self._container.array(f"category/{field}/texts").tobytes()
        words = self._container.array(f"category/{field}/words").tolist()
        return {
            data[a:b].decode("utf-8", "replace"): word
            for a, b, word in zip(offsets, offsets[1:], words, strict=False)
        }
