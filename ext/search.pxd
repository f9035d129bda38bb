# What a look-up knows: how fields are encoded, the query's bounds, candidates and hits. Structures only; each step
# of a look-up is a header of functions over them: query_texts, hot_names, bounds, candidates, groups.
from batches cimport Batch
from blobs cimport HOT_CATEGORIES, HOT_WORDS, MAX_FIELDS, Store
from comparisons cimport MAX_COMPARISONS, MAX_OTHERS, Comparison
from dates cimport parse_date
from dtypes cimport MAX_TOKENS, Token, Value
from held cimport Held
from lanes cimport Eight
from libc.stdint cimport int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from long_codes cimport MAX_GROUPED
from name_levels cimport NAME_ENDS
from postings cimport Postings, Rarity

cdef enum:
    SLOTS = 64                # candidates decoded and scored together
    TEXT_ROOM = 640           # bytes for one value's folded text and what may be read behind it
    CAPACITY = 512
    BUFFER = 1 << 15          # texts of one record
    MOST_FAMILIES = 24
    MOST_CLASSES = 6
    MOST_DAYS = 256
    MOST_NAMED = 1 << 19      # records with the query's name that are kept in mind
    SEEN_SIZE = 1 << 17
    MOST_SEEN = 1 << 16       # candidates that one query may look at closely
    MOST_SCORED = 1 << 13     # of them, those that it may decode and score: 5 ms
    MOST_SCORED_BY_WORDS = 1 << 12      # the same of a large table with postings by word
    MOST_SCANNED = 1 << 19    # hot rows that one query may look at
    WHOLE_DAYS = 1 << 20      # what looking at whole days may cost, in rows; beyond, only at those of alike names
    SHAPE_LOOK = 2            # rows that one costs where sums over its words or its categories tell most,
    CLOSE_LOOK = 4            # and one that must be looked at closely
    WORTH_KEYS = 1 << 15      # rows of days that are left, from which on names like the query's are looked up first
    MOST_KEYS = 512           # names like the query's that are looked up,
    MOST_POSTED = 1 << 17     # and entries of postings that are read for them
    FIRST_YEAR = 1880
    N_YEARS = 180
    A_YEAR = 416              # 13 months of 32 days, 0 = unknown
    A_MONTH = 32
    TWO_MONTHS = 64
    N_DAYS = 74881
    DAY_SHIFT = 12            # rows whose day is looked for together, as a number of bits
    MOST_SLOTS = 24           # words of a query that are looked up in a look-up's fields of words,
    SLOTS_A_FIELD = 3         # of one field,
    MOST_SLOT_KEYS = 240      # and keys of what may be meant by one
    MOST_VOTES = 1 << 16      # entries of postings that are read for all of them
    FEW_VOTES = 96            # those of the rarest words, whose records are looked at first
    SOME_VOTES = 1 << 12      # those of further ones, where that leaves others open
    VOTES_SIZE = 1 << 17
    MOST_LEFT = 1 << 17       # records of a table with postings by word that are looked at where they left some open
    REMEMBERED = 1024         # tokens whose words are remembered
    MOST_ALIKE = 378
    MOST_ODD = 250            # odd words whose tokens are known
    MOST_ODD_TOKENS = 4
    MOST_DIGITS = 38          # of a number, before its point and behind it
    MOST_BOUND = (1 << 23) - 1      # of a candidate: 32,768 bits
    NEAR_BITS = 512           # candidates within two bits of the best bound are scored together
    SCANNED_AT_ONCE = 512
    MOST_QUESTIONS = 512      # surprisals looked up together
    NOBODY = 0xFFFFFFFF
    FEW_NAMED = 48            # records with the query's name that are looked at one by one
    MOST_NAMESAKES = 1 << 13  # of them, whatever their dates; beyond, only those whose dates are like the query's

# What is known of a hot row's name: levels of a name (ext/name_levels.pxd), and two of the bounds' own.
cdef enum:
    NAME_BOTH_ENDS = 11       # NAME_ENDS and nothing else, where NAME_ENDS stands for all up to it
    NAME_ANY = 12             # any level that is still open
    NAME_SLOTS = 13

# A word of a hot row, by what may be said of it in sums of four.
cdef enum:
    SHAPE_LIKE = 1, SHAPE_UNLIKE = 1 << 3, SHAPE_FIRST = 1 << 6, SHAPE_LAST = 1 << 9, SHAPE_ANYTHING = 1 << 12

# What is known of a candidate's date: its level, or one of these.
cdef enum:
    DATE_ANY = 16             # it has none that the directory of days tells
    DATE_UNASKED = 17         # the query has none
    DATE_UNKNOWN = 31         # the candidate was not met by a day

cdef enum:
    FIELD_TEXT = 0, FIELD_NAME = 1, FIELD_EMAIL = 2, FIELD_IDENTIFIER = 3, FIELD_DATE = 4
    FIELD_CATEGORY = 5, FIELD_NUMBER = 6

cdef enum:
    CUT_SHORT = 1             # a cap ended the search before all that could matter was seen
    DAMAGED_BYTES = 2         # a record could not be read
    ASKS_REPAIR = 4           # a name looks mistyped: the query was not searched

# One field: how its text becomes words of a row, and the scratch tables of its distinct values.
cdef struct Field:
    int kind, word, id_kind, order
    int comparison            # -1 = not compared
    int partner               # field of the other part of the name, -1 = none
    int n_others, others[MAX_OTHERS]    # other names of the person in which a family name may stand
    uint64_t swaps            # these and the partner, a bit a field,
    uint64_t swapped_by       # and the fields of which it is one
    int family, n_parts
    bint is_place             # its texts are abbreviated: in segments before version 6 they are not
    Postings words            # by word, or by the part of an e-mail address before its @; n_buckets 0 = none
    const uint32_t *category_words
    uint32_t n_categories
    Rarity rarity[4]
    Value *values             # 0 missing, 1 the query's, 2 + k candidate k's
    Token *tokens             # 1 to 8 the query's, then eight a candidate
    uint8_t *texts
    int16_t *tf
    int n_query_tokens
    uint32_t written[MAX_TOKENS]    # hashes of the query's tokens as they are written,
    uint32_t spelled[MAX_TOKENS]    # and with spelling classes unified
    uint64_t exact            # content hash of the query's value,
    uint64_t last_exact       # and of the last value encoded
    uint64_t forms[4]         # of its forms whose rarity is known
    bint equal_is_same        # only one value is equal to another
    uint8_t letters[MAX_GROUPED]    # the query's number, where its code is one of pieces
    int n_letters

# One word of the query in one field: what the postings know it, and words like it, by.
cdef struct WordSlot:
    int field, place          # which of the field's words
    int bit                   # of its votes, -1 = not asked: any record may have it; the next one: for the word itself
    int n_keys, n_same, n_moved         # the first keys are those of the word itself, and of these the first in other names
    uint32_t keys[MOST_SLOT_KEYS]
    uint8_t fields[MOST_SLOT_KEYS]      # whose postings each is looked up in: also those of the name's other part
    uint64_t n_entries, n_same_entries, n_moved_entries
    bint only_same            # too many have words like it: any record may, but the word itself is asked
    bint only_moved           # too many have the word itself as well, but it is asked in other names

# A record and the words, a bit each, that it shares with the query; 0 = none.
cdef struct Vote:
    uint32_t row_1            # row + 1
    uint32_t bits

# The surprisal of one form of one value, asked for.
cdef struct Question:
    const Rarity *rarity
    uint64_t content
    int16_t *answer

# The words that may stand for a token, for queries to come.
cdef struct Alike:
    uint64_t token            # content hash, 0 = none
    uint32_t n
    uint16_t words[MOST_ALIKE]
    uint8_t likeness[MOST_ALIKE]

# A word as it is written: hashes of it and of its spelling, and whether it has diacritics; met on first use.
cdef struct Written:
    uint32_t exact, spelling
    bint is_known, is_accented

# A word of the vocabulary that is no plain token: its tokens, as words of their own behind the vocabulary's; and
# whether it may be a title, which goes where it stands first.
cdef struct OddWord:
    uint8_t n_tokens, is_title
    uint16_t words[MOST_ODD_TOKENS]

# The query's tokens (a bit each) that a word equals but for diacritics, is the initial of or has as its initial;
# and the places of the query's name (a bit each) where it is written, or spelled, as here.
cdef struct Marks:
    uint8_t same, initial, written, spelled

cdef struct Hit:
    int32_t weight
    uint32_t row
    uint64_t gamma

# What a query may hold of one field; a category comes as its word.
cdef struct Given:
    const uint8_t *text
    uint32_t n
    uint32_t word


# One field's texts or category words of many queries; NULL = none has it.
cdef struct Column:
    const int32_t *offsets
    const uint8_t *data
    const uint8_t *valid
    const uint32_t *words

# What is left of the bounds where so much is known of the date: what a row's name adds, and what can reach theta.
cdef struct Run:
    Eight of_name[NAME_SLOTS]           # all but the categories
    int reaches[NAME_SLOTS]             # whether such a name can reach theta
    uint8_t fit_reaches[24]             # the same by fit; a name that is looked at closely always does
    uint8_t passes[HOT_CATEGORIES][32]  # categories that leave any hope, once `knows_categories`: ext/row_tests.pxd
    bint is_known, is_quick, knows_categories, prunes     # prunes: some category leaves none

# One thread's look-up; the arrays that it points to are kept alive by the Searcher around it.
cdef struct Search:
    Field fields[MAX_FIELDS]
    int n_fields, n_scored_fields, hot_field, date_field, route_from, route_to, n_hot_categories
    int hot_category[HOT_CATEGORIES]
    int asked[HOT_CATEGORIES]               # places of those that the query has
    int n_asked
    const Store *store
    uint32_t *rows                          # scratch: the query, then candidates
    int n_words                             # of a row
    const Comparison *comparisons           # the scorer's
    const int32_t *weights                  # LANES side by side
    const int32_t *prior
    int n_comparisons
    const uint32_t *days
    uint32_t *day_at         # of the first row of each block of rows, and of what is beyond the last
    const uint16_t *classes
    const Token *hot_tokens
    const uint32_t *token_offsets
    const uint16_t *token_words
    uint32_t n_hot_tokens, n_token_words
    uint64_t initials[256]   # what a word of one letter adds to a name's hash, 0 = none is met
    uint8_t known_tokens[1 << 13]       # a bit for some bits of the hashes of the vocabulary's tokens
    bint knows_tokens        # whether both are filled: on first use
    Postings near            # of names with other tokens, by what is left of them; n_buckets 0 = the file has none
    uint64_t *blocks         # of rows, a bit each: whether a date in it may be like the query's
    uint64_t worth_keys      # WORTH_KEYS, but in tests
    bint has_strange         # hot rows tell tokens that the vocabulary lacks from what may be anything
    uint8_t *odd_of          # word -> 0 a plain token, 1 may stand for anything, else the place of an odd word + 2
    OddWord odd_words[MOST_ODD]
    Postings postings[MOST_FAMILIES]
    int family_field[MOST_FAMILIES]
    int n_families, row_bits
    const Token *spellings                  # distinct tokens of names,
    uint32_t n_spellings
    Postings by_spelling                    # by what is left of them without a letter or two
    int spelling_bits
    bint has_words                          # whether any field has postings by word
    # of the query
    Question questions[MOST_QUESTIONS]
    int n_questions
    uint64_t wanted
    bint has[MAX_FIELDS]
    bint compares[MAX_COMPARISONS]      # whether the query has the comparison's field
    Alike *alike
    uint8_t *like            # word -> bits of the query's tokens that it may stand for
    Marks *marks             # word -> how it does; of words with bits only
    Written *written         # word -> how it is written
    uint16_t *token_of       # word -> its token's place among the hot ones, OTHER_WORD = none
    uint8_t *quick           # word -> 1 like a token, 16 unlike, 0 no word, 128 may stand for anything
    uint16_t *shapes         # word -> 1 like a token, 8 unlike, 64 like the first, 512 like the last, 4096 may be anything
    uint8_t shape_passes[5 << 12]       # by the sum of a row's four: whether its name may reach what is asked,
    int shape_asked          # which is this, -1 = nothing yet
    uint8_t quick_passes[513]           # by the sum of a row's four: whether all words of the shorter name may be alike
    uint16_t touched[1 << 16]
    uint32_t n_touched
    uint16_t given_classes[MOST_CLASSES]
    int n_classes
    int n_query_words        # distinct tokens of the query's name, 0 = it has none
    int last_bit             # the last token's
    int n_again              # tokens of the name that stand there before
    bint is_whole_name       # compared as one; its level is told from the hot row
    Eight base               # prior and the most that fields outside the bounds below can say, a lane each
    Eight field_most[MAX_FIELDS]
    Eight name_most[NAME_SLOTS]
    Eight name_least[NAME_ENDS + 1]     # the same of names with other letters: no missing, glued or mistyped ones
    Eight category_most[HOT_CATEGORIES][256]
    Eight category_best[HOT_CATEGORIES]
    Eight categories_best
    Eight date_most[16]
    Eight any_date
    uint8_t *of_years        # levels of a year's days by those of the same year, a row a day once it was asked for
    uint8_t *knows_year      # whether it was
    const uint8_t *of_year   # of the query's day,
    int first_of_year        # and where its year begins; none is near where it has no day
    int reaches_date[16]                # whether a record with such a date can reach theta,
    int32_t reached                     # which was this when it was last looked at
    Run runs[DATE_UNASKED + 1]          # by what is known of their dates, since theta was last looked at
    Run *run                            # the one being scanned
    int run_date                        # what is known of its dates
    bint is_quick                       # only names matter whose words are all alike
    uint32_t *named          # rows with the query's name, ascending
    uint32_t n_named
    bint knows_named, cut_named         # whether they are known, and some were not looked at
    # of the search
    int32_t floor, least, window, theta     # least: what is known already of another part's answers leaves
    int limit, n_hits, status
    Hit *hits
    int hits_capacity
    Batch *batch
    uint8_t *buffer
    uint64_t *seen
    uint64_t epoch
    uint32_t n_seen, n_scanned, n_scored
    uint64_t spent           # on whole days, in rows
    uint64_t *candidates     # bound + 2**23 (24 bits), date (8 bits), row
    uint32_t n_candidates, candidates_capacity
    WordSlot *slots          # words of the query that are looked up
    int n_slots
    Vote *votes              # by row, open addressing; all empty between searches
    uint32_t *voted          # places that are not
    uint32_t n_voted
    Vote *passed             # those that are offered
    bint knows_words         # whether all records that share one of the hot name's words were met
    const uint8_t *hidden    # bit = row that is not to be found
    const uint8_t *allowed   # bit = row that may be found; NULL = all
    Held *held               # of a small index: all its values; NULL = none
    int holder               # which of its searchers this is
    uint8_t *levels          # of the query, by field and value
    int32_t *most_of_rows    # the most that each record says, and then each pattern of fields
    bint exhaustive, eases   # eases: the floor sinks for a query that says little

# ------------------------------------------------------------------------------------------------ days
cdef inline uint32_t bcd(uint32_t v) noexcept nogil:
    """A number of two digits, four bits each."""
    return v + 6 * (v // 10)

cdef inline uint32_t bcd_of_year(uint32_t year) noexcept nogil:
    return bcd(year // 100) << 8 | bcd(year % 100)

cdef inline uint32_t date_word(const uint8_t *text, uint32_t n, int order) noexcept nogil:
    cdef uint32_t packed = parse_date(text, n, order)
    return bcd_of_year(packed >> 9 & 0x3FFF) << 16 | bcd(packed >> 5 & 15) << 8 | bcd(packed & 31)

cdef inline int two(uint32_t v) noexcept nogil:
    return (v >> 4) * 10 + (v & 15)

# A date's place in the table of surprisals (model/term_frequencies.py), -1 = none.
cdef inline int64_t day_index(uint32_t d) noexcept nogil:
    cdef int year = two(d >> 24) * 100 + two(d >> 16 & 255), month = two(d >> 8 & 255), day = two(d & 255)
    if year < 1 or month < 1 or month > 12 or day < 1 or day > 31:
        return -1
    return (((year - 1800) & 255) * 12 + month - 1) * 31 + day - 1  # days 256 years apart share an entry

# A date's place in the directory of days (linkage/segment/sections.py: day_of).
cdef inline int day_of(uint32_t d) noexcept nogil:
    cdef int year = two(d >> 24) * 100 + two(d >> 16 & 255), month = two(d >> 8 & 255), day = two(d & 255)
    if year < FIRST_YEAR or year >= FIRST_YEAR + N_YEARS or month > 12 or day > 31:
        return 0
    return (year - FIRST_YEAR) * A_YEAR + month * 32 + day + 1

cdef inline uint32_t date_of(int day) noexcept nogil:
    cdef int at = day - 1, year = FIRST_YEAR + at // A_YEAR
    if day == 0:
        return 0
    return bcd_of_year(year) << 16 | bcd(at % A_YEAR >> 5) << 8 | bcd(at & 31)
