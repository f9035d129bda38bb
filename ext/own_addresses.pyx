# E-mail addresses and the names in the same rows -> which are made of the name, and what of each is not.
"""Records whose e-mail address is made of their own name."""

import numpy as np

from dtypes cimport MAIL_NEARLY, MAIL_OF_NAME, MAIL_PARTLY, Value
from hashing cimport hash_bytes
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcmp, memset
from linkage._kernels.row_pages cimport settle_pages
from similarity cimport osa_within
from text_levels cimport is_digit

cdef enum:
    MOST_FIELDS = 8           # names of a person in columns of their own
    MOST_WORDS = 12           # of all of them
    ROOM = 128                # bytes of a word or an address, and 64 that similarity may read beyond them
    LONGEST = 64              # of a word, or a part of an address, that is compared
    LEAST_NEAR = 4            # letters of a word in which a slip is looked for
    LEAST_PART = 3            # of a word that an address is partly made of
    ROWS_BETWEEN = 1 << 12    # two looks at what the process holds

cdef struct Words:
    int n
    int length[MOST_WORDS]
    uint8_t text[MOST_WORDS][ROOM]

cdef struct Column:
    int word
    const Value *values
    uint64_t n_values
    const uint8_t *texts


cdef inline void add_words(Words *w, const Value *v, const uint8_t *texts) noexcept nogil:
    cdef const uint8_t *text = texts + v.text
    cdef int begin = 0, end, i, n = v.length
    while begin < n and w.n < MOST_WORDS:
        end = begin
        while end < n and text[end] != c" ":
            end += 1
        if begin < end <= begin + LONGEST:
            for i in range(end - begin):
                w.text[w.n][i] = text[begin + i]
            w.length[w.n] = end - begin
            w.n += 1
        begin = end + 1


# The longest word that a text begins with, of those not used; -1 = none. One letter is an initial, not a word.
cdef inline int longest_word(const Words *w, uint32_t used, const uint8_t *text, int n) noexcept nogil:
    cdef int k, i, best = -1
    for k in range(w.n):
        if used >> k & 1 or w.length[k] < 2 or w.length[k] > n or best >= 0 and w.length[k] <= w.length[best]:
            continue
        i = 0
        while i < w.length[k] and w.text[k][i] == text[i]:
            i += 1
        if i == w.length[k]:
            best = k
    return best


cdef inline int initial_word(const Words *w, uint32_t used, uint8_t letter) noexcept nogil:
    cdef int k
    for k in range(w.n):
        if not used >> k & 1 and w.text[k][0] == letter:
            return k
    return -1


# Take a word, or else an initial, from the beginning of a text: how many letters it takes, 0 = neither.
cdef inline int take_word(const Words *w, uint32_t *used, const uint8_t *text, int n, uint8_t *sign) noexcept nogil:
    cdef int k = longest_word(w, used[0], text, n)
    if k >= 0:
        used[0] |= 1u << k
        sign[0] = c"n"
        return w.length[k]
    k = initial_word(w, used[0], text[0])
    if k < 0:
        return 0
    used[0] |= 1u << k
    sign[0] = c"i"
    return 1


# Whether letters are words of the name and initials, one after the other; their signs are put into out.
cdef inline bint is_of_words(const Words *w, uint32_t *used, const uint8_t *text, int n, uint8_t *out,
                             int *n_out) noexcept nogil:
    cdef uint32_t u = used[0]
    cdef int at = 0, step, m = n_out[0]
    while at < n:
        step = take_word(w, &u, text + at, n - at, &out[m])
        if step == 0:
            return False
        at += step
        m += 1
    used[0], n_out[0] = u, m
    return True


# The same, where one of the words has a slip in it.
cdef inline bint is_nearly_of_words(const Words *w, uint32_t *used, const uint8_t *text, int n, uint8_t *out,
                                    int *n_out) noexcept nogil:
    cdef uint32_t u = used[0], then
    cdef uint8_t[ROOM] part
    cdef int at = 0, step, k, d, length, i, m = n_out[0], m_then
    while at < n:
        for k in range(w.n):
            if u >> k & 1 or w.length[k] < LEAST_NEAR:
                continue
            for d in range(3):
                length = w.length[k] + (0 if d == 0 else 1 if d == 1 else -1)
                if length > n - at or length > LONGEST:
                    continue
                memset(part, 0, ROOM)
                for i in range(length):
                    part[i] = text[at + i]
                if osa_within(w.text[k], w.length[k], part, length, 1) > 1:
                    continue
                then, m_then = u | 1u << k, m
                out[m_then] = c"n"
                m_then += 1
                if is_of_words(w, &then, text + at + length, n - at - length, out, &m_then):
                    used[0], n_out[0] = then, m_then
                    return True
        step = take_word(w, &u, text + at, n - at, &out[m])
        if step == 0:
            return False
        at += step
        m += 1
    return False


# Whether a text begins or ends with a word of the name.
cdef inline bint has_word(const Words *w, const uint8_t *text, int n) noexcept nogil:
    cdef int k, length
    for k in range(w.n):
        length = w.length[k]
        if LEAST_PART <= length <= n and (
            memcmp(w.text[k], text, length) == 0 or memcmp(w.text[k], text + n - length, length) == 0
        ):
            return True
    return False


# How many bytes of a folded address stand before the @: its hash is held.
cdef inline int local_length(const Value *v, const uint8_t *text) noexcept nogil:
    cdef int i
    for i in range(1, v.length):
        if text[i] == c" " and hash_bytes(text, i) == v.spelling:
            return i
    return v.length


# What an address is beside the name, in out; its flags, 0 = it holds no word of the name.
cdef inline int form_of(const Words *w, const Value *v, const uint8_t *text, uint8_t *out, int *n_out) noexcept nogil:
    cdef int local = local_length(v, text), at = 0, end, m = 0, flags = MAIL_OF_NAME | MAIL_PARTLY
    cdef uint32_t used = 0
    cdef bint has_letters = False, partly = False
    n_out[0] = 0
    if v.length > LONGEST:
        return 0
    while at < local:
        if text[at] == c" " or is_digit(text[at]):
            out[m] = text[at]
            m += 1
            at += 1
            continue
        end = at
        while end < local and text[end] != c" " and not is_digit(text[end]):
            end += 1
        partly = partly or has_word(w, text + at, end - at)
        if flags and not is_of_words(w, &used, text + at, end - at, out, &m):
            flags = flags | MAIL_NEARLY if is_nearly_of_words(w, &used, text + at, end - at, out, &m) else 0
        has_letters = True
        at = end
    if not flags or not has_letters:
        return MAIL_PARTLY if partly else 0
    while at < v.length:
        out[m] = text[at]
        m += 1
        at += 1
    n_out[0] = m
    return flags


def forms_of_addresses(const uint32_t[:, ::1] rows not None, list columns not None):
    """What each record's e-mail address is made of beside its own name.

    Parameters
    ----------
    rows : uint32[n_records, n_words]
    columns : list of (word, values, texts)
        The address first, then the person's names: the word of a row that holds the value, the distinct values as
        uint8[64 n], and their texts. Eight names at most.

    Returns
    -------
    flags : uint8[n_records]
        64 where a word of the name is in the address, 16 where it is made of it, 32 where but for a slip.
    forms : uint64[n_records]
        0 where it is not made of the name.
        The same for addresses that are the same but for the name: j.doe77@ and m.roe77@ of one provider.
    """
    cdef Column of[MOST_FIELDS + 1]
    cdef Words words
    cdef uint8_t[2 * ROOM] out
    cdef Py_ssize_t i, n = rows.shape[0]
    cdef int k, n_columns = len(columns), length = 0
    cdef uint32_t x
    cdef const uint32_t *row
    cdef const Value *mail
    cdef const uint8_t[::1] values, texts
    if not 2 <= n_columns <= MOST_FIELDS + 1:
        raise ValueError(f"expected an address and up to {MOST_FIELDS} names, got {n_columns} columns")
    for k, (word, values, texts) in enumerate(columns):
        if not 0 <= word < rows.shape[1] or values.shape[0] < sizeof(Value) or values.shape[0] % sizeof(Value):
            raise ValueError("expected words of the rows, and whole values")
        of[k].word, of[k].values = word, <const Value *> &values[0]
        of[k].n_values, of[k].texts = values.shape[0] // sizeof(Value), &texts[0] if texts.shape[0] else NULL
    flags, forms = np.zeros(n, np.uint8), np.zeros(n, np.uint64)
    cdef uint8_t[::1] flag = flags
    cdef uint64_t[::1] form = forms
    memset(&words, 0, sizeof(Words))
    with nogil:
        for i in range(n):
            if i % ROWS_BETWEEN == 0:
                settle_pages()
            row = &rows[i, 0]
            x = row[of[0].word]
            if x == 0 or x >= of[0].n_values:
                continue
            mail = &of[0].values[x]
            words.n = 0
            memset(words.text, 0, sizeof(words.text))
            for k in range(1, n_columns):
                x = row[of[k].word]
                if x != 0 and x < of[k].n_values:
                    add_words(&words, &of[k].values[x], of[k].texts)
            flag[i] = form_of(&words, mail, of[0].texts + mail.text, out, &length)
            if length:
                form[i] = hash_bytes(out, length)
    return flags, forms
