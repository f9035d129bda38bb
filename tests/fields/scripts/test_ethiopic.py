"""Ethiopian names meet their Latin spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.fields.scripts.ethiopic import FIRST, of_ethiopic
from linkage.fields.scripts.latin_letters import letters_of


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("አበበ", "abebe"), ("ከበደ", "kebede"), ("ግርማ", "girma"), ("ዓለሙ", "alemu"), ("ሙሉጌታ", "mulugeta"),
        ("ጌታቸው", "getachew"), ("ወርቁ", "worku"), ("መስፍን", "mesfin"), ("አስቴር ታደሰ", "aster tadese"),
    ],
)  # fmt: skip
def test_names_as_they_are_read(written, read):
    assert of_ethiopic(written) == read


@given(st.text(st.characters(min_codepoint=FIRST, max_codepoint=FIRST + 0x17F) | st.sampled_from("aé 3")))
def test_letters_of_the_script_are_latin_afterwards_and_others_stay(text):
    read = of_ethiopic(text)
    assert not any(FIRST <= ord(sign) < FIRST + 0x158 for sign in read)
    assert [c for c in read if c in "é3 "] == [c for c in text if c in "é3 "]


def test_the_script_is_told():
    import pyarrow as pa

    assert letters_of(pa.array(["አበበ ከበደ", "ግርማ"])) == "ETHIOPIC"
