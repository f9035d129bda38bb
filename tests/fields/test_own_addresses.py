"""E-mail addresses that are made of their own record's name, and what strangers of one name agree on."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linkage._kernels.own_addresses import forms_of_addresses
from linkage.comparison.levels import EMAIL
from linkage.comparison.program import unpack_codes
from linkage.fields.own_addresses import GIVEN_OUT_AGAIN, LEAST_MADE, mark_own_addresses
from linkage.schema import Field
from linkage.training.samples import levels_of
from tests.kernels.scoring import encode, scorer_of
from tests.reference.own_addresses import form_of, has_word

FIELDS = [
    Field("given", "person_name", part="given"),
    Field("family", "person_name", part="family"),
    Field("mail", "email"),
]
LETTERS = st.text("anbe", min_size=1, max_size=7)


def table_of(rows):
    columns = map(list, zip(*rows, strict=True))
    return encode(dict(zip(("given", "family", "mail"), columns, strict=True)), FIELDS)


def forms(rows):
    """Flags and forms of (given name, family name, address)."""
    records = encode(
        dict(zip(("given", "family", "mail"), map(list, zip(*rows, strict=True)), strict=True)), FIELDS
    )
    columns = [
        (records.words[name], records.columns[name].values.view(np.uint8), records.columns[name].texts)
        for name in ("mail", "given", "family")
    ]
    return forms_of_addresses(records.rows, columns)


@pytest.mark.parametrize(
    ("name", "address", "flags"),
    [
        (("Anna", "Müller"), "anna.muller@x.de", 80),
        (("Anna", "Müller"), "Mueller_Anna@x.de", 112),
        (("Anna", "Müller"), "a.muller77@x.de", 80),
        (("Anna", "Müller"), "amuller@x.de", 80),
        (("Anna Maria", "de la Cruz"), "annam.delacruz@x.de", 80),
        (("Anna", "Mulelr"), "anna.muller@x.de", 112),
        (("Anna", "Schmidt"), "anna.muller@x.de", 64),
        (("Anna", "Schmidt"), "superanna@x.de", 64),
        (("Anna", "Schmidt"), "xannay@x.de", 0),
        (("Anna", "Müller"), "sunny77@x.de", 0),
        (("Anna", "Müller"), "77@x.de", 0),
        (("Anna", "Müller"), "anna.anna@x.de", 64),
        ((None, None), "anna@x.de", 0),
    ],
)
def test_addresses_made_of_the_name(name, address, flags):
    found, form = forms([(*name, address), ("An", "Li", None)])
    assert found.tolist() == [flags, 0]
    assert bool(form[0]) == (flags & 16 > 0)


@given(LETTERS, LETTERS, st.text("anbe. 7", max_size=14), st.sampled_from(["x.de", "anna.be", ""]), st.data())
@example("anna", "be", "annabe", "x.de", None)
@example("abab", "abba", "ababab", "x.de", None)
def test_forms_as_the_naive_twin(given_name, family_name, local, host, data):
    if data is not None and data.draw(st.booleans()):
        local = data.draw(st.sampled_from([given_name, given_name[0]])) + "." + family_name + local[:2]
    folded = " ".join(local.replace(".", " ").split())
    found, form = forms([(given_name, family_name, f"{local}@{host}"), ("an", "be", None)])
    if not folded or (not host and "@" not in local):
        return
    names = [given_name.encode(), family_name.encode()]
    made, left = form_of(folded.encode(), host.replace(".", " ").encode(), names)
    assert found[0] == (64 if has_word(folded.encode(), names) else 0, 80, 112)[made]
    assert bool(form[0]) == (left is not None and made > 0)


def test_one_form_whatever_the_name():
    rows = [
        ("Anna", "Berg", "a.berg77@x.de"),
        ("Max", "Lind", "m.lind77@x.de"),
        ("Max", "Lind", "m.lind78@x.de"),
    ]
    _, form = forms([*rows, ("Max", "Lind", "m.lind77@y.de"), ("Max", "Lind", "max.lind77@x.de")])
    assert form[0] == form[1]
    assert len(set(form.tolist())) == 4


def marked(rows):
    records = encode(
        dict(zip(("given", "family", "mail"), map(list, zip(*rows, strict=True)), strict=True)), FIELDS
    )
    texts = [records.columns["mail"].text_of(word) for word in records.rows[:, records.words["mail"]]]
    own = mark_own_addresses(records)
    after = [records.columns["mail"].text_of(word) for word in records.rows[:, records.words["mail"]]]
    assert texts == after
    return records, own.get("mail")


def people(n_namesakes, address, n=300, share=1.0):
    """Names of up to so many bearers each; one record in three is a second one of its person."""
    rows = []
    for k in range(n):
        name = (f"g{chr(97 + k % 26)}{chr(97 + k // 26)}x", f"f{chr(97 + k // 26)}{chr(97 + k % 26)}y")
        for j in range(1 + k % n_namesakes):
            mail = address(name, j, k) if (k * 7 + j) % 100 < 100 * share else f"sunny{k}q{j}@z.com"
            rows += [(*name, mail)] * (1 + (j % 3 == 0))
    return rows


def test_strangers_of_one_name_with_one_address_are_counted():
    _, always = marked(people(6, lambda name, j, k: f"{name[0]}.{name[1]}@x.de"))
    _, third = marked(people(6, lambda name, j, k: f"{name[0]}.{name[1]}@x{(j * 5 + k * 3) % 7 % 3}.de"))
    _, never = marked(people(6, lambda name, j, k: f"{name[0]}.{name[1]}{j or ''}@x.de"))
    assert always.agree > 0.95 > always.share * 0.9
    assert 0.15 < third.agree < 0.45
    assert never.agree < 0.03


def test_where_no_name_tells_addresses_are_expected_to_be_given_out_once():
    _, own = marked(people(2, lambda name, j, k: f"{name[0]}.{name[1]}@x{j + k % 3}.de"))
    assert 0.2 < own.agree_by_form < 0.5
    assert own.agree == pytest.approx(GIVEN_OUT_AGAIN * own.agree_by_form)


def test_few_addresses_of_names_are_left_as_they_are():
    records, own = marked(people(2, lambda name, j, k: f"{name[0]}@x.de", share=LEAST_MADE / 2))
    assert own is None
    assert not (records.columns["mail"].values["flags"] & 64).any()


def test_levels_of_addresses_made_of_names():

    rows = [
        ("Anna", "Berg", "anna.berg@x.de"),
        ("Anna", "Berg", "anna.berg@x.de"),
        ("Anna", "Berrg", "anna.berg@x.de"),
        ("Anna", "Lind", "anna.berg@x.de"),
        ("Anna", "Berg", "anna.berg@y.de"),
        ("Anna", "Bergk", "anna.bergk@x.de"),
        ("Max", "Lind", "sunny@x.de"),
        ("Max", "Lind", "sunny@x.de"),
    ]
    records, _ = marked(rows)
    scorer, comparisons = scorer_of(records)
    at = [c.name for c in comparisons].index("mail")
    others = np.arange(1, len(rows), dtype=np.uint32)
    codes = unpack_codes(levels_of(scorer, np.zeros_like(others), others), comparisons)[:, at]
    assert [EMAIL.levels[code - 1] for code in codes] == [
        "equal, and made of the name", "equal, and made of the name", "equal", "all others", "all others",
        "all others", "all others",
    ]  # fmt: skip
    codes = unpack_codes(levels_of(scorer, np.uint32([6]), np.uint32([7])), comparisons)[:, at]
    assert EMAIL.levels[codes[0] - 1] == "equal"
