"""One raw name or text -> its canonical forms, for Python callers and tests; the work is in normalise.pxd."""

from cpython.bytes cimport PyBytes_AS_STRING
from libc.stdint cimport uint8_t

from normalise cimport (
    N_FAMILIES,
    Normalised,
    families,
    init_normalise,
    listed,
    normalise_name,
    normalise_place,
    normalise_text,
    phonetic_hash,
)
from place_words cimport N_SHORT, said_of, short_words

ACCENTED = 1
SUSPECT = 2
NONLATIN = 4
TRUNCATED = 8

init_normalise()


def normalise_one(bytes text not None, str kind="name", *, int capacity=512, length=None):
    """Canonical forms of one text.

    Parameters
    ----------
    text : bytes
        UTF-8; invalid bytes are dropped and flagged.
    kind : {"name", "place", "text"}
        A person's name (titles, trailing digits and apostrophes go), a place or street (its words abbreviated), or
        any text as it is written.
    capacity : int
        Bytes of each form, at most 512; longer text is cut and flagged TRUNCATED.
    length : int, optional
        Bytes to read; what stands behind them does not matter. Default all.

    Returns
    -------
    tuple of (bytes, bytes, bytes, int, int)
        exact, spelling, folded, number of tokens, flags (ACCENTED | SUSPECT | NONLATIN | TRUNCATED).

    Raises
    ------
    ValueError
        For an unknown kind or a capacity that is not in 0..512.
    """
    cdef uint8_t exact[512]
    cdef uint8_t spelling[512]
    cdef uint8_t folded[512]
    cdef Normalised out
    cdef const uint8_t *data = <const uint8_t *> PyBytes_AS_STRING(text)
    cdef Py_ssize_t n = len(text) if length is None else min(<Py_ssize_t> length, len(text))
    if not 0 <= capacity <= 512:
        raise ValueError(f"expected a capacity in 0..512, got {capacity}")
    if kind == "name":
        normalise_name(data, n, exact, spelling, folded, capacity, &out, NULL)
    elif kind == "place":
        normalise_place(data, n, exact, spelling, folded, capacity, &out, NULL)
    elif kind == "text":
        normalise_text(data, n, exact, spelling, folded, capacity, &out, NULL)
    else:
        raise ValueError(f"expected kind 'name', 'place' or 'text', got {kind!r}")
    return exact[:out.n_exact], spelling[:out.n_spelling], folded[:out.n_folded], out.n_tokens, out.flags


def phonetic_one(bytes token not None):
    """Hash of a folded token's class, as sounds and short forms of names have it; uint64, 0 for an empty token."""
    return phonetic_hash(<const uint8_t *> PyBytes_AS_STRING(token), <int> len(token))


def is_family_name(bytes token not None):
    """Whether a folded token is a common family name (the anchors of the kernel's guesses); bool."""
    return listed(families, N_FAMILIES, <const uint8_t *> PyBytes_AS_STRING(token), len(token)) >= 0


def place_word(bytes token not None):
    """What the kernel's table says of a folded word of a place: its abbreviation, or a sign (ext/place_words.pxd)."""
    cdef const char *said = said_of(<const uint8_t *> PyBytes_AS_STRING(token), <int> len(token))
    return None if said == NULL else <bytes> said


def place_words():
    """The pairs of that table, in its order; list of (bytes, bytes)."""
    return [(<bytes> short_words[2 * i], <bytes> short_words[2 * i + 1]) for i in range(N_SHORT)]


def time_one(bytes text not None, str kind="name", *, int repeat=1_000_000):
    """Normalise one text `repeat` times without the GIL; returns the sum of the lengths, for benchmarks."""
    cdef uint8_t exact[512]
    cdef uint8_t spelling[512]
    cdef uint8_t folded[512]
    cdef Normalised out
    cdef const uint8_t *data = <const uint8_t *> PyBytes_AS_STRING(text)
    cdef Py_ssize_t n = len(text)
    cdef bint is_name = kind == "name"
    cdef long total = 0
    cdef int _i
    with nogil:
        for _i in range(repeat):
            if is_name:
                normalise_name(data, n, exact, spelling, folded, 512, &out, NULL)
            else:
                normalise_text(data, n, exact, spelling, folded, 512, &out, NULL)
            total += out.n_exact
    return total
