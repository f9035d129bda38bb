# Value counts and agreement patterns -> group totals and the expectation step of EM.
"""Group totals of value counts, and the expectation step of EM over agreement patterns."""

import numpy as np

from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset

cdef extern from *:
    """
    // Eight classes are two vectors of four: wider ones GCC takes apart number by number on most processors.
    typedef double linkage_four __attribute__((vector_size(32), aligned(8), may_alias));
    typedef long long linkage_bits __attribute__((vector_size(32), aligned(8), may_alias));
    typedef struct { linkage_four a, b; } linkage_classes;
    static inline linkage_four linkage_at(const double *p) { return *(const linkage_four *)p; }
    static inline linkage_four linkage_all(double x) { return (linkage_four){x, x, x, x}; }
    static inline linkage_four linkage_where(linkage_bits is, linkage_four x, linkage_four y) {
        return (linkage_four)((is & (linkage_bits)x) | (~is & (linkage_bits)y));
    }
    static inline linkage_four linkage_larger(linkage_four x, linkage_four y) {
        return linkage_where((linkage_bits)(x > y), x, y);
    }
    static inline linkage_classes linkage_sum(const double *rows, const int16_t *at, int n) {
        linkage_classes sum = {linkage_all(0), linkage_all(0)};
        for (int i = 0; i < n; i++) {
            sum.a += linkage_at(rows + 8 * (long)at[i]);
            sum.b += linkage_at(rows + 8 * (long)at[i] + 4);
        }
        return sum;
    }
    static inline void linkage_add(double *rows, const int16_t *at, int n, linkage_classes w) {
        for (int i = 0; i < n; i++) {
            *(linkage_four *)(rows + 8 * (long)at[i]) += w.a;
            *(linkage_four *)(rows + 8 * (long)at[i] + 4) += w.b;
        }
    }
    static inline void linkage_sum_rows(double *out, const double *rows, const int16_t *at, int n) {
        const linkage_classes sum = linkage_sum(rows, at, n);
        *(linkage_four *)out = sum.a;
        *(linkage_four *)(out + 4) = sum.b;
    }
    static inline void linkage_add_rows(double *rows, const int16_t *at, int n, const double *w) {
        linkage_add(rows, at, n, (linkage_classes){linkage_at(w), linkage_at(w + 4)});
    }
    // 2^x of numbers between -60 and 0, to 1e-12 of the value: a whole power and a Taylor series of the rest,
    // at most half. Adding 1.5 * 2^52 rounds to a whole number, which then stands in the low bits.
    static inline linkage_four linkage_powers(linkage_four x) {
        x = linkage_larger(x, linkage_all(-60));
        const linkage_four shifted = x + 6755399441055744.0;
        const linkage_four rest = (x - (shifted - 6755399441055744.0)) * 0.69314718055994531;
        linkage_four p = rest * (1.0 / 39916800) + 1.0 / 3628800;
        p = p * rest + 1.0 / 362880;
        p = p * rest + 1.0 / 40320;
        p = p * rest + 1.0 / 5040;
        p = p * rest + 1.0 / 720;
        p = p * rest + 1.0 / 120;
        p = p * rest + 1.0 / 24;
        p = p * rest + 1.0 / 6;
        p = p * rest + 0.5;
        p = p * rest + 1.0;
        p = p * rest + 1.0;
        return (linkage_four)((linkage_bits)p + ((linkage_bits)shifted << 52));
    }
    // What a step of EM knows of its classes; prior -1e6 where there is none.
    typedef struct { double prior[8], own[8], shared[8], is_class[8], sums[8], doubt; } linkage_step;

    // One pattern: its rows' sum is log2 odds against strangers, up to priors and rarity. Its pairs are shared
    // out among the classes, and added to the sums and to its rows of `expected`.
    static inline void linkage_expect(linkage_step *s, const double *rows, double *expected, const int16_t *at,
                                      int n, double count, double rarity, double rarity_shared,
                                      double *posterior, double *best) {
        linkage_classes x = linkage_sum(rows, at, n);
        x.a += linkage_at(s->prior) + linkage_at(s->own) * rarity + linkage_at(s->shared) * rarity_shared;
        x.b += linkage_at(s->prior + 4) + linkage_at(s->own + 4) * rarity + linkage_at(s->shared + 4) * rarity_shared;
        linkage_four t = linkage_larger(x.a, x.b);
        t = linkage_larger(t, __builtin_shuffle(t, (linkage_bits){2, 3, 0, 1}));
        t = linkage_larger(t, __builtin_shuffle(t, (linkage_bits){1, 0, 3, 2}));
        const double top = t[0] > 0 ? t[0] : 0;
        *best = t[0];
        x.a = linkage_powers(x.a - top) * linkage_at(s->is_class);
        x.b = linkage_powers(x.b - top) * linkage_at(s->is_class + 4);
        const linkage_four strangers = linkage_powers(linkage_all(-top));
        t = x.a + x.b;
        const double share = 1 / (((t[0] + t[1]) + (t[2] + t[3])) + strangers[0]);
        x.a *= share;
        x.b *= share;
        *posterior = x.a[0];
        if (x.a[0] < s->doubt) x.a[0] = 0;
        // Next to nothing is nothing.
        x.a = linkage_where((linkage_bits)(x.a > linkage_all(1e-9)), x.a * count, linkage_all(0));
        x.b = linkage_where((linkage_bits)(x.b > linkage_all(1e-9)), x.b * count, linkage_all(0));
        *(linkage_four *)s->sums += x.a;
        *(linkage_four *)(s->sums + 4) += x.b;
        linkage_add(expected, at, n, x);
    }
    """
    ctypedef struct Step "linkage_step":
        double prior[8]
        double own[8]
        double shared[8]
        double is_class[8]
        double sums[8]
        double doubt
    void sum_rows "linkage_sum_rows"(double *out, const double *rows, const int16_t *at, int n) noexcept nogil
    void add_rows "linkage_add_rows"(double *rows, const int16_t *at, int n, const double *w) noexcept nogil
    void expect "linkage_expect"(Step *s, const double *rows, double *expected, const int16_t *at, int n,
                                 double count, double rarity, double rarity_shared,
                                 double *posterior, double *best) noexcept nogil

cdef enum:
    CLASSES = 8


def count_words(const uint32_t[:, ::1] rows not None, Py_ssize_t word, uint32_t mask, Py_ssize_t n):
    """How often each value of a word, as far as a mask shows it, occurs in the rows; int64[n], values below n."""
    cdef Py_ssize_t i, n_beyond = 0
    cdef uint32_t x
    if not 0 <= word < rows.shape[1]:
        raise ValueError(f"expected one of {rows.shape[1]} words, got {word}")
    out = np.zeros(n, np.int64)
    cdef int64_t[::1] counts = out
    with nogil:
        for i in range(rows.shape[0]):
            x = rows[i, word] & mask
            if x < n:
                counts[x] += 1
            else:
                n_beyond += 1
    if n_beyond:
        raise ValueError(f"{n_beyond} rows hold a value beyond {n}")
    return out


def group_totals(const uint64_t[::1] keys not None, const int64_t[::1] counts not None):
    """For each entry the sum of counts over all entries with its key; int64[n]."""
    cdef Py_ssize_t i, n = keys.shape[0]
    cdef uint64_t size = 16, mask, at
    if counts.shape[0] != n:
        raise ValueError("keys and counts differ in length")
    while size < 2 * <uint64_t> n:
        size *= 2
    mask = size - 1
    cdef uint64_t *held = <uint64_t *> calloc(size, 8)
    cdef int64_t *totals = <int64_t *> calloc(size, 8)
    if held == NULL or totals == NULL:
        free(held)
        free(totals)
        raise MemoryError
    out = np.empty(n, np.int64)
    cdef int64_t[::1] view = out
    cdef uint64_t key
    with nogil:
        for i in range(n):
            key = keys[i] | 1 if keys[i] == 0 else keys[i]
            at = (key * 0x9E3779B97F4A7C15u) >> 20 & mask
            while held[at] and held[at] != key:
                at = (at + 1) & mask
            held[at] = key
            totals[at] += counts[i]
        for i in range(n):
            key = keys[i] | 1 if keys[i] == 0 else keys[i]
            at = (key * 0x9E3779B97F4A7C15u) >> 20 & mask
            while held[at] != key:
                at = (at + 1) & mask
            view[i] = totals[at]
    free(held)
    free(totals)
    return out


def unpack_levels(const uint64_t[::1] gamma not None, const int32_t[::1] shift not None,
                  const int32_t[::1] n_bits not None, uint8_t[::1, :] out not None):
    """Packed patterns -> codes, out[n_patterns, n_comparisons]: n_bits from bit `shift` on of each pattern."""
    cdef Py_ssize_t k, n = gamma.shape[0]
    cdef int f, at, mask, n_comparisons = shift.shape[0]
    if n_bits.shape[0] != n_comparisons or out.shape[0] != n or out.shape[1] != n_comparisons:
        raise ValueError("expected a shift and a width a comparison, and room for every code")
    if n_comparisons and (np.min(shift) < 0 or np.min(n_bits) < 0 or np.max(shift) > 63 or np.max(n_bits) > 8):
        raise ValueError("a level lies beyond the 64 bits of a pattern")
    with nogil:
        for f in range(n_comparisons):
            at = shift[f]
            mask = (1 << n_bits[f]) - 1
            for k in range(n):
                out[k, f] = <uint8_t> ((gamma[k] >> at) & mask)


def count_levels(const uint64_t[::1] gamma not None, const int32_t[::1] shift not None,
                 const int32_t[::1] n_bits not None, int64_t[:, ::1] out not None):
    """Add how often each code occurs in packed patterns to out[n_comparisons, 16]."""
    cdef Py_ssize_t k, n = gamma.shape[0]
    cdef int f, at, mask, n_comparisons = shift.shape[0]
    # Two counts apart: most patterns hold the same level, and one addition would wait for the one before.
    cdef int64_t apart[2][16]
    if n_bits.shape[0] != n_comparisons or out.shape[0] != n_comparisons or out.shape[1] != 16:
        raise ValueError("expected a shift, a width and 16 counts a comparison")
    if n_comparisons and (np.min(shift) < 0 or np.min(n_bits) < 0 or np.max(shift) > 63 or np.max(n_bits) > 4):
        raise ValueError("a level lies beyond the 64 bits of a pattern")
    with nogil:
        for f in range(n_comparisons):
            memset(&apart[0][0], 0, sizeof(apart))
            at = shift[f]
            mask = (1 << n_bits[f]) - 1
            for k in range(n):
                apart[k & 1][(gamma[k] >> at) & mask] += 1
            for k in range(16):
                out[f, k] += apart[0][k] + apart[1][k]


def number_distinct(const uint64_t[::1] keys not None):
    """Number the distinct keys in order of appearance.

    Returns
    -------
    tuple
        first : int64[n_distinct], where each number stands first; numbers : int32[n].
    """
    cdef Py_ssize_t i, n = keys.shape[0], n_found = 0
    cdef uint64_t size = 1024, mask, at
    if n >= 1 << 31:
        raise ValueError("expected fewer than two billion keys")
    while size < 2 * <uint64_t> n:
        size *= 2
    mask = size - 1
    slots, out, firsts = np.zeros(size, np.int32), np.empty(n, np.int32), np.empty(n, np.int64)
    cdef int32_t[::1] held = slots, numbers = out
    cdef int64_t[::1] first = firsts
    with nogil:
        for i in range(n):
            at = (keys[i] ^ keys[i] >> 29) * 0x9E3779B97F4A7C15u >> 20 & mask
            while held[at] and keys[first[held[at] - 1]] != keys[i]:
                at = (at + 1) & mask
            if held[at] == 0:
                first[n_found] = i
                n_found += 1
                held[at] = <int32_t> n_found
            numbers[i] = held[at] - 1
    return firsts[:n_found].copy(), out


def table_entries(const uint8_t[::1, :] codes not None, const int32_t[::1] base not None,
                  const int32_t[::1] parent not None, const int32_t[::1] n_codes not None):
    """Where each pattern's levels stand in tables [comparison][code of parent][code].

    Returns
    -------
    int16[n_patterns, n_comparisons], one comparison's entries side by side
    """
    cdef Py_ssize_t k, n = codes.shape[0]
    cdef int f, p, at, n_comparisons = codes.shape[1]
    out = np.empty((n, n_comparisons), np.int16, order="F")
    cdef int16_t[::1, :] view = out
    with nogil:
        for f in range(n_comparisons):
            p = parent[f]
            at = base[f]
            if p < 0:
                for k in range(n):
                    view[k, f] = <int16_t> (at + codes[k, f])
            else:
                for k in range(n):
                    view[k, f] = <int16_t> (at + codes[k, f] + codes[k, p] * n_codes[f])
    return out


def entry_counts(const int16_t[::1, :] entries not None, const double[::1] counts not None, int size):
    """The sum of the patterns' counts at each entry of the tables; float64[size]."""
    cdef Py_ssize_t k, n = entries.shape[0]
    cdef int f, n_comparisons = entries.shape[1]
    # Four sums apart: most patterns hold the same level, and one addition would wait for the one before.
    out = np.zeros((4, size))
    cdef double[:, ::1] view = out
    if counts.shape[0] != n:
        raise ValueError("entries and counts differ in length")
    if n and n_comparisons and not 0 <= np.min(entries) <= np.max(entries) < size:
        raise ValueError("a pattern's entry lies beyond the tables")
    with nogil:
        for f in range(n_comparisons):
            for k in range(n):
                view[k & 3, entries[k, f]] += counts[k]
    return out.sum(axis=0)


def number_pairs(const int16_t[::1] left not None, const int16_t[::1] right not None, int16_t[::1] out not None,
                 int32_t[::1] first not None):
    """Number the distinct pairs of two columns in order of appearance.

    Parameters
    ----------
    left, right : int16[n]
        None negative.
    out : int16[n]
        Filled with each pair's number.
    first : int32[most]
        Filled with where each number stands first; at most 16384.

    Returns
    -------
    int
        How many there are, or -1 if there are more than `most`.
    """
    cdef Py_ssize_t k, n = left.shape[0]
    cdef uint32_t slot, mask = 16
    cdef uint64_t key
    cdef int n_found = 0, most = first.shape[0]
    if right.shape[0] != n or out.shape[0] != n or most > 16384:
        raise ValueError("expected columns of one length and at most 16384 numbers")
    if n and (np.min(left) < 0 or np.min(right) < 0):
        raise ValueError("expected no negative number")
    while mask < 2 * <uint32_t> most:
        mask *= 2
    keys, numbers = np.zeros(mask, np.uint32), np.empty(mask, np.int16)
    mask -= 1
    cdef uint32_t[::1] held = keys
    cdef int16_t[::1] number = numbers
    with nogil:
        for k in range(n):
            key = (<uint64_t> left[k] << 16 | <uint64_t> right[k]) + 1
            slot = <uint32_t> ((key * 0x9E3779B97F4A7C15u) >> 32) & mask
            while held[slot] and held[slot] != key:
                slot = (slot + 1) & mask
            if held[slot] == 0:
                if n_found == most:
                    n_found = -1
                    break
                held[slot] = <uint32_t> key
                number[slot] = <int16_t> n_found
                first[n_found] = <int32_t> k
                n_found += 1
            out[k] = number[slot]
    return n_found


def run_sums(const int32_t[::1] offsets not None, const int16_t[::1] members not None,
             const double[:, ::1] rows not None):
    """For each run the sum of its members' rows; float64[n_runs, 8]."""
    cdef Py_ssize_t k, n = offsets.shape[0] - 1
    check_runs(offsets, members, rows)
    out = np.zeros((n, CLASSES))
    cdef double[:, ::1] view = out
    with nogil:
        for k in range(n):
            if offsets[k + 1] > offsets[k]:
                sum_rows(&view[k, 0], &rows[0, 0], &members[offsets[k]], offsets[k + 1] - offsets[k])
    return out


def spread_runs(const int32_t[::1] offsets not None, const int16_t[::1] members not None,
                const double[:, ::1] rows not None, double[:, ::1] out not None):
    """Add each run's row to the rows of its members: what `run_sums` has gathered, back again."""
    cdef Py_ssize_t k, n = offsets.shape[0] - 1
    check_runs(offsets, members, out)
    if rows.shape[0] != n or rows.shape[1] != CLASSES:
        raise ValueError(f"expected {n} rows of {CLASSES} columns")
    with nogil:
        for k in range(n):
            if offsets[k + 1] > offsets[k]:
                add_rows(&out[0, 0], &members[offsets[k]], offsets[k + 1] - offsets[k], &rows[k, 0])


cdef check_runs(const int32_t[::1] offsets, const int16_t[::1] members, const double[:, ::1] rows):
    if rows.shape[1] != CLASSES or not offsets.shape[0] or offsets[0] or offsets[-1 + offsets.shape[0]] > members.shape[0] \
            or np.any(np.diff(offsets) < 0):
        raise ValueError("the runs do not fit their members, or the rows are no classes")
    if members.shape[0] and not 0 <= np.min(members) <= np.max(members) < rows.shape[0]:
        raise ValueError("a run's member lies beyond the tables")


def expectation(const int16_t[:, ::1] entries not None, const double[::1] counts not None,
                const double[::1] rarity not None, const double[::1] rarity_shared not None,
                const double[:, ::1] bits not None, const double[::1] prior not None,
                const uint8_t[::1] any_rarity not None, double[:, ::1] expected not None,
                double[::1] posterior not None, double[::1] best not None, double doubt=0):
    """Expected counts of matches and of each class of relatives, by entry.

    Parameters
    ----------
    entries : int16[n_patterns, n_entries]
        Rows of `bits` that a pattern sums: runs of comparisons (see `number_pairs`) or `table_entries`.
    counts : float64[n_patterns]
        Pairs with the pattern.
    rarity, rarity_shared : float64[n_patterns]
        Term-frequency bits of all comparisons, and of those that relatives share.
    bits : float64[n_table, 8]
        log2 of each class's probability over the strangers'; class 0 are the matches, unused classes 0.
    prior : float64[n_classes]
        log2 odds against strangers.
    any_rarity : uint8[n_classes]
        1 where the class agrees on rare values as on frequent ones in every field, 0 only in shared ones.
    expected : float64[n_table, 8]
        Filled with expected counts per class.
    posterior : float64[n_patterns]
        Filled with the probability of a match.
    best : float64[n_patterns]
        Filled with the log2 odds of the likeliest class against strangers.
    doubt : float
        Patterns less likely to match than this do not count as matches at all.

    Returns
    -------
    float64[n_classes]
        Expected pairs of each class.
    """
    cdef Py_ssize_t k, n = entries.shape[0]
    cdef int c, n_entries = entries.shape[1], n_classes = prior.shape[0]
    cdef Step step
    if n_classes > CLASSES or bits.shape[1] != CLASSES or expected.shape[1] != CLASSES:
        raise ValueError(f"expected at most {CLASSES} classes, and {CLASSES} columns of bits and counts")
    if not (counts.shape[0] == rarity.shape[0] == rarity_shared.shape[0] == posterior.shape[0]
            == best.shape[0] == n) or any_rarity.shape[0] != n_classes:
        raise ValueError("expected one count, rarity and place a pattern, one flag a class")
    if bits.shape[0] != expected.shape[0] or (n and not 0 <= np.min(entries) <= np.max(entries) < bits.shape[0]):
        raise ValueError("a pattern's entry lies beyond the tables")
    for c in range(CLASSES):
        step.prior[c] = prior[c] if c < n_classes else -1e6
        step.own[c] = c < n_classes and any_rarity[c]
        step.shared[c] = c < n_classes and not any_rarity[c]
        step.is_class[c] = c < n_classes
        step.sums[c] = 0
    step.doubt = doubt
    expected[:, :] = 0
    with nogil:
        for k in range(n):
            expect(&step, &bits[0, 0], &expected[0, 0], &entries[k, 0], n_entries,
                   counts[k], rarity[k], rarity_shared[k], &posterior[k], &best[k])
    return np.array([step.sums[c] for c in range(n_classes)])


def joint_counts(const uint8_t[::1, :] codes not None, const double[::1] counts not None):
    """Weighted counts of every pair of codes of every pair of comparisons; float64[f, f, 16, 16].

    Entry [i, j, a, b] for j < i: patterns with code a of comparison i and b of comparison j. Patterns are
    counted where both codes differ from their comparison's most frequent one; the rest follows from the sums.
    """
    cdef Py_ssize_t k, n = codes.shape[0]
    cdef int i, j, a, b, x, y, n_rare, f = codes.shape[1]
    cdef double rest, least
    cdef int usual[64]
    cdef int rare[64]
    cdef double apart[4][16]
    if f > 64 or counts.shape[0] != n:
        raise ValueError("expected at most 64 comparisons, and one count a pattern")
    if n and f and np.max(codes) > 15:
        raise ValueError("a code lies beyond 15")
    single, out = np.zeros((f, 16)), np.zeros((f, f, 16, 16))
    cdef double[:, ::1] alone = single
    cdef double[:, :, :, ::1] view = out
    with nogil:
        for i in range(f):
            memset(&apart[0][0], 0, sizeof(apart))
            for k in range(n):
                apart[k & 3][codes[k, i]] += counts[k]
            usual[i] = 0
            for a in range(16):
                alone[i, a] = apart[0][a] + apart[1][a] + apart[2][a] + apart[3][a]
            for a in range(16):
                if alone[i, a] > alone[i, usual[i]]:
                    usual[i] = a
        for k in range(n):
            if counts[k] == 0:
                continue
            n_rare = 0
            for i in range(f):
                rare[n_rare] = i
                n_rare += codes[k, i] != usual[i]
            for x in range(n_rare):
                i = rare[x]
                a = codes[k, i]
                for y in range(x):
                    j = rare[y]
                    view[i, j, a, codes[k, j]] += counts[k]
        for i in range(f):
            for j in range(i):
                least = 0
                for a in range(16):
                    least += alone[i, a]
                least *= 1e-12           # what rounding leaves is no count
                for a in range(16):
                    if a == usual[i]:
                        continue
                    rest = alone[i, a]
                    for b in range(16):
                        rest -= view[i, j, a, b]
                    view[i, j, a, usual[j]] = rest if rest > least else 0
                for b in range(16):
                    rest = alone[j, b]
                    for a in range(16):
                        rest -= view[i, j, a, b]
                    view[i, j, usual[i], b] = rest if rest > least else 0
    return out
