"""A container's meta -> whether it describes a segment's fields and comparisons at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from linkage._kernels.identifiers import HASHED

WORDS_A_FIELD = 2
"""Words of a row that a field takes at most."""
_TEXT_KINDS = ("person_name", "text", "address", "email")
_KINDS = (*_TEXT_KINDS, "identifier", "phone", "date", "category", "number")
_FORMATS = (None, "province", "sex")
_MOST_CODES = 16


def check_description(meta: Mapping[str, Any]) -> None:
    """Refuse a description that no segment has, so that nobody who reads it need ask again.

    Damaged bytes do not get here unless somebody has made their checksums right; offsets and numbers in the
    sections are the kernels' matter.

    Raises
    ------
    ValueError, KeyError, TypeError
        What is wrong; no value of a record.
    """
    fields = meta["fields"]
    if not isinstance(fields, list) or not fields:
        _refuse("fields")
    n_words = _number(meta["n_words"], 1, WORDS_A_FIELD * len(fields), "n_words")
    for field in fields:
        _check_field(field, n_words)
    kinds = {field["name"]: field["kind"] for field in fields}
    if len(kinds) != len(fields):
        _refuse("fields of one name")
    families = meta["families"]
    if not isinstance(families, list) or not families or not all(isinstance(f, str) for f in families):
        _refuse("families")
    if meta["date_field"] is not None and kinds.get(meta["date_field"]) != "date":
        _refuse("date_field")
    hot = _number(meta["hot_field"], -1, len(fields) - 1, "hot_field")
    if hot >= 0 and fields[hot]["kind"] != "person_name":
        _refuse("hot_field")
    for field in meta["hot_categories"]:
        if fields[_number(field, 0, len(fields) - 1, "hot_categories")]["kind"] != "category":
            _refuse("hot_categories")
    names = set()
    for i, comparison in enumerate(meta["scorer"]):
        _check_comparison(comparison, i, kinds)
        names.add(comparison["name"])
    if len(names) != len(meta["scorer"]):
        _refuse("comparisons of one name")


def _check_field(field: Any, n_words: int) -> None:
    if not isinstance(field["name"], str) or field["kind"] not in _KINDS:
        _refuse("a field")
    _number(field["word"], 0, n_words - 1, "word")
    kind = field["kind"]
    if kind in ("identifier", "phone"):
        _number(field["identifier"], 0, HASHED + 5, "identifier")
        _number(field["identifier"] % HASHED, 0, 5, "identifier")
    elif kind == "date":
        _number(field["order"], -1, 7, "order")
    elif kind in _TEXT_KINDS and field["text"] not in ("name", "place", "text", "email"):
        _refuse("text")
    elif kind == "category":
        if field["format"] not in _FORMATS or not isinstance(field["ids"], list):
            _refuse("a category")
        for value, number in field["ids"]:
            parts = value if isinstance(value, list) else [value]
            if not all(isinstance(part, str | int) for part in parts):
                _refuse("ids")
            _number(number, 0, 0xFFFFFFFF, "ids")


def _check_comparison(item: Any, i: int, kinds: Mapping[str, str]) -> None:
    if item["name"] not in kinds or not isinstance(item["op"], str) or not isinstance(item["shared"], bool):
        _refuse("a comparison")
    n_codes = _number(item["n_codes"], 2, _MOST_CODES, "n_codes")
    shift, bits = _number(item["shift"], 0, 63, "shift"), _number(item["bits"], 1, 8, "bits")
    _number(item["parent"], -1, i - 1, "parent")
    _number(item["base"], 0, 1 << 24, "base")
    if shift + bits > 64 or n_codes > 1 << bits:
        _refuse("bits")
    tf_parts, levels = item["tf_parts"], item["levels"]
    if len(tf_parts) != n_codes or not all(isinstance(part, int) and 0 <= part <= 4 for part in tf_parts):
        _refuse("tf_parts")
    if len(levels) != n_codes - 1 or not all(isinstance(level, str) for level in levels):
        _refuse("levels")
    if item["partner"] is not None and kinds.get(item["partner"]) != "person_name":
        _refuse("partner")
    _check_others(item.get("others", []), kinds)
    if item["comparator"] is not None and not isinstance(item["comparator"], str):
        _refuse("comparator")


def _check_others(names: Any, kinds: Mapping[str, str]) -> None:
    """Fields in which a family name may stand as well; segments before version 10 name none."""
    if not isinstance(names, list) or not all(
        isinstance(name, str) and kinds.get(name) == "person_name" for name in names
    ):
        _refuse("other names")


def _number(value: Any, least: int, most: int, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        _refuse(what)
    return value


def _refuse(what: str) -> NoReturn:
    raise ValueError(f"no segment has such {what}")
