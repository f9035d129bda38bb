# A query's numbers -> the records that hold one of them, or one a slip away. Header-only.
from bounds cimport most_left, without_level
from candidates cimport offer_key, settle
from libc.stdint cimport INT32_MAX, uint8_t, uint64_t
from libc.string cimport memcpy
from linkage._kernels.score cimport Scorer
from long_codes cimport MAX_GROUPED, is_grouped, pack_digits, unpack_digits
from number_levels cimport ID_NEAR
from postings cimport posting_key
from search cimport FIELD_EMAIL, FIELD_IDENTIFIER, Search
from text_levels cimport EMAIL_LOCAL

cdef inline uint64_t code_of(Search *s, int i) noexcept nogil:
    return s.rows[s.fields[i].word] | <uint64_t> s.rows[s.fields[i].word + 1] << 32

cdef inline void offer_digits(Search *s, int family, const uint8_t *digits, int n) noexcept nogil:
    cdef uint64_t code = pack_digits(digits, n)
    if code:
        offer_key(s, family, posting_key(code, family), INT32_MAX)

cdef inline void by_long_edits(Search *s, int family, uint64_t code) noexcept nogil:
    """The same of a number of 15 to 18 digits, whose last may be an X."""
    cdef uint8_t digits[MAX_GROUPED + 2]
    cdef uint8_t longer[MAX_GROUPED + 2]
    cdef int n = unpack_digits(code, digits), k, d
    cdef uint8_t was
    for k in range(n + 1):
        memcpy(longer, digits, k)
        memcpy(longer + k + 1, digits + k, n - k)
        was = digits[k] if k < n else 0
        for d in range(11):
            longer[k] = <uint8_t> d
            offer_digits(s, family, longer, n + 1)
            if k < n and d != was:
                digits[k] = <uint8_t> d
                offer_digits(s, family, digits, n)
        if k == n:
            return
        memcpy(longer + k, digits + k + 1, n - k - 1)
        offer_digits(s, family, longer, n - 1)
        digits[k] = was
        if k + 1 < n and digits[k + 1] != was:
            digits[k] = digits[k + 1]
            digits[k + 1] = was
            offer_digits(s, family, digits, n)
            digits[k + 1] = digits[k]
            digits[k] = was

cdef inline void by_edits(Search *s, Scorer scorer, int i, uint64_t code) noexcept nogil:
    """Offer records whose number differs by one digit, two neighbours, one digit more or less."""
    cdef int family = s.fields[i].family, n = 0, k, d
    cdef uint64_t low, high, digit, next, other
    if is_grouped(code) or code >> 60 == 0 and code >> 56:         # 15 digits may be 16 that lost one
        by_long_edits(s, family, code)
        settle(s, scorer)
        return
    if code >> 60:
        return
    while n < 15 and code >> (4 * n):
        n += 1
    for k in range(n):
        low = code & ((<uint64_t> 1 << (4 * k)) - 1)
        high = code >> (4 * k + 4)
        digit = code >> (4 * k) & 15
        for d in range(1, 11):
            if <uint64_t> d != digit:
                offer_key(s, family, posting_key(low | (high << 4 | d) << (4 * k), family), INT32_MAX)
            if n < 15:
                offer_key(s, family, posting_key(low | (high << 8 | digit << 4 | d) << (4 * k), family), INT32_MAX)
        offer_key(s, family, posting_key(low | high << (4 * k), family), INT32_MAX)
        if k + 1 < n:
            next = high & 15
            if next != digit:
                other = low | ((high >> 4) << 8 | digit << 4 | next) << (4 * k)
                offer_key(s, family, posting_key(other, family), INT32_MAX)
    if n < 15:
        for d in range(1, 11):
            offer_key(s, family, posting_key(code | <uint64_t> d << (4 * n), family), INT32_MAX)
    settle(s, scorer)

cdef inline void by_numbers(Search *s, Scorer scorer) noexcept nogil:
    """Records that hold one of the query's numbers, then those one edit away."""
    cdef int i
    for i in range(s.n_fields):
        if s.has[i] and s.fields[i].family >= 0 and s.fields[i].kind == FIELD_IDENTIFIER:
            offer_key(s, s.fields[i].family, posting_key(code_of(s, i), s.fields[i].family), INT32_MAX)
        elif s.has[i] and s.fields[i].family >= 0 and s.fields[i].kind == FIELD_EMAIL:
            offer_key(s, s.fields[i].family, posting_key(s.fields[i].values[1].folded, s.fields[i].family), INT32_MAX)
    settle(s, scorer)
    for i in range(s.n_fields):
        if s.has[i] and s.fields[i].family >= 0 and s.fields[i].kind == FIELD_IDENTIFIER:
            without_level(s, i, ID_NEAR)
            if most_left(s) >= s.theta:
                by_edits(s, scorer, i, code_of(s, i))
            without_level(s, i, ID_NEAR - 1)
        elif s.has[i] and s.fields[i].family >= 0 and s.fields[i].kind == FIELD_EMAIL:
            without_level(s, i, EMAIL_LOCAL)
