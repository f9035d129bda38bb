"""Identity lookup and duplicate detection over tens of millions of citizen records."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
_PLACES = {
    "BlockingRule": "linkage.schema",
    "Field": "linkage.schema",
    "Schema": "linkage.schema",
    "block_on": "linkage.schema",
    "citizen_schema": "linkage.schema",
    "Model": "linkage.model.model",
    "Result": "linkage.results.result",
    "Index": "linkage.index.index",
    "Match": "linkage.search.matches",
    "Matches": "linkage.search.matches",
    "build_index": "linkage.index.build",
    "open_index": "linkage.index.index",
    "IndexLockedError": "linkage.errors",
    "IndexStateError": "linkage.errors",
    "comparator": "linkage.comparison.custom",
    "dedupe": "linkage.deduplication",
    "evaluate": "linkage.evaluation",
    "generate": "linkage.population",
    "link": "linkage.linking",
    "train": "linkage.learning",
    "InputError": "linkage.errors",
    "LinkageError": "linkage.errors",
    "ModelError": "linkage.errors",
    "SchemaError": "linkage.errors",
    "SegmentError": "linkage.errors",
    "TrainingError": "linkage.errors",
}
__all__ = sorted(_PLACES)


def __getattr__(name: str) -> Any:
    """A public name, imported on first use: a service that only looks up never loads the trainer."""
    if name not in _PLACES:
        raise AttributeError(f"module 'linkage' has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return __all__
