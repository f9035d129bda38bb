# Tables of a class of relatives as EM counts them -> the same within bounds, table by table.
"""What the M-step allows a class of relatives to agree on."""

from libc.stdint cimport int32_t, uint8_t

cdef enum:
    MOST_CODES = 16

cdef double LEAST = 1e-300      # a divisor where nothing is left

# The tables of one comparison: the parent's code, then its own; what levels from `personal` on are one's own.
cdef struct Tables:
    double *own
    const double *expected
    const double *together      # NULL: not of this class
    const double *m
    const double *u
    int rows, n, personal, alike


cdef inline double total(const double *p, int n) noexcept nogil:
    cdef int k
    cdef double found = 0
    for k in range(n):
        found += p[k]
    return found


cdef inline double larger(double a, double b) noexcept nogil:
    return a if a > b else b


# Pairs of all relatives together that each entry leans on, as many as `strength` in all.
cdef void usual_pairs(const Tables *t, double of_u, double strength, double *usual) noexcept nogil:
    cdef int i, k, at
    cdef double n = 0
    for i in range(t.rows):
        for k in range(1, t.n):
            at = i * t.n + k
            usual[at] = of_u * t.u[at]
            if t.together != NULL:
                usual[at] += t.together[at]
                n += usual[at]
    if t.together != NULL and n > strength:
        for at in range(t.rows * t.n):
            usual[at] *= strength / n


# What is a person's own differs in one class of relatives as in the others, and is alike as seldom as strangers' is.
cdef void lean_row(const Tables *t, int at, const double *usual, double alike_strength) noexcept nogil:
    cdef int k
    cdef double counts[MOST_CODES]
    cdef double *own = t.own + at
    cdef double n = 0, held = total(own + 1, t.n - 1), top = 0, rest
    for k in range(1, t.n):
        counts[k] = t.expected[at + k] + usual[at + k]
        n += counts[k]
    for k in range(1, t.n):
        own[k] = counts[k] * (held / n)
        if k >= t.personal:
            own[k] = (own[k] * n + t.u[at + k] * alike_strength) / (n + alike_strength)
            top += own[k]
    rest = (held - top) / larger(total(own + 1, t.personal - 1), LEAST)
    for k in range(1, t.personal):
        own[k] *= rest


# The ways of writing one value have the same shares among relatives as among matches.
cdef void write_alike(const Tables *t, int at) noexcept nogil:
    cdef int k, n = t.n - t.alike
    cdef double held = total(t.own + at + t.alike, n) / total(t.m + at + t.alike, n)
    for k in range(t.alike, t.n):
        t.own[at + k] = held * t.m[at + k]


# Of the personal levels, no more than chance reaches, somewhat more often than strangers, and a share `most` of matches'.
cdef void bound_row(const Tables *t, int at, double chance, double most_chance, double most) noexcept nogil:
    cdef int k
    cdef double *own = t.own + at
    cdef double top = 0, allowed, by_chance, rest
    for k in range(t.personal, t.n):
        by_chance = chance * t.u[at + k]
        allowed = t.u[at + k] + (by_chance if by_chance < most_chance else most_chance) + most * t.m[at + k]
        own[k] = own[k] if own[k] < allowed else allowed
        top += own[k]
    rest = (1 - top) / larger(total(own + 1, t.personal - 1), LEAST)
    for k in range(1, t.personal):
        own[k] *= rest


def bound_tables(double[::1] own not None, const double[::1] expected not None, const double[::1] together,
                 const double[::1] m not None, const double[::1] u not None, const int32_t[::1] base not None,
                 const int32_t[::1] parent not None, const int32_t[::1] n_codes not None,
                 const int32_t[::1] personal not None, const int32_t[::1] alike not None,
                 const uint8_t[::1] leans not None, const double[::1] most not None, *, double u_strength,
                 double strength, double alike_strength, double chance, double most_chance):
    """Keep what a class of relatives agrees on within bounds, in place.

    Parameters
    ----------
    own : float64[size]
        Shares of levels of this class: tables [comparison][code of parent][code], from `base` on.
    expected : float64[size]
        Expected pairs of this class.
    together : float64[size] or None
        Those of all relatives, on which the class leans as on `strength` pairs at most.
    m, u : float64[size]
        Shares among matches and among strangers.
    personal, alike : int32[n_comparisons]
        Code from which on a level is a person's own; from which on levels are ways of writing one value, 0 =
        none.
    leans : uint8[n_comparisons]
        Whether the class leans there on the others and, as if on `alike_strength` pairs, on strangers.
    most : float64[n_comparisons]
        The share that may agree as one person does; below 0 nothing is bounded.
    u_strength : float
        Pairs that strangers' shares are worth in what the class leans on.
    chance, most_chance : float
        How much more often than strangers relatives reach a level: times u, and at most this share.
    """
    cdef Py_ssize_t size = own.shape[0]
    cdef int f, i, n_comparisons = base.shape[0]
    cdef double usual[MOST_CODES * MOST_CODES]
    cdef Tables t
    if not expected.shape[0] == m.shape[0] == u.shape[0] == size or (together is not None and together.shape[0] != size):
        raise ValueError("expected tables of one size")
    if not (parent.shape[0] == n_codes.shape[0] == personal.shape[0] == alike.shape[0] == leans.shape[0] == most.shape[0]
            == n_comparisons):
        raise ValueError("expected a base, a parent, codes, flags and a bound a comparison")
    for f in range(n_comparisons):
        if not 2 <= n_codes[f] <= MOST_CODES or parent[f] >= n_comparisons:
            raise ValueError(f"expected 2 to {MOST_CODES} codes and parents that are there")
        if not 1 <= personal[f] <= n_codes[f] or not 0 <= alike[f] < n_codes[f]:
            raise ValueError("a level lies beyond the codes")
    for f in range(n_comparisons):
        i = n_codes[parent[f]] if parent[f] >= 0 else 1
        if base[f] < 0 or base[f] + i * n_codes[f] > size:
            raise ValueError("a table leaves the tables")
    with nogil:
        for f in range(n_comparisons):
            t.n, t.rows = n_codes[f], n_codes[parent[f]] if parent[f] >= 0 else 1
            t.personal, t.alike = personal[f], alike[f]
            t.own = &own[base[f]]
            t.expected = &expected[base[f]]
            t.m = &m[base[f]]
            t.u = &u[base[f]]
            t.together = NULL if together is None else &together[base[f]]
            if leans[f]:
                usual_pairs(&t, u_strength, strength, usual)
            for i in range(t.rows):
                if leans[f]:
                    lean_row(&t, i * t.n, usual, alike_strength)
                if t.alike:
                    write_alike(&t, i * t.n)
                if most[f] >= 0:
                    bound_row(&t, i * t.n, chance, most_chance, most[f])
