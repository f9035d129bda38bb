"""What an estimate of m, u and priors is made of: what EM is given, and what it finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from linkage.model.relatives import Relatives

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Known:
    """What EM is given of a table and its comparisons, and leaves as it is.

    Attributes
    ----------
    n_records : int
    n_total_pairs : float
    prior_m : sequence of float64[n_levels]
        Of each comparison, how matches are expected to agree.
    shared : sequence of bool
        Comparisons that relatives agree on.
    relatives : sequence of Relatives
    u_exact : dict[int, tuple[float, float]]
        Comparisons (identifiers) whose equal values are nearly all matches: pairs of all records that
        agree, and that strangers agree at least. Their u is the share of those pairs that turn out not to
        match, so it is estimated with m.
    other_dates : dict[int, tuple[int, float]]
        As of `most_other_dates`.
    other_names : dict[int, float64[n]]
        Comparisons of names, and how often at most matches are at the first levels of each, where families
        were found among them (`with_other_names`).
    own_addresses : dict[int, float]
        Comparisons of e-mail addresses that are made of names: how often strangers of one name have one.
    """

    n_records: int
    n_total_pairs: float
    prior_m: Sequence[Array]
    shared: Sequence[bool]
    relatives: Sequence[Relatives]
    u_exact: dict[int, tuple[float, float]]
    other_dates: dict[int, tuple[int, float]]
    other_names: dict[int, Array] = field(default_factory=dict)
    own_addresses: dict[int, float] = field(default_factory=dict)


@dataclass
class Estimate:
    """Flat tables [comparison][code of parent][code]; probabilities.

    Attributes
    ----------
    m, u : float64[size]
    centre : float64[size]
        Surprisal of an average value at the levels with term frequencies (bits), else 0.
    family : float64[n_relatives, size]
    prior : float64[1 + n_relatives]
        Share of all pairs that match, and that are relatives of each class.
    """

    m: Array
    u: Array
    centre: Array
    family: Array
    prior: Array
    iterations: int = 0
    converged: bool = False
    history: list[dict[str, float]] = field(default_factory=list)
