# A file of rows, a limit -> mapped rows whose pages a thread of its own lets go before the process exceeds it.
"""Mapped files whose pages leave the process near a limit, watched without the GIL."""

import os

from cpython.buffer cimport PyBuffer_FillInfo
from libc.stdint cimport int64_t
from posix.fcntl cimport O_RDONLY, open as open_file
from posix.mman cimport MAP_FAILED, MAP_SHARED, PROT_READ, PROT_WRITE, mmap, munmap
from posix.unistd cimport _SC_PAGESIZE, close, getpid, sysconf

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
    static void linkage_start_turns(pthread_mutex_t *turns) { pthread_mutex_init(turns, NULL); }
    static int linkage_load(const int *p) { return __atomic_load_n(p, __ATOMIC_ACQUIRE); }
    static void linkage_store(int *p, int value) { __atomic_store_n(p, value, __ATOMIC_RELEASE); }
    """
    ctypedef struct pthread_t:
        pass
    ctypedef struct pthread_mutex_t:
        pass
    void start_turns "linkage_start_turns"(pthread_mutex_t *turns) noexcept nogil
    int pthread_mutex_lock(pthread_mutex_t *turns) noexcept nogil
    int pthread_mutex_unlock(pthread_mutex_t *turns) noexcept nogil
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
    MOST_WATCHED = 64        # maps at a time

# What the watching thread reads; it lives as long as the map.
cdef struct Watch:
    char *begin
    size_t n_bytes, at
    int64_t most, goal, page
    int statm, is_over
    bint is_barren           # when all had been let go, the process still held too much: only the thread tries again


cdef Watch *watched[MOST_WATCHED]
cdef int n_watched = 0
cdef pthread_mutex_t turns


def _leave_all():
    """A forked process has no watching thread, and whoever held the lock is not there."""
    global n_watched
    n_watched = 0
    start_turns(&turns)


start_turns(&turns)
os.register_at_fork(after_in_child=_leave_all)


cdef int64_t settle(Watch *w) noexcept nogil:
    """Let pieces go in turn, down to the goal, if the process holds more than the most; microseconds to the next look."""
    cdef int64_t held = resident_pages(w.statm) * w.page, pause = (w.most - held) / A_MICROSECOND
    cdef size_t n, gone = 0
    w.is_barren = False
    if held > w.most:
        while held > w.goal and gone < w.n_bytes:
            n = min(<size_t> PIECE, w.n_bytes - w.at)
            let_go_pages(w.begin + w.at, n)
            gone += n
            w.at = w.at + n if w.at + n < w.n_bytes else 0
            held = resident_pages(w.statm) * w.page
        w.is_barren = held > w.most
        pause = MOST_PAUSE if w.is_barren else LEAST_PAUSE
    return min(max(pause, <int64_t> LEAST_PAUSE), <int64_t> MOST_PAUSE)


cdef void settle_pages() noexcept nogil:
    cdef int i
    if load(&n_watched):
        pthread_mutex_lock(&turns)
        for i in range(n_watched):
            if not watched[i].is_barren:
                settle(watched[i])
        pthread_mutex_unlock(&turns)


cdef void *keep_below(void *of) noexcept nogil:
    """Settle now and then, for whoever reads rows without doing so."""
    cdef Watch *w = <Watch *> of
    cdef int64_t pause
    while not load(&w.is_over):
        pthread_mutex_lock(&turns)
        pause = settle(w)
        pthread_mutex_unlock(&turns)
        pause_for(pause)
    return NULL


cdef class RowPages:
    """All bytes of an open file, as memory that may be written; what is written goes to the file.

    Pages that have been let go are still the system's, or in their file: the next touch brings them back.
    """

    cdef Watch watch
    cdef pthread_t thread
    cdef readonly int handle      # of the file, to read rows that should not be mapped
    cdef bint is_watched
    cdef int process

    def __cinit__(self, int handle, Py_ssize_t n_bytes):
        cdef void *begin
        self.is_watched = False
        self.handle = -1
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
        self.handle = os.dup(handle)
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
        if self.is_watched:
            pthread_mutex_lock(&turns)
            if n_watched < MOST_WATCHED:
                watched[n_watched] = &self.watch
                store(&n_watched, n_watched + 1)
            pthread_mutex_unlock(&turns)
        return bool(self.is_watched)

    cdef void leave(self) noexcept:
        """Nobody lets these pages go any more."""
        cdef int i
        pthread_mutex_lock(&turns)
        for i in range(n_watched):
            if watched[i] == &self.watch:
                watched[i] = watched[n_watched - 1]
                store(&n_watched, n_watched - 1)
                break
        pthread_mutex_unlock(&turns)
        store(&self.watch.is_over, 1)

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
            self.leave()
            with nogil:
                pthread_join(self.thread, NULL)
        if self.watch.statm >= 0:
            close(self.watch.statm)
        if self.handle >= 0:
            close(self.handle)
        if self.watch.begin != NULL:
            munmap(self.watch.begin, self.watch.n_bytes)
