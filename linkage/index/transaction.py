"""What a writer has been told since its last commit -> the rows of the next one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pyroaring import BitMap

from linkage.index.identifiers import Change
from linkage.index.operations import Packed, texts_of
from linkage.index.rows import JournalRow
from linkage.index.snapshot import View


@dataclass
class Pending:
    """Operations that are not committed yet.

    Attributes
    ----------
    records : dict[str, bytes or None]
        Packed texts by record id, None = deleted; the last word on each record.
    identifiers : list of Change
        Changes of further identifiers, in order.
    ignored_columns : dict of str
        Columns of tables that are no field of the index, each once, in the order met.
    """

    records: dict[str, bytes | None] = field(default_factory=dict)
    identifiers: list[Change] = field(default_factory=list)
    ignored_columns: dict[str, None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.records or self.identifiers)

    def upsert(self, packed: Packed) -> None:
        """Records that are there afterwards, whether or not they were before."""
        self.records.update(packed.payloads)
        self.ignored_columns.update(dict.fromkeys(packed.ignored_columns))

    def delete(self, record_ids: Iterable[str]) -> None:
        """Records that are not there afterwards; their further identifiers end with them."""
        for record_id in record_ids:
            self.records[record_id] = None
            self.identifiers.append(Change(record_id, None, None))


@dataclass
class Effect:
    """What pending operations change.

    Attributes
    ----------
    journal : list of JournalRow
    tombstones : dict[str, BitMap]
        Rows that end, by segment.
    n_upserted, n_deleted : int
        Records written; records removed that were there.
    affected : list of str
        Their record ids, in the order given.
    """

    journal: list[JournalRow]
    tombstones: dict[str, BitMap]
    n_upserted: int = 0
    n_deleted: int = 0
    affected: list[str] = field(default_factory=list)


def effect_of(pending: Pending, view: View) -> Effect:
    """Work out journal and tombstones.

    A record lives in one place: in a segment or in the journal. One that leaves a segment gets a tombstone
    there; one that leaves the journal a later row in it. A delete of what is not there has no effect.
    """
    effect = Effect([], {})
    seq = view.state.last_seq
    journal = view.delta.payloads
    ended = _end_in_segments(effect, list(pending.records), view)
    for record_id, payload in pending.records.items():
        in_journal = record_id in journal
        if payload is not None:
            effect.n_upserted += 1
        elif in_journal or record_id in ended:
            effect.n_deleted += 1
        else:
            continue
        effect.affected.append(record_id)
        if payload is not None or in_journal:
            seq += 1
            effect.journal.append(JournalRow(seq, record_id, payload))
    return effect


def _end_in_segments(effect: Effect, record_ids: list[str], view: View) -> set[str]:
    """Fill the tombstones of these records where they are live in a segment; which are."""
    ended: set[str] = set()
    for item in view.open_segments.values():
        places, rows = item.segment.rows_of_record_ids(record_ids)
        found = [(p, r) for p, r in zip(places.tolist(), rows.tolist(), strict=True) if r not in item.dead]
        if found:
            effect.tombstones[item.row.name] = BitMap([row for _, row in found])
            ended.update(record_ids[place] for place, _ in found)
    return ended


def is_live(view: View, record_id: str) -> bool:
    """Whether a committed record of this id is there."""
    return record_id in view.delta.payloads or any(
        row not in item.dead
        for item in view.open_segments.values()
        for row in item.segment.rows_of_record_id(record_id).tolist()
    )


def record_of(pending: Pending, view: View, record_id: str) -> dict[str, str | None] | None:
    """A record's texts as they will be after the next commit; None when it will not be there."""
    payload = pending.records.get(record_id, view.delta.payloads.get(record_id))
    if payload is not None:
        return texts_of(record_id, payload, view.model.schema)
    if record_id in pending.records:
        return None
    for item in view.open_segments.values():
        rows = item.segment.rows_of_record_id(record_id)
        live = [k for k, row in enumerate(rows.tolist()) if row not in item.dead]
        if live:
            return item.segment.records(rows[live])[0]
    return None
