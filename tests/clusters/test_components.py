"""Union-find against repeated relabelling."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage._kernels import clusters as kernel
from linkage.clusters import connected_components
from linkage.clusters.components import group_sizes
from linkage.errors import InputError
from tests.reference import clusters as naive


@st.composite
def graphs(draw):
    n = draw(st.integers(0, 130))
    node = st.integers(0, max(n - 1, 0))
    edges = draw(st.lists(st.tuples(node, node), max_size=2 * n if n else 0))
    return n, edges


@given(graphs())
def test_equals_the_naive_labels(graph):
    n, edges = graph
    left, right = np.array(edges, np.uint32).reshape(-1, 2).T
    assert connected_components(n, left, right).tolist() == naive.connected_components(n, edges)


def test_a_long_path_against_its_direction():
    n = 10_000
    left = np.arange(n - 1, 0, -1, dtype=np.uint32)
    assert not connected_components(n, left, left - 1).any()


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        (np.array([3], np.uint32), np.array([0], np.uint32), "record 3 does not exist"),
        (np.array([0], np.int64), np.array([0], np.uint32), "expected uint32"),
        (np.array([0, 1], np.uint32), np.array([0], np.uint32), "as many left as right"),
    ],
)
def test_edges_that_do_not_fit(left, right, message):
    with pytest.raises(InputError, match=message):
        connected_components(3, left, right)


@given(st.lists(st.integers(0, 9)), st.integers(0, 12))
def test_group_sizes_count_as_numpy_does(labels, n_groups):
    found = group_sizes(np.array(labels, np.uint32), n_groups)
    assert found.tolist() == np.bincount(labels, minlength=n_groups).tolist()


def test_a_label_beyond_the_sizes_is_refused():
    with pytest.raises(ValueError, match="beyond"):
        kernel.group_sizes(np.array([0, 3], np.uint32), np.zeros(3, np.uint32))
