"""Comparisons of a segment of an older version -> with today's levels, and where their weights lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from linkage.comparison.levels import codes_then


def with_todays_levels(
    comparisons: Sequence[Mapping[str, Any]],
) -> tuple[list[dict[str, Any]], npt.NDArray[np.int64] | None]:
    """Give levels that were one when the segment was written a code each: both weigh what that one weighed.

    Returns
    -------
    list of dict
        The comparisons, with places in a table of weights of their own.
    int64[n] or None
        For each entry of that table the entry of the segment's; None where nothing has changed.
    """
    then = [codes_then(c["op"], c["n_codes"]) for c in comparisons]
    if all(len(codes) == c["n_codes"] for codes, c in zip(then, comparisons, strict=True)):
        return [dict(c) for c in comparisons], None
    found: list[dict[str, Any]] = []
    entries: list[int] = []
    for codes, c in zip(then, comparisons, strict=True):
        of_parent = then[c["parent"]] if c["parent"] >= 0 else [0]
        found.append(
            dict(c)
            | {
                "n_codes": len(codes),
                "base": len(entries),
                "tf_parts": [c["tf_parts"][code] for code in codes],
                "levels": [c["levels"][code - 1] for code in codes[1:]],
            }
        )
        entries += [c["base"] + row * c["n_codes"] + code for row in of_parent for code in codes]
    return found, np.array(entries, np.int64)
