# The words of a place or street -> as they are abbreviated: "Street" and "St", "Phường Tân Phú", "P. Tân Phú" and
# "Tân Phú" are one each. Header-only.
#
#   a word that has an abbreviation becomes it, whatever the language: street st, avenida av, Hauptstrasse hauptstr;
#   one of six letters and more also with a slip in it (steret), since what is mistyped is far from its abbreviation
#   what only says that a number follows is left out: No. 5, Nr. 5, số 5, д. 5
#   in Vietnam the kind of a unit before its name is left out: phường, xã, quận, huyện, thị trấn, thị xã, thành phố,
#   tỉnh and their letters; before a number it becomes its letter: Phường 5, P. 5 and P5 are p5
#
# A kind without its accents is one only where a part between commas, or what follows a number, begins with it and two
# words follow: PHUONG MAI is a name. If nothing were left, all stays. Every text only shrinks.
from libc.stdint cimport uint8_t, uint64_t
from libc.string cimport memcmp, memmove, strlen, strncmp

from hashing cimport hash_bytes
from tokens cimport REMEMBERED, Builder

cdef enum:
    N_SHORT = 130
    N_SLOTS = 1024
    LEAST_SLIPPED = 6         # letters of a word that is known with a slip in it

cdef extern from *:
    """
    #include <stdint.h>
    /* Pairs: a folded word and its abbreviation, which is no longer in bytes. */
    static const char *const linkage_short_words[260] = {
        "street", "st", "saint", "st", "sankt", "st", "road", "rd", "ave", "av", "avenue", "av",
        "avenida", "av", "avda", "av", "avd", "av", "platz", "pl", "plac", "pl", "plaza", "pl", "plza", "pl",
        "pza", "pl", "boulevard", "bd", "blvd", "bd", "bld", "bd", "bulvar", "bd", "bulvari", "bd", "blv", "bd",
        "terrace", "ter", "tce", "ter", "crescent", "cres", "square", "sq", "highway", "hwy", "parkway", "pkwy",
        "circle", "cir", "trail", "trl", "apartment", "apt", "apto", "apt", "apartamento", "apt",
        "appartement", "apt", "appt", "apt", "apartmani", "apt", "sainte", "ste", "building", "bldg",
        "rue", "r", "rua", "r", "chemin", "ch", "impasse", "imp", "route", "rte", "calle", "c", "paseo", "po",
        "carretera", "ctra", "carrera", "cra", "travessa", "trv", "praca", "pc", "jardim", "jd",
        "rodovia", "rod", "alameda", "al", "allee", "al", "aleja", "al", "via", "v", "viale", "vle",
        "piazza", "pl", "corso", "cso", "osiedle", "os", "strasse", "str", "straat", "str", "strada", "str",
        "tphcm", "hcm", "jalan", "jl", "jln", "jl", "kabupaten", "kab", "kecamatan", "kec", "kelurahan", "kel",
        "kampung", "kg", "kpg", "kg", "lorong", "lrg", "mahalle", "mah", "mahallesi", "mah", "caddesi", "cad",
        "cadde", "cad", "sokak", "sk", "sokagi", "sk", "sok", "sk", "quadra", "qd", "lote", "lt", "bloco", "bl",
        "conjunto", "cj", "colonia", "col", "colony", "col", "opposite", "opp", "general", "gen",
        "проспект", "пр", "просп", "пр", "переулок", "пер", "область", "обл",
        /* # a number follows; - left out; * kind of a unit, with its letter; + its abbreviation; . its letter; & see below */
        "no", "#", "nº", "#", "nr", "#", "nro", "#", "num", "#", "numero", "#", "number", "#", "nomor", "#", "so", "#",
        "nha", "#", "sn", "#", "д", "#", "дом", "#", "кв", "#", "корп", "#", "ul", "-", "ulica", "-", "ул", "-",
        "улица", "-", "вул", "-", "вулиця", "-", "phuong", "*p", "quan", "*q", "xa", "*", "huyen", "*",
        "tinh", "*", "duong", "*", "tp", "+", "tt", "+", "tx", "+", "p", ".p", "q", ".q", "x", ".", "h", ".",
        "t", ".", "d", ".", "г", ".", "kp", ".kp", "thanh", "&", "thi", "&", "khu", "&", "ho", "&",
    };
    static const char *const linkage_unit_words[6] = {"phương2", "quân5", "xa4", "huyên5", "tinh3", "đương2"};
    static uint8_t linkage_short_slots[1024];     /* by hash: number of a pair + 1, 0 = free */
    /* By first letter: the first pair whose word has one, and behind each pair the next such one; + 1, 0 = none. */
    static uint8_t linkage_short_first[26], linkage_short_next[130];
    """
    const char *short_words "linkage_short_words"[2 * N_SHORT]
    const char *unit_words "linkage_unit_words"[6]
    uint8_t short_slots "linkage_short_slots"[N_SLOTS]
    uint8_t short_first "linkage_short_first"[26]
    uint8_t short_next "linkage_short_next"[N_SHORT]

cdef enum:
    KEPT, LEFT_OUT, SHORTENED, JOINED

# A token: what becomes of it, what the table says of it, and its text in three forms.
cdef struct Word:
    int fate
    const char *said          # of SHORTENED and JOINED what is written, the latter without a space behind it
    int after                 # tokens behind it in the same part
    bint begins               # a part, or what follows a number
    const uint8_t *forms[3]   # exact, spelling, folded
    int lengths[3]

cdef inline void init_place_words() noexcept:
    """Fill the including module's table, at import."""
    cdef int i
    cdef uint64_t slot
    for i in range(N_SHORT):
        slot = hash_bytes(<const uint8_t *> short_words[2 * i], strlen(short_words[2 * i])) & (N_SLOTS - 1)
        while short_slots[slot]:
            slot = (slot + 1) & (N_SLOTS - 1)
        short_slots[slot] = i + 1
        if c"a" <= short_words[2 * i][0] <= c"z" and short_words[2 * i + 1][0] >= c"a":
            short_next[i] = short_first[short_words[2 * i][0] - c"a"]
            short_first[short_words[2 * i][0] - c"a"] = i + 1

cdef inline bint says(const uint8_t *text, int n, const char *word) noexcept nogil:
    return strncmp(<const char *> text, word, n) == 0 and word[n] == 0

# What the table says of a folded word; NULL = nothing.
cdef inline const char *said_of(const uint8_t *word, int n) noexcept nogil:
    cdef uint64_t slot = hash_bytes(word, n) & (N_SLOTS - 1)
    cdef int i
    while short_slots[slot]:
        i = short_slots[slot] - 1
        if says(word, n, short_words[2 * i]):
            return short_words[2 * i + 1]
        slot = (slot + 1) & (N_SLOTS - 1)
    return NULL

# One letter more, less or other, or two changed: words that begin alike.
cdef inline bint is_slip(const uint8_t *a, int na, const uint8_t *b, int nb) noexcept nogil:
    cdef int k = 0
    if not -1 <= na - nb <= 1:
        return False
    while k < na and k < nb and a[k] == b[k]:
        k += 1
    if na != nb:
        return memcmp(a + k + (na > nb), b + k + (nb > na), (na if na < nb else nb) - k) == 0
    if na - k < 2:
        return True
    return memcmp(a + k + 1, b + k + 1, na - k - 1) == 0 or (
        a[k] == b[k + 1] and a[k + 1] == b[k] and memcmp(a + k + 2, b + k + 2, na - k - 2) == 0
    )

# The abbreviation of what a folded word is a slip of; NULL = none.
cdef inline const char *slipped(const uint8_t *word, int n) noexcept nogil:
    cdef int i, length
    if n < LEAST_SLIPPED - 1 or not c"a" <= word[0] <= c"z":
        return NULL
    i = short_first[word[0] - c"a"]
    while i:
        length = <int> strlen(short_words[2 * (i - 1)])
        if length >= LEAST_SLIPPED and is_slip(word, n, <const uint8_t *> short_words[2 * (i - 1)], length):
            return short_words[2 * (i - 1) + 1]
        i = short_next[i - 1]
    return NULL

cdef inline bint is_number(const Word *w) noexcept nogil:
    return c"0" <= w.forms[2][0] <= c"9"

cdef inline bint is_plain(const Word *w) noexcept nogil:
    return w.lengths[0] == w.lengths[2] and memcmp(w.forms[0], w.forms[2], w.lengths[0]) == 0

cdef inline bint reads(const Word *w, int form, const char *word) noexcept nogil:
    return says(w.forms[form], w.lengths[form], word)

# Kinds of two words, thành phố and its like; Ho Chi Minh, whom half of the country writes HCM.
cdef inline void judge_several(Word *w) noexcept nogil:
    cdef bint plain = is_plain(w) and w.after and is_plain(w + 1)
    if w.after >= 2 and reads(w, 2, "ho") and reads(w + 1, 2, "chi") and reads(w + 2, 2, "minh"):
        w.fate, w.said = SHORTENED, "hcm"
        w[1].fate = w[2].fate = LEFT_OUT
    elif w.after >= 2 and reads(w, 2, "khu") and reads(w + 1, 2, "pho") and is_number(w + 2):
        w.fate, w.said = JOINED, "kp"
        w[1].fate = LEFT_OUT
    elif w.after >= 2 and (
        reads(w, 0, "thanh2") and reads(w + 1, 0, "ph\xc3\xb41")
        or reads(w, 0, "thi5") and (reads(w + 1, 0, "xa4") or reads(w + 1, 0, "tr\xc3\xa2n1"))
        or plain and reads(w, 2, "thanh") and reads(w + 1, 2, "pho")
        or plain and w.begins and w.after >= 3 and reads(w, 2, "thi") and (reads(w + 1, 2, "xa") or reads(w + 1, 2, "tran"))
    ):
        w[0].fate = w[1].fate = LEFT_OUT

# What becomes of a word, those behind it being judged.
cdef inline void judge(Word *w, bint dotted) noexcept nogil:
    cdef const char *said = said_of(w.forms[2], w.lengths[2])
    cdef char role
    cdef bint counted = w.after > 0 and is_number(w + 1)
    cdef int i
    if said == NULL:
        w.said = slipped(w.forms[2], w.lengths[2])
        w.fate = KEPT if w.said == NULL else SHORTENED
        return
    role = said[0]
    if role == c"#":
        if counted or w.after > 1 and w[1].fate == LEFT_OUT and is_number(w + 2):
            w.fate = LEFT_OUT
    elif role == c"-":
        w.fate = LEFT_OUT
    elif role == c"&":
        judge_several(w)
    elif role != c"*" and role != c"+" and role != c".":
        w.fate, w.said = SHORTENED, said
    elif counted:
        if said[1] and (role == c"*" or dotted or w.begins):
            w.fate, w.said = JOINED, said + 1
    elif w.after > 0:
        if role == c"+" and w.begins or role == c"." and dotted and w[1].lengths[2] > 1 and (w.begins or said[1]):
            w.fate = LEFT_OUT
        elif role == c"*":
            if is_plain(w) and w.begins and w.after >= 2:
                w.fate = LEFT_OUT
            for i in range(6):
                if reads(w, 0, unit_words[i]):
                    w.fate = LEFT_OUT

# Without the end that street names have in German and Dutch, also with a slip in it: Hauptstr.
cdef inline void cut_street(Word *w) noexcept nogil:
    cdef int form, size, n = w.lengths[2], less = 0
    cdef const uint8_t *end = w.forms[2] + n
    for size in range(6, 9):
        if n > size and memcmp(end - size, b"str", 3) == 0 and (
            is_slip(end - size, size, b"strasse", 7) or size == 6 and memcmp(end - size, b"straat", 6) == 0
        ):
            less = size - 3
    for form in range(2):     # the long s of German is as long as the two that it is folded to
        if less and memcmp(w.forms[form] + w.lengths[form] - less - 3, b"str", 3) != 0:
            return
    for form in range(3):
        w.lengths[form] -= less

cdef inline int write_words(uint8_t *out, const Word *words, int n, int form) noexcept nogil:
    """Into the buffer that the words are in; its new length."""
    cdef int i, at = 0
    cdef long size
    cdef bint joined = True
    for i in range(n):
        if words[i].fate == LEFT_OUT:
            continue
        if not joined:
            out[at] = c" "
            at += 1
        joined = words[i].fate == JOINED
        if words[i].said != NULL:
            size = strlen(words[i].said)
            memmove(out + at, words[i].said, size)
        else:
            size = words[i].lengths[form]
            memmove(out + at, words[i].forms[form], size)
        at += <int> size
    return at

cdef inline void shorten_places(Builder *b) noexcept nogil:
    """The tokens of a place or street, the last one ended -> as this file's head says."""
    cdef Word words[REMEMBERED]
    cdef Word *w
    cdef int i, n = b.n_tokens if b.n_tokens < REMEMBERED else REMEMBERED
    cdef int n_written = 0, n_joined = 0
    for i in range(n):       # beyond the last start that is remembered, the rest is one word that nothing is said of
        w = &words[i]
        w.fate, w.said, w.after = KEPT, NULL, 0
        w.forms[0], w.forms[1], w.forms[2] = b.exact + b.exact_start[i], b.spelling + b.spelling_start[i], b.folded + b.folded_start[i]
        w.lengths[0] = (b.exact_start[i + 1] - 1 if i + 1 < n else b.n_exact) - b.exact_start[i]
        w.lengths[1] = (b.spelling_start[i + 1] - 1 if i + 1 < n else b.n_spelling) - b.spelling_start[i]
        w.lengths[2] = (b.folded_start[i + 1] - 1 if i + 1 < n else b.n_folded) - b.folded_start[i]
        w.begins = i == 0 or b.parts >> i & 1 or is_number(w - 1)
    for i in range(n - 1, -1, -1):
        w = &words[i]
        if i + 1 < n and not b.parts >> (i + 1) & 1:
            w.after = w[1].after + 1
        cut_street(w)
        judge(w, b.dotted >> i & 1)
    for i in range(n):
        n_written += words[i].fate != LEFT_OUT
        n_joined += words[i].fate == JOINED
    if n_written == 0:
        return
    b.n_tokens -= n - n_written + n_joined
    b.n_exact = write_words(b.exact, words, n, 0)
    b.n_spelling = write_words(b.spelling, words, n, 1)
    b.n_folded = write_words(b.folded, words, n, 2)
