"""Which comparison depends on which: damage that spares other fields, and strangers among the matches."""

import numpy as np

import linkage
from linkage.comparison.program import comparisons_of
from linkage.model.dependence import OneClass, choose_parents
from linkage.model.patterns import M_STRENGTH, Maximiser, Patterns, level_counts
from linkage.schema import Field

COMPARISONS = comparisons_of(
    linkage.Schema(
        [
            Field("born", "date"),
            Field("given", "person_name", part="given"),
            Field("family", "person_name", part="family"),
        ]
    )
)
TOP = [c.operation.n_codes - 1 for c in COMPARISONS]


def patterns(*rows):
    """Rows of (damaged born, given, family, pairs)."""
    codes = np.array([[top - down for top, down in zip(TOP, row, strict=False)] for row in rows], np.uint8)
    counts = np.array([row[-1] for row in rows], np.float64)
    none = np.zeros(len(rows))
    return Patterns(np.asfortranarray(codes), counts, none, none), counts


def parents_of(*rows):
    nothing = patterns((9, 6, 6, 1e6))
    return choose_parents(COMPARISONS, OneClass(*nothing), OneClass(*patterns(*rows)))


def test_damage_of_one_field_spares_the_others():
    parents, leans = parents_of((3, 0, 0, 400), (0, 2, 0, 300), (0, 0, 2, 300), (3, 2, 0, 5))
    assert parents[1] == 0 and parents[2] >= 0
    assert not any(leans)


def test_independent_damage_makes_no_parent():
    rows = [
        (3 * a, 2 * b, 2 * c, 2000 * 0.2 ** (a + b + c) * 0.8 ** (3 - a - b - c))
        for a in (0, 1)
        for b in (0, 1)
        for c in (0, 1)
    ]
    assert parents_of(*rows)[0] == [-1, -1, -1]


def test_strangers_among_the_matches_make_no_parent():
    # They differ in date and given name together.
    assert parents_of((0, 0, 0, 800), (3, 0, 0, 50), (0, 2, 0, 50), (9, 6, 0, 100))[0] == [-1, -1, -1]


def test_few_matches_make_no_parent():
    assert parents_of((3, 0, 0, 40), (0, 2, 0, 30), (0, 0, 2, 30))[0] == [-1, -1, -1]


ADDRESS = comparisons_of(
    linkage.Schema(
        [
            Field("name", "person_name"),
            Field("city", "text", shared=True),
            Field("postcode", "text", shared=True),
            Field("street", "address", shared=True),
        ]
    )
)


def parents_of_address(*rows):
    """Rows of (name, city, postcode, street, pairs): 0 = equal, 1 = another, 2 = written in another way,
    None = missing."""

    def code(found, n_codes):
        return {0: n_codes - 1, 1: 1, 2: n_codes - 2, None: 0}[found]

    def made(rows):
        codes = np.array(
            [[code(d, c.operation.n_codes) for d, c in zip(r, ADDRESS, strict=False)] for r in rows]
        ).astype(np.uint8)
        counts, none = np.array([r[-1] for r in rows], np.float64), np.zeros(len(rows))
        return OneClass(Patterns(np.asfortranarray(codes), counts, none, none), counts)

    return choose_parents(ADDRESS, made([(1, 1, 1, 1, 1e6)]), made(rows))[0]


def test_thirty_who_moved_show_that_parts_of_an_address_differ_together():
    parents = parents_of_address((0, 0, 0, 0, 300), (0, 0, 0, 1, 10), (0, 0, 1, 0, 10), (0, 1, 1, 1, 30))
    assert parents[0] == -1 and parents[1] == -1 and parents[2] == 1 and parents[3] in (1, 2)


def test_a_street_leans_on_what_tells_most_of_its_moves():
    """Not on how both records are written, nor on pairs without a town, whose postcode is a new one."""
    alike = ((0, 0, 0, 0, 4000), (0, 2, 2, 2, 1500), (0, 2, 0, 2, 1500))
    moved = ((0, 0, 1, 1, 100), (0, 1, 1, 1, 100))
    renumbered = (0, None, 1, 0, 600)
    assert parents_of_address(*alike, *moved, renumbered) == [-1, -1, 1, 2]
    # Where few are seen to have moved, all that is written counts.
    assert parents_of_address(*alike, (0, 1, 1, 1, 10), renumbered)[3] == 1


def test_parts_of_an_address_damaged_one_by_one_stand_alone():
    rows = [
        (0, a, b, c, 400 * 0.1 ** (a + b + c) * 0.9 ** (3 - a - b - c))
        for a in (0, 1)
        for b in (0, 1)
        for c in (0, 1)
    ]
    assert parents_of_address(*rows) == [-1] * 4


def test_a_rare_kind_of_damage_leans_on_other_kinds():
    # Names are mostly damaged, but not where the date is; ten matches have the day and month exchanged.
    found, counts = patterns((0, 2, 0, 600), (2, 0, 0, 390), (2, 2, 0, 10), (1, 0, 0, 10))
    shape = Maximiser(COMPARISONS, [-1, 0, -1])
    prior = [np.array(c.operation.prior) for c in COMPARISONS]
    m = shape.table(shape.probabilities(level_counts(found, counts, shape), prior, M_STRENGTH), 1)
    assert m[TOP[0] - 1, -1] > 0.9 and m[TOP[0], -1] < 0.1
    # Dates that differ altogether may be those of other people, whose names agree for being namesakes.
    assert m[1, -1] < 0.5
