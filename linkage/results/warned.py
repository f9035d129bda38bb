"""A result and its rules -> warnings, in English and Vietnamese: what to know of a run besides its answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linkage.fields.batch import CodesRead
from linkage.fields.empty import warn_empty
from linkage.results.result import Result
from linkage.vietnam.written import written

TOLD_CODES = 5
"""So many values of a field that was read in another code system are named."""


NOT_COMPARED = ("nothing is compared there", "không so sánh gì ở đó")


def warnings_of(result: Result, rules: list[dict[str, Any]], hide_values: bool) -> Iterator[dict[str, str]]:
    """Fields without values, values taken as missing, and pairs of blocks that were too large."""
    records = result.resolution.records
    for side, source in enumerate(result.resolution.sources):
        if warning := warn_empty(records, side, source.name, "empty_fields", NOT_COMPARED):
            yield warning
    if n := result.resolution.n_left_to_doubles:
        yield _of_doubles(n)
    for name, n in records.n_fillers.items():
        yield _of_fillers(name, n)
    for name, read in records.codes_read.items():
        yield _of_codes(name, read, hide_values)
    if cut := [rule for rule in rules if rule["n_pairs_left_out"]]:
        yield _of_pairs_left_out(cut)


def _of_doubles(n: int) -> dict[str, str]:
    return {
        "code": "doubles",
        "message": f"one partner each: {n:,} sure pair{'s' * (n != 1)} with a second record of one person"
        " in a table left out; without --one-to-one they are kept",
        "message_vi": f"ghép một-một: bỏ lại {written(n)} cặp chắc chắn khớp, vì một người có hai bản ghi"
        " trong một bảng; không dùng --one-to-one thì các cặp này được giữ",
    }


def _of_fillers(name: str, n: int) -> dict[str, str]:
    holding = "1 record holds" if n == 1 else f"{n:,} records hold"
    return {
        "code": "fillers",
        "message": f"field {name!r}: {holding} a value that stands for none (a default date,"
        " a number that very many have, a word such as unknown); it is taken as missing",
        "message_vi": f"trường {name!r}: {written(n)} bản ghi có giá trị chỉ để lấp chỗ trống (ngày mặc định,"
        " số mà rất nhiều người cùng có, từ như “không rõ”); được coi là thiếu",
    }


def _of_codes(name: str, read: CodesRead, hide_values: bool) -> dict[str, str]:
    """What stands for what, and who says so."""
    shown = read.examples[: 0 if hide_values else TOLD_CODES]
    told = [f"{code} = {value!r}" for code, value in shown]
    told_vi = list(told)
    if rest := len(read.examples) - len(shown):
        told.append(f"and {rest} more" if shown else f"{rest} in all")
        told_vi.append(f"và {rest} giá trị nữa" if shown else f"tất cả {rest} giá trị")
    learned, learned_vi = "as the model says", "theo mô hình"
    if n := read.n_sure:
        learned, learned_vi = f"learned from {n:,} sure matches", f"học từ {written(n)} cặp chắc chắn khớp"
    return {
        "code": "codes_read",
        "message": f"field {name!r}: the right table writes it in other codes; in {read.n_records:,} of"
        f" its records they are read as the left table's values ({learned}): {', '.join(told)}",
        "message_vi": f"trường {name!r}: bảng bên phải ghi bằng bộ mã khác; ở {written(read.n_records)} bản"
        f" ghi của bảng ấy, mã được đọc theo giá trị của bảng bên trái ({learned_vi}): {', '.join(told_vi)}",
    }


def _of_pairs_left_out(cut: list[dict[str, Any]]) -> dict[str, str]:
    pairs, blocks = (sum(rule[key] for rule in cut) for key in ("n_pairs_left_out", "n_refined_blocks"))
    who, who_vi = f"{len(cut)} rules", f"{len(cut)} quy tắc"
    if len(cut) == 1:
        who, who_vi = f"rule {cut[0]['rule']}", f"quy tắc {cut[0]['rule']}"
    return {
        "code": "pairs_left_out",
        "message": f"{who}: {pairs:,} pairs of {blocks:,} large block{'s' * (blocks != 1)} are not"
        " compared unless another rule finds them",
        "message_vi": f"{who_vi}: {written(pairs)} cặp trong {written(blocks)} khối lớn không được so sánh,"
        " trừ khi một quy tắc khác tìm ra chúng",
    }
