# Bytes -> 64-bit content hashes, equal on every machine (little-endian reads, 64x64->128 multiply-mix).
from libc.stdint cimport uint8_t, uint64_t

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    static inline uint64_t linkage_mix(uint64_t a, uint64_t b) {
        __uint128_t p = (__uint128_t)(a ^ 0x9E3779B97F4A7C15ULL) * (b ^ 0xE7037ED1A0B428DBULL);
        return (uint64_t)p ^ (uint64_t)(p >> 64);
    }
    static inline uint64_t linkage_tail(const uint8_t *p, long n) {
        uint64_t v = 0;
        if (n >= 8) { memcpy(&v, p, 8); return v; }
        if (n >= 4) { uint32_t lo, hi; memcpy(&lo, p, 4); memcpy(&hi, p + n - 4, 4);
                      return ((uint64_t)hi << 32) | lo; }
        if (n > 0) return ((uint64_t)p[0] << 16) | ((uint64_t)p[n >> 1] << 8) | p[n - 1];
        return v;
    }
    static inline uint64_t linkage_hash(const uint8_t *p, long n) {
        uint64_t h = linkage_mix((uint64_t)n, 0x8EBC6AF09C88C6E3ULL), a, b;
        while (n > 16) { memcpy(&a, p, 8); memcpy(&b, p + 8, 8);
                         h = linkage_mix(a ^ h, b); p += 16; n -= 16; }
        if (n > 8) { memcpy(&a, p, 8); memcpy(&b, p + n - 8, 8); }
        else { a = linkage_tail(p, n); b = (uint64_t)n; }
        h = linkage_mix(a ^ h, b ^ 0x589965CC75374CC3ULL);
        return h ? h : 1;
    }
    /* Letter signature: bits 0-35 a letter or digit occurs, 36-61 a letter occurs twice; a byte of another
       script (compact.pxd) counts as one of the 26 letters. One edit
       (insert, delete, substitute; a transposition none) flips at most two bits. */
    static inline uint64_t linkage_letters(const uint8_t *p, long n) {
        uint64_t s = 0, bit;
        for (long i = 0; i < n; i++) {
            uint8_t c = p[i] < 0x80 ? p[i] : (uint8_t)('a' + p[i] % 26);
            if (c >= 'a' && c <= 'z') { bit = 1ULL << (c - 'a');
                if (s & bit) s |= 1ULL << (36 + c - 'a'); else s |= bit; }
            else if (c >= '0' && c <= '9') s |= 1ULL << (26 + c - '0');
            else if (c != ' ') s |= 1ULL << (62 + (c & 1));
        }
        return s;
    }
    static inline void linkage_prefetch(const void *p) { __builtin_prefetch(p, 0, 2); }
    static inline void linkage_prefetch_write(const void *p) { __builtin_prefetch(p, 1, 2); }
    """
    uint64_t mix "linkage_mix"(uint64_t a, uint64_t b) noexcept nogil
    uint64_t hash_bytes "linkage_hash"(const uint8_t *p, long n) noexcept nogil
    uint64_t letter_signature "linkage_letters"(const uint8_t *p, long n) noexcept nogil
    void prefetch "linkage_prefetch"(const void *p) noexcept nogil
    void prefetch_write "linkage_prefetch_write"(const void *p) noexcept nogil
