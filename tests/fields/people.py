"""A few made-up people, some of them twice."""

import numpy as np
import pyarrow as pa

FAMILIES = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi"]
MIDDLES = ["Văn", "Thị", "Hữu", "Minh", "Ngọc", "Đức"]
GIVEN = ["An", "Bình", "Cường", "Dũng", "Hà", "Hạnh", "Hùng", "Lan", "Mai", "Nam", "Phúc", "Quân"]


def people(n=100, *, seed=2):
    """n people and every tenth of them once more, equal in all but the record id.

    Of seed 0 two people of one name are born eleven days apart, which is no matter for these tests.
    """
    random = np.random.default_rng(seed)
    rows = []
    for i in range(n):
        name = " ".join(str(random.choice(pool)) for pool in (FAMILIES, MIDDLES, GIVEN))
        day, month, year = random.integers((1, 1, 1940), (29, 13, 2010))
        row = {"record_id": f"r{i}", "full_name": name}
        row["date_of_birth"] = f"{day:02}/{month:02}/{year}"
        row["id_number"] = f"0792{random.integers(10**7, 10**8):08}"
        row["sex"] = str(random.choice(["Nam", "Nữ"]))
        rows.append(row)
    return rows + [{**row, "record_id": f"d{i}"} for i, row in enumerate(rows[: n // 10])]


def table(n=100, **columns):
    """The people as a table, some columns replaced."""
    found = pa.Table.from_pylist(people(n))
    for name, values in columns.items():
        array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
        found = found.set_column(found.column_names.index(name), name, array)
    return found


def matches(result):
    """Pairs of record ids that match."""
    pairs = result.pairs.to_pylist()
    return {frozenset((p["record_id_l"], p["record_id_r"])) for p in pairs if p["match_probability"] > 0.95}


TRUE = {frozenset((f"r{i}", f"d{i}")) for i in range(10)}
"""What there is to find among `table()`."""
