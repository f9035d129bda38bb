"""Records -> which of them each damage hits, clustered by site and correlated within a record."""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from linkage.population.draws import F64, I64, U64, Draws, mix
from linkage.population.profiles import read_rate

N_SITES: Final = 3000
_SHAPE: Final = (0.62, 9.0)
# a site's quality is Beta distributed so that the worst fifth makes about 60 % of the errors
_QUALITY: Final = betaincinv(*_SHAPE, (np.arange(4096) + 0.5) / 4096)
_SITE: Final = _QUALITY / _QUALITY.mean()
# most records of a site are careful, a few careless in everything: the mean is 1
_RECORD: Final = np.repeat((0.55, 1.4, 3.5), (180, 56, 20))
_CLERK: Final = _RECORD / _RECORD.mean()


class Damage:
    """Draws which records are hit.

    Parameters
    ----------
    draws : the data set's random fields.
    record : uint64[n], a number for each record, different for each copy of a person.
    site : int64[n], where it was written down.
    profile : bool[n], True = damaged as `profile`, False = as `base`.
    """

    def __init__(
        self,
        draws: Draws,
        record: U64,
        site: I64,
        damaged: npt.NDArray[np.bool_],
        profile: str,
        base: str = "P0",
    ) -> None:
        self.draws = draws
        self.record = record
        self.site = mix((site + np.where(damaged, 1 << 32, 0)).view(np.uint64) + draws.key("site"))
        self._damaged = damaged
        self._profiles = (base, profile)
        self._any = bool(damaged.any()), bool((~damaged).any())
        carelessness = _CLERK[(draws.bits("careless", record) >> np.uint64(56)).astype(np.int64)]
        self._errors = _SITE[(self.site >> np.uint64(52)).astype(np.int64)] * carelessness

    def rate(self, name: str) -> F64:
        """Share of records like each that are hit, before site and care."""
        base, damaged = (read_rate(profile, name) for profile in self._profiles)
        return np.where(self._damaged, damaged, base)

    def _none(self, name: str) -> bool:
        base, damaged = (read_rate(profile, name) for profile in self._profiles)
        return (damaged == 0 or not self._any[0]) and (base == 0 or not self._any[1])

    def hit(self, name: str) -> I64:
        """Positions of records with an error of this kind: more at bad sites."""
        if self._none(name):
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(self.draws.uniform(name, self.record) < self.rate(name) * self._errors)

    def hit_plainly(self, name: str, share: float = 1.0) -> I64:
        """Positions hit with the plain rate, whoever wrote the record."""
        if self._none(name):
            return np.empty(0, dtype=np.int64)
        return np.flatnonzero(self.draws.uniform(name, self.record) < self.rate(name) * share)

    def hit_by_habit(self, name: str) -> I64:
        """Positions hit by what a whole site's software or habit does, eight times in ten."""
        if self._none(name):
            return np.empty(0, dtype=np.int64)
        own = (self.draws.bits(f"{name} own", self.record) & np.uint64(255)) < 51
        u = self.draws.uniform(name, np.where(own, self.record, self.site))
        return np.flatnonzero(u < self.rate(name))

    def below(self, name: str, rows: I64, limit: int) -> I64:
        """Whole numbers in [0, limit) for the chosen records."""
        return self.draws.below(name, self.record[rows], limit)

    def uniform(self, name: str, rows: I64) -> F64:
        """Uniform numbers in [0, 1) for the chosen records."""
        return self.draws.uniform(name, self.record[rows])
