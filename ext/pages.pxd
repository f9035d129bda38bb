# Memory that grows without being copied, in huge pages where the system has them: what is read at random
# otherwise costs a page fault for every 4 KiB and a TLB miss a read. Header-only; elsewhere than on Linux it is
# calloc, realloc and free.
#
# From LINKAGE_BIG bytes on a piece is a mapping of its own; its size says which kind it is.
from libc.stddef cimport size_t

cdef extern from *:
    """
    #include <stdlib.h>
    #include <string.h>
    #ifdef __linux__
    #include <sys/mman.h>
    #endif
    #define LINKAGE_HUGE ((size_t)1 << 21)
    #define LINKAGE_BIG (2 * LINKAGE_HUGE)
    #if defined(__linux__) && defined(MREMAP_FIXED)
    static inline int linkage_is_mapped(size_t n) { return n >= LINKAGE_BIG; }
    static inline size_t linkage_span(size_t n) { return (n + LINKAGE_HUGE - 1) & ~(LINKAGE_HUGE - 1); }
    /* Address space that starts on a huge page, with this access; NULL = none left. */
    static inline char *linkage_map(size_t n, int access) {
        char *p = (char *)mmap(NULL, n + LINKAGE_HUGE, access, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *start;
        if (p == (char *)MAP_FAILED) return NULL;
        start = (char *)linkage_span((size_t)p);
        if (start > p) munmap(p, start - p);
        munmap(start + n, p + LINKAGE_HUGE - start);
        return start;
    }
    static inline void linkage_release(void *p, size_t n) {
        if (p && linkage_is_mapped(n)) munmap(p, linkage_span(n)); else free(p);
    }
    static inline void *linkage_zeroed(size_t n) {
        char *p;
        if (!linkage_is_mapped(n)) return calloc(n, 1);
        p = linkage_map(linkage_span(n), PROT_READ | PROT_WRITE);
        if (p) madvise(p, linkage_span(n), MADV_HUGEPAGE);
        return p;
    }
    static inline void *linkage_grown(void *p, size_t n, size_t larger) {
        char *to;
        if (!linkage_is_mapped(larger)) return realloc(p, larger);
        if (!linkage_is_mapped(n)) {
            to = (char *)linkage_zeroed(larger);
            if (to && n) memcpy(to, p, n);
            if (to) free(p);
            return to;
        }
        if (linkage_span(n) == linkage_span(larger)) return p;
        /* Pages are moved, not copied; to where huge ones stay whole. */
        to = linkage_map(linkage_span(larger), PROT_NONE);
        if (!to) return NULL;
        p = mremap(p, linkage_span(n), linkage_span(larger), MREMAP_MAYMOVE | MREMAP_FIXED, to);
        return p == MAP_FAILED ? NULL : p;
    }
    static inline int linkage_move(void *p, size_t n, void *to) {
        return mremap(p, linkage_span(n), linkage_span(n), MREMAP_MAYMOVE | MREMAP_FIXED, to) == MAP_FAILED ? -1 : 0;
    }
    #else
    static inline size_t linkage_span(size_t n) { return n; }
    static inline int linkage_move(void *p, size_t n, void *to) { (void)p; (void)n; (void)to; return -1; }
    static inline int linkage_is_mapped(size_t n) { return n >= LINKAGE_BIG; }
    static inline void linkage_release(void *p, size_t n) { (void)n; free(p); }
    static inline void *linkage_zeroed(size_t n) { return calloc(n, 1); }
    static inline void *linkage_grown(void *p, size_t n, size_t larger) { (void)n; return realloc(p, larger); }
    #endif
    """
    bint is_big "linkage_is_mapped"(size_t n) noexcept nogil
    # n zeroed bytes; NULL without memory.
    void *zeroed "linkage_zeroed"(size_t n) noexcept nogil
    # The n bytes at p with room for more, of any content; NULL without memory, and p is as it was.
    void *grown "linkage_grown"(void *p, size_t n, size_t larger) noexcept nogil
    # Frees n bytes from either; n must be the size asked for.
    void release "linkage_release"(void *p, size_t n) noexcept nogil
    # The bytes of address space that n of a big piece take.
    size_t span "linkage_span"(size_t n) noexcept nogil
    # Puts the pages of a big piece of n bytes in place of those at `to`, inside another one, where they belong
    # to it; -1 where they cannot be moved, and the other one must not be used any more.
    int move_pages "linkage_move"(void *p, size_t n, void *to) noexcept nogil
