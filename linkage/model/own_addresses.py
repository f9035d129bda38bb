"""m of e-mail addresses that are made of names -> their u: what strangers of one name agree on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from linkage.comparison.levels import OF_NAME
from linkage.model.estimate import Known
from linkage.model.model import Model
from linkage.model.patterns import Maximiser

TOLD_APART = "own_addresses"
"""Entry of a model's training: the fields of addresses that are told apart. It is there where any are."""


def given_the_name(
    u: npt.NDArray[np.float64], m: npt.NDArray[np.float64], known: Known, shape: Maximiser
) -> None:
    """Replace, in place, u of addresses that are the same and made of the name in either record.

    Whoever has one address of that kind has one name, which the names have said. What is left to tell is how
    often a match, and how often a stranger of that name, has the same address: m(equal) : `agree`.
    """
    for i, agree in known.own_addresses.items():
        of_m, of_u = shape.table(m, i), shape.table(u, i)
        equal = of_m[:, OF_NAME] + of_m[:, -1]
        share = of_m[:, OF_NAME] * np.minimum(agree / np.maximum(equal, 1e-9), 1.0)
        others = of_u[:, 1:].sum(axis=1) - of_u[:, OF_NAME]
        of_u[:, OF_NAME] = 0.0
        of_u[:, 1:] *= ((1 - share) / np.maximum(others, 1e-300))[:, None]
        of_u[:, OF_NAME] = share


def knows_own_addresses(model: Model) -> bool:
    """Whether a model was trained on e-mail addresses told apart by whether they are made of the name."""
    return bool(model.training.get(TOLD_APART))
