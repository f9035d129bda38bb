"""An identifier with the rest of a form -> whether each field agrees with the record, and no stored value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from linkage._kernels.dates import parse_one
from linkage._kernels.identifiers import KINDS, MALFORMED, REPAIRED, UNRECOVERABLE, pack_one
from linkage._kernels.normalise import normalise_one
from linkage.errors import SegmentError
from linkage.search.get import Record, get
from linkage.search.lookup import RIVAL, Hit, Part, judge, prepare, repaired
from linkage.search.matches import FIXED

if TYPE_CHECKING:
    from linkage.segment.segment import Segment

Verdict = Literal["match", "variant", "partial", "mismatch", "not_held"]

MATCH = "KHOP"
NORMALISED = "KHOP_CHUAN_HOA"
NOT_FOUND = "SO_KHONG_TON_TAI"
NO_NUMBER = "THIEU_SO"
UNREADABLE = "SAI_DINH_DANG"
SEVERAL = "NHIEU_UNG_VIEN"
PARTIAL = "KHOP_MOT_PHAN"

_VERDICTS: dict[str, tuple[Verdict, ...]] = {
    # In the order of the levels of linkage/comparison/levels.py. A typing slip is a variant of a name, but
    # never of a number or a date: those a person reads from a card.
    "name": ("mismatch", "mismatch", "mismatch", "partial", "partial", "variant", "variant", "variant",
             "variant", "match"),
    "part": ("mismatch", "partial", "mismatch", "variant", "variant", "variant", "match"),
    "text": ("mismatch", "partial", "variant", "variant", "variant", "match"),
    "email": ("mismatch", "mismatch", "mismatch", "partial", "match"),
    "identifier": ("mismatch", "mismatch", "mismatch", "match"),
    "date": ("mismatch", "mismatch", "mismatch", "mismatch", "partial", "partial", "mismatch", "mismatch",
             "mismatch", "match"),
    "category": ("mismatch", "variant", "match"),
    "number": ("mismatch", "mismatch", "variant", "match"),
}  # fmt: skip
CANNOT_BE_READ = "cannot be read"
_KIND_NAMES = {number: name for name, number in KINDS.items()}
_CODES = {
    "full_name": "LECH_HO_TEN",
    "date_of_birth": "LECH_NGAY_SINH",
    "sex": "LECH_GIOI_TINH",
}


@dataclass(frozen=True)
class Verification:
    """What a form says against the record of its number; holds no stored value.

    Attributes
    ----------
    code : str
        ``KHOP`` all fields agree; ``KHOP_CHUAN_HOA`` they agree but for the way of writing;
        ``KHOP_MOT_PHAN`` some are known only in part; ``LECH_HO_TEN``, ``LECH_NGAY_SINH``,
        ``LECH_GIOI_TINH`` or ``LECH_<FIELD>`` the first that contradicts; ``SO_KHONG_TON_TAI``
        no record has the number; ``SAI_DINH_DANG`` it is no such number, or another field says nothing that
        can be read; ``NHIEU_UNG_VIEN`` several people have it; ``THIEU_SO`` the form has none.
    fields : dict[str, str]
        Per field of the form: match, variant, partial, mismatch, or not_held when the record has no value.
    details : dict[str, str]
        Per field that the record holds, the level of agreement in words.
    match_weight : float or None
        Bits, over all fields of the form; None without one record.
    """

    code: str
    fields: dict[str, Verdict]
    details: dict[str, str]
    match_weight: float | None

    @property
    def agrees(self) -> bool:
        """Whether nothing contradicts."""
        return self.code in (MATCH, NORMALISED, PARTIAL)


def verify(parts: Sequence[Part], query: Mapping[str, Any]) -> Verification:
    """Compare a form with the record of its first number that the index knows.

    Parameters
    ----------
    parts : sequence of Part
    query : mapping
        At least one identifier, and the fields to compare.

    Raises
    ------
    InputError
        A name that is no field.
    """
    given = {name: value for name, value in query.items() if value not in (None, "")}
    segment = parts[0].segment
    prepare(segment, given)  # unknown names are refused whatever the number is
    numbers = [i for i, f in enumerate(segment.fields) if f["kind"] == "identifier" and f["name"] in given]
    if not numbers:
        return Verification(NO_NUMBER, {}, {}, None)
    for i in numbers:
        name = segment.field_names[i]
        holders = get(parts, name, str(given[name]))
        if holders:
            hits = _fitting(parts, holders, given)
            if len(set(judge(parts, hits)[0])) > 1:
                return Verification(SEVERAL, {}, {}, None)
            return _compare(parts, hits[0], given, name)
    well_formed = any(_status(segment, i, given) not in (MALFORMED, UNRECOVERABLE) for i in numbers)
    return Verification(NOT_FOUND if well_formed else UNREADABLE, {}, {}, None)


def _status(segment: Segment, field: int, given: Mapping[str, Any]) -> int:
    """How a form's number is written: one of the statuses of `pack_one`."""
    meta = segment.fields[field]
    raw = str(given[meta["name"]]).encode("utf-8", "replace")
    return pack_one(raw, _KIND_NAMES[int(meta["identifier"])])[1]


def _fitting(parts: Sequence[Part], holders: Sequence[Record], given: Mapping[str, Any]) -> list[Hit]:
    """Of several holders of a number, those whom the form fits: one person, where it tells them apart."""
    hits: list[Hit] = []
    for record in holders:
        k = next(k for k, part in enumerate(parts) if part.segment is record.segment)
        weight, gamma = _score(record.segment, record.row, given)
        hits.append((-weight, k, record.row, gamma))
    hits.sort()
    if hits[0][0] >= 0:
        return hits
    return [hit for hit in hits if hit[0] - hits[0][0] < RIVAL * FIXED]


def _score(segment: Segment, row: int, given: Mapping[str, Any]) -> tuple[int, int]:
    """Weight (1/256 bit) and packed levels."""
    texts, words = prepare(segment, given)
    searcher = segment.borrow()
    try:
        scored = searcher.score_rows(repaired(segment, texts), words, [row])[0]
    finally:
        segment.give_back(searcher)
    if scored is None:
        raise SegmentError(f"{segment.container.name}, section 'blobs': a record cannot be read")
    return scored[0], scored[1]


def _compare(parts: Sequence[Part], hit: Hit, given: Mapping[str, Any], number: str) -> Verification:
    """All fields of a form against the record that was found by one of its numbers."""
    weight, k, _, gamma = hit
    segment: Segment = parts[k].segment
    texts, words = prepare(segment, given)
    meant = repaired(segment, texts)
    fields: dict[str, Verdict] = {}
    details: dict[str, str] = {}
    for comparison in segment.scorer:
        name = comparison["name"]
        if name not in given:
            continue
        at = segment.positions[name]
        code = gamma >> comparison["shift"] & ((1 << comparison["bits"]) - 1)
        if code == 0:
            # The record was found by this number: it stands in the other number's place.
            fields[name] = "variant" if name == number else "not_held"
            if name != number and not _says(segment, at, texts[at] or b"", words[at]):
                fields[name], details[name] = "mismatch", CANNOT_BE_READ
            continue
        details[name] = comparison["levels"][code - 1]
        verdicts = _VERDICTS.get(comparison["op"])
        last = len(comparison["levels"])
        fields[name] = verdicts[code - 1] if verdicts else "match" if code == last else "mismatch"
        if fields[name] == "match" and (meant[at] != texts[at] or _is_repaired(segment, at, given)):
            fields[name] = "variant"
    in_order = {name: fields[name] for name in given if name in fields}
    code = UNREADABLE if CANNOT_BE_READ in details.values() else _code_of(in_order)
    return Verification(code, in_order, details, -weight / FIXED)


def _is_repaired(segment: Segment, field: int, given: Mapping[str, Any]) -> bool:
    """Whether a form's number agrees only because its way of writing was mended (a lost zero)."""
    return "identifier" in segment.fields[field] and _status(segment, field, given) == REPAIRED


def _says(segment: Segment, field: int, text: bytes, word: int) -> bool:
    """Whether a form's text says anything, as encoding takes it."""
    meta = segment.fields[field]
    if "identifier" in meta:
        return pack_one(text, _KIND_NAMES[int(meta["identifier"])])[0] != 0
    if meta["kind"] == "date":
        return parse_one(text, int(meta["order"])) != 0
    if meta["kind"] == "category":
        return word != 0
    if "text" in meta:
        return bool(normalise_one(text, "name" if meta["text"] == "name" else "text")[2])
    return True


def _code_of(fields: Mapping[str, Verdict]) -> str:
    for name, verdict in fields.items():
        if verdict == "mismatch":
            return _CODES.get(name, f"LECH_{name.upper()}")
    if "partial" in fields.values():
        return PARTIAL
    return NORMALISED if "variant" in fields.values() else MATCH
