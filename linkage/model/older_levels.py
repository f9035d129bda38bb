"""What a model says by the levels of an older version -> the same by today's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from linkage.comparison.levels import codes_then
from linkage.comparison.program import Comparison

if TYPE_CHECKING:
    from linkage.model.model import ComparisonParameters


def with_todays_levels(
    parameters: Sequence[ComparisonParameters], comparisons: Sequence[Comparison]
) -> list[ComparisonParameters]:
    """Give levels that were one a code each, which share its m and u evenly: the weights stay as they were.

    Parameters
    ----------
    parameters : sequence of ComparisonParameters
        As they were read; their shapes are still to be checked.
    comparisons : sequence of Comparison
        The schema's, in the same order.
    """
    operations = {item.name: item.operation.name for item in comparisons}
    return [_with_todays_levels(item, operations) for item in parameters]


def _with_todays_levels(item: ComparisonParameters, operations: Mapping[str, str]) -> ComparisonParameters:
    shape = item.m.shape
    of_relatives = item.family.shape[1:] if item.family.size else shape
    if len(shape) != 2 or of_relatives != shape or item.u.shape != shape or item.centre.shape != shape[1:]:
        return item  # refused for its shape
    codes = np.array(codes_then(operations[item.name], shape[1]), np.int64)
    parent = operations.get(item.parent or "")
    rows = np.array(codes_then(parent, shape[0]) if parent else [0], np.int64)
    if (len(rows), len(codes)) == shape:
        return item
    share = 1 / np.bincount(codes)[codes]
    tables = (item.m, item.u, item.family)
    m, u, family = (table[..., rows, :][..., codes] * share if table.size else table for table in tables)
    return replace(item, m=m, u=u, family=family, centre=item.centre[codes])
