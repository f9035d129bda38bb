"""What a long run has finished -> files from which the same run goes on after it was killed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

import linkage
from linkage.blocking.one_rule import RuleBlocks
from linkage.errors import LinkageError
from linkage.fields.source import Source
from linkage.model.model import Model
from linkage.predict import ScoredPairs
from linkage.schema import BlockingRule, Schema

LEAST_RECORDS = 5_000_000
"""Smaller tables are done again before anybody has looked for files."""
_COUNTS = ("n_blocks", "n_pairs", "largest", "n_refined", "n_pairs_left_out", "seconds")
_ARRAYS = ("left", "right", "weight", "gamma")


def fingerprint(
    sources: Sequence[Source], schema: Schema, headers: Any, model: Model | None, options: dict[str, Any]
) -> str | None:
    """What decides a run's answer, in short; None where the input is no file that could be told again.

    A file counts as the same by path, size and time of its last change.
    """
    # Imported here and below: a small table's run, a second or two, would pay for what it never uses.
    import hashlib

    files = []
    for source in sources:
        if not source.files:
            return None
        for file in source.files:
            stat = file.stat()
            files.append([str(file.resolve()), stat.st_size, stat.st_mtime_ns])
    given = None if model is None else model.to_dict()
    about = [linkage.__version__, files, schema.to_dict(), headers, given, options]
    return hashlib.sha256(json.dumps(about, sort_keys=True, default=str).encode()).hexdigest()


class Checkpoint:
    """The finished steps of one run: the model, and the pairs that each rule has found.

    A file is there whole or not at all, holds checksums, and names the run that it belongs to: what does
    not fit, or is damaged, is done again. No file holds a value of a record.

    Parameters
    ----------
    folder : Path
        Made when the first step is kept.
    run : str
        The run's `fingerprint`.
    """

    def __init__(self, folder: Path, run: str) -> None:
        self.folder, self.run = folder, run

    def keep_model(self, model: Model) -> None:
        """Keep the trained model."""
        self._keep("model", {}, {"model": model.to_json()})

    def model(self) -> Model | None:
        """The model, if it was trained."""
        found = self._read("model")
        return None if found is None else Model.from_dict(json.loads(found[1]["model"]))

    def keep_rule(self, k: int, blocks: RuleBlocks, pairs: ScoredPairs) -> None:
        """Keep what rule k has found."""
        counts = {name: getattr(blocks, name) for name in _COUNTS}
        meta = {"rule": blocks.rule.name, "n_scored": pairs.n_scored, "counts": counts}
        self._keep(f"rule-{k:02}", {name: getattr(pairs, name) for name in _ARRAYS}, meta)

    def rules(self, rules: Sequence[BlockingRule]) -> list[tuple[RuleBlocks, ScoredPairs]]:
        """The first rules, as many as are finished: their blocks, without entries, and their pairs."""
        done = []
        for k, rule in enumerate(rules):
            found = self._read(f"rule-{k:02}")
            if found is None or found[1]["rule"] != rule.name:
                break
            arrays, meta = found
            blocks = RuleBlocks(rule, **meta["counts"], entries=np.empty(0, np.uint64))
            n = meta["n_scored"]
            of_rule = np.full(len(arrays["left"]), k, np.uint8)
            done.append((blocks, ScoredPairs(**arrays, rule=of_rule, n_scored=n, new_per_rule=[n])))
        return done

    def _keep(self, name: str, arrays: dict[str, Any], meta: dict[str, Any]) -> None:
        from linkage.segment.container_writer import ContainerWriter

        # A run that can finish does not fail because this could not be written.
        with suppress(LinkageError, OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with ContainerWriter(self.folder / name) as writer:
                for key, array in arrays.items():
                    writer.add(key, array)
                writer.finish({"run": self.run, **meta})

    def _read(self, name: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
        from linkage.segment.container import Container

        path = self.folder / name
        if not path.is_file():
            return None
        try:
            with Container.open(path, "ram") as container:
                if container.meta.get("run") != self.run:
                    return None
                container.check()
                return {key: container.array(key).copy() for key in container.names}, container.meta
        except LinkageError:
            return None
