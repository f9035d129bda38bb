"""Tables whose e-mail addresses are made of names: the name is not counted twice, end to end."""

import random

import numpy as np
import pyarrow as pa
import pytest

import linkage
from linkage.comparison.levels import EMAIL, OF_NAME
from linkage.comparison.program import comparisons_of
from linkage.model.estimate import Known
from linkage.model.own_addresses import given_the_name, knows_own_addresses
from linkage.model.patterns import Maximiser
from linkage.schema import Field, Schema

GIVEN = [
    "anna",
    "ben",
    "carl",
    "dora",
    "emil",
    "frida",
    "georg",
    "hanna",
    "ida",
    "jan",
    "karl",
    "lena",
    "max",
    "nora",
    "otto",
    "paula",
    "rita",
    "sven",
    "tina",
    "uwe",
]
HOSTS = ["gmail.com", "gmail.com", "gmail.com", "web.de", "gmx.net"]


def customers(address, n=1500, seed=0):
    """Names that two or three people bear each, telephone and street; one record in three is a second one."""
    draw = random.Random(seed)
    family = [
        "".join(draw.choice("bdfghklmnrst") + draw.choice("aeiou") for _ in range(3)) for _ in range(60)
    ]
    rows = []
    for k in range(n):
        given, surname = draw.choice(GIVEN), draw.choice(family[: draw.choice((15, 60))])
        row = {
            "first_name": given,
            "last_name": surname,
            "email": address(given, surname, k, draw),
            "phone": f"0{draw.randrange(10**8, 10**9)}",
            "street": f"{draw.choice(family)} str. {draw.randint(1, 90)}",
            "truth": k,
        }
        rows.append(row)
        if draw.random() < 0.35:
            again = dict(row)
            if draw.random() < 0.3:
                again["phone"] = f"0{draw.randrange(10**8, 10**9)}"
            if draw.random() < 0.3:
                again["street"] = f"{draw.choice(family)} str. {draw.randint(1, 90)}"
            rows.append(again)
    draw.shuffle(rows)
    return pa.table({name: [row[name] for row in rows] for name in rows[0]})


def found(table, **options):
    """F1 at .95, and the result."""
    truth = np.array(table["truth"])
    result = linkage.dedupe(table.drop(["truth"]), **options)
    pairs, p = result.ordered_pairs
    same = truth[pairs.left] == truth[pairs.right]
    sure = np.asarray(p) >= 0.95
    counts = np.unique(truth, return_counts=True)[1]
    n_true = int((counts * (counts - 1) // 2).sum())
    return 2 * np.count_nonzero(sure & same) / (np.count_nonzero(sure) + n_true), result


def test_addresses_made_of_names_do_not_harm():
    table = customers(lambda given, family, k, draw: f"{given}.{family}@{draw.choice(HOSTS)}")
    with_mail, result = found(table)
    without, _ = found(table, exclude=["email"])
    assert with_mail > 0.9
    assert with_mail >= without - 0.01
    assert knows_own_addresses(result.model)
    again, _ = found(table, model=result.model)
    assert again == pytest.approx(with_mail, abs=0.01)


def test_addresses_given_out_once_say_all():
    used = {}

    def address(given, family, k, draw):
        n = used[given, family] = used.get((given, family), 0) + 1
        return f"{given}.{family}{n if n > 1 else ''}@firm.com"

    with_mail, result = found(customers(address))
    assert with_mail > 0.95
    assert result.resolution.records.own_addresses["email"].agree < 0.02


def test_other_addresses_are_left_as_they_are():
    table = customers(lambda given, family, k, draw: f"sunny{k}@{draw.choice(HOSTS)}")
    with_mail, result = found(table)
    assert with_mail > 0.98
    assert not result.resolution.records.own_addresses
    assert not knows_own_addresses(result.model)


def test_u_is_what_strangers_of_one_name_agree_on():
    comparisons = comparisons_of(Schema((Field("mail", "email"),), (), None))
    shape = Maximiser(comparisons, [-1])
    m, u = np.ones((2, EMAIL.n_codes))
    m[1:] = 0.15, 0.02, 0.02, 0.01, 0.6, 0.2
    u[1:] = 0.97, 0.01, 0.01, 0.0099, 1e-4, 1e-6
    known = Known(1000, 5e5, [], [False], [], {}, {}, own_addresses={0: 0.1})
    before = u.copy()
    given_the_name(u, m, known, shape)
    assert m[OF_NAME] / u[OF_NAME] == pytest.approx(0.8 / 0.1)
    assert u[1:].sum() == pytest.approx(1)
    others = [k for k in range(1, EMAIL.n_codes) if k != OF_NAME]
    assert u[others] / u[1] == pytest.approx(before[others] / before[1])
