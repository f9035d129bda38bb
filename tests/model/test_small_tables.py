"""A small table in, u after training: what matches agree on is not left with the strangers."""

import random

import pyarrow as pa

import linkage


def list_of_names(n=900, seed=3):
    """Names and telephones, each person once to three times; every other number is missing."""
    draw = random.Random(seed)
    syllables = [a + b for a in "bdfghklmnrst" for b in "aeiou"]
    given, family = (["".join(draw.choices(syllables, k=3)) for _ in range(150)] for _ in range(2))
    rows = []
    for k in range(n):
        name, phone = f"{draw.choice(given)} {draw.choice(family)}", f"0{draw.randrange(10**8, 10**9)}"
        for _ in range(draw.choice((1, 2, 3))):
            rows.append((name, phone if draw.random() < 0.5 else None, k))
    draw.shuffle(rows)
    return rows


def test_u_of_a_name_comes_down_to_what_strangers_have():
    rows = list_of_names()
    model = linkage.train(pa.table({"name": [r[0] for r in rows], "phone": [r[1] for r in rows]}))
    of_name = next(c for c in model.comparisons if c.name == "name")
    equal = [(a, b) for i, a in enumerate(rows) for b in rows[:i] if a[0] == b[0]]
    strangers = sum(a[2] != b[2] for a, b in equal)
    n_pairs = len(rows) * (len(rows) - 1) / 2
    assert strangers < 0.05 * len(equal)
    # After three rounds nine times as many, after many rounds as many.
    assert of_name.u[0, -1] * n_pairs < 6 * strangers
    assert 0.85 < model.probability_two_random_records_match * n_pairs / (len(equal) - strangers) < 1.1
