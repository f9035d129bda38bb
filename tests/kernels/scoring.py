"""Tiny tables -> level codes and weights of their pairs, through the compiled scorer."""

import numpy as np
import pyarrow as pa

from linkage._kernels.score import Scorer
from linkage.comparison.program import comparisons_of, make_scorer, unpack_codes
from linkage.fields.batch import encode_records
from linkage.model.model import LANES
from linkage.model.weights import layout
from linkage.schema import Schema
from linkage.tables.opening import open_source

N_CODES = {"identifier": 5, "date": 12, "category": 4, "number": 5}


def encode(columns, fields, *, right=None, rules=(), threads=1):
    """Columns of texts, named like the fields, -> EncodedRecords; with `right`, of a link."""
    schema = Schema(tuple(fields), tuple(rules), None)
    tables = [columns] if right is None else [columns, right]
    sources = [open_source(pa.table({k: pa.array(v, pa.string()) for k, v in t.items()})) for t in tables]
    headers = [{f.name: f.name for f in fields} for _ in tables]
    return encode_records(sources, headers, schema, threads=threads)


def scorer_of(records, *, frequencies=None, parents=None):
    comparisons = comparisons_of(records.schema)
    parents = parents or [-1] * len(comparisons)
    bases, size = layout(comparisons, parents)
    scorer = make_scorer(
        records, comparisons, parents=parents, bases=bases, term_frequencies=frequencies or {}
    )
    weigh_nothing(scorer, size, len(comparisons))
    return scorer, comparisons


def weigh_nothing(scorer, size, n_comparisons):
    scorer.set_weights(
        np.zeros(1, np.int32),
        np.zeros((size, LANES), np.int32),
        np.zeros((n_comparisons, LANES), np.int32),
        np.zeros((n_comparisons, LANES), np.uint8),
    )


def level_of(columns, fields):
    """Codes of the first two records, by field."""
    scorer, comparisons = scorer_of(encode(columns, fields))
    weight, gamma = np.empty(1, np.int32), np.empty(1, np.uint64)
    scorer.score_pairs(np.array([0], np.uint32), np.array([1], np.uint32), weight, gamma)
    codes = unpack_codes(gamma, comparisons)[0].tolist()
    return dict(zip((c.name for c in comparisons), codes, strict=True))


def level_of_words(operation, a, b):
    """The code of two rows of words as the encoders write them."""
    rows = np.array([a, b], np.uint32).reshape(2, -1)
    spec = {"op": operation, "word": 0, "partner": -1, "shift": 0, "parent": -1, "base": 0}
    spec |= {"n_codes": N_CODES[operation], "shared": False, "tf_parts": (), "comparator": 0}
    spec |= dict.fromkeys(("values", "partner_values", "partner_texts", "tokens", "texts", "tf"))
    scorer = Scorer([spec], rows)
    weigh_nothing(scorer, N_CODES[operation], 1)
    weight, gamma = np.empty(1, np.int32), np.empty(1, np.uint64)
    scorer.score_pairs(np.array([0], np.uint32), np.array([1], np.uint32), weight, gamma)
    return int(gamma[0])
