"""Levels of agreement -> verdicts of fields and codes of forms, and these in Vietnamese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Verdict = Literal["match", "variant", "partial", "mismatch", "not_held"]
VERDICTS: tuple[Verdict, ...] = ("match", "variant", "partial", "mismatch", "not_held")

MATCH = "KHOP"
NORMALISED = "KHOP_CHUAN_HOA"
PARTIAL = "KHOP_MOT_PHAN"
DEAD = "DA_CHET"
ENDED = "SO_DA_HUY"
SEVERAL = "NHIEU_UNG_VIEN"
NOT_FOUND = "SO_KHONG_TON_TAI"
UNREADABLE = "SAI_DINH_DANG"
NO_NUMBER = "THIEU_SO"
DIFFERS = "LECH_"
AGREEING = (MATCH, NORMALISED, PARTIAL)

CURRENT, DECEASED = "current", "deceased"
"""Statuses of a number: valid; of a person who has died. Any other word ends a number (`SO_DA_HUY`)."""

MOST_HOLDERS = 64
"""Records with one number beyond which it identifies nobody, whatever else a form says."""

BY_LEVEL: dict[str, tuple[Verdict, ...]] = {
    # In the order of the levels of linkage/comparison/levels.py. A typing slip is a variant of a name, but
    # never of a number or a date: those a person reads from a card.
    "name": ("mismatch", "mismatch", "mismatch", "partial", "partial", "variant", "variant", "variant",
             "variant", "match"),
    "part": ("mismatch", "partial", "mismatch", "variant", "variant", "variant", "match"),
    "text": ("mismatch", "partial", "variant", "variant", "variant", "match"),
    "email": ("mismatch", "mismatch", "mismatch", "partial", "match", "match"),
    "identifier": ("mismatch", "mismatch", "mismatch", "match"),
    "date": ("mismatch", "mismatch", "mismatch", "mismatch", "mismatch", "partial", "partial", "mismatch",
             "mismatch", "mismatch", "match"),
    "category": ("mismatch", "variant", "match"),
    "number": ("mismatch", "mismatch", "variant", "match"),
}  # fmt: skip

_DIFFERING = {"full_name": "HO_TEN", "date_of_birth": "NGAY_SINH", "sex": "GIOI_TINH"}

WORDS = {
    MATCH: ("khớp", "all fields agree"),
    NORMALISED: ("khớp sau chuẩn hóa cách viết", "all fields agree but for the way of writing"),
    PARTIAL: ("khớp một phần, không có gì trái", "agrees as far as it goes; nothing contradicts"),
    DEAD: ("người mang số này đã chết", "the person with this number has died"),
    ENDED: ("số đã hủy hoặc đã thay", "the number has been cancelled or replaced"),
    SEVERAL: ("nhiều người cùng phù hợp với số này", "several people fit this number"),
    NOT_FOUND: ("số không tồn tại", "no record has this number"),
    UNREADABLE: ("sai định dạng", "the number, or another field, cannot be read"),
    NO_NUMBER: ("thiếu số", "the form has no number"),
    "match": ("khớp", "match"),
    "variant": ("khớp, khác cách viết", "variant"),
    "partial": ("khớp một phần", "partial"),
    "mismatch": ("lệch", "mismatch"),
    "not_held": ("cơ sở dữ liệu không có", "not held"),
}
_FIELDS = {
    "full_name": "họ tên",
    "date_of_birth": "ngày sinh",
    "sex": "giới tính",
    "id_number": "số CCCD",
    "old_id_number": "số CMND",
    "health_insurance_number": "số thẻ BHYT",
    "tax_code": "mã số thuế",
    "phone": "số điện thoại",
    "birth_province": "nơi sinh",
    "province": "tỉnh",
    "district": "huyện",
    "commune": "xã",
    "street": "đường",
    "mother_name": "họ tên mẹ",
    "father_name": "họ tên cha",
    "spouse_name": "họ tên vợ hoặc chồng",
    "ethnicity": "dân tộc",
    "household_id": "mã hộ",
}
"""The preset's fields in Vietnamese; others keep their own names."""


def verdicts_of(operation: str, n_levels: int) -> tuple[Verdict, ...]:
    """The verdict of each level of a comparison, the lowest first; of a user's own the highest agrees."""
    differing: list[Verdict] = ["mismatch"] * (n_levels - 1)
    return BY_LEVEL.get(operation) or (*differing, "match")


def differs(field: str) -> str:
    """The code of a form whose field contradicts the record."""
    return DIFFERS + _DIFFERING.get(field, field.upper())


def code_of(fields: Mapping[str, Verdict], *, unreadable: bool = False) -> str:
    """The code of a form by its fields' verdicts, the first that contradicts before all others."""
    if unreadable:
        return UNREADABLE
    for name, verdict in fields.items():
        if verdict == "mismatch":
            return differs(name)
    if "partial" in fields.values():
        return PARTIAL
    return NORMALISED if "variant" in fields.values() else MATCH


def in_words(code: str) -> tuple[str, str]:
    """A code or verdict in Vietnamese and in English."""
    if code in WORDS:
        return WORDS[code]
    for name in _FIELDS:
        if code == differs(name):
            return f"lệch {_FIELDS[name]}", f"{name} differs"
    name = code.removeprefix(DIFFERS).lower()
    return f"lệch {name}", f"{name} differs"
