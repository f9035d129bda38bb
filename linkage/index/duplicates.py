"""Records just written -> other records of the index that are likely the same person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from linkage.index.operations import RECORD_ID
from linkage.index.snapshot import Snapshot
from linkage.search.lookup import lookup

MOST_DUPLICATES = 5


class LikelyDuplicate(NamedTuple):
    """A record just written, and another that is likely the same person."""

    record_id_l: str
    record_id_r: str
    match_weight: float
    match_probability: float


def find_duplicates(
    snapshot: Snapshot, records: Sequence[Mapping[str, str | None]]
) -> Iterator[LikelyDuplicate]:
    """Look every record up, and leave out the record itself.

    At most `MOST_DUPLICATES` a record, the likeliest first: others whose odds of being the same person are
    better than even.
    """
    for record in records:
        record_id = record[RECORD_ID] or ""
        query = {name: text for name, text in record.items() if name != RECORD_ID}
        for match in lookup(snapshot.parts, query, limit=MOST_DUPLICATES + 1):
            if match.match_weight > 0 and match.record_id != record_id:
                yield LikelyDuplicate(record_id, match.record_id, match.match_weight, match.match_probability)
