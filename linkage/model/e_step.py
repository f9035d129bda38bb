"""Patterns, what each run of comparisons says and priors -> expected pairs of each class, on all threads."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from linkage._kernels.expectation import expectation
from linkage.model.patterns import Patterns, Runs
from linkage.model.relatives import Relatives

Array = npt.NDArray[np.float64]
CLASSES = 8
"""Matches and up to seven classes of relatives, side by side in one row of a table."""

SHARES = 4
"""Shares of the patterns; fixed, so that sums round alike on any number of threads."""


class Expected(NamedTuple):
    """What an E-step finds.

    Attributes
    ----------
    of_classes : float64[n_classes]
        Pairs of each class.
    by_kind : float64[n_kinds, 8, size]
        By kind of pattern, class and entry of the tables.
    """

    of_classes: Array
    by_kind: Array


class EStep:
    """The E-step over some patterns, each of a kind; those of a kind below 0 are left out.

    Parameters
    ----------
    patterns : Patterns
    runs : Runs
        Of these patterns.
    kinds : int64[n_patterns]
    n_kinds : int
    size : int
        Entries of the flat tables.
    pool : ThreadPoolExecutor
    """

    def __init__(
        self,
        patterns: Patterns,
        runs: Runs,
        kinds: npt.NDArray[np.int64],
        n_kinds: int,
        size: int,
        pool: ThreadPoolExecutor,
    ) -> None:
        self.pool = pool
        places = np.flatnonzero(kinds >= 0)
        edges = np.linspace(0, len(places), SHARES + 1).astype(np.intp)

        def share(edges: tuple[int, int]) -> _Share:
            return _Share(patterns, runs, places[slice(*edges)], kinds, n_kinds, size)

        self._shares = list(pool.map(share, pairwise(edges.tolist())))

    def expect(
        self, bits: Array, prior: Array, relatives: Sequence[Relatives], doubt: float = 0.0
    ) -> Expected:
        """Share the pairs out among the classes; of patterns less likely to match than `doubt` none match.

        Parameters
        ----------
        bits : float64[n_contents, 8]
            As of `Runs.sums`.
        prior : float64[n_classes]
            log2 odds of each class against strangers.
        """
        any_rarity = np.array([True, *(kind.any_rarity for kind in relatives)], np.uint8)
        found = self.pool.map(lambda share: share.expect(bits, prior, any_rarity, doubt), self._shares)
        of_classes = sum(found, np.zeros(len(prior)))
        by_kind = sum((share.expected for share in self._shares[1:]), self._shares[0].expected)
        return Expected(of_classes, np.ascontiguousarray(by_kind.transpose(0, 2, 1)))

    def likely(self, n_patterns: int) -> tuple[Array, Array]:
        """Of all patterns the probability of a match, and log2 odds of the likeliest class against strangers.

        Those left out are no matches: 0 and -inf.
        """
        likely, best = np.zeros(n_patterns), np.full(n_patterns, -np.inf)
        for share in self._shares:
            likely[share.places], best[share.places] = share.posterior, share.best
        return likely, best


class _Share:
    """Some of the patterns, those of a kind together, with room for what is found of them."""

    def __init__(
        self,
        patterns: Patterns,
        runs: Runs,
        places: npt.NDArray[np.intp],
        kinds: npt.NDArray[np.int64],
        n_kinds: int,
        size: int,
    ) -> None:
        kind = kinds[places].astype(np.int8)
        self.places = places = places[np.argsort(kind, kind="stable")]
        self.begins = np.concatenate([[0], np.cumsum(np.bincount(kind, minlength=n_kinds))])
        self.runs, self.contents = runs, runs.of_patterns[places]
        self.counts = patterns.counts[places]
        self.rarity, self.rarity_shared = patterns.rarity[places], patterns.rarity_shared[places]
        self.expected = np.empty((n_kinds, size, CLASSES))
        self.posterior, self.best = np.empty(len(places)), np.empty(len(places))

    def expect(self, bits: Array, prior: Array, any_rarity: npt.NDArray[np.uint8], doubt: float) -> Array:
        """Fill what is found of each pattern and entry; expected pairs of each class."""
        return expectation(
            self.contents, self.begins, self.counts, self.rarity, self.rarity_shared, bits,
            self.runs.offsets, self.runs.members, prior, any_rarity,
            self.expected, self.posterior, self.best, doubt,
        )  # fmt: skip
