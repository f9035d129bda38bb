"""Values of many chunks -> how rare each is, by content hash (as model/term_frequencies.py by id)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from linkage._kernels.counts import ValueCounts
from linkage.comparison.program import Comparison
from linkage.fields.batch import EncodedRecords
from linkage.fields.columns import TextColumn
from linkage.model.term_frequencies import N_DAYS, surprisal, surprisal_of_days
from linkage.segment.hashing import Hashes
from linkage.segment.spill import Spill

PER_BUCKET = 8
MOST_HELD = 1 << 21
"""Distinct hashes of a form of a field's values that are counted in memory; beyond, they go to a file."""


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


class FrequencyCounter:
    """Counts the values of the fields that are weighed by rarity, chunk by chunk.

    Parameters
    ----------
    comparisons : list of Comparison
    folder : Path or None
        Where counts may lie that are too many to hold (`MOST_HELD`); None holds all of them.
    """

    def __init__(self, comparisons: list[Comparison], folder: Path | None = None) -> None:
        self.fields = {c.name: c for c in comparisons if c.field.has_term_frequencies}
        self.folder = folder
        self.texts: dict[str, ValueCounts] = {}
        self.spilled: dict[tuple[str, int], Spill] = {}
        self.words: dict[str, dict[int, int]] = {}

    def add(self, records: EncodedRecords) -> None:
        """Count a chunk's values; its columns of text must keep their content hashes."""
        for name, comparison in self.fields.items():
            column = records.columns[name]
            words = records.rows[:, records.words[name]]
            if isinstance(column, TextColumn):
                into = self.texts.setdefault(name, ValueCounts(max(comparison.operation.tf_parts)))
                into.add(column.values.view(np.uint8), column.tokens.view(np.uint8), column.exact, words)
                if self.folder is not None:
                    self._spill(name)
            elif comparison.operation.name in ("date", "category"):
                totals = self.words.setdefault(name, {})
                for word, n in zip(*(a.tolist() for a in np.unique(words, return_counts=True)), strict=True):
                    totals[word] = totals.get(word, 0) + n

    def n_tables(self, name: str) -> int:
        """Forms of a text field's values that are weighed: the value, without diacritics, tokens."""
        return max(self.fields[name].operation.tf_parts) if name in self.texts else 0

    def table(self, name: str, k: int) -> RarityTable:
        """A text field's table: of the value, without diacritics, first and last token, or last token."""
        counts, spill = self.texts[name], self.spilled.pop((name, k), None)
        if spill is None:
            return _table(*counts.repeated(k), counts.total)
        spill.add(counts.drain(k))
        drained = spill.take()
        drained.sort()
        return _table(*counts.merged(k, drained), counts.total)

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

    def _spill(self, name: str) -> None:
        """Move the counts of a text field's forms that have grown too many to their files."""
        counts = self.texts[name]
        for k in range(self.n_tables(name)):
            if counts.n_held(k) > MOST_HELD:
                self.spilled.setdefault((name, k), Spill(self.folder, np.uint64)).add(counts.drain(k))


def _table(hashes: Hashes, counts: npt.NDArray[np.int64], total: int) -> RarityTable:
    entries = hashes | surprisal(counts, total).astype(np.uint64)
    entries.sort()
    n_buckets = max(len(entries) // PER_BUCKET, 1)
    firsts = (np.arange(n_buckets, dtype=np.uint64) << np.uint64(32)) + np.uint64(n_buckets - 1)
    firsts = firsts // np.uint64(n_buckets) << np.uint64(32)
    buckets = np.append(np.searchsorted(entries, firsts), len(entries)).astype(np.uint32)
    return RarityTable(buckets, entries, int(surprisal(np.ones(1, np.int64), total)[0]))


def _of_dates(totals: dict[int, int]) -> npt.NDArray[np.int16]:
    at = np.array([day_index(word) for word in totals], np.int64)
    counts = np.array(list(totals.values()), np.int64)
    total = sum(n for word, n in totals.items() if word)
    of_day = np.zeros(N_DAYS, np.int64)
    np.add.at(of_day, at[at >= 0], counts[at >= 0])
    return surprisal_of_days(of_day, total)


def day_index(word: int) -> int:
    """Place of a date (0xYYYYMMDD in decimal digits) in a table of days; -1 = none."""
    year, month, day = (int(f"{part:x}") for part in (word >> 16, word >> 8 & 0xFF, word & 0xFF))
    at = ((year - 1800 & 255) * 12 + month - 1) * 31 + day - 1
    return at if year and 1 <= month <= 12 and 1 <= day <= 31 else -1
