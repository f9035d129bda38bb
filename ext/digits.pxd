# Eight ASCII digits at a time: are they digits, and their packed nibbles. Header-only, little-endian reads.
from libc.stdint cimport uint8_t, uint64_t

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    static inline uint64_t linkage_load8(const uint8_t *p) { uint64_t v; memcpy(&v, p, 8); return v; }
    static inline int linkage_digits8(uint64_t v) {
        const uint64_t high = 0xF0F0F0F0F0F0F0F0ULL, zeros = 0x3030303030303030ULL;
        return (v & high) == zeros && ((v + 0x0606060606060606ULL) & high) == zeros;
    }
    /* Lower halves of eight bytes, the first byte's highest. */
    static inline uint64_t linkage_nibbles8(uint64_t v) {
        v = __builtin_bswap64(v) & 0x0F0F0F0F0F0F0F0FULL;
        v = (v | v >> 4) & 0x00FF00FF00FF00FFULL;
        v = (v | v >> 8) & 0x0000FFFF0000FFFFULL;
        return (v | v >> 16) & 0xFFFFFFFFULL;
    }
    """
    uint64_t load8 "linkage_load8"(const uint8_t *p) noexcept nogil
    bint are_digits "linkage_digits8"(uint64_t v) noexcept nogil
    uint64_t nibbles "linkage_nibbles8"(uint64_t v) noexcept nogil
