"""Values of many chunks -> how rare each is, by content hash (as model/term_frequencies.py by id)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from linkage.comparison.program import Comparison
from linkage.fields.batch import EncodedRecords
from linkage.fields.columns import TextColumn
from linkage.model.term_frequencies import _DAYS, surprisal
from linkage.segment.hashing import Hashes, pair_hashes

PER_BUCKET = 8
HASH_MASK = np.uint64(0xFFFFFFFFFFFF0000)
MERGE_AT = 1 << 20


@dataclass(frozen=True)
class RarityTable:
    """Surprisal by content hash, of one form of a field's values.

    Attributes
    ----------
    buckets : uint32[n_buckets + 1]
        By the hash's upper 32 bits: hash >> 32 times n_buckets >> 32.
    entries : uint64[n]
        Upper 48 bits of the hash above the surprisal in 1/256 bit; sorted. Values that occur once are not
        held: theirs is `rarest`.
    rarest : int
        Surprisal of a value that occurs once, and of one that never did.
    """

    buckets: npt.NDArray[np.uint32]
    entries: npt.NDArray[np.uint64]
    rarest: int


@dataclass
class _Counts:
    """Values of one field with their counts, merged now and then."""

    n_parts: int
    hashes: list[Hashes] = field(default_factory=list)
    counts: list[npt.NDArray[np.int64]] = field(default_factory=list)
    held: int = 0

    def add(self, hashes: Hashes, counts: npt.NDArray[np.int64]) -> None:
        """Add values (n_parts hashes each) and how often they occur."""
        self.hashes.append(hashes)
        self.counts.append(counts)
        if sum(map(len, self.counts)) > 2 * max(self.held, MERGE_AT):
            self.merge()

    def merge(self) -> tuple[Hashes, npt.NDArray[np.int64]]:
        """All values, each once."""
        hashes, counts = np.concatenate(self.hashes), np.concatenate(self.counts)
        _, first, at = np.unique(hashes[:, 0], return_index=True, return_inverse=True)
        totals = np.bincount(at, weights=counts, minlength=len(first)).astype(np.int64)
        self.hashes, self.counts, self.held = [hashes[first]], [totals], len(first)
        return self.hashes[0], self.counts[0]


class FrequencyCounter:
    """Counts the values of the fields that are weighed by rarity, chunk by chunk."""

    def __init__(self, comparisons: list[Comparison]) -> None:
        self.fields = {c.name: c for c in comparisons if c.field.has_term_frequencies}
        self.texts: dict[str, _Counts] = {}
        self.words: dict[str, dict[int, int]] = {}

    def add(self, records: EncodedRecords) -> None:
        """Count a chunk's values; its columns of text must keep their content hashes."""
        for name, comparison in self.fields.items():
            column = records.columns[name]
            words = records.rows[:, records.words[name]]
            if isinstance(column, TextColumn):
                n_parts = max(comparison.operation.tf_parts)
                counts = np.bincount(words, minlength=len(column.values))
                seen = np.flatnonzero(counts)
                seen = seen[seen != 0]
                into = self.texts.setdefault(name, _Counts(n_parts))
                into.add(_forms(column, seen, n_parts), counts[seen].astype(np.int64))
            elif comparison.operation.name in ("date", "category"):
                totals = self.words.setdefault(name, {})
                for word, n in zip(*(a.tolist() for a in np.unique(words, return_counts=True)), strict=True):
                    totals[word] = totals.get(word, 0) + n

    def tables(self, name: str) -> list[RarityTable]:
        """A text field's tables: of the value, without diacritics, first and last token, last token."""
        if name not in self.texts:
            return []
        hashes, counts = self.texts[name].merge()
        total = int(counts.sum())
        return [_table(hashes[:, k], counts, total) for k in range(self.texts[name].n_parts)]

    def of_words(self, name: str) -> npt.NDArray[np.int16]:
        """A date's (int16[n_days]) or category's (int16[n_values, 4]) surprisal."""
        comparison = self.fields[name]
        totals = self.words.get(name, {})
        if comparison.operation.name == "date":
            return _of_dates(totals)
        counts = np.zeros(max((w & 0xFFFF for w in totals), default=0) + 1, np.int64)
        for word, n in totals.items():
            counts[word & 0xFFFF] += n
        counts[0] = 0
        out = np.zeros((len(counts), 4), np.int16)
        out[:, 0] = surprisal(counts, int(counts.sum()))
        return out


def _forms(column: TextColumn, ids: npt.NDArray[np.intp], n_parts: int) -> Hashes:
    """Content hashes of values: exact, folded, first and last token, last token; uint64[n, n_parts]."""
    values = column.values[ids]
    out = np.empty((len(ids), n_parts), np.uint64)
    out[:, 0] = column.exact[ids]
    if n_parts >= 2:
        out[:, 1] = values["folded"]
    if n_parts >= 3:
        token = np.ascontiguousarray(column.tokens["folded"])
        last_at = np.clip(values["n_tokens"].astype(np.int64) - 1, 0, 7)
        first = token[values["tokens"][:, 0]]
        last = token[values["tokens"][np.arange(len(ids)), last_at]]
        out[:, 2] = pair_hashes(first, last)
        out[:, 3] = last
    return out


def _table(hashes: Hashes, counts: npt.NDArray[np.int64], total: int) -> RarityTable:
    distinct, at = np.unique(hashes & HASH_MASK, return_inverse=True)
    totals = np.bincount(at, weights=counts, minlength=len(distinct)).astype(np.int64)
    often = totals > 1
    entries = distinct[often] | surprisal(totals[often], total).astype(np.uint64)
    n_buckets = max(len(entries) // PER_BUCKET, 1)
    firsts = (np.arange(n_buckets + 1, dtype=np.uint64) << np.uint64(32)) + np.uint64(n_buckets - 1)
    buckets = np.searchsorted(entries >> np.uint64(32), firsts // np.uint64(n_buckets)).astype(np.uint32)
    return RarityTable(buckets, entries, int(surprisal(np.ones(1, np.int64), total)[0]))


def _of_dates(totals: dict[int, int]) -> npt.NDArray[np.int16]:
    out = np.zeros(_DAYS, np.int16)
    at = np.array([day_index(word) for word in totals], np.int64)
    counts = np.array(list(totals.values()), np.int64)
    total = sum(n for word, n in totals.items() if word)
    fits = at >= 0
    out[at[fits]] = surprisal(counts[fits], total)
    return out


def day_index(word: int) -> int:
    """Place of a date (0xYYYYMMDD in decimal digits) in a table of days; -1 = none."""
    year, month, day = (int(f"{part:x}") for part in (word >> 16, word >> 8 & 0xFF, word & 0xFF))
    at = ((year - 1800) * 12 + month - 1) * 31 + day - 1
    return at if 1 <= month <= 12 and 1 <= day <= 31 and 0 <= at < _DAYS else -1
