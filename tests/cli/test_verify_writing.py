"""Verdicts that do not fit on the disk: one line that names the file, nothing left behind."""

import resource
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from linkage.cli.verify import _write
from linkage.errors import InputError


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_full_disk_names_the_file(tmp_path: Path, suffix: str) -> None:
    batch = pa.record_batch({"code": [f"code {i}" for i in range(5000)]})
    forms = SimpleNamespace(schema=batch.schema, n_forms=5000, batches=lambda: iter([batch]))
    out = tmp_path / f"verdicts{suffix}"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(InputError) as refused:
            _write(forms, out, lambda *_: None)  # type: ignore[arg-type]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert str(refused.value).startswith(f"cannot write {out}: ")
    assert list(tmp_path.iterdir()) == []
