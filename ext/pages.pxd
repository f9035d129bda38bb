# Large zeroed memory in huge pages where the system has them: a table that is probed at random otherwise costs
# one page fault for every 4 KiB and one TLB miss a probe. Header-only.
from libc.stddef cimport size_t

cdef extern from *:
    """
    #include <stdlib.h>
    #include <string.h>
    #ifdef __linux__
    #include <sys/mman.h>
    #endif
    #define LINKAGE_HUGE ((size_t)1 << 21)
    /* n zeroed bytes; NULL when there is no memory. To be freed with free(). */
    static inline void *linkage_zeroed(size_t n) {
        void *p = NULL;
        if (n < 2 * LINKAGE_HUGE) return calloc(n, 1);
        n = (n + LINKAGE_HUGE - 1) & ~(LINKAGE_HUGE - 1);
        if (posix_memalign(&p, LINKAGE_HUGE, n)) return NULL;
    #ifdef MADV_HUGEPAGE
        madvise(p, n, MADV_HUGEPAGE);
    #endif
        memset(p, 0, n);
        return p;
    }
    """
    void *zeroed "linkage_zeroed"(size_t n) noexcept nogil
