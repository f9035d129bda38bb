# Two sketches -> what their pair can weigh at most in each lane: against strangers, and each class of relatives.
# Header-only.
#
# What a field says depends on its parent in the tree of dependences: that the streets agree says little where the
# communes do. A bound against strangers that takes the most of all codes of the parent leaves all who share a home or
# parents; here both fields' states count, as far as sketches tell them.
#
# Each field that sketches hold has a slot with the state of its two values: of hashes missing, others, equal or names
# apart, of categories also surely of one group, of digits missing, near, far or equal, of dates the level
# itself. Of each state there are two rows: the most that levels without rarity say, and what those with rarity
# say beyond what the sketches allow for the field.
from libc.stdint cimport int32_t, uint8_t
from sketch cimport Bounds, Sketch

cdef extern from *:
    """
    #define LINKAGE_STATES 4
    #define LINKAGE_DIGIT_SLOT LINKAGE_HASH_LANES
    #define LINKAGE_DATE_SLOT (LINKAGE_HASH_LANES + LINKAGE_DIGIT_LANES)
    #define LINKAGE_NO_SLOT (LINKAGE_DATE_SLOT + 1)      /* of a parent that sketches do not hold: state 0 alone */
    #define LINKAGE_SLOTS (LINKAGE_NO_SLOT + 1)
    typedef int32_t linkage_row_of_lanes __attribute__((vector_size(32), aligned(4), may_alias));
    typedef struct {
        const int32_t *rows;                /* of eight lanes */
        int32_t base[8];                    /* the prior, and the most of all comparisons that sketches do not hold */
        int32_t rare[LINKAGE_SLOTS][8];     /* -1 in the lanes where rarity counts */
        int32_t of_states[LINKAGE_SLOTS];   /* rows [state of the parent][state][levels without rarity, with it] */
        int32_t of_levels[LINKAGE_SLOTS];   /* rows [state of the parent][level] */
        int32_t n_levels[LINKAGE_SLOTS];
        uint8_t parent[LINKAGE_SLOTS];      /* its slot */
        uint8_t is_category[LINKAGE_HASH_LANES];
        int n_hashes, n_digits;
        int dated;
    } linkage_lane_bounds;

    #define LINKAGE_ROW(p) (*(const linkage_row_of_lanes *)(p))
    static inline linkage_row_of_lanes linkage_in_all_lanes(int32_t x) {
        return (linkage_row_of_lanes){x, x, x, x, x, x, x, x};
    }
    /* What a slot of hashes allows, whose values allow so much against strangers. */
    static inline linkage_row_of_lanes linkage_row_of_hash(const linkage_lane_bounds *l, int i, const uint8_t *states,
                                                           int allowed) {
        const int32_t *row = l->rows + 8 * (l->of_states[i] + 2 * (LINKAGE_STATES * states[l->parent[i]] + states[i]));
        linkage_row_of_lanes plain = LINKAGE_ROW(row);
        linkage_row_of_lanes rare = LINKAGE_ROW(row + 8)
            + linkage_in_all_lanes((allowed - LINKAGE_NOTHING) * LINKAGE_HALF_BIT);
        linkage_row_of_lanes more = rare > plain;
        return (rare & more) | (plain & ~more);
    }
    static inline linkage_row_of_lanes linkage_row_of_level(const linkage_lane_bounds *l, int i, const uint8_t *states,
                                                            int level, int32_t rarity) {
        return LINKAGE_ROW(l->rows + 8 * (l->of_levels[i] + l->n_levels[i] * states[l->parent[i]] + level))
            + (linkage_in_all_lanes(rarity) & LINKAGE_ROW(l->rare[i]));
    }
    static inline void linkage_note_states(const linkage_sketch *a, const linkage_sketch *b, const linkage_bounds *t,
                                           const linkage_lane_bounds *l, unsigned apart, int date, uint8_t *states) {
        for (int i = 0; i < LINKAGE_HASH_LANES; i++) {
            uint8_t h = a->hash[i], g = b->hash[i], equal = (h == g) & l->is_category[i] & (h != 0);
            uint8_t sure = (uint8_t)(h < LINKAGE_UNSURE);
            states[i] = (uint8_t)((((h != 0) & (g != 0)) << (h == g)) + (equal ? sure : 0));
        }
        for (int k = 0; k < t->n_names; k++)
            states[t->lane_of_name[k]] = apart >> k & 1 ? 3 : states[t->lane_of_name[k]];
    #if defined(__AVX2__)
        const __m256i zero = _mm256_setzero_si256();
        __m256i x = _mm256_loadu_si256((const __m256i *)a->digits), y = _mm256_loadu_si256((const __m256i *)b->digits);
        __m256i d = _mm256_xor_si256(x, y), missing = _mm256_or_si256(_mm256_cmpeq_epi32(x, zero), _mm256_cmpeq_epi32(y, zero));
        __m256i s = _mm256_sub_epi32(_mm256_set1_epi32(1), linkage_far_digits(x, y, d));
        s = _mm256_blendv_epi8(s, _mm256_set1_epi32(3), _mm256_cmpeq_epi32(d, zero));
        s = _mm256_andnot_si256(missing, s);
        __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(s), _mm256_extracti128_si256(s, 1));
        _mm_storel_epi64((__m128i *)(states + LINKAGE_DIGIT_SLOT), _mm_packus_epi16(words, words));
    #else
        for (int i = 0; i < LINKAGE_DIGIT_LANES; i++) {
            uint32_t x = a->digits[i], y = b->digits[i];
            states[LINKAGE_DIGIT_SLOT + i] = (uint8_t)(x == 0 || y == 0 ? 0 : x == y ? 3 : 1 + linkage_is_far(x, y));
        }
    #endif
        states[LINKAGE_DATE_SLOT] = (uint8_t)date;
        states[LINKAGE_NO_SLOT] = 0;
    }
    /* The sum of what all slots allow; `allowed` is of the lanes of hashes, the dates are so rare. */
    static inline void linkage_bound_lanes(const linkage_lane_bounds *l, const uint8_t *allowed, const uint8_t *states,
                                           int32_t rarity, int32_t *out) {
        linkage_row_of_lanes sum = LINKAGE_ROW(l->base);
        if (l->dated) sum += linkage_row_of_level(l, LINKAGE_DATE_SLOT, states, states[LINKAGE_DATE_SLOT], rarity);
        for (int i = LINKAGE_DIGIT_SLOT; i < LINKAGE_DIGIT_SLOT + l->n_digits; i++)
            sum += LINKAGE_ROW(l->rows + 8 * (l->of_states[i] + 2 * (LINKAGE_STATES * states[l->parent[i]] + states[i])));
        for (int i = 0; i < l->n_hashes; i++) sum += linkage_row_of_hash(l, i, states, allowed[i]);
        *(linkage_row_of_lanes *)out = sum;
    }
    /* A field's level is known: what it says takes the place of what was allowed for it. */
    static inline void linkage_settle_lanes(const linkage_lane_bounds *l, int slot, const uint8_t *states, int allowed,
                                            int level, int32_t rarity, int32_t *lanes) {
        *(linkage_row_of_lanes *)lanes += linkage_row_of_level(l, slot, states, level, rarity)
            - linkage_row_of_hash(l, slot, states, allowed);
    }
    static inline int linkage_is_any_below(const int32_t *lanes, int32_t floor) {
        linkage_row_of_lanes below = LINKAGE_ROW(lanes) < linkage_in_all_lanes(floor);
        int64_t any = 0, part;
        for (int i = 0; i < 4; i++) { memcpy(&part, (char *)&below + 8 * i, 8); any |= part; }
        return any != 0;
    }
    """
    enum:
        STATES "LINKAGE_STATES"
        MISSING_STATE "0"
        OTHER_STATE "1"
        APART_STATE "3"
        GROUP_STATE "3"
        NEAR_DIGITS "1"
        FAR_DIGITS "2"
        DIGIT_SLOT "LINKAGE_DIGIT_SLOT"
        DATE_SLOT "LINKAGE_DATE_SLOT"
        NO_SLOT "LINKAGE_NO_SLOT"
        SLOTS "LINKAGE_SLOTS"
    ctypedef struct LaneBounds "linkage_lane_bounds":
        const int32_t *rows
        int32_t base[8]
        int32_t rare[26][8]
        int32_t of_states[26]
        int32_t of_levels[26]
        int32_t n_levels[26]
        uint8_t parent[26]
        uint8_t is_category[16]
        int n_hashes
        int n_digits
        bint dated
    void note_states "linkage_note_states"(const Sketch *a, const Sketch *b, const Bounds *t, const LaneBounds *l, unsigned int apart,
                                           int date, uint8_t *states) noexcept nogil
    void bound_lanes "linkage_bound_lanes"(const LaneBounds *l, const uint8_t *allowed, const uint8_t *states,
                                           int32_t rarity, int32_t *out) noexcept nogil
    void settle_lanes "linkage_settle_lanes"(const LaneBounds *l, int slot, const uint8_t *states, int allowed, int level,
                                             int32_t rarity, int32_t *lanes) noexcept nogil
    bint is_any_below "linkage_is_any_below"(const int32_t *lanes, int32_t floor) noexcept nogil
