"""A seed -> a small table of people, and a model with drawn probabilities over it."""

import numpy as np

from linkage.comparison.program import comparisons_of, make_scorer
from linkage.model.model import ComparisonParameters, Model
from linkage.model.term_frequencies import term_frequencies
from linkage.model.weights import weight_tables
from linkage.schema import Field
from tests.kernels.scoring import encode

NAMES = ["Nguyễn Văn An", "nguyen van an", "Nguyễn Thị An", "Trần Hùng", "Tran Hung", "Lê Lan", ""]
PARTS = ["Martin"] * 12 + ["Weber"] * 6 + ["Marten", "Martinn", "Martina", "Weberr", "Webber", "W", ""]
DATES = ["01/02/1990", "02/01/1990", "1990", "03/02/1990", "05/05/1955", "", "11/11/2001"]
NUMBERS = [
    "079203001234",
    "079203001235",
    "079203001243",
    "001099123456",
    "",
    "110101199001011234",
    "11010119900101123X",
    "110101199001012134",
    "11010119900101234",
    "3174010101900001",
    "RSSMRA85M01H501Z",
    "RSSMRB85M01H501X",
    "GARC850115HDFLNS09",
    "GARC850116HDFLNS09",
]
FIELDS = (
    Field("name", "person_name"),
    Field("born", "date"),
    Field("number", "identifier"),
    Field("sex", "category", format="sex", missing="informative"),
    Field("mother", "person_name", shared=True),
    Field("commune", "text", shared=True),
    Field("given", "person_name", part="given"),
    Field("family", "person_name", part="family"),
    Field("maiden name", "person_name"),
)


def people(random, n):
    sexes, communes = ["Nam", "Nữ", ""], ["Xã An Bình", "An Binh", "Hòa Bình"]
    pools = (NAMES, DATES, NUMBERS, sexes, NAMES, communes, PARTS, PARTS, PARTS)
    return {f.name: random.choice(pool, n).tolist() for f, pool in zip(FIELDS, pools, strict=True)}


def drawn_model(random, schema):
    comparisons = comparisons_of(schema)
    relatives = {"household": 1e-3, "twins": 1e-5, "community": 1e-2} if random.random() < 0.8 else {}
    parameters = []
    for i, item in enumerate(comparisons):
        parent = int(random.integers(-1, i))
        n_parent = comparisons[parent].operation.n_codes if parent >= 0 else 1
        shape = (n_parent, item.operation.n_codes)

        def drawn(shape=shape, item=item):
            table = random.dirichlet(np.full(shape[1], 0.4), shape[0]).clip(1e-6, 1)
            if item.field.missing == "neutral":
                table[:, 0] = 1
            return table

        parameters.append(
            ComparisonParameters(
                item.name,
                comparisons[parent].name if parent >= 0 else None,
                drawn(),
                drawn(),
                np.array([drawn() for _ in relatives]).reshape(len(relatives), *shape),
                random.uniform(0, 8, shape[1]),
            )
        )
    return Model(schema, parameters, 10.0 ** -random.uniform(1, 5), relatives)


def drawn_scorer(seed, n, *, n_left=0):
    """Records, their comparisons, tables of term frequencies, weight tables and the scorer."""
    random = np.random.default_rng(seed)
    table = people(random, n - n_left)
    records = encode(people(random, n_left) if n_left else table, FIELDS, right=table if n_left else None)
    comparisons = comparisons_of(records.schema)
    frequencies = term_frequencies(records, comparisons)
    tables = weight_tables(drawn_model(random, records.schema), comparisons, frequencies)
    scorer = make_scorer(
        records,
        comparisons,
        parents=tables.parents,
        bases=tables.bases,
        term_frequencies=frequencies,
    )
    scorer.set_weights(tables.prior, tables.weights, tables.most, tables.weighs_rarity)
    return records, comparisons, frequencies, tables, scorer
