"""A column of numbers and the parts of an index -> the records that have, or had, them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage.errors import SegmentError
from linkage.fields.text import Buffers
from linkage.search.find import Part
from linkage.search.get import exact_fields, search_of
from linkage.search.verdicts import CURRENT, DECEASED
from linkage.search.verify import Standing

Indices = npt.NDArray[np.intp]
Bits = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Holders:
    """Pairs of a form and a record that has its number.

    Attributes
    ----------
    form, part, row : intp[m]
    own : bool[m]
        The number stands in the record's own fields.
    ended : bool[m]
        It is cancelled, or replaced, or whatever else than current.
    dead : bool[m]
        The record's person has died.
    """

    form: Indices
    part: Indices
    row: Indices
    own: Bits
    ended: Bits
    dead: Bits

    def take(self, which: npt.NDArray[Any]) -> Holders:
        """These pairs, by position or by mask."""
        return Holders(*(array[which] for array in vars(self).values()))

    @classmethod
    def joined(cls, several: Sequence[Holders]) -> Holders:
        """All pairs of several."""
        if not several:
            nothing, no = np.zeros(0, np.intp), np.zeros(0, np.bool_)
            return cls(nothing, nothing, nothing, no, no, no)
        columns = zip(*(vars(item).values() for item in several), strict=True)
        return cls(*(np.concatenate(column) for column in columns))


class HolderTable:
    """Who has a number: by the postings, and by what the catalog knows of numbers beyond records' fields.

    Parameters
    ----------
    parts : sequence of Part
    standing : Standing or None
    """

    def __init__(self, parts: Sequence[Part], standing: Standing | None) -> None:
        self._parts = parts
        self._further: dict[str, _Further] = {}
        self._dead = np.zeros(0, np.int64)
        rows = standing.rows() if standing else []
        if rows:
            self._read(rows)

    def _read(self, rows: list[tuple[str, str, int, str]]) -> None:
        """The catalog's rows -> numbers in order, and the rows of records of the dead."""
        ids, fields, codes, statuses = zip(*rows, strict=True)
        names = np.array(fields)
        items, places = [], []
        for k, part in enumerate(self._parts):
            item, row = part.segment.rows_of_record_ids(ids)
            live = np.ones(len(row), np.bool_)
            if part.dead is not None:
                live = part.dead[row >> 3] >> (row & 7).astype(np.uint8) & 1 == 0
            items.append(item[live])
            places.append(_place(k, row[live].astype(np.int64)))
        item, place = np.concatenate(items), np.concatenate(places)
        numbers = np.array(codes, np.int64).view(np.uint64)[item]
        dead = np.array([s == DECEASED for s in statuses])[item]
        ended = np.array([s not in (CURRENT, DECEASED) for s in statuses])[item]
        self._dead = np.unique(place[dead])
        for name in set(fields):
            here = np.flatnonzero(names[item] == name)
            here = here[np.argsort(numbers[here], kind="stable")]
            self._further[name] = _Further(numbers[here], place[here], ended[here])

    def find(self, field: int, buffers: Buffers, words: npt.NDArray[np.uint32]) -> Holders:
        """The holders of a column of numbers.

        Parameters
        ----------
        field : int
            Of the first part's segment.
        buffers : Buffers
            The numbers as text, those to be asked for valid.
        words : uint32[n, 2]
            The same encoded.
        """
        name = self._parts[0].segment.field_names[field]
        forms, places = [], []
        for k, part in enumerate(self._parts):
            if name not in exact_fields(part.segment):
                continue
            try:
                form, row = search_of(part.segment, name).find_many(*buffers, 0, len(words), part.dead)
            except ValueError as error:
                raise SegmentError(f"{part.segment.container.name}, section 'blobs': {error}") from None
            forms.append(form.astype(np.intp))
            places.append(_place(k, row.astype(np.int64)))
        form, place = np.concatenate(forms), np.concatenate(places)
        own, ended = np.ones(len(form), np.bool_), np.zeros(len(form), np.bool_)
        if self._further:
            form, place, own, ended = self._with_further(name, buffers, words, (form, place, own, ended))
        dead = np.isin(place, self._dead) if len(self._dead) else np.zeros(len(form), np.bool_)
        return Holders(
            form.astype(np.intp),
            (place >> 32).astype(np.intp),
            (place & 0xFFFFFFFF).astype(np.intp),
            own,
            ended,
            dead,
        )

    def _with_further(
        self, name: str, buffers: Buffers, words: npt.NDArray[np.uint32], held: tuple[Any, Any, Any, Any]
    ) -> tuple[Any, Any, Any, Any]:
        """Own holders and those that the catalog adds, each pair once."""
        codes = words[:, 0].astype(np.uint64) | words[:, 1].astype(np.uint64) << np.uint64(32)
        asked = codes != 0 if buffers[2] is None else (codes != 0) & (buffers[2] > 0)
        columns = [held]
        pair = next((part.segment.number_pair for part in self._parts), ())
        for other in dict.fromkeys((name, *(pair if name in pair else ()))):
            further = self._further.get(other)
            if further is not None:
                # The other number's field only for an old number, as `get` does.
                is_old = (codes >> np.uint64(36) == 0) & (codes >> np.uint64(32) > 0)
                forms = np.flatnonzero(asked if other == name else asked & is_old)
                columns.append(further.holders(forms, codes[forms]))
        form, place, own, ended = (np.concatenate(column) for column in zip(*columns, strict=True))
        order = np.lexsort((place, form))
        form, place = form[order], place[order]
        is_first = (np.diff(form, prepend=-1) != 0) | (np.diff(place, prepend=-1) != 0)
        first = np.flatnonzero(is_first)
        if not len(first):
            return form, place, own, ended
        own, ended = (np.logical_or.reduceat(column[order], first) for column in (own, ended))
        return form[first], place[first], own, ended


@dataclass(frozen=True)
class _Further:
    """Numbers of one field beyond the records' own, in order."""

    codes: npt.NDArray[np.uint64]
    place: npt.NDArray[np.int64]
    ended: Bits

    def holders(self, forms: Indices, codes: npt.NDArray[np.uint64]) -> tuple[Any, Any, Any, Any]:
        """Form, place, own (none) and ended of those who have these numbers."""
        low, high = (np.searchsorted(self.codes, codes, side) for side in ("left", "right"))
        counts = high - low
        form = np.repeat(forms, counts)
        at = np.repeat(high - np.cumsum(counts), counts) + np.arange(len(form))
        return form, self.place[at], np.zeros(len(form), np.bool_), self.ended[at]


def _place(part: int, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return rows | part << 32
