"""The journal's upserts and deletes -> a few small segments in memory, each a tier of growing size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from linkage.index.engine import SegmentLike
from linkage.index.parts import Part, with_dead
from linkage.index.rows import JournalRow

GROWTH = 8
"""A tier holds up to this many times the records of the one before: a record is built into a segment about
GROWTH / 2 times a tier on its way up, and a journal of 100,000 records has at most six tiers."""

Build = Callable[[Mapping[str, bytes]], SegmentLike]


@dataclass(eq=False)
class _Tier:
    """A segment, the ids of its live records, and those that ended since `part` was made."""

    part: Part | None = None
    live: set[str] = field(default_factory=set)
    ended: list[str] = field(default_factory=list)


class Delta:
    """What the journal says, applied in order.

    Keeping up costs little until `parts` is asked for: only then are segments built, so a writer that nobody
    searches builds none.

    Parameters
    ----------
    build : callable
        Packed texts by record id -> a segment in memory.

    Attributes
    ----------
    payloads : dict[str, bytes]
        The live records' packed texts by record id, in the order of their last upsert.
    """

    def __init__(self, build: Build) -> None:
        self.payloads: dict[str, bytes] = {}
        self._build = build
        self._tiers: list[_Tier] = []
        self._tier_of: dict[str, _Tier] = {}
        self._new: dict[str, bytes] = {}

    def __len__(self) -> int:
        """Live records."""
        return len(self.payloads)

    def apply(self, rows: Iterable[JournalRow]) -> None:
        """Take further upserts and deletes in."""
        for _, record_id, payload in rows:
            self.payloads.pop(record_id, None)
            self._new.pop(record_id, None)
            tier = self._tier_of.pop(record_id, None)
            if tier is not None:
                tier.live.discard(record_id)
                tier.ended.append(record_id)
            if payload is not None:
                self.payloads[record_id] = payload
                self._new[record_id] = payload

    def parts(self) -> tuple[Part, ...]:
        """The segments, largest first, with what has ended in them; they never change."""
        if self._new:
            self._build_tier()
        for tier in self._tiers:
            if tier.ended and tier.part is not None:
                tier.part = _without(tier.part, tier.ended)
                tier.ended = []
        return tuple(tier.part for tier in reversed(self._tiers) if tier.part is not None and tier.live)

    def _build_tier(self) -> None:
        """New records join the lowest tier that can take them and all below it."""
        target, total = -1, len(self._new)
        while target < 0 or total > GROWTH ** (target + 1):
            target += 1
            if target == len(self._tiers):
                self._tiers.append(_Tier())
            total += len(self._tiers[target].live)
        merged = self._tiers[: target + 1]
        moved = {r: self.payloads[r] for tier in merged for r in tier.live} | self._new
        built = _Tier(Part(self._build(moved), None, 0), set(moved))
        self._tiers[: target + 1] = [*(_Tier() for _ in range(target)), built]
        self._tier_of.update(dict.fromkeys(moved, built))
        self._new = {}


def _without(part: Part, record_ids: list[str]) -> Part:
    _, rows = part.segment.rows_of_record_ids(record_ids)
    return with_dead(part, rows, len(rows))
