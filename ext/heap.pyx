# An address and a size -> pages that the system has handed out, whatever they hold.
"""Pages of the heap, touched before they are needed."""

from libc.stdint cimport uintptr_t

cdef extern from *:
    """
    #include <stdint.h>
    /* Adding nothing, as one step: whoever owns the byte by now neither loses a write nor sees one. */
    #if defined(__SANITIZE_ADDRESS__)
    __attribute__((no_sanitize_address))
    #endif
    static void linkage_touch(uintptr_t begin, uintptr_t end, uintptr_t page) {
        for (uintptr_t p = begin; p < end; p += page) __atomic_fetch_add((unsigned char *)p, 0, __ATOMIC_RELAXED);
    }
    """
    void touch "linkage_touch"(uintptr_t begin, uintptr_t end, uintptr_t page) noexcept nogil


def touch_pages(uintptr_t begin, uintptr_t size, uintptr_t page):
    """Touch each page of memory that this process may write to; what it holds stays as it is."""
    if page == 0:
        raise ValueError("expected a size of pages, got 0")
    with nogil:
        touch(begin, begin + size, page)
