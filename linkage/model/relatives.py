"""Comparisons -> classes of different people who look alike, and bounds on what each may explain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from linkage.comparison.program import Comparison
from linkage.model.patterns import M_STRENGTH, Maximiser

Array = npt.NDArray[np.float64]
CHANCE_ALIKE, MOST_ALIKE = 2.0, 0.02
"""How much more often than strangers relatives reach a level by chance: times u, and at most this share."""

MOST_PERSONAL, MOST_COINCIDENT, MOST_FREE = 0.03, 0.008, 0.97
"""Shares of a class of relatives that may agree, as one person does, on what is a person's own: relatives, a
community, and what a class may agree on."""
MOST_APART = 0.05
"""The same for parents' names in a community: few names are in use there, and of like-named people some have
like-named parents."""

LEAST_CERTAIN = 0.5
"""How often siblings agree on a parent's name at least, as a share of how often matches do: a class that
agrees less has come to stand for strangers. Corrected always, a table of India lost .004 of F1 at .95."""

FAMILY_STRENGTH = 300.0
"""Pairs by which a class of relatives leans, in what is a person's own, on all of them together."""

ALIKE_STRENGTH = 1000.0
"""Pairs that the expectation is worth by which relatives agree on what is a person's own as strangers do.
Without it some hundred pairs of one address take in the matches whose other evidence is weak."""


LEAST_TOLD = 0.5
"""Share of pairs that hold, on both sides, a field in which a class must differ: where fewer do, nothing
would keep it from becoming a second class of matches."""

LEAST_DIFFERING, ENOUGH_ALIKE = 0.5, 50
"""Share of strangers alike in what a class shares who must differ in a field that tells it from matches, and
strangers who tell: where a country has one university, like-named people of one country are of one
university, and nothing sets them apart from matches either."""


@dataclass
class Relatives:
    """A way in which two different people look alike.

    Attributes
    ----------
    name : str
    free : frozenset of int
        Comparisons of a person's own fields on which this class may agree (a twin's date of birth).
    certain : frozenset of int
        Comparisons on which it agrees by definition, as one person does: of twins the date of birth, of
        siblings, where the data lose sight of it (`LEAST_CERTAIN`), their parents' names.
    apart : frozenset of int
        Shared fields on which it starts as strangers do (members of a household: their parents' names).
    most_of_relatives, most_a_record : float
        Largest share of all relatives (infinite where no others are needed), and largest number of pairs for
        each record of the table; 1.2 of a hundred births are twins.
    any_rarity : bool
        True where values that are rare in the whole table are not rare within the class.
    like : str or None
        An earlier class whose tables it has, but for what is free: twins are siblings of one day.
    """

    name: str
    free: frozenset[int] = frozenset()
    certain: frozenset[int] = frozenset()
    apart: frozenset[int] = frozenset()
    most_of_relatives: float = 1.0
    most_a_record: float = np.inf
    any_rarity: bool = False
    like: str | None = None

    def differs_in(self, comparisons: Sequence[Comparison]) -> list[int]:
        """The comparisons that tell this class from matches: two people differ in them as strangers do.

        E-mail addresses do not: a person gets another one, as a son of the same name has his own.
        """
        return [
            i
            for i, c in enumerate(comparisons)
            if (
                c.operation.name not in ("category", "email") and not c.field.is_shared and i not in self.free
            )
            or (self.any_rarity and i in self.apart)
        ]


def relatives_of(comparisons: list[Comparison], codes: npt.NDArray[np.uint8]) -> list[Relatives]:
    """The ways in which different people look alike, as far as the fields show them.

    Parameters
    ----------
    comparisons : list of Comparison
    codes : uint8[n_pairs, n_comparisons]
        Of random pairs. A class that differs in nothing they hold is left out, and so is one whose wide
        fields say what tells it.
    """
    told = [
        kind
        for kind in _possible(comparisons)
        if (codes[:, kind.differs_in(comparisons)] > 0).any(axis=1).mean() >= LEAST_TOLD
        and _differ_where_alike(kind, comparisons, codes)
    ]
    return [kind for kind in told if kind.like is None or kind.like in {k.name for k in told}]


def _differ_where_alike(
    kind: Relatives, comparisons: Sequence[Comparison], codes: npt.NDArray[np.uint8]
) -> bool:
    """Whether strangers who agree on a community's wide fields differ in what tells it from matches."""
    if not kind.any_rarity:
        return True
    wide = [i for i, c in enumerate(comparisons) if c.field.is_shared and i not in kind.apart]
    last = np.array([c.operation.n_codes - 1 for c in comparisons])
    alike = codes[(codes[:, wide] == last[wide]).all(axis=1)]
    if len(alike) < ENOUGH_ALIKE:
        return True
    differ = np.zeros(len(alike), bool)
    for i in kind.differs_in(comparisons):
        differ |= (alike[:, i] > 0) & (alike[:, i] < comparisons[i].operation.personal)
    return float(differ.mean()) >= LEAST_DIFFERING


def _possible(comparisons: list[Comparison]) -> list[Relatives]:
    shared = {i for i, c in enumerate(comparisons) if c.field.is_shared}
    if not shared:
        return []
    parents = frozenset(i for i in shared if comparisons[i].field.kind == "person_name")
    dates = frozenset(i for i, c in enumerate(comparisons) if c.field.kind == "date" and i not in shared)
    names = frozenset(
        i for i, c in enumerate(comparisons) if c.field.kind == "person_name" and i not in shared
    )
    narrow = frozenset(i for i in shared if comparisons[i].operation.name != "category")
    classes = [Relatives("household", apart=parents)]
    if parents:
        classes.append(Relatives("siblings", certain=parents))
    if dates:
        classes.append(
            Relatives(
                "twins",
                free=dates,
                certain=dates,
                most_of_relatives=0.02,
                most_a_record=0.012,
                like=classes[-1].name,
            )
        )
    if names:
        classes.append(
            Relatives("namesakes", free=names, apart=parents, most_of_relatives=0.05, most_a_record=0.15)
        )
        if len(narrow) < len(shared):
            classes.append(Relatives("community", free=names, apart=narrow, any_rarity=True))
    return classes


def family_tables(
    family: Array,
    expected: Array,
    shape: Maximiser,
    m: Array,
    u: Array,
    prior_m: Sequence[Array],
    shared: Sequence[bool],
    relatives: Sequence[Relatives],
    most_alike: Mapping[tuple[int, int], Array],
) -> None:
    """The M-step of the relatives' tables, in place: expected pairs of each class, kept within bounds.

    `most_alike`: by class and comparison, how often at most they are alike, as of `sure_relatives`.
    """
    together = expected[[k for k, kind in enumerate(relatives) if not kind.any_rarity]].sum(axis=0)
    names = [kind.name for kind in relatives]
    for k, kind in enumerate(relatives):
        if kind.like is not None:
            family[k] = family[names.index(kind.like)]
            if kind.like == "household":
                of_one_family(family[k], u, shape, shared)
            agree_as_one(family[k], shape, m, u, kind.certain)
            continue
        counts = expected[k].copy()
        for i in held_in_common(kind, shape, shared):
            table = shape.table(counts, i)
            table[:] = table.sum(axis=0)
        family[k] = shape.probabilities(counts, prior_m, M_STRENGTH)
        leans, most = _bounds_of(kind, shape.comparisons, shared)
        shape.bound(
            family[k], expected[k], None if kind.any_rarity else together, m, u, leans, most,
            u_strength=M_STRENGTH, strength=FAMILY_STRENGTH, alike_strength=ALIKE_STRENGTH,
            chance=CHANCE_ALIKE, most_chance=MOST_ALIKE,
        )  # fmt: skip
        agree_as_one(family[k], shape, m, u, kind.certain, LEAST_CERTAIN)
        for (of, i), most_at in most_alike.items():
            if of == k:
                bound_likeness(shape.table(family[k], i), shape.table(u, i), most_at)


def agree_as_one(
    family: Array, shape: Maximiser, m: Array, u: Array, certain: Iterable[int], least: float = np.inf
) -> None:
    """Let a class agree, in place, on some comparisons as one person does, but for a few strangers in it.

    Where it agrees `least` times as often as matches by itself, it stays as it is.
    """
    for i in certain:
        own, of_m, of_u = (shape.table(flat, i)[:, 1:] for flat in (family, m, u))
        first = shape.comparisons[i].operation.personal - 1
        if own[:, first:].sum() / own.sum() >= least * of_m[:, first:].sum() / of_m.sum():
            continue
        alike = MOST_FREE * of_m + (1 - MOST_FREE) * of_u
        # How often both hold a value stays the class's own.
        own[:] = alike * own.sum(axis=1, keepdims=True) / alike.sum(axis=1, keepdims=True)


def bound_likeness(table: Array, u: Array, most: Array) -> None:
    """Keep, in place, the shares at the last levels of a table's rows below these, or strangers'."""
    levels, top = table[:, 1:], u[:, -len(most) :]
    whole = levels.sum(axis=1, keepdims=True)
    keep_below(levels[:, -len(most) :], levels[:, : -len(most)], np.maximum(most * whole, top), whole)


def keep_below(bounded: Array, rest: Array, most: Array, whole: Array) -> None:
    """Keep, in place, some columns of a table below these; the rest share what is left of each whole row."""
    np.minimum(bounded, most, out=bounded)
    rest *= (whole - bounded.sum(axis=1, keepdims=True)) / np.maximum(rest.sum(axis=1, keepdims=True), 1e-300)


def held_in_common(kind: Relatives, shape: Maximiser, shared: Sequence[bool]) -> list[int]:
    """What a class has in common, where its comparison leans on one of a person's own.

    Brothers have one father, whatever they are called.
    """
    return [
        i
        for i, parent in enumerate(shape.parents)
        if shared[i] and i not in kind.apart and parent >= 0 and not shared[parent]
    ]


def _bounds_of(
    kind: Relatives, comparisons: Sequence[Comparison], shared: Sequence[bool]
) -> tuple[npt.NDArray[np.uint8], Array]:
    """Where a class leans on all relatives and on strangers, and the share that may agree as one person does.

    What is a person's own differs in one class of relatives as in the others: small classes would come to
    stand for some kind of damage. A share below 0 is no bound.
    """
    leans, most = np.zeros(len(shared), np.uint8), np.full(len(shared), -1.0)
    for i, is_shared in enumerate(shared):
        leans[i] = not is_shared and i not in kind.free
        if not is_shared or (kind.any_rarity and i in kind.apart):
            most[i] = MOST_COINCIDENT if kind.any_rarity else MOST_PERSONAL
            if is_shared and comparisons[i].operation.name == "name":
                most[i] = MOST_APART
            if i in kind.free:
                most[i] = MOST_FREE
    return leans, most


def of_one_family(family: Array, u: Array, shape: Maximiser, shared: Sequence[bool]) -> None:
    """Keep, in place, of a household's tables those whose names agree beyond chance, in a share `MOST_FREE`.

    Twins are of one family. Those of a household whose names have nothing in common (couples, mostly of two
    sexes) tell how many names agree by chance alone; the others are of one family.
    """
    for i, item in enumerate(shape.comparisons):
        if shared[i] or item.operation.name != "name":
            continue
        own, of_u = shape.table(family, i)[:, 1:], shape.table(u, i)[:, 1:]
        held = own.sum(axis=1, keepdims=True)
        alike = np.maximum(own - own[:, :1] / of_u[:, :1] * of_u, 0.0)
        share = alike.sum(axis=1, keepdims=True) / held
        parent = shape.parents[i]
        if parent >= 0 and shape.parents[parent] < 0 and not shared[parent]:
            table = shape.table(family, parent)[0, 1:]
            table[:] = _mixed(table * share[1:, 0], table)
        own[:] = np.where(share > 0, _mixed(alike, own), own)


def _mixed(part: Array, whole: Array) -> Array:
    """A part of a class, of which `MOST_FREE` is, with the whole; rows sum as the whole's."""
    sums = whole.sum(axis=-1, keepdims=True)
    mixed: Array = MOST_FREE * part * (sums / np.maximum(part.sum(axis=-1, keepdims=True), 1e-300))
    mixed += (1 - MOST_FREE) * whole
    return mixed


def at_most_differ(m: Array, differ: int, most: float) -> None:
    """Bound the share of matches at the codes 1 to `differ`, row by row."""
    different, alike = m[:, 1 : differ + 1], m[:, differ + 1 :]
    share, rest = (part.sum(axis=1, keepdims=True) for part in (different, alike))
    kept = np.minimum(share, most * (share + rest))
    alike *= (share + rest - kept) / np.maximum(rest, 1e-300)
    different *= kept / np.maximum(share, 1e-300)
