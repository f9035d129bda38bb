"""Comparisons and classes of relatives -> what training knows of a small table beforehand."""

import numpy as np

from linkage.model.estimate import Known


def known_of(comparisons, relatives):
    """Of 5,000 records, nothing but what the comparisons say themselves."""
    return Known(
        n_records=5000,
        n_total_pairs=1e7,
        prior_m=[np.array(c.operation.prior) for c in comparisons],
        shared=[c.field.is_shared for c in comparisons],
        relatives=relatives,
        u_exact={},
        other_dates={},
    )
