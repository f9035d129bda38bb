# A file of rows, a limit -> mapped rows whose pages a thread of its own lets go before the process exceeds it.
"""Mapped files whose pages leave the process near a limit, watched without the GIL."""

import os

from libc.stdint cimport int64_t
from posix.fcntl cimport O_RDONLY, open as open_file
from posix.mman cimport MAP_FAILED, MAP_SHARED, PROT_READ, PROT_WRITE, mmap, munmap
from posix.unistd cimport _SC_PAGESIZE, close, getpid, sysconf
from cpython.buffer cimport PyBuffer_FillInfo

cdef extern from *:
    """
    #include <pthread.h>
    #include <stdint.h>
    #include <stdio.h>
    #include <time.h>
    #include <unistd.h>
    #include <sys/mman.h>
    #ifdef MADV_DONTNEED
    static int linkage_let_go(char *begin, size_t n) { return madvise(begin, n, MADV_DONTNEED); }
    #else
    static int linkage_let_go(char *begin, size_t n) { (void)begin; (void)n; return -1; }
    #endif
    /* Pages of the process by an open /proc/self/statm; -1 = the system does not say. */
    static int64_t linkage_resident(int statm) {
        char text[128];
        long long all, held;
        ssize_t n = pread(statm, text, sizeof text - 1, 0);
        if (n <= 0) return -1;
        text[n] = 0;
        return sscanf(text, "%lld %lld", &all, &held) == 2 ? (int64_t)held : -1;
    }
    static void linkage_pause(int64_t microseconds) {
        struct timespec t = {microseconds / 1000000, microseconds % 1000000 * 1000};
        nanosleep(&t, NULL);
    }
    static int linkage_load(const int *p) { return __atomic_load_n(p, __ATOMIC_ACQUIRE); }
    static void linkage_store(int *p, int value) { __atomic_store_n(p, value, __ATOMIC_RELEASE); }
    """
    ctypedef struct pthread_t:
        pass
    int pthread_create(pthread_t *thread, void *attributes, void *(*run)(void *) noexcept nogil, void *of) nogil
    int pthread_join(pthread_t thread, void **result) nogil
    int let_go_pages "linkage_let_go"(char *begin, size_t n) noexcept nogil
    int64_t resident_pages "linkage_resident"(int statm) noexcept nogil
    void pause_for "linkage_pause"(int64_t microseconds) noexcept nogil
    int load "linkage_load"(const int *p) noexcept nogil
    void store "linkage_store"(int *p, int value) noexcept nogil

cdef enum:
    PIECE = 8 << 20          # bytes that are let go between two looks at what the process holds
    LEAST_PAUSE = 200        # microseconds between two looks, near the limit and
    MOST_PAUSE = 5000        # far from it, or where letting go has not helped
    A_MICROSECOND = 1 << 13  # bytes that two threads may touch in one, by estimate: 8 GiB a second

# What the watching thread reads; it lives as long as the map.
cdef struct Watch:
    char *begin
    size_t n_bytes
    int64_t most, goal, page
    int statm, is_over


cdef void *keep_below(void *of) noexcept nogil:
    """Let pieces go in turn, down to the goal, whenever the process holds more than the most."""
    cdef Watch *w = <Watch *> of
    cdef size_t at = 0, n, gone
    cdef int64_t held, pause
    while not load(&w.is_over):
        held = resident_pages(w.statm) * w.page
        pause = (w.most - held) / A_MICROSECOND
        if held > w.most:
            gone = 0
            while held > w.goal and gone < w.n_bytes and not load(&w.is_over):
                n = min(<size_t> PIECE, w.n_bytes - at)
                let_go_pages(w.begin + at, n)
                gone += n
                at = at + n if at + n < w.n_bytes else 0
                held = resident_pages(w.statm) * w.page
            pause = LEAST_PAUSE if held <= w.most else MOST_PAUSE
        pause_for(min(max(pause, <int64_t> LEAST_PAUSE), <int64_t> MOST_PAUSE))
    return NULL


cdef class RowPages:
    """All bytes of an open file, as memory that may be written; what is written goes to the file.

    Pages that have been let go are still the system's, or in their file: the next touch brings them back.
    """

    cdef Watch watch
    cdef pthread_t thread
    cdef bint is_watched
    cdef int process

    def __cinit__(self, int handle, Py_ssize_t n_bytes):
        cdef void *begin
        self.is_watched = False
        self.watch.begin = NULL
        self.watch.statm = -1
        if n_bytes <= 0:
            raise ValueError(f"expected a file with bytes, got {n_bytes}")
        if os.fstat(handle).st_size < n_bytes:
            raise ValueError("the file is shorter than its rows")
        begin = mmap(NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, handle, 0)
        if begin == MAP_FAILED:
            raise MemoryError("no address space for rows in a file")
        self.watch.begin = <char *> begin
        self.watch.n_bytes = n_bytes
        self.watch.page = sysconf(_SC_PAGESIZE)

    def keep_below(self, int64_t most, int64_t goal):
        """Let pages go, down to `goal`, whenever the process holds more than `most`; False = it cannot be told."""
        if self.is_watched:
            raise ValueError("these rows are watched already")
        self.watch.most, self.watch.goal = most, min(goal, most)
        self.watch.statm = open_file(b"/proc/self/statm", O_RDONLY)
        if self.watch.statm < 0 or resident_pages(self.watch.statm) < 0:
            return False
        store(&self.watch.is_over, 0)
        self.process = getpid()
        self.is_watched = pthread_create(&self.thread, NULL, keep_below, &self.watch) == 0
        return bool(self.is_watched)

    def let_go(self, Py_ssize_t begin, Py_ssize_t end):
        """Let the pages of these bytes go, as far as they lie in the file."""
        cdef Py_ssize_t first = max(begin, 0) // self.watch.page * self.watch.page
        cdef Py_ssize_t last = min(end, <Py_ssize_t> self.watch.n_bytes)
        if last > first:
            with nogil:
                let_go_pages(self.watch.begin + first, last - first)

    def __len__(self):
        return self.watch.n_bytes

    def __getbuffer__(self, Py_buffer *view, int flags):
        PyBuffer_FillInfo(view, self, self.watch.begin, self.watch.n_bytes, 0, flags)

    def __dealloc__(self):
        if self.is_watched and self.process == getpid():  # a forked process has no such thread
            store(&self.watch.is_over, 1)
            with nogil:
                pthread_join(self.thread, NULL)
        if self.watch.statm >= 0:
            close(self.watch.statm)
        if self.watch.begin != NULL:
            munmap(self.watch.begin, self.watch.n_bytes)
