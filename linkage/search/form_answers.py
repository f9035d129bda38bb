"""Forms of a batch and the records of their numbers -> codes of forms and verdicts of fields, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage._kernels.identifiers import MALFORMED, UNRECOVERABLE
from linkage._kernels.judging import name_people_of
from linkage._kernels.rows import encode_identifiers
from linkage.errors import SegmentError
from linkage.fields.text import text_buffers
from linkage.search.find import Part
from linkage.search.form_scores import Scores, score_holders
from linkage.search.holders import Holders, HolderTable
from linkage.search.judging import RIVAL, SAME, judge
from linkage.search.matches import FIXED
from linkage.search.queries import Queries
from linkage.search.verdicts import (
    DEAD,
    ENDED,
    MATCH,
    MOST_HOLDERS,
    NO_NUMBER,
    NORMALISED,
    NOT_FOUND,
    PARTIAL,
    SEVERAL,
    UNREADABLE,
    VERDICTS,
    verdicts_of,
)
from linkage.search.verify import number_fields
from linkage.segment.segment import Segment

Indices = npt.NDArray[np.intp]
Bits = npt.NDArray[np.bool_]
CODES = (MATCH, NORMALISED, PARTIAL, DEAD, ENDED, SEVERAL, NOT_FOUND, UNREADABLE, NO_NUMBER)
_MATCH, _VARIANT, _PARTIAL, _MISMATCH, _NOT_HELD = range(len(VERDICTS))
_NONE = -1


class FormAnswers:
    """Forms of a batch -> codes and verdicts.

    Attributes
    ----------
    codes : int16[n]
        Positions in `CODES`, then a code a compared field.
    verdicts : list of int8[n]
        Per compared field, positions in `VERDICTS`; -1 = none.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        forms: Queries,
        holders: HolderTable,
        compared: list[dict[str, Any]],
    ) -> None:
        self._parts = parts
        self._forms = forms
        self._compared = compared
        segment: Segment = parts[0].segment
        self.verdicts = [np.full(forms.n, _NONE, np.int8) for _ in compared]
        self.codes = np.full(forms.n, CODES.index(NO_NUMBER), np.int16)
        self._number = np.full(forms.n, -1, np.int16)
        held = self._find(segment, holders)
        many = np.bincount(held.form, minlength=forms.n) > MOST_HOLDERS
        self.codes[many] = CODES.index(SEVERAL)
        held = held.take(~many[held.form])
        if len(held.form):
            self._judge(*score_holders(parts, forms, held))

    def _find(self, segment: Segment, holders: HolderTable) -> Holders:
        """Each form's holders by its first number that anybody has; the codes of forms without any."""
        numbers = [i for i in number_fields(segment) if segment.field_names[i] in self._forms.texts]
        open_forms = np.ones(self._forms.n, np.bool_)
        has_number, well_formed = np.zeros_like(open_forms), np.zeros_like(open_forms)
        found = []
        for i in numbers:
            name = segment.field_names[i]
            buffers, given = text_buffers(self._forms.texts[name]), self._forms.is_given(name)
            words = np.empty((self._forms.n, 2), np.uint32)
            status = np.empty(self._forms.n, np.uint8)
            encode_identifiers(*buffers, int(segment.fields[i]["identifier"]), words, status)
            has_number |= given
            well_formed |= given & (status != MALFORMED) & (status != UNRECOVERABLE)
            asked = given & open_forms
            held = holders.find(i, (buffers[0], buffers[1], asked.view(np.uint8)), words)
            self._number[held.form] = i
            open_forms[held.form] = False
            found.append(held)
        self.codes[has_number & ~well_formed] = CODES.index(UNREADABLE)
        self.codes[well_formed] = CODES.index(NOT_FOUND)
        return Holders.joined(found)

    def _judge(self, held: Holders, scores: Scores) -> None:
        """Of each form's holders, the one person it fits; then what its fields say."""
        order = _by_form(held, scores)
        held, scores = held.take(order), scores.take(order)
        first = np.flatnonzero(np.diff(held.form, prepend=-1))
        sizes = np.diff(first, append=len(order))
        best = np.repeat(scores.weights[first], sizes).astype(np.int64)
        fits = (best <= 0) | (best - scores.weights < RIVAL * FIXED)
        several = self._several(held, scores, fits, first)
        alone = ~several
        dead = np.logical_or.reduceat(held.dead & fits, first)
        ended = np.logical_and.reduceat(held.ended | ~fits, first)
        forms = held.form[first]
        self.codes[forms[several]] = CODES.index(SEVERAL)
        one = first[alone]
        unreadable = self._compare(held.take(one), scores, one)
        codes = self._of_fields(forms[alone])
        codes[unreadable] = CODES.index(UNREADABLE)
        codes[ended[alone]] = CODES.index(ENDED)
        codes[dead[alone]] = CODES.index(DEAD)
        self.codes[forms[alone]] = codes

    def _several(self, held: Holders, scores: Scores, fits: Bits, first: Indices) -> Bits:
        """Whether the holders that a form fits are more than one person."""
        several = np.zeros(len(first), np.bool_)
        n_fitting = np.add.reduceat(fits.astype(np.intp), first)
        places = np.flatnonzero(n_fitting > 1)
        one_part = np.minimum.reduceat(held.part, first) == np.maximum.reduceat(held.part, first)
        for k, part in enumerate(self._parts):
            here = places[one_part[places] & (held.part[first[places]] == k)]
            if len(here):
                several[here] = _are_several(part.segment, held.row, first[here], n_fitting[here])
        for at in places[~one_part[places]].tolist():
            span = slice(first[at], first[at] + n_fitting[at])
            columns = (
                -scores.weights[span].astype(np.int64),
                held.part[span],
                held.row[span],
                scores.gammas[span],
            )
            hits = list(zip(*(c.tolist() for c in columns), strict=True))
            several[at] = len(set(judge(self._parts, hits)[0])) > 1
        return several

    def _compare(self, held: Holders, scores: Scores, at: Indices) -> Bits:
        """Fill the verdicts of forms with one record each; whether one of their fields cannot be read."""
        forms = held.form
        unreadable = np.zeros(len(forms), np.bool_)
        segment: Segment = self._parts[0].segment
        for comparison, verdicts in zip(self._compared, self.verdicts, strict=True):
            name = comparison["name"]
            field = segment.positions[name]
            is_number = segment.fields[field]["kind"] == "number"
            given = self._forms.is_given(name)[forms]
            codes = (scores.gammas[at] >> np.uint64(comparison["shift"])) & np.uint64(
                (1 << comparison["bits"]) - 1
            )
            found = _table(comparison)[codes.astype(np.intp)]
            says = scores.says[forms] >> np.uint64(field) & np.uint64(1) > 0
            silent = given & (codes == 0) & ~says & (not is_number)
            found[silent] = _MISMATCH
            mended = (scores.mended[forms] >> np.uint64(field) & np.uint64(1)) > 0
            found[(found == _MATCH) & mended] = _VARIANT
            # Found by this number: it stands in the other number's place, or beside it.
            by_this = self._number[forms] == field
            found[by_this & ((codes == 0) | ~held.own)] = _VARIANT
            verdicts[forms] = np.where(given, found, _NONE)
            unreadable |= silent
        return unreadable

    def _of_fields(self, forms: Indices) -> npt.NDArray[np.int16]:
        """The codes that the verdicts of forms make, the first field that contradicts before all others."""
        codes = np.full(len(forms), CODES.index(MATCH), np.int16)
        columns = [verdicts[forms] for verdicts in self.verdicts]
        for verdict, code in ((_VARIANT, NORMALISED), (_PARTIAL, PARTIAL)):
            for column in columns:
                codes[column == verdict] = CODES.index(code)
        for k in reversed(range(len(columns))):
            codes[columns[k] == _MISMATCH] = len(CODES) + k
        return codes


def _by_form(held: Holders, scores: Scores) -> Indices:
    """Pairs by form, the best first: forms in order, and only those of several pairs are sorted within."""
    counts = np.bincount(held.form)[held.form]
    single, several = np.flatnonzero(counts == 1), np.flatnonzero(counts > 1)
    weights = -scores.weights[several].astype(np.int64)
    ranked = several[np.lexsort((held.row[several], held.part[several], weights, held.form[several]))]
    order = np.concatenate([single, ranked])
    sorted_order: Indices = order[np.argsort(held.form[order], kind="stable")]
    return sorted_order


def _table(comparison: dict[str, Any]) -> npt.NDArray[np.int8]:
    """A comparison's code -> the position of its verdict."""
    named = verdicts_of(comparison["op"], len(comparison["levels"]))
    room = np.full(1 << comparison["bits"], _MISMATCH, np.int8)
    room[0] = _NOT_HELD
    room[1 : 1 + len(named)] = [VERDICTS.index(v) for v in named]
    return room


def _are_several(segment: Segment, rows: Indices, first: Indices, counts: Indices) -> Bits:
    """Whether each run of rows of a segment holds more than one person."""
    width = int(counts.max())
    room = np.zeros((len(first), width), np.uint32)
    is_held = np.arange(width) < counts[:, None]
    room[is_held] = rows[(first[:, None] + np.arange(width))[is_held]]
    people = np.zeros_like(room)
    searcher = segment.borrow()
    try:
        order = np.arange(len(first), dtype=np.uint32)
        name_people_of(searcher, room, counts.astype(np.uint32), order, SAME, people)
    except ValueError as error:
        raise SegmentError(f"{segment.container.name}, section 'blobs': {error}") from None
    finally:
        segment.give_back(searcher)
    several: Bits = np.any(np.where(is_held, people, 0) > 0, axis=1)
    return several
