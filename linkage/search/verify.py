"""An identifier with the rest of a form -> whether each field agrees with the record, and no stored value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from linkage._kernels.identifiers import MALFORMED, REPAIRED, UNRECOVERABLE, pack_one
from linkage.errors import InputError
from linkage.search.find import Hit, Part, check_query, prepare, repaired, score_row
from linkage.search.get import rows_of
from linkage.search.judging import RIVAL, judge
from linkage.search.matches import FIXED
from linkage.search.naming import under_field_names
from linkage.search.readable import KIND_NAMES, says
from linkage.search.verdicts import (
    AGREEING,
    CURRENT,
    DEAD,
    DECEASED,
    ENDED,
    MOST_HOLDERS,
    NO_NUMBER,
    NOT_FOUND,
    SEVERAL,
    UNREADABLE,
    Verdict,
    code_of,
    verdicts_of,
)

if TYPE_CHECKING:
    from linkage.segment.segment import Segment


@dataclass(frozen=True)
class Verification:
    """What a form says against the record of its number; holds nothing of the record but these verdicts.

    Attributes
    ----------
    code : str
        ``KHOP`` all fields agree; ``KHOP_CHUAN_HOA`` they agree but for the way of writing;
        ``KHOP_MOT_PHAN`` some are known only in part; ``LECH_HO_TEN``, ``LECH_NGAY_SINH``,
        ``LECH_GIOI_TINH`` or ``LECH_<FIELD>`` the schema's first that contradicts; ``DA_CHET`` the
        person has died; ``SO_DA_HUY`` the number is theirs no more; ``SO_KHONG_TON_TAI`` nobody has it;
        ``SAI_DINH_DANG`` it is no number, or another field says nothing that can be read;
        ``NHIEU_UNG_VIEN`` several people have it; ``THIEU_SO`` the form has none. A death comes before an
        ended number, and both before what the fields say.
    fields : dict[str, str]
        Per field of the form: match, variant, partial, mismatch, or not_held when the record has no value.
    unreadable : tuple of str
        Fields of the form that say nothing that can be read; they count as mismatches.
    """

    code: str
    fields: dict[str, Verdict]
    unreadable: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether the number is one living person's and nothing contradicts."""
        return self.code in AGREEING


class Holder(NamedTuple):
    """A record that has a number: in its own fields, or further; whether the number has ended."""

    part: int
    row: int
    own: bool
    ended: bool
    dead: bool


class Standing(Protocol):
    """What is known of numbers beyond the records' own fields."""

    def of_number(self, field: str, text: str) -> list[tuple[str, str]]:
        """Record ids that have, or had, this number, each with the number's status."""

    def is_dead(self, record_id: str) -> bool:
        """Whether one of the record's numbers says that the person has died."""

    def rows(self) -> list[tuple[str, str, int, str]]:
        """All of it: record id, field, code (signed) and status."""


def verify(parts: Sequence[Part], query: Mapping[str, Any], standing: Standing | None = None) -> Verification:
    """Compare a form with the record of its first number that the index knows.

    Parameters
    ----------
    parts : sequence of Part
    query : mapping
        At least one identifier, and the fields to compare.
    standing : Standing or None
        Numbers with a status: cancelled, replaced, of the dead.

    Raises
    ------
    InputError
        A name that says no field, or an index without a number of a person.
    """
    check_query(query)
    if not parts:
        is_empty = all(value in (None, "") for value in query.values())
        return Verification(NO_NUMBER if is_empty else NOT_FOUND, {})
    segment = parts[0].segment
    if any(name not in segment.positions for name in query):
        query = under_field_names(segment, query)
    given = {name: value for name, value in query.items() if value not in (None, "")}
    prepare(segment, given)  # unknown values are refused whatever the number is
    numbers = [i for i in number_fields(segment) if segment.field_names[i] in given]
    if not numbers:
        return Verification(NO_NUMBER, {})
    for i in numbers:
        name = segment.field_names[i]
        holders = _holders(parts, name, str(given[name]), standing)
        if len(holders) > MOST_HOLDERS:
            return Verification(SEVERAL, {})
        if holders:
            hits = _fitting(parts, holders, given)
            if len(set(judge(parts, hits)[0])) > 1:
                return Verification(SEVERAL, {})
            of_hits = [next(h for h in holders if (h.part, h.row) == hit[1:3]) for hit in hits]
            found = _compare(parts, hits[0], given, name, of_hits[0].own)
            if any(h.dead for h in of_hits):
                return Verification(DEAD, found.fields, found.unreadable)
            if all(h.ended for h in of_hits):
                return Verification(ENDED, found.fields, found.unreadable)
            return found
    well_formed = any(_status(segment, i, given) not in (MALFORMED, UNRECOVERABLE) for i in numbers)
    return Verification(NOT_FOUND if well_formed else UNREADABLE, {})


def number_fields(segment: Segment) -> list[int]:
    """Identifiers of one person: not those that a household has in common.

    Raises
    ------
    InputError
        The index has none.
    """
    shared = {c["name"] for c in segment.scorer if c["shared"]}
    fields = enumerate(segment.fields)
    found = [i for i, f in fields if f["kind"] == "identifier" and f["name"] not in shared]
    if not found:
        raise InputError(
            f"verify: expected an index with a number of each person, got {', '.join(segment.field_names)}"
        )
    return found


def _holders(parts: Sequence[Part], field: str, text: str, standing: Standing | None) -> list[Holder]:
    """Live records that have, or had, a number."""
    own = [(k, row) for k, part in enumerate(parts) for row in rows_of(part, field, text)]
    if standing is None:
        return [Holder(k, row, True, False, False) for k, row in own]
    ended: dict[tuple[int, int], bool] = {}
    for record_id, status in standing.of_number(field, text):
        for k, part in enumerate(parts):
            for row in rows_of(part, "record_id", record_id):
                ended[k, row] = ended.get((k, row), False) or status not in (CURRENT, DECEASED)
    found = []
    for k, row in dict.fromkeys([*own, *ended]):
        record_id = parts[k].segment.record_ids(np.array([row], np.uint32))[0]
        is_own, has_ended = (k, row) in own, ended.get((k, row), False)
        found.append(Holder(k, row, is_own, has_ended, standing.is_dead(record_id)))
    return found


def _status(segment: Segment, field: int, given: Mapping[str, Any]) -> int:
    """How a form's number is written: one of the statuses of `pack_one`."""
    meta = segment.fields[field]
    raw = str(given[meta["name"]]).encode("utf-8", "replace")
    return pack_one(raw, KIND_NAMES[int(meta["identifier"])])[1]


def _fitting(parts: Sequence[Part], holders: Sequence[Holder], given: Mapping[str, Any]) -> list[Hit]:
    """Of several holders of a number, those whom the form fits: one person, where it tells them apart."""
    hits: list[Hit] = []
    for holder in holders:
        weight, gamma, _, _ = score_row(parts[holder.part].segment, given, holder.row)
        hits.append((-weight, holder.part, holder.row, gamma))
    hits.sort()
    if hits[0][0] >= 0:
        return hits
    return [hit for hit in hits if hit[0] - hits[0][0] < RIVAL * FIXED]


def _compare(
    parts: Sequence[Part], hit: Hit, given: Mapping[str, Any], number: str, own: bool
) -> Verification:
    """All fields of a form against the record that was found by one of its numbers."""
    _, k, _, gamma = hit
    segment: Segment = parts[k].segment
    texts, words = prepare(segment, given)
    meant = repaired(segment, texts)
    fields: dict[str, Verdict] = {}
    unreadable = []
    for comparison in segment.scorer:
        name = comparison["name"]
        if name not in given:
            continue
        at = segment.positions[name]
        code = gamma >> comparison["shift"] & ((1 << comparison["bits"]) - 1)
        if code == 0:
            fields[name] = "not_held"
            if not says(segment, at, texts[at] or b"", words[at]):
                fields[name] = "mismatch"
                unreadable.append(name)
        else:
            fields[name] = verdicts_of(comparison["op"], len(comparison["levels"]))[code - 1]
            if fields[name] == "match" and (meant[at] != texts[at] or _is_repaired(segment, at, given)):
                fields[name] = "variant"
        if name == number and (code == 0 or not own):
            # The record was found by this number: it stands in the other number's place, or beside it.
            fields[name] = "variant"
    by_schema = {name: fields[name] for name in segment.field_names if name in fields}
    as_given = {name: fields[name] for name in given if name in fields}
    return Verification(code_of(by_schema, unreadable=bool(unreadable)), as_given, tuple(unreadable))


def _is_repaired(segment: Segment, field: int, given: Mapping[str, Any]) -> bool:
    """Whether a form's number agrees only because its way of writing was mended (a lost zero)."""
    return "identifier" in segment.fields[field] and _status(segment, field, given) == REPAIRED
