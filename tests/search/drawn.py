"""A seed -> a register of one of several schemas, with a model made up."""

from __future__ import annotations

from functools import cache
from random import Random

import numpy as np
import pyarrow as pa

from linkage.schema import Field, Schema
from tests.kernels.made_up_model import drawn_model
from tests.search.queries import ODD
from tests.segment.registers import segment_of

OTHER_SCHEMAS = {
    "name in two parts": (
        Field("given_name", "person_name", part="given"), Field("family_name", "person_name", part="family"),
        Field("born", "date"), Field("sex", "category", format="sex"), Field("number", "identifier"),
    ),
    "two family names": (
        Field("nombre", "person_name", part="given"), Field("primer apellido", "person_name", part="family"),
        Field("segundo apellido", "person_name", shared=True), Field("born", "date"),
        Field("town", "text"),
    ),
    "family names that move": (
        Field("given_name", "person_name", part="given"), Field("middle name", "person_name"),
        Field("family_name", "person_name", part="family"),
        Field("maiden name", "person_name", compare=False), Field("town", "text"),
    ),
    "former names compared": (
        Field("middle name", "person_name", part="given"), Field("given_name", "person_name", part="given"),
        Field("family_name", "person_name", part="family"), Field("maiden name", "person_name"),
        Field("born", "date"), Field("number", "identifier"),
    ),
    "no date": (
        Field("name", "person_name"), Field("number", "identifier"), Field("phone", "phone"),
        Field("mother", "person_name", shared=True), Field("street", "address"),
    ),
    "no name": (
        Field("born", "date"), Field("sex", "category", format="sex"), Field("number", "identifier"),
        Field("email", "email"), Field("height", "number"), Field("town", "text"),
    ),
    "all informative": (
        Field("name", "person_name", missing="informative"), Field("born", "date", missing="informative"),
        Field("sex", "category", format="sex", missing="informative"),
        Field("town", "category", missing="informative"), Field("mail", "email", missing="informative"),
        Field("id_number", "identifier", format="personal_number", missing="informative"),
        Field("old_id_number", "identifier", format="old_number", missing="informative"),
    ),
}  # fmt: skip


POOLS = {
    "person_name": ["Nguyễn Văn An", "nguyen van an", "Trần Hùng", "Tran Hung", "Hùng Trần", "Lê Thị Lan"],
    "date": ["01/02/1990", "02/01/1990", "1990", "03/02/1990", "05/05/1955", "11/11/2001", "01/02/1991"],
    "identifier": [
        "079203001234", "079203001235", "079203001243", "07920300123", "123456789", "110101199001011234",
        "11010119900101123X", "110101199001012134", "11010119900101234", "RSSMRA85M01H501Z",
        "RSSMRA85M01H501X",
    ],
    "phone": ["0901234567", "0901234568", "+84901234567", "0912345678"],
    "category": ["Nam", "Nữ", "nam", "x", "Hà Nội"],
    "email": ["an@example.org", "an@example.com", "hung.tran@example.org", "an"],
    "number": ["170", "171.5", "171,5", "-3", "0", "abc", "0.00"],
    "text": ["Xã An Bình", "An Binh", "Hòa Bình", "Thôn 1 Hòa Bình"],
    "address": ["12 Lê Lợi", "12 Le Loi", "Số 12 đường Lê Lợi", "Tổ 5"],
}  # fmt: skip


MOVING = ("family names that move", "former names compared")
MAY_MOVE = ("middle name", "family_name", "maiden name")
SURNAMES = ["Reyes", "Cruz", "de la Cruz", "Santos", "REYES", "Reye", "Cruz Santos", "J", "Ong", "Ông"]


@cache
def drawn_register(seed, n=120, schema=None):
    """A register, schema and model from a seed; of one of the schemas, or of this."""
    random = Random(seed)
    fields = OTHER_SCHEMAS[schema or random.choice(sorted(OTHER_SCHEMAS))]
    rows = [{f.name: drawn_text(f, random) for f in fields} | {"record_id": str(i)} for i in range(n)]
    table = pa.table({k: pa.array([r[k] for r in rows], pa.string()) for k in rows[0]})
    model = drawn_model(np.random.default_rng(seed), Schema(tuple(fields)))
    return segment_of(table, model), table, model


def drawn_text(item, random):
    luck = random.random()
    if luck < 0.1:
        return None
    if item.name in MAY_MOVE and luck < 0.8:
        return random.choice(SURNAMES)
    if luck < 0.2:
        return random.choice(ODD).encode("utf-8", "replace").decode()
    return random.choice(POOLS[item.kind])
