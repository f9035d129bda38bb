# Code point -> what it is in a name: a two-level table of each including module, made once by init_letters().
#
# A letter's entry says how it is written without its tone (`exact`, UTF-8, composed), its tone, and its
# ASCII base (`folded`). The tables come from the Unicode database, so no list of letters is kept here; the
# lists below are what Unicode does not know: look-alikes, apostrophes, and what only appears in text
# that was decoded wrongly.
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy

cdef enum:
    CHAR_LETTER = 0
    CHAR_DIGIT = 1            # the kinds up to here make a token
    CHAR_SPACE = 2
    CHAR_APOSTROPHE = 3
    CHAR_DOT = 4
    CHAR_IGNORED = 5
    CHAR_LOST = 6             # stands where a letter was: dropped, suspect
    CHAR_BRACKET = 7          # a separator, suspect

cdef enum:
    LETTER_ACCENTED = 1
    LETTER_FOREIGN = 2        # a Latin-1 letter that Vietnamese does not have: perhaps a legacy encoding
    LETTER_NONLATIN = 4
    LETTER_CAPITAL = 8        # an accented capital of Latin-1
    LETTER_VOWEL = 16         # a, e, i, o, u, y whatever they carry
    LETTER_LOWER = 32         # an ASCII lower-case letter
    LETTER_TELEX = 64         # f j r s w x z: a tone or a horn when it stands behind a vowel

cdef enum:
    N_PAGES = 12
    N_MARKS = 112             # U+0300 - U+036F
    MAX_PAIRS = 1536

cdef extern from *:
    """
    #include <stdint.h>
    typedef struct {
        uint8_t kind, tone, flags, n_exact, exact[4], folded[4], n_folded, unused[3];
    } linkage_char;
    typedef struct { uint16_t composed, first, mark; } linkage_pair;
    /* All of it in one piece, which a module hands to the next one. */
    static struct {
        linkage_char chars[12][256];
        uint8_t page[256];                     /* high byte of a code point -> page, 255 = none */
        uint16_t mark[112];                    /* canonical code point, 0 = ignored */
        uint8_t mark_tone[112], mark_class[112];
        linkage_pair pairs[1536];
        int n_pairs;
    } linkage_letters_of_texts;
    """
    ctypedef struct Char "linkage_char":
        uint8_t kind
        uint8_t tone          # 1 acute, 2 grave, 3 hook, 4 tilde, 5 dot below
        uint8_t flags
        uint8_t n_exact
        uint8_t exact[4]
        uint8_t folded[4]
        uint8_t n_folded
    ctypedef struct Pair "linkage_pair":
        uint16_t composed
        uint16_t first
        uint16_t mark
    Char chars "linkage_letters_of_texts.chars"[12][256]
    uint8_t page_of "linkage_letters_of_texts.page"[256]
    uint16_t mark_code "linkage_letters_of_texts.mark"[112]
    uint8_t mark_tone "linkage_letters_of_texts.mark_tone"[112]
    uint8_t mark_class "linkage_letters_of_texts.mark_class"[112]
    Pair pairs "linkage_letters_of_texts.pairs"[1536]
    int n_pairs "linkage_letters_of_texts.n_pairs"
    void *all_tables "&linkage_letters_of_texts"
    size_t bytes_of_tables "sizeof linkage_letters_of_texts"


cdef inline str base_of(str exact):
    """What is left of a letter that is not Latin where people write it carelessly."""
    import unicodedata
    if "\u3041" <= exact < "\u3100":       # hiragana as katakana, neither with its sound mark
        plain = unicodedata.normalize("NFD", exact)[0]
        return chr(ord(plain) + 0x60) if plain <= "\u3096" else plain
    if "\u0600" <= exact < "\u0700":       # hamza on its carriers, ة as ه, alef for yeh
        plain = unicodedata.normalize("NFD", exact)[0]
        return {"\u0671": "\u0627", "\u0629": "\u0647", "\u0649": "\u064a"}.get(plain, plain)
    if "\u0370" <= unicodedata.normalize("NFD", exact)[0] < "\u0400":       # Greek without dialytika
        return unicodedata.normalize("NFD", exact)[0]
    # Cyrillic: Russian letters for those that Russian keyboards lack, and e for yo.
    return exact.translate(str.maketrans("ёѐєэїіґѓғќқҡңөұүўӯәһҳҗҷӣҙҫ", "ееееиигггкккноууууаххжчизс"))


cdef inline tuple describe_letter(str ch, int code):
    """A letter -> (CHAR_LETTER, tone, flags, exact, folded)."""
    import re
    import unicodedata
    cdef int tone = 0, flags = 0
    # One letter in two codes: Persian and Urdu keyboards have their own of these Arabic letters; a sigma at
    # the end of a word is one in the middle in capitals.
    ch = {"\u03c2": "\u03c3", "\u06cc": "\u064a", "\u06a9": "\u0643", "\u06c1": "\u0647", "\u06d5": "\u0647"}.get(ch, ch)
    if ch in "ÐðƉ":     # eth and African d stand for đ in many Vietnamese files
        nfd = "đ"
    else:
        wide = unicodedata.normalize("NFKC", ch) if code >= 0xFF00 else ch
        nfd = unicodedata.normalize("NFD", wide.lower()).replace("\u0256", "đ")
    base, marks = nfd[0], ""
    for mark in nfd[1:]:
        if mark in "\u0301\u0300\u0309\u0303\u0323":
            tone = tone or 1 + "\u0301\u0300\u0309\u0303\u0323".index(mark)
        else:
            marks += mark
    exact = unicodedata.normalize("NFC", base + marks)
    found = None if base.isascii() else re.match(
        "LATIN SMALL (?:LETTER|LIGATURE) (?:DOTLESS |LONG )?([A-Z]{1,2})(?: WITH .*)?$", unicodedata.name(base, "")
    )
    special = {"ß": "ss", "þ": "th", "ŋ": "ng"}
    if base.isascii():
        folded = base
    elif base in special:
        folded = special[base]
    elif found:
        folded = found[1].lower()
    else:
        folded = base_of(exact)
        flags |= LETTER_NONLATIN | (LETTER_ACCENTED if folded != exact else 0)
    if tone or not exact.isascii() and not flags & LETTER_NONLATIN:
        flags |= LETTER_ACCENTED
    if 0xC0 <= code < 0x100 and ch not in "Ðð":
        if ch.lower() not in "àáâãèéêìíòóôõùúý":
            flags |= LETTER_FOREIGN
        if ch.isupper():
            flags |= LETTER_CAPITAL
    if folded[0] in "aeiouy":
        flags |= LETTER_VOWEL
    if code < 0x80 and ch.islower():
        flags |= LETTER_LOWER
    if code < 0x80 and ch in "FJRSWXZfjrswxz":
        flags |= LETTER_TELEX
    return CHAR_LETTER, tone, flags, exact, folded


cdef inline tuple describe_char(int code):
    """A code point -> (kind, tone, flags, exact, folded)."""
    import unicodedata
    ch = chr(code)
    category = unicodedata.category(ch)
    if ch in "'`´‘’‛ʹʻʼ′＇｀":
        return CHAR_APOSTROPHE, 0, 0, "", ""
    if ch in ".．":
        return CHAR_DOT, 0, 0, "", ""
    if ch in "()[]{}<>+*（）‹›":
        return CHAR_BRACKET, 0, 0, "", ""
    if category == "Nd":
        digit = str(unicodedata.digit(ch))
        return CHAR_DIGIT, 0, 0, digit, digit
    if (ch in "?^~\ufffd†‡…‰€ˆ˜" or category == "Co" or 0x80 <= code < 0xA0 or code == 0xAD
            or 0xA1 <= code < 0xC0 and ch not in "·ªº" or ch in "×÷"):
        return CHAR_LOST, 0, 0, "", ""
    if category == "Cf" or category == "Mn" or ch in "\u0640\uff9e\uff9f":   # vowel points, and what only stretches a word
        return CHAR_IGNORED, 0, 0, "", ""
    if category[0] != "L":
        return CHAR_SPACE, 0, 0, "", ""
    return describe_letter(ch, code)


# An interrupted import fails: tables made by half would give other answers without a word.
cdef inline int init_letters() except -1:
    """Fill the tables of the including module, at import: the first one makes them, some milliseconds."""
    import linkage._kernels as kernels
    cdef bytes made = getattr(kernels, "letters", b"")
    if not made:
        make_letters()
        made = (<char *> all_tables)[:bytes_of_tables]
        kernels.letters = made
    memcpy(all_tables, <const char *> made, bytes_of_tables)
    return 0


cdef inline int make_letters() except -1:
    """Make the tables."""
    global n_pairs
    import unicodedata
    cdef int page, code, i
    cdef Char *entry
    cdef bytes exact, folded
    high_bytes = (0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x1E, 0x1F, 0x20, 0x30, 0xFF)
    n_pairs = 0
    for i in range(256):
        page_of[i] = 255
    for page, high in enumerate(high_bytes):
        page_of[<int> high] = page
        for i in range(256):
            code = (<int> high << 8) | i
            kind, tone, flags, exact_text, folded_text = describe_char(code)
            exact, folded = exact_text.encode()[:4], folded_text.encode()[:4]
            entry = &chars[page][i]
            entry.kind, entry.tone, entry.flags = kind, tone, flags
            entry.n_exact, entry.n_folded = len(exact), len(folded)
            memcpy(entry.exact, <const char *> exact, len(exact))
            memcpy(entry.folded, <const char *> folded, len(folded))
            parts = unicodedata.decomposition(chr(code)).split()
            if len(parts) == 2 and not parts[0].startswith("<") and n_pairs < MAX_PAIRS:
                add_pair(code, int(parts[0], 16), int(parts[1], 16))
    for i in range(N_MARKS):
        nfd = unicodedata.normalize("NFD", chr(0x300 + i))
        mark_class[i] = unicodedata.combining(nfd[0])
        mark_code[i] = ord(nfd[0]) if mark_class[i] else 0
        mark_tone[i] = "\u0301\u0300\u0309\u0303\u0323".find(nfd[len(nfd) - 1]) + 1
    return 0


cdef inline int add_pair(int composed, int first, int mark) except -1:
    """Note that `composed` is `first` with `mark`, unless composing it is excluded."""
    global n_pairs
    import unicodedata
    if unicodedata.normalize("NFC", chr(first) + chr(mark)) == chr(composed):
        pairs[n_pairs].composed = composed
        pairs[n_pairs].first = first
        pairs[n_pairs].mark = mark
        n_pairs += 1
    return 0
