# Two rows as sketches of 128 bytes -> an upper bound of their match weight, without a branch or a look-up.
#
# What a sketch holds of each comparison:
#   identifiers (at most 8): of plain ones two bits a digit, and how many there are, so that more than two digits which
#       differ tell most numbers apart; of others how often each digit occurs, where an edit flips at most two bits;
#   values and categories (at most 16): a hash of what two values agree in if they are equal but for
#       diacritics or spelling (one byte: agreeing by chance only loosens the bound), the most that this very value can
#       gain if it agrees, and if it does not (half bits, 100 = nothing: rare values can gain more);
#   names (at most 4 of these): the signature of their letters, a byte each of their first and last word. Names
#       that differ in both words and in more than four letters are all others, as `name_level` has it.
# Both sides' bounds hold, so the smaller one counts. A weight is at most its first lane (strangers).
from libc.stdint cimport int32_t, uint8_t, uint32_t, uint64_t

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    #define LINKAGE_DIGIT_LANES 8
    #define LINKAGE_HASH_LANES 16
    #define LINKAGE_NAMES 4
    #define LINKAGE_NOTHING 100
    #define LINKAGE_HALF_BIT 128
    #define LINKAGE_UNSURE 128          /* of categories bytes below are their groups, from here on hashes */
    #define LINKAGE_I_OR_Y ((1ULL << 36 | 1ULL) << 8 | (1ULL << 36 | 1ULL) << 24)
    typedef struct {
        uint32_t digits[LINKAGE_DIGIT_LANES];
        uint8_t hash[LINKAGE_HASH_LANES], equal[LINKAGE_HASH_LANES], other[LINKAGE_HASH_LANES];
        uint64_t letters[LINKAGE_NAMES];
        uint8_t first[LINKAGE_NAMES], last[LINKAGE_NAMES];
        uint32_t date;
        int32_t date_equal;
    } linkage_sketch;
    typedef struct {
        uint64_t letters;
        uint32_t packed;            /* hash, bound of equal ones, bound of others */
        uint8_t first, last;
    } linkage_name;
    typedef struct {
        int32_t equal[LINKAGE_DIGIT_LANES], near[LINKAGE_DIGIT_LANES], far[LINKAGE_DIGIT_LANES];
        int32_t missing[LINKAGE_DIGIT_LANES];
        uint8_t hash_missing[LINKAGE_HASH_LANES];
        uint8_t rarer[LINKAGE_HASH_LANES];  /* 255 where the rarer of two values may count, so its bound does */
        int n_names, lane_of_name[LINKAGE_NAMES];
        uint8_t lanes_of_names[LINKAGE_HASH_LANES];     /* the same, to shuffle bytes by */
        uint8_t apart[LINKAGE_NAMES];       /* half bits of names that are all others */
        int32_t base;               /* the prior, and the most of all comparisons without a lane */
    } linkage_bounds;

    /* With both top bits set digits are by their places: 13 of two bits, and how many they are. */
    #define LINKAGE_PLACES (3u << 30)
    #define LINKAGE_LENGTH (15u << 26)

    /* Whether two identifiers' digits have nothing to do with each other. */
    static inline int linkage_is_far(uint32_t x, uint32_t y) {
        uint32_t d = x ^ y;
        int by_place = (x & LINKAGE_PLACES) == LINKAGE_PLACES, other = (y & LINKAGE_PLACES) == LINKAGE_PLACES;
        int32_t longer = (int32_t)(x & LINKAGE_LENGTH) - (int32_t)(y & LINKAGE_LENGTH);
        if (by_place != other || (by_place && (longer == 1 << 26 || longer == -(1 << 26)))) return 0;
        return by_place ? __builtin_popcount((d | d >> 1) & 0x01555555u) > 2 : __builtin_popcount(d) > 4;
    }

    #if defined(__AVX2__)
    #include <immintrin.h>
    /* What each lane of hashes allows at most, in half bits; a missing value counts as t says. */
    static inline __m128i linkage_allowed(const linkage_sketch *a, const linkage_sketch *b, const linkage_bounds *t) {
        const __m128i none = _mm_setzero_si128();
        __m128i h = _mm_loadu_si128((const __m128i *)a->hash), g = _mm_loadu_si128((const __m128i *)b->hash);
        __m128i same = _mm_cmpeq_epi8(h, g);
        __m128i x = _mm_blendv_epi8(_mm_loadu_si128((const __m128i *)a->other), _mm_loadu_si128((const __m128i *)a->equal), same);
        __m128i y = _mm_blendv_epi8(_mm_loadu_si128((const __m128i *)b->other), _mm_loadu_si128((const __m128i *)b->equal), same);
        __m128i v = _mm_blendv_epi8(_mm_min_epu8(x, y), _mm_max_epu8(x, y), _mm_loadu_si128((const __m128i *)t->rarer));
        return _mm_blendv_epi8(v, _mm_loadu_si128((const __m128i *)t->hash_missing),
                               _mm_or_si128(_mm_cmpeq_epi8(h, none), _mm_cmpeq_epi8(g, none)));
    }
    static inline void linkage_note_allowed(const linkage_sketch *a, const linkage_sketch *b, const linkage_bounds *t,
                                            uint8_t *out) {
        _mm_storeu_si128((__m128i *)out, linkage_allowed(a, b, t));
    }
    /* How many bits of each byte are set. */
    static inline __m256i linkage_bits_of_bytes(__m256i x) {
        const __m256i ones = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
        const __m256i low = _mm256_set1_epi8(15);
        return _mm256_add_epi8(_mm256_shuffle_epi8(ones, _mm256_and_si256(x, low)),
                               _mm256_shuffle_epi8(ones, _mm256_and_si256(_mm256_srli_epi16(x, 4), low)));
    }
    /* Which identifiers have nothing to do with each other, d being where they differ. By their places: more than two digits
       differ, and neither has one more than the other. Of the two kinds nothing is known. */
    static inline __m256i linkage_far_digits(__m256i x, __m256i y, __m256i d) {
        const __m256i tag = _mm256_set1_epi32((int)LINKAGE_PLACES), length = _mm256_set1_epi32((int)LINKAGE_LENGTH);
        __m256i places_x = _mm256_cmpeq_epi32(_mm256_and_si256(x, tag), tag);
        __m256i places_y = _mm256_cmpeq_epi32(_mm256_and_si256(y, tag), tag);
        __m256i both = _mm256_and_si256(places_x, places_y);
        __m256i places = _mm256_and_si256(_mm256_or_si256(d, _mm256_srli_epi32(d, 1)), _mm256_set1_epi32(0x01555555));
        __m256i n = linkage_bits_of_bytes(_mm256_blendv_epi8(d, places, both));
        n = _mm256_madd_epi16(_mm256_maddubs_epi16(n, _mm256_set1_epi8(1)), _mm256_set1_epi16(1));
        __m256i most = _mm256_add_epi32(_mm256_set1_epi32(4), _mm256_add_epi32(both, both));
        __m256i longer = _mm256_sub_epi32(_mm256_and_si256(x, length), _mm256_and_si256(y, length));
        __m256i one = _mm256_and_si256(both, _mm256_cmpeq_epi32(_mm256_abs_epi32(longer), _mm256_set1_epi32(1 << 26)));
        __m256i near = _mm256_or_si256(one, _mm256_xor_si256(places_x, places_y));
        return _mm256_andnot_si256(near, _mm256_cmpgt_epi32(n, most));
    }
    static inline int32_t linkage_upper_bound(const linkage_sketch *a, const linkage_sketch *b,
                                              const linkage_bounds *t) {
        const __m256i zero = _mm256_setzero_si256();
        __m256i x = _mm256_loadu_si256((const __m256i *)a->digits), y = _mm256_loadu_si256((const __m256i *)b->digits);
        __m256i missing = _mm256_or_si256(_mm256_cmpeq_epi32(x, zero), _mm256_cmpeq_epi32(y, zero));
        __m256i d = _mm256_xor_si256(x, y);
        __m256i w = _mm256_blendv_epi8(_mm256_loadu_si256((const __m256i *)t->near),
                                       _mm256_loadu_si256((const __m256i *)t->far), linkage_far_digits(x, y, d));
        w = _mm256_blendv_epi8(w, _mm256_loadu_si256((const __m256i *)t->equal), _mm256_cmpeq_epi32(d, zero));
        w = _mm256_blendv_epi8(w, _mm256_loadu_si256((const __m256i *)t->missing), missing);
        __m128i s = _mm_add_epi32(_mm256_castsi256_si128(w), _mm256_extracti128_si256(w, 1));
        s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4E));
        s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xB1));
        __m128i v = _mm_sad_epu8(linkage_allowed(a, b, t), _mm_setzero_si128());
        int32_t halves = _mm_cvtsi128_si32(v) + _mm_extract_epi16(v, 4) - LINKAGE_NOTHING * LINKAGE_HASH_LANES;
        return t->base + _mm_cvtsi128_si32(s) + halves * LINKAGE_HALF_BIT;
    }
    /* Which names have nothing to do with each other: a bit each. */
    static inline unsigned linkage_apart(const linkage_sketch *a, const linkage_sketch *b, const linkage_bounds *t) {
        const __m128i none = _mm_setzero_si128(), lanes = _mm_loadu_si128((const __m128i *)t->lanes_of_names);
        __m128i h = _mm_loadu_si128((const __m128i *)a->hash), g = _mm_loadu_si128((const __m128i *)b->hash);
        __m128i near = _mm_or_si128(_mm_cmpeq_epi8(h, g), _mm_or_si128(_mm_cmpeq_epi8(h, none), _mm_cmpeq_epi8(g, none)));
        /* First words, then last ones, lie side by side. */
        unsigned words = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadl_epi64((const __m128i *)a->first),
                                                                    _mm_loadl_epi64((const __m128i *)b->first)));
        __m256i letters = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)a->letters),
                                           _mm256_loadu_si256((const __m256i *)b->letters));
        __m256i n = _mm256_sad_epu8(linkage_bits_of_bytes(letters), _mm256_setzero_si256());
        unsigned far = (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpgt_epi64(n, _mm256_set1_epi64x(8))));
        unsigned same = (unsigned)_mm_movemask_epi8(_mm_shuffle_epi8(near, lanes)) | words | words >> 4;
        return far & ~same & ((1u << t->n_names) - 1);
    }
    /* What these names say beyond what was allowed for them: nothing or less. */
    static inline int32_t linkage_less_apart(const linkage_sketch *a, const linkage_sketch *b, const linkage_bounds *t,
                                             unsigned apart) {
        const __m128i bits = _mm_setr_epi8(1, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), none = _mm_setzero_si128();
        __m128i chosen = _mm_cmpgt_epi8(_mm_and_si128(_mm_set1_epi8((char)apart), bits), none);
        __m128i other = _mm_min_epu8(_mm_loadu_si128((const __m128i *)a->other), _mm_loadu_si128((const __m128i *)b->other));
        int32_t of_names;
        memcpy(&of_names, t->apart, sizeof of_names);
        other = _mm_and_si128(_mm_shuffle_epi8(other, _mm_loadu_si128((const __m128i *)t->lanes_of_names)), chosen);
        __m128i now = _mm_sad_epu8(_mm_and_si128(_mm_cvtsi32_si128(of_names), chosen), none);
        return (_mm_cvtsi128_si32(now) - _mm_cvtsi128_si32(_mm_sad_epu8(other, none))) * LINKAGE_HALF_BIT;
    }
    #else
    static inline void linkage_note_allowed(const linkage_sketch *a, const linkage_sketch *b, const linkage_bounds *t,
                                            uint8_t *out) {
        for (int i = 0; i < LINKAGE_HASH_LANES; i++) {
            uint8_t x = a->hash[i] == b->hash[i] ? a->equal[i] : a->other[i];
            uint8_t y = a->hash[i] == b->hash[i] ? b->equal[i] : b->other[i];
            out[i] = (x < y) != (t->rarer[i] != 0) ? x : y;
            if (a->hash[i] == 0 || b->hash[i] == 0) out[i] = t->hash_missing[i];
        }
    }
    static inline int32_t linkage_upper_bound(const linkage_sketch *a, const linkage_sketch *b,
                                              const linkage_bounds *t) {
        int32_t sum = 0, halves = 0;
        for (int i = 0; i < LINKAGE_DIGIT_LANES; i++) {
            uint32_t x = a->digits[i], y = b->digits[i];
            int32_t w = linkage_is_far(x, y) ? t->far[i] : t->near[i];
            w = x == y ? t->equal[i] : w;
            sum += x == 0 || y == 0 ? t->missing[i] : w;
        }
        uint8_t allowed[LINKAGE_HASH_LANES];
        linkage_note_allowed(a, b, t, allowed);
        for (int i = 0; i < LINKAGE_HASH_LANES; i++) halves += allowed[i] - LINKAGE_NOTHING;
        return t->base + sum + halves * LINKAGE_HALF_BIT;
    }
    /* Which names have nothing to do with each other: a bit each. */
    static inline unsigned linkage_apart(const linkage_sketch *a, const linkage_sketch *b, const linkage_bounds *t) {
        unsigned apart = 0;
        for (int k = 0; k < t->n_names; k++) {
            uint8_t h = a->hash[t->lane_of_name[k]], g = b->hash[t->lane_of_name[k]];
            apart |= (unsigned)((h != g) & (h != 0) & (g != 0) & (a->first[k] != b->first[k]) & (a->last[k] != b->last[k])
                                & (__builtin_popcountll(a->letters[k] ^ b->letters[k]) > 8)) << k;
        }
        return apart;
    }
    /* What these names say beyond what was allowed for them: nothing or less. */
    static inline int32_t linkage_less_apart(const linkage_sketch *a, const linkage_sketch *b, const linkage_bounds *t,
                                             unsigned apart) {
        int32_t halves = 0;
        for (int k = 0; k < t->n_names; k++) {
            uint8_t x = a->other[t->lane_of_name[k]], y = b->other[t->lane_of_name[k]];
            halves += (apart >> k & 1) * (t->apart[k] - (x < y ? x : y));
        }
        return halves * LINKAGE_HALF_BIT;
    }
    #endif

    static inline void linkage_allow_apart(const linkage_bounds *t, unsigned apart, uint8_t *allowed) {
        for (int k = 0; k < t->n_names; k++)
            if (apart >> k & 1) allowed[t->lane_of_name[k]] = t->apart[k];
    }

    /* How often each of ten digits occurs in a packed identifier, three bits a digit as a cyclic Gray code (one
       more or less flips one bit); 0 = missing. The tables hold counts in six bits, so that none carries. */
    static uint64_t linkage_two_digits[256], linkage_letter[64];
    static inline void linkage_count_digits(void) {
        for (int i = 1; i < 64; i++) linkage_letter[i] = 1ULL << (i - 1) % 10 * 6;
        for (int i = 0; i < 256; i++) linkage_two_digits[i] = linkage_letter[i & 15] + linkage_letter[i >> 4];
    }
    /* Of three or four pieces (top nibble 8 and more) one of eight bits each: a piece that differs flips two. */
    static inline uint32_t linkage_piece(uint64_t v, int bits, int k) {
        return 1u << ((uint32_t)(v >> bits * k & ((1u << bits) - 1)) * 0x9E3779B1u >> 29) + 8 * k;
    }
    static inline uint32_t linkage_pieces(uint64_t v) {
        if (v >> 60 > 13) return linkage_piece(v, 20, 0) | linkage_piece(v, 20, 1) | linkage_piece(v, 20, 2);
        return linkage_piece(v, 15, 0) | linkage_piece(v, 15, 1) | linkage_piece(v, 15, 2) | linkage_piece(v, 15, 3);
    }
    /* Of groups of three digits (top nibble 3-5; 6 ends with an X). */
    static inline uint64_t linkage_grouped(uint64_t v) {
        int x = v >> 60 == 6, n = x ? 18 : 13 + (int)(v >> 60);
        uint64_t sum = 0;
        uint32_t group = 0;
        for (int i = 0; i < n; i++) {
            group = i % 3 ? group / 10 : v >> 10 * (i / 3) & 1023;
            if (i || !x) sum += linkage_letter[group % 10 + 1];
        }
        return sum;
    }
    /* Of at most 13 digits two bits each, where they stand: a nibble holds a digit and 1. */
    static inline uint32_t linkage_places(uint64_t v) {
        uint64_t x = v & 0x3333333333333333ULL;
        x = (x | x >> 2) & 0x0F0F0F0F0F0F0F0FULL;
        x = (x | x >> 4) & 0x00FF00FF00FF00FFULL;
        x = (x | x >> 8) & 0x0000FFFF0000FFFFULL;
        x = x | x >> 16;
        return ((uint32_t)x & 0x03FFFFFFu) | (uint32_t)(67 - __builtin_clzll(v)) / 4 << 26 | LINKAGE_PLACES;
    }
    static inline uint32_t linkage_digits(uint64_t v) {
        const uint64_t low_two = 0x30C30C3ULL, three = 0x71C71C7ULL;
        uint64_t n = 0, gray;
        if (v && !(v >> 52)) return linkage_places(v);
        if (v >> 63) return linkage_pieces(v);
        if (v >> 60 == 2) return ((uint32_t)(v ^ v >> 32) | 1u << 31) & ~(1u << 30);
        if (v >> 61)
            n = linkage_grouped(v);
        else if (v >> 60)
            for (int i = 0; i < 10; i++) n += linkage_letter[v >> 6 * i & 63];
        else
            for (int i = 0; i < 8; i++) n += linkage_two_digits[v >> 8 * i & 255];
        gray = n ^ (n >> 1 & (low_two | low_two << 30));
        gray = (gray & three) | (gray >> 30 & three) << 3;
        return v ? (uint32_t)gray | 1u << 30 : 0;
    }
    /* Half bits from 100 on, rounded up; no bound lies beyond 77 bits. */
    static inline uint8_t linkage_half_bits(int32_t w) {
        int32_t q = LINKAGE_NOTHING + ((w + LINKAGE_HALF_BIT - 1) >> 7);
        return (uint8_t)(q < 0 ? 0 : q > 255 ? 255 : q);
    }
    static inline void linkage_prefetch_sketch(const linkage_sketch *p) {
        __builtin_prefetch(p, 0, 2); __builtin_prefetch((const char *)p + 64, 0, 2);
    }
    """
    enum:
        DIGIT_LANES "LINKAGE_DIGIT_LANES"
        HASH_LANES "LINKAGE_HASH_LANES"
        NAMES "LINKAGE_NAMES"
        HALF_BIT "LINKAGE_HALF_BIT"
        UNSURE "LINKAGE_UNSURE"
        NOTHING "LINKAGE_NOTHING"
    uint64_t I_OR_Y "LINKAGE_I_OR_Y"    # both letters' bits in a signature of letters
    ctypedef struct Sketch "linkage_sketch":
        uint32_t digits[8]
        uint8_t hash[16]
        uint8_t equal[16]
        uint8_t other[16]
        uint64_t letters[4]
        uint8_t first[4]
        uint8_t last[4]
        uint32_t date
        int32_t date_equal
    ctypedef struct NameSketch "linkage_name":
        uint64_t letters
        uint32_t packed
        uint8_t first
        uint8_t last
    ctypedef struct Bounds "linkage_bounds":
        int32_t equal[8]
        int32_t near[8]
        int32_t far[8]
        int32_t missing[8]
        uint8_t hash_missing[16]
        uint8_t rarer[16]
        int n_names
        int lane_of_name[4]
        uint8_t lanes_of_names[16]
        uint8_t apart[4]
        int32_t base
    # What each lane of hashes allows at most, in half bits from NOTHING on; 16 bytes.
    void note_allowed "linkage_note_allowed"(const Sketch *a, const Sketch *b, const Bounds *t, uint8_t *out) noexcept nogil
    int32_t upper_bound "linkage_upper_bound"(const Sketch *a, const Sketch *b, const Bounds *t) noexcept nogil
    unsigned names_apart "linkage_apart"(const Sketch *a, const Sketch *b, const Bounds *t) noexcept nogil
    int32_t less_apart "linkage_less_apart"(const Sketch *a, const Sketch *b, const Bounds *t, unsigned apart) noexcept nogil
    void allow_apart "linkage_allow_apart"(const Bounds *t, unsigned apart, uint8_t *allowed) noexcept nogil
    void count_digits "linkage_count_digits"() noexcept nogil
    bint is_far "linkage_is_far"(uint32_t x, uint32_t y) noexcept nogil
    uint32_t digits_of "linkage_digits"(unsigned long long v) noexcept nogil
    uint8_t half_bits "linkage_half_bits"(int32_t w) noexcept nogil
    void prefetch_sketch "linkage_prefetch_sketch"(const Sketch *p) noexcept nogil
