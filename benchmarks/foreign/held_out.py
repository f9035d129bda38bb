"""A table of many countries with its truth -> a register, and records of the same people to be looked up in it.

Of each person with several records one is held out as a query; some people are taken out altogether, and one
record of each is a query about a stranger. Of the two tables of a link the left one is the register.
"""

import zlib
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from benchmarks.foreign.tables import make_table

MOST = 600
"""Queries of each role, at most."""
STRANGERS = 0.2
"""Share of people who are taken out of the register."""


@dataclass(frozen=True)
class HeldOut:
    """A register and queries, both under the table's own headers, with `entity`; queries with `role`."""

    name: str
    register: pa.Table
    queries: pa.Table


def hold_out(name: str, *, records: int | None = None, seed: int = 1) -> HeldOut:
    """Cut one of the tables."""
    tables = make_table(name, records=records, seed=seed)
    random = np.random.default_rng([seed, zlib.crc32(name.encode()), 7])
    left, right = tables[0], tables[-1]
    entities = left["entity"].to_numpy()
    people = np.unique(entities)
    strangers = random.choice(people, int(len(people) * STRANGERS), replace=False)
    is_stranger = np.isin(entities, strangers)
    kept = np.flatnonzero(~is_stranger)
    if len(tables) == 1:
        order = random.permutation(len(left))
        known = _one_each(order[~is_stranger[order]], entities, least=2)
        kept = np.setdiff1d(kept, known)
        unknown = _one_each(order[is_stranger[order]], entities)
    else:
        asked = right["entity"].to_numpy()
        order = random.permutation(len(right))
        is_known = np.isin(asked[order], entities[kept])
        known, unknown = _one_each(order[is_known], asked), _one_each(order[~is_known], asked)
    known, unknown = known[:MOST], unknown[:MOST]
    queries = right.take(np.concatenate([known, unknown]))
    roles = ["known"] * len(known) + ["stranger"] * len(unknown)
    return HeldOut(name, left.take(kept), queries.append_column("role", pa.array(roles, pa.string())))


def _one_each(rows: np.ndarray, entities: np.ndarray, least: int = 1) -> np.ndarray:  # type: ignore[type-arg]
    """The first of each person's rows, of people with as many as `least`."""
    _, firsts, counts = np.unique(entities[rows], return_index=True, return_counts=True)
    found: np.ndarray = rows[np.sort(firsts[counts >= least])]  # type: ignore[type-arg]
    return found
