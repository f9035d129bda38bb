"""A first estimate of families -> which fields, whose kind does not tell, families share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from linkage.comparison.program import Comparison
from linkage.model.estimate import Estimate
from linkage.model.own import n_unlike, own_fields
from linkage.model.patterns import Maximiser
from linkage.schema import Schema

Array = npt.NDArray[np.float64]
SHARED_FROM = 0.1
"""A field on which families agree so often beyond chance, compared with matches, is one that they share."""

TELLING = 0.1
"""How much more often than strangers matches must agree on a field for it to tell anything here."""

OWN_KINDS = ("person_name", "date", "identifier", "number")
"""Kinds of fields that are a person's own, where no header says otherwise; e-mail addresses change."""

MOST_OF_LONE, APART = 0.3, 3.0
"""Share, as above, of the only field that may be a person's own, and how many times that of all others is."""

NUMBER_FROM = 0.5
"""The same of a number, where couples passed for matches: it had been taken for a person's own."""

LEAST_FAMILIES, FEW_FAMILIES = 30.0, 0.1
"""Pairs of families, and such pairs to each match, from which they are believed in: fewer may be matches
whose damage is of one kind."""

OTHERS_FROM = 0.3
"""A number that in more than this share of cases two people have is no person's own."""


def unclear_fields(comparisons: Sequence[Comparison]) -> list[int]:
    """Comparisons of texts of which nothing tells if families share them: a name, a town, an occupation."""
    return [i for i, c in enumerate(comparisons) if c.field.kind == "text" and c.field.shared is None]


def unclear_numbers(comparisons: Sequence[Comparison]) -> list[int]:
    """Numbers, and e-mail addresses, of which nothing tells whose they are: a person's, a household's."""
    return [
        i
        for i, c in enumerate(comparisons)
        if c.field.kind in ("identifier", "email") and c.field.shared is None and c.field.format is None
    ]


def shared_by_kind(comparisons: Sequence[Comparison]) -> list[int]:
    """Telephone numbers that count as a household's because most are."""
    return [i for i, c in enumerate(comparisons) if c.field.kind == "phone" and c.field.shared is None]


def is_of_households(codes: npt.NDArray[np.uint8], shape: Maximiser, number: int) -> bool:
    """Whether a number is one that several people have, by pairs of records that hold the same."""
    of_others, told = of_two_people(codes, shape, number)
    enough = bool(np.count_nonzero(told) >= LEAST_FAMILIES)
    return enough and bool(np.mean(of_others[told]) > OTHERS_FROM)


def of_two_people(
    codes: npt.NDArray[np.uint8], shape: Maximiser, number: int
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Of pairs of records that hold the same number, which two people's are, and of which anything tells.

    Two records of one person rarely differ in two of the things that are a person's own, members of a
    household nearly always. Damage to the number itself, and one that stands for none, make few such pairs.
    A text of which nothing tells whose it is, an employer or a diagnosis, may differ for one person: beside
    what is surely a person's own it speaks only where that differs, too.
    Of an e-mail address only pairs that hold two such things tell: a couple may have one.

    Parameters
    ----------
    codes : uint8[n, comparisons]
        One pair for each number that several records hold.
    number : int
        The number's own place among the comparisons, which does not count.
    """
    own = own_fields(shape, [c.field.is_shared for c in shape.comparisons])
    is_mail = shape.comparisons[number].field.kind == "email"
    sure = [i for i in own if i != number]
    own = sure if is_mail else sure + [i for i in unclear_fields(shape.comparisons) if i != number]
    held = (codes[:, own] > 0).sum(axis=1)
    told = held > is_mail
    # Where one thing alone tells, it must differ altogether: names of one person may be badly damaged.
    of_others = np.where(held > 1, n_unlike(codes, shape, own) > 1, _n_apart(codes, shape, own) > 0)
    of_others &= (n_unlike(codes, shape, sure) > 0) | ~(codes[:, sure] > 0).any(axis=1)
    return of_others, told


def _n_apart(codes: npt.NDArray[np.uint8], shape: Maximiser, own: Sequence[int]) -> npt.NDArray[np.int64]:
    """Of each pattern, in how many of the own fields the values are different ones."""
    n = np.zeros(len(codes), np.int64)
    for i in own:
        n += (codes[:, i] > 0) & (codes[:, i] <= shape.comparisons[i].operation.differ)
    return n


def with_shared(
    comparisons: Sequence[Comparison], shared: Collection[int], *, is_shared: bool = True
) -> list[Comparison]:
    """The comparisons, those at these places of fields that families share, or that they do not."""
    return [
        replace(c, field=replace(c.field, shared=is_shared)) if i in shared else c
        for i, c in enumerate(comparisons)
    ]


def schema_of(schema: Schema, comparisons: Sequence[Comparison]) -> Schema:
    """The schema with what was found out about its fields."""
    found = {c.name: c.field for c in comparisons}
    return replace(schema, fields=tuple(found.get(f.name, f) for f in schema.fields))


def learned_roles(
    comparisons: Sequence[Comparison], first: Estimate, shape: Maximiser, n_pairs: float
) -> list[Comparison]:
    """The comparisons, those of unclear fields shared on which families agree at a first look.

    Families are believed in where there are some, and where they agree on two things at least: pairs that
    agree on one are strangers with one name, or of one town.
    """
    unclear = unclear_fields(comparisons)
    of_match, by_chance, share = _of_families(first, shape)
    common = [
        i for i, c in enumerate(comparisons) if (i in unclear or c.field.is_shared) and share[i] > SHARED_FROM
    ]
    own = [i for i in unclear if i not in common and of_match[i] - by_chance[i] > TELLING]
    clear = [i for i, c in enumerate(comparisons) if not c.field.is_shared and c.field.kind in OWN_KINDS]
    if not own and not clear and (lone := _told_apart_by(share, common)) in unclear:
        own = [lone]
        common.remove(lone)
    shared = [i for i in unclear if i not in own]
    n_matches, n_families = first.prior * n_pairs
    if len(common) < 2 or not (own or clear) or n_families < max(LEAST_FAMILIES, FEW_FAMILIES * n_matches):
        return list(comparisons)
    return with_shared(comparisons, shared)


def shared_numbers(comparisons: Sequence[Comparison], first: Estimate, shape: Maximiser) -> list[Comparison]:
    """The comparisons, unclear numbers shared on which families agree half as often as matches do."""
    _, _, share = _of_families(first, shape)
    return with_shared(comparisons, [i for i in unclear_numbers(comparisons) if share[i] > NUMBER_FROM])


def _of_families(first: Estimate, shape: Maximiser) -> tuple[Array, Array, Array]:
    """How often matches and strangers agree on each comparison; how often families do, matches being 1."""
    of_family, of_match, by_chance = (
        np.array([share_alike(x, shape, i) for i in range(len(shape.comparisons))])
        for x in (first.family[0], first.m, first.u)
    )
    share = (of_family - by_chance) / np.maximum(of_match - by_chance, TELLING)
    return of_match, by_chance, share


def _told_apart_by(share: Array, common: Sequence[int]) -> int:
    """The one field of these that families agree on far more rarely than on all others; -1 if there is none.

    Something must be a person's own. Where it is one name alone, EM gives families some of the matches.
    """
    least, *others = sorted(common, key=lambda i: float(share[i])) or [-1]
    rarest = min((float(share[i]) for i in others), default=0.0)
    return least if others and share[least] < MOST_OF_LONE and rarest > APART * share[least] else -1


def share_alike(flat: Array, shape: Maximiser, i: int) -> float:
    """How often a class agrees but for accents, where it agrees in the field that this one leans on."""
    return float(shape.table(flat, i)[-1, first_alike(shape.comparisons[i]) :].sum())


def first_alike(item: Comparison) -> int:
    """The first code of values that are the same but for accents."""
    return item.operation.alike or item.operation.n_codes - 1
