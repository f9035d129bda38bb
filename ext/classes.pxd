# A pattern's rows of log2 odds, eight classes of pairs side by side -> their sum, and each class's share of the pairs.
from libc.stdint cimport int16_t

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
