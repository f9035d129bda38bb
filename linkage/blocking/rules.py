"""A schema and encoded rows -> blocking rules, where the schema names none; and rules that show relatives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import numpy.typing as npt

from linkage.blocking.blocks import LEAST_BUDGET, PAIRS_PER_RECORD
from linkage.blocking.coverage import WORTH, found_pairs, needed
from linkage.blocking.damage import Flags, imagine
from linkage.blocking.keys import KeyMaker
from linkage.fields.batch import EncodedRecords
from linkage.fields.meaning.headers import is_former_name
from linkage.schema import BlockingRule, Schema, block_on, preset_rules

MOST_RULES = 24
SAMPLE = 60_000
"""Records on which agreement by chance is measured."""
MOST_REFUSED = 500
"""Combinations that say too little, up to which others are tried: each adds longer ones, and so on."""
IMAGINED = 6144
"""Imagined pairs of one person, which the rules are chosen to find."""
MOST_FIELDS, MOST_COMBINATIONS = 12, 60_000
LEAST_BITS = 0.3
"""A key that tells less is of no use in a rule."""
CHOSEN_PAIRS_PER_RECORD = 20.0
MANY_RECORDS = 200_000
"""Records from which on the preset's rules save time."""
COVERED, WELL_COVERED = 0.88, 0.95
"""Share of imagined pairs that the preset's rules must find; and from which on some can be spared in a table
of any size (`docs/blocking.md`)."""
FEWER_RULES = 5_000_000
"""Records from which on a rule that others make up for costs more than it finds in any table."""
TO_SPARE, TO_SPARE_OF_MANY = 0.7, 0.2
"""What a rule may be worth an imagined pair and be left out: seven pairs in 10,000 found by it alone; of so
many records one in 5,000, since the others find less there than imagined: their large blocks are split."""
BEYOND = 2.0
"""How far the pairs of a rule may exceed the budget; its largest blocks are refined then."""


def family_rules(schema: Schema) -> tuple[BlockingRule, ...]:
    """Rules that agree on nothing but what a family shares: training sees relatives through them."""
    shared = [f for f in schema.fields if f.is_shared and f.compare]
    names = [f.name for f in shared if f.kind == "person_name" and f.part != "family"]
    rules = [block_on(f.name) for f in shared if f.kind in ("phone", "identifier")]
    if len(names) >= 2:
        rules.append(block_on(*names[:2]))
    addresses = [f.name for f in shared if f.kind == "address"]
    places = [f.name for f in shared if f.kind == "text"]
    if addresses:
        rules.append(block_on(addresses[0], *places[:1]))
    return tuple(rules[:6])


def rules_of(
    records: EncodedRecords, *, pairs_per_record: float = CHOSEN_PAIRS_PER_RECORD
) -> tuple[BlockingRule, ...]:
    """The rules that serve: the schema's own, the preset's where they cover, or else chosen ones.

    The preset's are made for millions of records with all that a register holds. Of fewer records any rule
    makes few pairs, and more of them find more; and where a table lacks columns, few rules are left. Where
    the rules find nearly every pair several times, and of very many records, those to spare are left out.
    """
    own = records.schema.blocking_rules
    if own and own == preset_rules(records.schema):
        own = _fitting(records, own)
    return own or choose_rules(records, pairs_per_record=pairs_per_record)


def _fitting(records: EncodedRecords, rules: tuple[BlockingRule, ...]) -> tuple[BlockingRule, ...]:
    """Those of the preset's rules that so many records need; none where they do not cover."""
    if records.n_records < MANY_RECORDS:
        return ()
    found = found_pairs(records, rules)
    covered = found.any(axis=0).mean()
    if covered < COVERED:
        return ()
    are_many = records.n_records >= FEWER_RULES
    if not are_many and covered < WELL_COVERED:
        return rules
    return tuple(rules[k] for k in needed(found, TO_SPARE_OF_MANY if are_many else TO_SPARE))


def choose_rules(
    records: EncodedRecords, *, pairs_per_record: float = CHOSEN_PAIRS_PER_RECORD
) -> tuple[BlockingRule, ...]:
    """Blocking rules for a schema without any, the most selective first.

    Candidates are all combinations of keys of up to four fields that no smaller selective one contains. One
    after the other is taken that finds most of the imagined pairs (`imagine`) which no rule has found yet,
    if on a sample of the records it makes no more pairs by chance than a rule may cost.

    Parameters
    ----------
    records : EncodedRecords
    pairs_per_record : float
        Pairs that a rule may make for each record by chance, as long as few records make them few.
    """
    keys = {key: records.schema.split_key(key) for key in _candidate_keys(records.schema)}
    field_of = {key: item.name for key, (item, _) in keys.items()}
    chance = _Chance(records, list(keys))
    bits = {key: chance.bits((key,)) for key in keys}
    need = chance.bits_needed(pairs_per_record)
    useful = {key: named for key, named in keys.items() if bits[key] > LEAST_BITS}
    agree = imagine(useful, chance.filled, IMAGINED)
    pool = _Pool(agree)
    pool.add(_combinations(field_of, agree, bits, need))
    found: list[tuple[float, tuple[str, ...]]] = []
    n_refused = 0
    while len(found) < MOST_RULES and n_refused < MOST_REFUSED and (chosen := pool.best()):
        selectivity = chance.bits(chosen)
        names = {field_of[key] for key in chosen}
        if selectivity < need:
            # Its keys say the same twice, as a town and its post code do.
            n_refused += 1
            pool.add((*chosen, key) for key in useful if field_of[key] not in names)
            continue
        pool.cover(chosen)
        found.append((selectivity, chosen))
    if not found:
        found = [(0.0, _most_selective(field_of, bits))]
    whole = [key for key, (_, part) in keys.items() if part in ("full", "folded", "value") and bits[key] > 0]
    # Keys that nearly all records have split blocks first: who lacks one loses pairs.
    whole.sort(key=lambda key: -float(chance.filled[key].mean()) * min(bits[key], 8))
    return tuple(
        block_on(*group, refine=[k for k in whole if field_of[k] not in {field_of[g] for g in group}])
        for _, group in sorted(found, key=lambda item: -item[0])
    )


def _most_selective(field_of: dict[str, str], bits: dict[str, float]) -> tuple[str, ...]:
    """The most selective key of each of up to four fields: where no combination is enough."""
    best: dict[str, str] = {}
    for key in sorted(bits, key=lambda k: -bits[k]):
        best.setdefault(field_of[key], key)
    told = [key for key in best.values() if bits[key] > 0]
    return tuple(told[:4]) or (next(iter(bits)),)


class _Chance:
    """Agreement by chance, measured on a sample of the records."""

    def __init__(self, records: EncodedRecords, keys: Sequence[str]) -> None:
        n = records.n_records
        step = max(n // SAMPLE, 1)
        self.rows = np.arange(0, n, step, dtype=np.uint64)
        self._maker = KeyMaker(records)
        self._maker.prepare(keys)
        self._n_records, self._n_pairs = n, max(records.n_total_pairs, 2)
        self.filled: dict[str, Flags] = {key: self._encode((key,)) != 0 for key in keys}

    def _encode(self, keys: tuple[str, ...]) -> npt.NDArray[np.uint32]:
        out = np.empty(len(self.rows), np.uint32)
        self._maker.encode(keys, out, self.rows)
        return out

    def bits_needed(self, pairs_per_record: float) -> float:
        """Bits from which a rule makes no more pairs than it may."""
        budget = BEYOND * max(LEAST_BUDGET, PAIRS_PER_RECORD * self._n_records)
        return float(np.log2(self._n_pairs / min(budget, pairs_per_record * max(self._n_records, 1))))

    def bits(self, keys: tuple[str, ...]) -> float:
        """-log2 of the share of all pairs that agree on these keys."""
        codes = self._encode(keys)
        _, counts = np.unique(codes[codes != 0], return_counts=True)
        pairs = (counts.astype(np.float64) * (counts - 1)).sum()
        n = len(codes)
        return float(-np.log2(max(pairs, 1) / max(float(n) * (n - 1), 1))) if n > 1 else 0.0


@dataclass
class _Pool:
    """Combinations that may become rules, and which imagined pairs no rule has found yet."""

    agree: dict[str, Flags]

    def __post_init__(self) -> None:
        self._known: set[tuple[str, ...]] = set()
        self._waiting: list[tuple[str, ...]] = []
        self._found = np.empty((0, IMAGINED // 8), np.uint8)
        # Pairs that no rule has found, that one has, that two have, that three have.
        self._times = [np.packbits(np.full(IMAGINED, k == 0)) for k in range(len(WORTH))]

    def add(self, combinations_of_keys: Iterable[tuple[str, ...]]) -> None:
        """Further combinations."""
        new = []
        for group in combinations_of_keys:
            ordered = tuple(sorted(group))
            if ordered not in self._known:
                self._known.add(ordered)
                new.append(ordered)
        if new:
            found = np.array(
                [np.packbits(np.logical_and.reduce([self.agree[key] for key in group])) for group in new]
            )
            self._found = np.concatenate([self._found, found])
            self._waiting += new

    def best(self) -> tuple[str, ...] | None:
        """Take the combination that finds most of what is left; None if none finds enough."""
        if not self._waiting:
            return None
        gains = np.zeros(len(self._waiting), np.int64)
        for pairs, worth in zip(self._times, WORTH, strict=True):
            gains += worth * np.bitwise_count(self._found & pairs).sum(axis=1, dtype=np.int64)
        k = int(gains.argmax())
        if gains[k] <= 0:
            return None
        self._found[k] = 0
        return self._waiting[k]

    def cover(self, group: tuple[str, ...]) -> None:
        """A combination has become a rule: what it finds is found."""
        found = np.packbits(np.logical_and.reduce([self.agree[key] for key in group]))
        for k in range(len(self._times) - 1, 0, -1):
            self._times[k] = (self._times[k] & ~found) | (self._times[k - 1] & found)
        self._times[0] &= ~found


def _combinations(
    field_of: dict[str, str], agree: dict[str, Flags], bits: dict[str, float], need: float
) -> list[tuple[str, ...]]:
    """Combinations with enough bits together that none of their parts has by itself, small ones first."""
    by_field: dict[str, list[str]] = {}
    for key in agree:
        by_field.setdefault(field_of[key], []).append(key)
    # Where there are many fields, those that are filled and tell most.
    worth = {f: max(bits[k] * float(agree[k].mean()) for k in own) for f, own in by_field.items()}
    fields = sorted(sorted(by_field, key=lambda f: -worth[f])[:MOST_FIELDS])
    found: list[tuple[str, ...]] = []
    for size in (1, 2, 3, 4):
        for group in combinations(fields, size):
            for choice in product(*(by_field[f] for f in group)):
                each = [bits[k] for k in choice]
                if sum(each) >= need and (size == 1 or sum(each) - min(each) < need):
                    found.append(choice)
            if len(found) > MOST_COMBINATIONS:
                return found
    return found


def _candidate_keys(schema: Schema) -> list[str]:
    keys: list[str] = []
    for item in schema.fields:
        name = item.name
        if is_former_name(item):
            continue
        if item.kind == "person_name":
            parts = (
                ("folded", "phonetic", "prefix", "family")
                if item.part != "full"
                else ("folded", "tokens", "given", "family", "phonetic", "given_phonetic", "prefix")
            )
            keys += [f"{name}.{p}" for p in parts]
        elif item.kind == "date":
            keys += [name, *(f"{name}.{p}" for p in ("year", "month_day", "year_month", "decade"))]
        elif item.kind == "email":
            keys += [name, f"{name}.local"]
        elif item.kind in ("text", "address"):
            keys += [f"{name}.folded", f"{name}.prefix"]
        elif item.kind in ("identifier", "phone", "category", "number"):
            keys.append(name)
    return keys
