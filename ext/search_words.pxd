# A segment's vocabulary -> which words a Search takes for which tokens, and what odd words are made of. Header-only.
from blobs cimport NO_WORD, STRANGE_WORD
from dtypes cimport Token
from hashing cimport hash_bytes
from libc.stdint cimport uint16_t, uint32_t, uint8_t
from libc.string cimport memset
from query_texts cimport fill_token
from search cimport (
    MOST_ODD,
    MOST_ODD_TOKENS,
    SHAPE_ANYTHING,
    SHAPE_FIRST,
    SHAPE_LAST,
    SHAPE_LIKE,
    OddWord,
    Search,
)
from search_sections cimport pointer

cdef inline bint has_digit(const uint8_t *text, uint32_t n) noexcept nogil:
    cdef uint32_t i
    for i in range(n):
        if c"0" <= text[i] <= c"9":
            return True
    return False

cdef inline int fill_tokens(Search *s, dict sections, list alive) except -1:
    """The tokens of hot rows and their words; those of odd words as words behind the vocabulary's."""
    import numpy

    cdef uint32_t k, at, word
    tokens = sections["hot_tokens"]
    offsets = sections["hot_token_offsets"]
    words = sections["hot_token_words"]
    if tokens.ndim != 2 or tokens.shape[1] != sizeof(Token) or tokens.shape[0] >= NO_WORD \
            or offsets.shape != (tokens.shape[0] + 1,) or int(offsets.max(initial=0)) > words.shape[0]:
        raise ValueError("tokens beyond their words")
    odd = sections["odd_words"]
    pointer(odd, "uint16", odd.shape[0], alive)
    further = read_odd_words(s, odd.tolist())
    first = words.shape[0]
    tokens = numpy.concatenate([tokens.reshape(-1), numpy.frombuffer(b"".join(further.values()), numpy.uint8)])
    offsets = numpy.concatenate([offsets, numpy.arange(first + 1, first + 1 + len(further), dtype=numpy.uint32)])
    if further:            # what lies between the last token's words and the first further one is nobody's
        offsets[offsets.shape[0] - 1 - len(further)] = first
    words = numpy.concatenate([words, numpy.array(list(further), numpy.uint16)])
    s.n_hot_tokens = <uint32_t> (tokens.size // sizeof(Token))
    s.n_token_words = <uint32_t> words.size
    s.hot_tokens = <const Token *> <size_t> pointer(tokens, "uint8", tokens.size, alive)
    s.token_offsets = <const uint32_t *> <size_t> pointer(offsets, "uint32", s.n_hot_tokens + 1, alive)
    s.token_words = <const uint16_t *> <size_t> pointer(words, "uint16", words.size, alive)
    for k in range(s.n_hot_tokens):
        for at in range(s.token_offsets[k], s.token_offsets[k + 1]):
            s.token_of[s.token_words[at]] = <uint16_t> k
    # Digits at the end of a name are no part of it: a word with some is one token only here or there.
    for k in range(s.store.n_words if s.store.n_words < NO_WORD else NO_WORD):
        if s.odd_of[k] == 0 and has_digit(s.store.word_texts + s.store.word_offsets[k],
                                          s.store.word_offsets[k + 1] - s.store.word_offsets[k]):
            s.odd_of[k] = 1
            s.like[k] = 255
            s.quick[k] = 128
            s.shapes[k] = SHAPE_ANYTHING
    # Files of version 1 have no such word, but may hold a vocabulary that reaches as far.
    s.has_strange = s.store.n_words <= STRANGE_WORD
    if s.has_strange:
        s.odd_of[STRANGE_WORD] = 1
        s.quick[STRANGE_WORD] = 1
        s.shapes[STRANGE_WORD] = SHAPE_LIKE | SHAPE_FIRST | SHAPE_LAST
    for k in range(len(odd)):
        word = odd[k]
        s.like[word] = 255
        s.quick[word] = 128
        s.shapes[word] = SHAPE_ANYTHING
    return 0

cdef inline dict read_odd_words(Search *s, list odd):
    """Note what the odd words are made of; further words, one a token of theirs, with that token."""
    from linkage._kernels.normalise import normalise_one

    cdef Token token
    cdef OddWord *o
    cdef uint32_t next = s.store.n_words
    cdef dict further = {}
    cdef bytes text, part
    cdef int n = 0
    for word in odd:
        s.odd_of[word] = 1
        if word >= s.store.n_words or n == MOST_ODD:
            continue
        text = s.store.word_texts[s.store.word_offsets[word]:s.store.word_offsets[word + 1]]
        exact, spelling, folded, n_tokens, flags = normalise_one(text)
        parts = list(zip(exact.split(), spelling.split(), folded.split()))
        if n_tokens > MOST_ODD_TOKENS or len(parts) != n_tokens or next + n_tokens >= STRANGE_WORD \
                or has_digit(text, len(text)):
            continue
        o = &s.odd_words[n]
        n += 1
        s.odd_of[word] = <uint8_t> (n + 1)
        o.n_tokens = n_tokens
        o.is_title = normalise_one(text + b" nguyen van an")[3] != n_tokens + 3
        for i, (written, spelled, part) in enumerate(parts):
            memset(&token, 0, sizeof(Token))
            fill_token(&token, part, len(part))
            s.written[next].exact = <uint32_t> hash_bytes(written, len(written))
            s.written[next].spelling = <uint32_t> hash_bytes(spelled, len(spelled))
            s.written[next].is_accented = flags & 1
            s.written[next].is_known = True
            o.words[i] = <uint16_t> next
            further[next] = (<const uint8_t *> &token)[:sizeof(Token)]
            next += 1
    return further
