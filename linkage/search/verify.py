"""An identifier with the rest of a form -> whether each field agrees with the record, and no stored value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from linkage.errors import SegmentError
from linkage.search.get import get
from linkage.search.lookup import Part, prepare, repaired

Verdict = Literal["match", "variant", "partial", "mismatch", "not_held"]

MATCH = "KHOP"
NORMALISED = "KHOP_CHUAN_HOA"
NOT_FOUND = "SO_KHONG_TON_TAI"
NO_NUMBER = "THIEU_SO"
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
        no record has the number;
        ``NHIEU_UNG_VIEN`` several have; ``THIEU_SO`` the form has none.
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
    numbers = [f["name"] for f in segment.fields if f["kind"] == "identifier" and f["name"] in given]
    if not numbers:
        return Verification(NO_NUMBER, {}, {}, None)
    for name in numbers:
        found = get(parts, name, str(given[name]))
        if len(found) > 1:
            found = _fitting(found, given)
        if len(found) > 1:
            return Verification(SEVERAL, {}, {}, None)
        if found:
            return _compare(found[0], given)
    return Verification(NOT_FOUND, {}, {}, None)


def _score(record: Any, given: Mapping[str, Any]) -> tuple[int, int]:
    """Weight (1/256 bit) and packed levels."""
    segment = record.segment
    texts, words = prepare(segment, given)
    searcher = segment.borrow()
    try:
        scored = searcher.score_rows(repaired(segment, texts), words, [record.row])[0]
    finally:
        segment.give_back(searcher)
    if scored is None:
        raise SegmentError(f"{segment.container.name}, section 'blobs': a record cannot be read")
    return scored[0], scored[1]


def _fitting(found: Sequence[Any], given: Mapping[str, Any]) -> list[Any]:
    """Of several holders of a number, those whom the form fits: one, where it tells them apart."""
    scored = [(_score(record, given)[0], record) for record in found]
    best = max(weight for weight, _ in scored)
    close = [record for weight, record in scored if best - weight < 5 * 256]
    return close if best > 0 else [record for _, record in scored]


def _compare(record: Any, given: Mapping[str, Any]) -> Verification:
    segment = record.segment
    weight, gamma = _score(record, given)
    fields: dict[str, Verdict] = {}
    details: dict[str, str] = {}
    for comparison in segment.scorer:
        name = comparison["name"]
        if name not in given:
            continue
        code = gamma >> comparison["shift"] & ((1 << comparison["bits"]) - 1)
        if code == 0:
            fields[name] = "not_held"
            continue
        details[name] = comparison["levels"][code - 1]
        verdicts = _VERDICTS.get(comparison["op"])
        last = len(comparison["levels"])
        fields[name] = verdicts[code - 1] if verdicts else "match" if code == last else "mismatch"
    in_order = {name: fields[name] for name in given if name in fields}
    return Verification(_code_of(in_order), in_order, details, weight / 256)


def _code_of(fields: Mapping[str, Verdict]) -> str:
    for name, verdict in fields.items():
        if verdict == "mismatch":
            return _CODES.get(name, f"LECH_{name.upper()}")
    if "partial" in fields.values():
        return PARTIAL
    return NORMALISED if "variant" in fields.values() else MATCH
