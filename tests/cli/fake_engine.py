"""Stands in for the engine: results made up, calls remembered."""

import json
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

import linkage
from tests.report.made_up import made_up_examples, made_up_summary


class FakeModel:
    def to_dict(self) -> dict[str, Any]:
        comparison = {"name": "date_of_birth", "levels": ["all others", "equal"], "parent": None}
        tables = {"m_probability": [[1.0, 0.1, 0.9]], "u_probability": [[1.0, 0.99, 0.01]]}
        return {
            "probability_two_random_records_match": 1e-6,
            "comparisons": [{**comparison, **tables}],
            "training": {"warnings": ["a level was rare"]},
        }

    def to_json(self) -> str:
        return json.dumps(self.to_dict())


class FakeResult:
    def __init__(self, kind: str) -> None:
        self.threshold_match_probability = 0.95
        self.summary = made_up_summary(kind=kind)
        self.examples = made_up_examples()
        self.resolution = SimpleNamespace(model=FakeModel())
        self.pairs = pa.table(
            {
                "record_id_l": ["a"],
                "record_id_r": ["b"],
                "match_weight": [9.0],
                "match_probability": [0.998],
            }
        )

    def pair_batches(self) -> pa.RecordBatchReader:
        return self.pairs.to_reader()

    def clusters(self, threshold_match_probability: float) -> pa.Table:
        assert threshold_match_probability == 0.95
        return pa.table({"record_id": ["a", "b"], "cluster_id": ["a", "a"]})

    def cluster_batches(self, threshold_match_probability: float) -> pa.RecordBatchReader:
        return self.clusters(threshold_match_probability).to_reader()


class Engine:
    """`calls` holds arguments; `error` is raised by the next call."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self.error: BaseException | None = None

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("dedupe", "link", "train"):
            # into the package itself: its __getattr__ would import the real engine
            monkeypatch.setitem(vars(linkage), name, self._function(name))

    def _function(self, name: str) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            self.calls.append((name, args, options))
            if options.get("progress"):
                options["progress"]("encode", 1, 2)
            if self.error is not None:
                raise self.error
            return FakeModel() if name == "train" else FakeResult(name)

        return call
