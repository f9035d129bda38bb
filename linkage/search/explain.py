"""A query and a record -> the bits of evidence that add up to the match weight, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from linkage.errors import InputError
from linkage.search.find import Part, score_row
from linkage.search.matches import FIXED
from linkage.search.one_word import read_word, without_name
from linkage.search.words import in_vietnamese

STRANGERS = "strangers"
MISSING = "missing"
ONE_WORD = "one word of the name"
BAR = 24


@dataclass(frozen=True)
class Evidence:
    """What one field says.

    Attributes
    ----------
    field : str
    level : str
        The level of agreement in words.
    bits : float
        For (above 0) or against one person, the rarity included; against the alternative that decides.
    rarity : float
        Of these, the bits that the value's rarity adds.
    """

    field: str
    level: str
    bits: float
    rarity: float


@dataclass(frozen=True)
class Explanation:
    """Prior, evidence and remainder, which add up to the match weight to the last bit.

    Attributes
    ----------
    record_id : str
    alternative : str
        Whom else the pair could be, most likely: strangers, or relatives of a kind. Bits are against it.
    prior : float
        Bits before any evidence.
    evidence : tuple of Evidence
        In the order of comparison; fields that one side lacks are left out where that says nothing.
    remainder : float
        What the other alternatives take off: the weight counts all of them together.
    match_weight : float
    """

    record_id: str
    alternative: str
    prior: float
    evidence: tuple[Evidence, ...]
    remainder: float
    match_weight: float

    def __str__(self) -> str:
        return self.text()

    def text(self, language: Literal["en", "vi"] = "en") -> str:
        """A waterfall for a terminal.

        Parameters
        ----------
        language : {"en", "vi"}
            English or Vietnamese; fields keep their names.
        """
        say = in_vietnamese if language == "vi" else str
        lines = [(say("prior"), f"{say('one person rather than')} {say(self.alternative)}", self.prior)]
        for e in self.evidence:
            rarity = f" ({say('of which rarity')} {e.rarity:+.2f})" if e.rarity else ""
            lines.append((e.field, say(e.level) + rarity, e.bits))
        lines.append((say("other alternatives"), "", self.remainder))
        total = say("match weight")
        width = max(len(name) for name in (total, *(name for name, _, _ in lines)))
        most = max(max(abs(bits) for _, _, bits in lines), 1.0)
        text = []
        for name, level, bits in lines:
            bar = "█" * round(abs(bits) / most * BAR)
            left, right = (bar, "") if bits < 0 else ("", bar)
            text.append(f"{name:<{width}} {bits:>+8.2f} {left:>{BAR}}│{right:<{BAR}} {level}".rstrip())
        return "\n".join([*text, f"{total:<{width}} {self.match_weight:>+8.2f}"])


def explain(parts: Sequence[Part], query: Mapping[str, Any], record_id: str) -> Explanation:
    """Why a record has its weight against a query.

    Raises
    ------
    InputError
        No record of this id, or a name that is no field.
    """
    for part in parts:
        segment = part.segment
        for row in segment.rows_of_record_id(record_id).tolist():
            if part.dead is None or not part.dead[row >> 3] >> (row & 7) & 1:
                whole = _explain(segment, query, row, record_id)
                as_part = _explain_as_part(parts, part, query, row, record_id)
                return whole if as_part is None or whole.match_weight >= as_part.match_weight else as_part
    raise InputError("explain: expected the id of a record in the index, found none")


def _explain_as_part(
    parts: Sequence[Part], part: Part, query: Mapping[str, Any], row: int, record_id: str
) -> Explanation | None:
    """The same where the query's name is one word of the record's (`linkage/search/one_word.py`)."""
    word = read_word(parts, query)
    at = next(k for k, other in enumerate(parts) if other is part)
    if word is None or not word.bearers[at][row >> 3] >> (row & 7) & 1:
        return None
    segment = part.segment
    found = _explain(segment, without_name(segment, query, word.field), row, record_id)
    bits = word.rarity / FIXED
    evidence = (Evidence(word.field, ONE_WORD, bits, bits), *found.evidence)
    return replace(found, evidence=evidence, match_weight=found.match_weight + bits)


def _explain(segment: Any, query: Mapping[str, Any], row: int, record_id: str) -> Explanation:
    weight, gamma, lanes, rarity = score_row(segment, query, row)
    lane = min(range(len(lanes)), key=lanes.__getitem__)
    tables = segment.like or segment
    table = tables.weights()
    weighs = tables.array("scorer/weighs_rarity")
    codes = [gamma >> c["shift"] & ((1 << c["bits"]) - 1) for c in segment.scorer]
    evidence = []
    for i, comparison in enumerate(segment.scorer):
        parent = comparison["parent"]
        at = comparison["base"] + codes[i] + (codes[parent] * comparison["n_codes"] if parent >= 0 else 0)
        rare = rarity[i] if weighs[i, lane] else 0
        bits = int(table[at, lane]) + rare
        if not codes[i] and not bits:
            continue
        level = comparison["levels"][codes[i] - 1] if codes[i] else MISSING
        evidence.append(Evidence(comparison["name"], level, bits / FIXED, rare / FIXED))
    prior = int(tables.array("scorer/prior")[lane])
    name = STRANGERS if lane == 0 else tables.alternatives[lane - 1]
    return Explanation(
        record_id, name, prior / FIXED, tuple(evidence), (weight - lanes[lane]) / FIXED, weight / FIXED
    )
