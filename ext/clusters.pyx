# Edges between records -> components; weighted pairs of small components -> clusters.
"""Union-find over edges, and correlation clustering of small components by dense tables."""

from libc.stdint cimport int32_t, int64_t, uint32_t


def connected_components(const uint32_t[::1] left, const uint32_t[::1] right, uint32_t[::1] label):
    """Fill label[n_records] with the smallest record id of each record's component."""
    cdef Py_ssize_t i, n_records = label.shape[0], n_edges = left.shape[0]
    cdef uint32_t a, b
    if right.shape[0] != n_edges:
        raise ValueError("left and right must be of one length")
    with nogil:
        for i in range(n_records):
            label[i] = <uint32_t>i
        for i in range(n_edges):
            a = find_root(label, left[i])
            b = find_root(label, right[i])
            # The smaller root wins, so that a root is always the smallest member of its tree.
            if a < b:
                label[b] = a
            elif b < a:
                label[a] = b
        # Parents stand before their children: one pass in order flattens every tree.
        for i in range(n_records):
            label[i] = label[label[i]]


def group_sizes(const uint32_t[::1] label, uint32_t[::1] sizes):
    """Add to sizes how many records each label has."""
    cdef Py_ssize_t i, n_records = label.shape[0]
    cdef uint32_t n_groups = <uint32_t> min(sizes.shape[0], <Py_ssize_t> 0xFFFFFFFF)
    cdef bint fits = True
    with nogil:
        for i in range(n_records):
            if label[i] >= n_groups:
                fits = False
                break
            sizes[label[i]] += 1
    if not fits:
        raise ValueError("a label beyond the sizes")


cdef inline uint32_t find_root(uint32_t[::1] parent, uint32_t node) noexcept nogil:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


def correlate(
    const int64_t[::1] node_begin,
    const int64_t[::1] pair_begin,
    const int32_t[::1] gain,
    int64_t[::1] table,
    int64_t[::1] scratch,
    uint32_t[::1] label,
):
    """Cluster every component so that the gain inside clusters is large; a local optimum.

    Component c has nodes node_begin[c]..node_begin[c+1] and, from pair_begin[c], the gains of its
    pairs (0,1) (0,2) .. (1,2) ..; label[node] becomes the smallest node of its cluster, counted
    from the component's first. `table` holds two squares of the largest component, `scratch` three
    rows.
    """
    cdef Py_ssize_t c, n_components = node_begin.shape[0] - 1
    cdef int64_t size, largest = 0
    for c in range(n_components):
        largest = max(largest, node_begin[c + 1] - node_begin[c])
    if table.shape[0] < 2 * largest * largest or scratch.shape[0] < 3 * largest:
        raise ValueError("table and scratch are too small for the largest component")
    if not largest:
        return
    with nogil:
        for c in range(n_components):
            size = node_begin[c + 1] - node_begin[c]
            if size:
                correlate_one(
                    size, &gain[pair_begin[c]] if size > 1 else NULL, &table[0], &scratch[0],
                    &label[node_begin[c]],
                )


cdef void correlate_one(
    int64_t size, const int32_t* gain, int64_t* table, int64_t* scratch, uint32_t* label
) noexcept nogil:
    """Greedy contraction and single-node moves in turn, until neither finds a gain.

    Each accepted step raises the total gain, an integer with an upper bound: it ends.
    """
    cdef int64_t* square = table               # gain of pair (i, j), symmetric
    cdef int64_t* between = table + size * size
    cdef int64_t i, j
    cdef bint merged
    for i in range(size):
        label[i] = <uint32_t>i
        square[i * size + i] = 0
        for j in range(i + 1, size):
            square[i * size + j] = gain[0]
            square[j * size + i] = gain[0]
            gain += 1
    merged = contract(size, square, between, scratch, label)
    while merged:
        if not move_nodes(size, square, between, scratch, label):
            break
        merged = contract(size, square, between, scratch, label)
    name_by_smallest(size, scratch, label)


cdef bint contract(
    int64_t size, const int64_t* square, int64_t* between, int64_t* scratch, uint32_t* label
) noexcept nogil:
    """Join the two clusters of largest positive gain, again and again (GAEC); was there one?

    Each live cluster remembers its best partner, so that a join costs O(size) as a rule.
    """
    cdef int64_t* best = scratch               # best partner of a live cluster, -1 = not live
    cdef int64_t i, j, a, b, top
    cdef bint merged = False
    for i in range(size * size):
        between[i] = 0
    for i in range(size):
        best[i] = -1
    for i in range(size):
        best[label[i]] = label[i]
        for j in range(size):
            between[label[i] * size + label[j]] += square[i * size + j]
    for i in range(size):
        if best[i] >= 0:
            best[i] = best_partner(size, between, best, i)
    while True:
        a = -1
        top = 0
        for i in range(size):
            if best[i] >= 0 and best[i] != i and between[i * size + best[i]] > top:
                a = i
                top = between[i * size + best[i]]
        if a < 0:
            return merged
        merged = True
        b = best[a]                            # a is the first of its ties, hence a < b
        best[b] = -1
        for i in range(size):
            if label[i] == b:
                label[i] = <uint32_t>a
            if best[i] >= 0 and i != a:
                between[a * size + i] += between[b * size + i]
                between[i * size + a] = between[a * size + i]
        best[a] = best_partner(size, between, best, a)
        for i in range(size):
            if best[i] < 0 or i == a:
                continue
            j = best[i]
            if j == a or j == b:
                best[i] = best_partner(size, between, best, i)
            elif j == i or between[i * size + a] > between[i * size + j] or (
                between[i * size + a] == between[i * size + j] and a < j
            ):
                best[i] = a


cdef inline int64_t best_partner(
    int64_t size, const int64_t* between, const int64_t* live, int64_t node
) noexcept nogil:
    """The live cluster of largest gain with `node`, the first of ties; itself when it is alone."""
    cdef int64_t j, found = node
    for j in range(size):
        if j != node and live[j] >= 0 and (
            found == node or between[node * size + j] > between[node * size + found]
        ):
            found = j
    return found


cdef bint move_nodes(
    int64_t size, const int64_t* square, int64_t* towards, int64_t* scratch, uint32_t* label
) noexcept nogil:
    """Move single nodes to the cluster (or out of all) where they gain most; was there a move?"""
    cdef int64_t* members = scratch + size
    cdef int64_t i, j, c, own, found, free, top
    cdef bint moved = False, again = True
    for i in range(size):
        members[i] = 0
    for i in range(size * size):
        towards[i] = 0
    for i in range(size):
        members[label[i]] += 1
        for j in range(size):
            towards[i * size + label[j]] += square[i * size + j]
    while again:
        again = False
        for i in range(size):
            own = label[i]
            found = own
            top = towards[i * size + own]
            free = -1
            for c in range(size):
                if members[c] == 0:
                    if free < 0:
                        free = c
                elif c != own and towards[i * size + c] > top:
                    found = c
                    top = towards[i * size + c]
            if top < 0:                        # better alone than anywhere; then `free` exists
                found = free
            if found == own:
                continue
            label[i] = <uint32_t>found
            members[own] -= 1
            members[found] += 1
            for j in range(size):
                towards[j * size + own] -= square[j * size + i]
                towards[j * size + found] += square[j * size + i]
            moved = True
            again = True
    return moved


cdef inline void name_by_smallest(int64_t size, int64_t* scratch, uint32_t* label) noexcept nogil:
    cdef int64_t* smallest = scratch + 2 * size
    cdef int64_t i
    for i in range(size):
        smallest[i] = size
    for i in range(size):
        if i < smallest[label[i]]:
            smallest[label[i]] = i
    for i in range(size):
        label[i] = <uint32_t>smallest[label[i]]
