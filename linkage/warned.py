"""A result and its rules -> warnings: what a reader should know of this run besides its answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from linkage.fields.batch import CodesRead
from linkage.fields.empty import told_empty
from linkage.result import Result

TOLD_CODES = 5
"""So many values of a field that was read in another code system are named."""


def warnings_of(result: Result, rules: list[dict[str, Any]], hide_values: bool) -> Iterator[dict[str, str]]:
    """Fields without values, values taken as missing, and pairs of blocks that were too large."""
    for side, source in enumerate(result.resolution.sources):
        if message := told_empty(result.resolution.records, side, source.name, "nothing is compared there"):
            yield {"code": "empty_fields", "message": message}
    if n := result.resolution.n_left_to_doubles:
        yield {
            "code": "doubles",
            "message": f"one partner each: {n:,} sure pair{'s' * (n != 1)} with a second record of one person"
            " in a table left out; without --one-to-one they are kept",
        }
    for name, n in result.resolution.records.n_fillers.items():
        holding = "1 record holds" if n == 1 else f"{n:,} records hold"
        yield {
            "code": "fillers",
            "message": f"field {name!r}: {holding} a value that stands for none (a default date,"
            " a number that very many have, a word such as unknown); it is taken as missing",
        }
    for name, read in result.resolution.records.codes_read.items():
        yield {"code": "codes_read", "message": _told_codes(name, read, hide_values)}
    cut = [rule for rule in rules if rule["n_pairs_left_out"]]
    if cut:
        pairs, blocks = (sum(rule[key] for rule in cut) for key in ("n_pairs_left_out", "n_refined_blocks"))
        who = f"rule {cut[0]['rule']}" if len(cut) == 1 else f"{len(cut)} rules"
        yield {
            "code": "pairs_left_out",
            "message": f"{who}: {pairs:,} pairs of {blocks:,} large block{'s' * (blocks != 1)} are not"
            " compared unless another rule finds them",
        }


def _told_codes(name: str, read: CodesRead, hide_values: bool) -> str:
    """What stands for what, and who says so."""
    learned = f"learned from {read.n_sure:,} sure matches" if read.n_sure else "as the model says"
    shown = read.examples[: 0 if hide_values else TOLD_CODES]
    told = [f"{code} = {value!r}" for code, value in shown]
    if rest := len(read.examples) - len(shown):
        told.append(f"and {rest} more" if shown else f"{rest} in all")
    return (
        f"field {name!r}: the right table writes it in other codes; in {read.n_records:,} of its"
        f" records they are read as the left table's values ({learned}): {', '.join(told)}"
    )
