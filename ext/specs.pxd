# A comparison as its schema describes it, with its arrays, and a model's weights -> what kernels know of it.
from batches cimport Program
from comparisons cimport (
    LANES,
    MAX_CODES,
    MAX_OTHERS,
    OP_CATEGORY,
    OP_CUSTOM,
    OP_DATE,
    OP_EMAIL,
    OP_IDENTIFIER,
    OP_NAME,
    OP_NUMBER,
    OP_PART,
    OP_TEXT,
    Comparator,
    Comparison,
)
from dtypes cimport Token, Value
from libc.stdint cimport int16_t, int32_t, uint8_t
from libc.stddef cimport size_t


# The address of an array that stays alive in `alive`; 0 for None.
cdef inline size_t held(list alive, array) except? 0:
    if array is None:
        return 0
    alive.append(array)
    return array.ctypes.data


# Fill comparison i of a program whose rows have so many words; the arrays that it points to go into `alive`.
cdef inline read_spec(Program *p, int i, dict spec, Py_ssize_t n_words, list alive, dict operations, dict least_codes):
    cdef Comparison *c = &p.comparisons[i]
    tf, parts = spec["tf"], spec["tf_parts"]
    c.op = operations[spec["op"]]
    c.word = spec["word"]
    c.partner = spec["partner"]
    c.shift = spec["shift"]
    c.parent = spec["parent"]
    c.n_codes = spec["n_codes"]
    c.base = spec["base"]
    if not least_codes[spec["op"]] <= c.n_codes <= MAX_CODES or not 0 <= c.shift < 64 or c.base < 0 \
            or len(parts) > MAX_CODES or min(parts, default=0) < 0 or max(parts, default=0) > 4:
        raise ValueError(f"comparison {i}: a level beyond those of its operation")
    c.mask = (1 << (c.n_codes - 1).bit_length()) - 1
    c.shared = spec["shared"]
    c.grouped = spec.get("grouped", True)
    width = 2 if c.op == OP_IDENTIFIER else 1
    if not 0 <= c.word <= n_words - width or c.partner >= <int> n_words or c.parent >= i:
        raise ValueError(f"comparison {i} does not fit the rows")
    c.values = <const Value *> held(alive, spec["values"])
    c.partner_values = <const Value *> held(alive, spec["partner_values"])
    c.tokens = <const Token *> held(alive, spec["tokens"])
    c.texts = <const uint8_t *> held(alive, spec["texts"])
    c.partner_texts = <const uint8_t *> held(alive, spec["partner_texts"])
    others = spec.get("others", ())
    if len(others) > MAX_OTHERS:
        raise ValueError(f"comparison {i}: more than {MAX_OTHERS} other names")
    c.n_others = len(others)
    for code, (word, values, tokens) in enumerate(others):
        if not 0 <= word < n_words:
            raise ValueError(f"comparison {i}: another name that the rows do not hold")
        c.others[code] = word
        c.other_values[code] = <const Value *> held(alive, values)
        c.other_tokens[code] = <const Token *> held(alive, tokens)
    if tf is not None and (str(tf.dtype) != "int16" or not tf.flags.c_contiguous
                           or tf.shape[1:] != (() if c.op == OP_DATE else (4,))):
        raise ValueError(f"comparison {i}: expected term frequencies as int16, four a value or one a day")
    c.tf = <const int16_t *> held(alive, tf)
    c.n_tf = 0 if tf is None else tf.shape[0]
    for code, part in enumerate(parts):
        c.tf_part[code] = part
    c.comparator = <Comparator> <size_t> (spec["comparator"] or 0)
    c.rarest = 0 if tf is None or not tf.size else int(tf.max())


# Put weights that are held, and have the shapes that `Scorer.set_weights` asks for, into a program.
cdef inline read_weights(Program *p, const int32_t[::1] prior, const int32_t[:, ::1] weights,
                         const int32_t[:, ::1] most, const uint8_t[:, ::1] weighs_rarity, int32_t unused):
    cdef int i, k, row, n_rows
    cdef Comparison *c
    for i in range(p.n):
        c = &p.comparisons[i]
        n_rows = p.comparisons[c.parent].n_codes if c.parent >= 0 else 1
        if c.base + n_rows * c.n_codes > weights.shape[0]:
            raise ValueError("the weights are shorter than the comparisons need")
        c.weighs_missing = False
        for row in range(n_rows):
            for k in range(LANES):
                if weights[c.base + row * c.n_codes, k]:
                    c.weighs_missing = True
    p.weights = &weights[0, 0]
    p.n_lanes = <int> prior.shape[0]
    for k in range(LANES):
        # A lane without a class never decides, neither by its weight nor by its bound.
        p.prior[k] = prior[k] if k < p.n_lanes else unused
        for i in range(p.n):
            p.comparisons[i].most[k] = most[i, k]
            p.comparisons[i].rarity_of[k] = -1 if weighs_rarity[i, k] else 0
