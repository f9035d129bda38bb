"""A schema and encoded rows -> blocking rules, where the schema names none; and rules that show relatives."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from linkage.blocking.keys import KeyMaker
from linkage.fields.batch import EncodedRecords
from linkage.schema import BlockingRule, Schema, block_on

MOST_RULES = 24
SAMPLE = 200_000


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


def choose_rules(records: EncodedRecords) -> tuple[BlockingRule, ...]:
    """Blocking rules for a schema without any.

    Every selective key alone, then pairs and triples of weaker keys, taken greedily: each rule must be
    selective enough that its blocks cost few pairs, and new combinations come before similar ones, so
    that damage to one or two fields always leaves a rule that finds the pair.
    """
    schema = records.schema
    keys = _candidate_keys(schema)
    bits = _collision_bits(records, keys)
    need = np.log2(max(records.n_total_pairs, 2) / max(records.n_records, 1)) - 3
    rules: list[BlockingRule] = [block_on(k) for k in keys if bits[k] >= need]
    weak = [k for k in keys if 1 < bits[k] < need]
    by_field: dict[str, list[str]] = {}
    for key in weak:
        by_field.setdefault(key.partition(".")[0], []).append(key)
    found: list[tuple[float, BlockingRule]] = []
    for size in (2, 3):
        for group in combinations(sorted(by_field), size):
            choice = _coarsest(group, by_field, bits, need)
            if choice and not any(set(r.keys) <= set(choice) for _, r in found):
                rest = tuple(k for k in keys if k.partition(".")[0] not in group and "." not in k)
                total = sum(bits[k] for k in choice)
                found.append((size * 100 - total, block_on(*choice, refine=rest)))
    found.sort(key=lambda item: item[0])
    rules += [rule for _, rule in found]
    if not rules:
        rules = [block_on(*sorted(by_field))] if by_field else [block_on(keys[0])]
    return tuple(rules[:MOST_RULES])


def _candidate_keys(schema: Schema) -> list[str]:
    keys: list[str] = []
    for item in schema.fields:
        name = item.name
        if item.kind == "person_name":
            parts = (
                ("folded", "phonetic", "prefix")
                if item.part != "full"
                else ("folded", "tokens", "given", "family", "phonetic")
            )
            keys += [f"{name}.{p}" for p in parts]
        elif item.kind == "date":
            keys += [name, f"{name}.year", f"{name}.month_day", f"{name}.year_month"]
        elif item.kind == "email":
            keys += [name, f"{name}.local"]
        elif item.kind in ("text", "address"):
            keys += [f"{name}.folded", f"{name}.prefix"]
        elif item.kind in ("identifier", "phone", "category"):
            keys.append(name)
    return keys


def _coarsest(
    group: tuple[str, ...], by_field: dict[str, list[str]], bits: dict[str, float], need: float
) -> tuple[str, ...] | None:
    """Per field the key that forgives most, as long as the combination stays selective enough."""
    choice = [max(by_field[f], key=lambda k: bits[k]) for f in group]
    if sum(bits[k] for k in choice) < need:
        return None
    for i, name in enumerate(group):
        for key in sorted(by_field[name], key=lambda k: bits[k]):
            trial = [*choice[:i], key, *choice[i + 1 :]]
            if sum(bits[k] for k in trial) >= need:
                choice = trial
                break
    return tuple(choice)


def _collision_bits(records: EncodedRecords, keys: list[str]) -> dict[str, float]:
    """-log2 of the chance that two random records agree on a key; bits, missing values left out."""
    maker = KeyMaker(records)
    step = max(records.n_records // SAMPLE, 1)
    rows = np.arange(0, records.n_records, step, dtype=np.uint64)
    out = np.empty(len(rows), np.uint32)
    bits = {}
    for key in keys:
        maker.encode([key], out, rows)
        _, counts = np.unique(out[out != 0], return_counts=True)
        n = counts.sum()
        pairs = (counts.astype(np.float64) * (counts - 1)).sum()
        bits[key] = float(-np.log2(max(pairs, 1) / max(float(n) * (n - 1), 1))) if n > 1 else 0.0
    return bits
