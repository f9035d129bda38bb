"""Korean names in both alphabets come to one spelling, whoever wrote them."""

import pyarrow as pa
import pytest

from linkage.fields.scripts.korean import in_korean_sounds


@pytest.mark.parametrize(
    ("korean", "latin"),
    [
        ("홍길동", ["Hong Gildong", "HONG, Gil-dong", "Gil Dong Hong"]),
        ("김영수", ["Kim Young-Soo", "Kim Yeongsu", "Gim Yeong Su"]),
        ("이현정", ["Lee Hyun Jung", "Hyeonjeong Yi", "RHEE HYUN-JUNG"]),
        ("최재석", ["Jae Suk Choi", "Choe Jaeseok"]),
        ("박선희", ["Sun-hee Park", "Pak Seonhui"]),
        ("남궁민수", ["Namgung Minsu", "Min-soo Namgung"]),
        ("권우진", ["Woo-jin Kwon"]),
    ],
)
def test_one_name_in_two_alphabets(korean, latin):
    assert len(set(in_korean_sounds(pa.array([korean, *latin])).to_pylist())) == 1


def test_names_that_sound_otherwise_stay_apart():
    names = ["김영수", "김영희", "박영수", "김민수", "김영준"]
    assert len(set(in_korean_sounds(pa.array(names)).to_pylist())) == len(names)


def test_where_the_family_name_stands_may_be_known():
    names = pa.array(["Min Se Yoon", None, "", "--"])
    assert in_korean_sounds(names, family_first=True).to_pylist() == ["min seyon", None, "", ""]
