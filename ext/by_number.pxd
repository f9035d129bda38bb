# A query's numbers -> the records that hold one of them, or one a slip away. Header-only.
from candidates cimport offer_key, settle
from libc.stdint cimport INT32_MAX, uint8_t, uint64_t
from libc.string cimport memcpy
from linkage._kernels.score cimport Scorer
from id_texts cimport MAX_NIBBLES, MAX_SIXES
from long_codes cimport MAX_GROUPED, TAG_PIECES, is_grouped, n_pieces, pack_digits, unpack_digits, with_piece
from number_levels cimport ID_NEAR
from postings cimport posting_key
from reaches cimport most_left, without_level
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

cdef inline void by_piece_edits(Search *s, int i, uint64_t code) noexcept nogil:
    """The same of 11 to 18 letters and digits, but for one more or less, which their codes do not tell."""
    cdef int family = s.fields[i].family, n = s.fields[i].n_letters, m = n_pieces(code >> 60), k, at, c
    cdef uint8_t text[MAX_GROUPED]
    cdef uint8_t was
    cdef uint64_t other
    memcpy(text, s.fields[i].letters, n)
    for k in range(m if n else 0):
        for at in range(n * k // m, n * (k + 1) // m):
            was = text[at]
            for c in range(36):
                text[at] = <uint8_t> (c"0" + c if c < 10 else c"A" + c - 10)
                if text[at] != was:
                    offer_key(s, family, posting_key(with_piece(code, text, n, k), family), INT32_MAX)
            text[at] = was
            if at + 1 < n and text[at + 1] != was:
                text[at] = text[at + 1]
                text[at + 1] = was
                other = with_piece(code, text, n, k)
                if at + 1 == n * (k + 1) // m:
                    other = with_piece(other, text, n, k + 1)
                offer_key(s, family, posting_key(other, family), INT32_MAX)
                text[at + 1] = text[at]
                text[at] = was

cdef inline void by_short_edits(Search *s, int family, uint64_t code) noexcept nogil:
    """The same of at most 15 digits, four bits each, or ten letters and digits of six bits."""
    cdef uint64_t tag = code >> 60 << 60, low, high, sign, next, other
    cdef int width = 6 if tag else 4, most = MAX_SIXES if tag else MAX_NIBBLES, n_signs = 36 if tag else 10
    cdef int n = 0, k, d
    cdef uint64_t mask = (<uint64_t> 1 << width) - 1
    code ^= tag
    while n < most and code >> (width * n):
        n += 1
    for k in range(n):
        low = code & ((<uint64_t> 1 << (width * k)) - 1)
        high = code >> (width * k) >> width
        sign = code >> (width * k) & mask
        for d in range(1, n_signs + 1):
            if <uint64_t> d != sign:
                offer_key(s, family, posting_key(tag | low | (high << width | d) << (width * k), family), INT32_MAX)
            if n < most:
                other = tag | low | (high << 2 * width | sign << width | d) << (width * k)
                offer_key(s, family, posting_key(other, family), INT32_MAX)
        offer_key(s, family, posting_key(tag | low | high << (width * k), family), INT32_MAX)
        if k + 1 < n:
            next = high & mask
            if next != sign:
                other = tag | low | ((high >> width) << 2 * width | sign << width | next) << (width * k)
                offer_key(s, family, posting_key(other, family), INT32_MAX)
    if n < most:
        for d in range(1, n_signs + 1):
            offer_key(s, family, posting_key(tag | code | <uint64_t> d << (width * n), family), INT32_MAX)

cdef inline void by_edits(Search *s, Scorer scorer, int i, uint64_t code) noexcept nogil:
    """Offer records whose number differs by one character, two neighbours, one character more or less."""
    if is_grouped(code) or code >> 60 == 0 and code >> 56:         # 15 digits may be 16 that lost one
        by_long_edits(s, s.fields[i].family, code)
    elif code >> 60 >= TAG_PIECES:
        by_piece_edits(s, i, code)
    elif code >> 60 < 2:
        by_short_edits(s, s.fields[i].family, code)
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
