"""The M-step: expected counts of matches, strangers and relatives -> m, priors, relatives' tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from linkage.model.estimate import Estimate, Known
from linkage.model.one_damage import bound_damage
from linkage.model.one_home import bring_home
from linkage.model.own import only_own, own_fields, unlike_below
from linkage.model.own_addresses import given_the_name
from linkage.model.patterns import M_STRENGTH, Maximiser
from linkage.model.relatives import at_most_differ, family_tables
from linkage.model.sure import TIMES, bound_levels

Array = npt.NDArray[np.float64]
CHANCE = {
    "identifier": (1e-6, 1e6),
    "email": (1e-6, 1e5),
    "name": (1e-5, 1e4),
    "date": (5e-5, 1e4),
    "part": (1e-3, 1e3),
    "text": (1e-2, 1e3),
}
"""By kind of comparison the chance that two strangers agree, expected before any data, and the number of
pairs that expectation is worth: a few records cannot show how rare their values are elsewhere."""

LEAST_STRAY = 0.002
"""Of the pairs that agree on an identifier, the share that is strangers' however many EM takes for matches:
some numbers are mistyped into another's, and some cards are used by two people."""

OUTNUMBERED = 2.0
"""How many times the pairs that EM takes for matches relatives must be, at a level of unlike names, for it to
be theirs. Where customers write initials, matches are there and relatives are not."""

MOST_UNLIKE = 0.03
"""Of matches, the share that may be at such a level, if no more is expected before any data."""

MOST_OTHER_NAMES = 0.5
"""Of matches, the share in which any name, also one that a family shares, is another one: in a register of
50,000 without duplicates people of one age and year became a class of matches."""

MOST_DIFFER = 0.25
"""Of matches, the share that may differ altogether in a part of a name or a date of one's own: where EM finds
more, the class it calls matches is families."""

MOST_OTHER_WHOLE_NAMES = 0.12
"""The same of whole names, of which one part mostly stays: with more, twins at one school, of one day and of
the same parents, were a sixth of what EM took for matches."""


MOSTLY_WHOLE = 0.5
"""Share of matches expected to agree on the day, as records write dates, from which another date says that
there is none: years, and ages that people have told, are often a year or two away."""


BEYOND = 0.1
"""Share of matches beyond such a bound that may still be matches with a bad date; more are people of one
name, and count as strangers, however many of them EM takes for matches."""


def maximise(
    e: Estimate,
    known: Known,
    shape: Maximiser,
    expected: Array,
    of_m: Array,
    sums: Array,
    most_sure: Mapping[int, Array],
    most_alike: Mapping[tuple[int, int], Array],
) -> float:
    """Replace what an estimate holds, in place; returns how far m and the prior moved.

    Parameters
    ----------
    expected : float64[n_classes, size]
        Expected pairs of matches and of each class of relatives, by entry of the tables.
    of_m : float64[size]
        Expected matches that m is made of.
    sums : float64[n_classes]
        Expected pairs of each class.
    most_sure : mapping of int to float64[n]
        As of `most_at_levels`.
    most_alike : mapping of tuple[int, int] to float64[n]
        As of `linkage.model.sure_relatives.most_alike`.
    """
    before, previous = e.m, e.prior[0]
    e.m = shape.probabilities(of_m, known.prior_m, M_STRENGTH)
    bounds = _bounds_of_m(known, shape, most_sure)
    for i, differ, most in bounds:
        at_most_differ(shape.table(e.m, i), differ, most)
    theirs = _where_relatives_are(expected, known, shape)
    for i, most_at in (*most_sure.items(), *known.other_names.items(), *theirs):
        bound_levels(shape.table(e.m, i), most_at)
    e.prior = np.maximum(sums, 1.0) / known.n_total_pairs
    e.prior[0] = max(e.prior[0] * _share_within(expected[0], known, bounds, shape), 1 / known.n_total_pairs)
    _bound_relatives(e.prior, known)
    family_tables(
        e.family, expected[1:], shape, e.m, e.u, known.prior_m, known.shared, known.relatives, most_alike
    )
    bring_home(e.family, expected, known, shape, e.m, e.u)
    bound_damage(e.family, known, shape, e.m, e.u)
    _exact_u(e.u, expected[0], known, shape)
    given_the_name(e.u, e.m, known, shape)
    return float(np.abs(e.m - before).max()) + abs(float(np.log(e.prior[0] / previous)))


def _bounds_of_m(
    known: Known, shape: Maximiser, most_sure: Mapping[int, Array]
) -> list[tuple[int, int, float]]:
    """How often matches may differ: comparison, the last code that is bounded, the share of matches up to it.

    What damage and changes of name explain; where EM finds more, it has taken in people who are not the same.
    Where there are no relatives to take in, matches that are sure without a field are believed: half of them
    may write names in another way.
    """
    own = own_fields(shape, known.shared)
    bounds = []
    for i in own:
        operation = shape.comparisons[i].operation
        most = MOST_OTHER_WHOLE_NAMES if operation.name == "name" else MOST_DIFFER
        if i in most_sure and not known.relatives:
            most = max(most, float(most_sure[i][: operation.differ].sum()) / TIMES)
        bounds.append((i, operation.differ, most))
    for i, item in enumerate(shape.comparisons):
        if item.operation.name in ("name", "part"):
            bounds.append((i, item.operation.differ, MOST_OTHER_NAMES))
    bounds += [(i, *known.other_dates[i]) for i in own if i in known.other_dates]
    return bounds


def _where_relatives_are(expected: Array, known: Known, shape: Maximiser) -> list[tuple[int, Array]]:
    """The most that matches are at each unlike level of the one field that is a person's own, a name mostly.

    Nothing else then tells brothers in one house from matches whose given name differs, and what EM gives
    these makes it give them more. So where two values differ altogether, and wherever relatives outnumber
    matches, these are a few, whatever EM finds.
    """
    i = only_own(shape, known.shared)
    if i is None or not known.relatives:
        return []
    below = slice(1, unlike_below(shape, i))
    pairs = [shape.table(of_class, i)[:, below].sum(axis=0) for of_class in expected]
    relatives = sum(pairs[1 + k] for k, kind in enumerate(known.relatives) if not kind.any_rarity)
    theirs = relatives >= OUTNUMBERED * np.maximum(pairs[0], 1.0)
    theirs[: shape.comparisons[i].operation.differ] = True
    usual = known.prior_m[i] / known.prior_m[i].sum()
    return [(i, np.where(theirs, np.maximum(usual[: len(theirs)], MOST_UNLIKE), 1.0))]


def _share_within(
    matches: Array, known: Known, bounds: list[tuple[int, int, float]], shape: Maximiser
) -> float:
    """The share of expected matches that bounds on dates leave: m alone bounded, their number would grow."""
    left = 1.0
    for i, differ, most in bounds:
        whole = known.prior_m[i][-1]
        if shape.comparisons[i].operation.name != "date" or whole < MOSTLY_WHOLE:
            continue
        counts = shape.table(matches, i)[:, 1:]
        share = counts[:, :differ].sum() / max(counts.sum(), 1e-300)
        left = min(left, (1 - share) / (1 - most - BEYOND))
    return left


def _bound_relatives(prior: Array, known: Known) -> None:
    """Keep, in place, twins and namesakes a few among many relatives.

    Where no families are to be seen, what looks like them are damaged records of one person.
    """
    common = sum(
        prior[1 + k]
        for k, kind in enumerate(known.relatives)
        if kind.most_of_relatives == 1 and not kind.any_rarity
    )
    for k, kind in enumerate(known.relatives):
        if kind.most_of_relatives != 1:
            a_record = kind.most_a_record * known.n_records / known.n_total_pairs
            most = min(kind.most_of_relatives * common, a_record)
            prior[1 + k] = max(min(prior[1 + k], most), 1e-3 / known.n_total_pairs)


def _exact_u(u: Array, matches: Array, known: Known, shape: Maximiser) -> None:
    """Share, in place, of all pairs those that agree on an identifier and do not match."""
    for i, (n_agree, least) in known.u_exact.items():
        agreeing = shape.table(matches, i)[:, -1].sum()
        chance, pairs = CHANCE[shape.comparisons[i].operation.name]
        stray = max(n_agree - agreeing, LEAST_STRAY * n_agree, least) + chance * pairs
        table = shape.table(u, i)
        table[:, -1] = stray / (known.n_total_pairs + pairs)
        table[:, 1:] /= table[:, 1:].sum(axis=1, keepdims=True)
