"""A segment's sections -> a searcher: scratch rows, a scorer over them, and all that look-ups read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from linkage._kernels.dictionary import TOKEN_DTYPE, VALUE_DTYPE
from linkage._kernels.lookup import Searcher
from linkage._kernels.score import Scorer
from linkage._kernels.sketches import begin_sketches
from linkage.errors import SegmentError

if TYPE_CHECKING:
    from linkage.segment.segment import Segment

SLOTS = 64
TEXT_ROOM = 640
MAX_TOKENS = 8


def make_searcher(segment: Segment) -> Searcher:
    """A searcher with scratch memory of its own (about 1 MB)."""
    try:
        return _make(segment)
    except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
        raise SegmentError(f"{segment.container.name}: its sections do not fit each other: {error}") from None


def _make(segment: Segment) -> Searcher:
    meta = segment.container.meta
    names = segment.field_names
    rows = np.zeros((SLOTS + 2, int(meta["n_words"])), np.uint32)
    comparisons = {c["name"]: i for i, c in enumerate(segment.scorer)}
    weights = segment.like or segment
    fields = [_field(segment, weights, i, comparisons) for i in range(len(names))]
    scorer = _scorer(segment, weights, fields, rows)
    sections: dict[str, Any] = {
        name: segment.array(name)
        for name in ("days", "hot_words", "hot_categories", "word_classes", "hot_tokens",
                     "hot_token_offsets", "hot_token_words", "odd_words")
    }  # fmt: skip
    sections["families"] = [
        (segment.array(f"postings/{k}/buckets"), segment.array(f"postings/{k}/entries"))
        for k in range(len(segment.families))
    ]
    sections["spellings"] = None
    if "spellings/tokens" in segment.container.names:
        sections["spellings"] = tuple(
            segment.array(f"spellings/{part}") for part in ("tokens", "buckets", "entries")
        )
    sections["near"] = None
    if "near/buckets" in segment.container.names:
        sections["near"] = segment.array("near/buckets"), segment.array("near/entries")
    date = meta["date_field"]
    return Searcher(
        segment.store, scorer, rows, fields, sections,
        {
            "hot_field": int(meta["hot_field"]),
            "hot_categories": list(meta["hot_categories"]),
            "date_field": -1 if date is None else names.index(date),
            "route": tuple(segment.positions[name] for name in segment.number_pair) or (-1, -1),
            "row_bits": segment.row_bits,
        },
    )  # fmt: skip


def _field(segment: Segment, weights: Segment, i: int, comparisons: dict[str, int]) -> dict[str, Any]:
    meta = segment.fields[i]
    name = str(meta["name"])
    at = comparisons.get(name, -1)
    spec: dict[str, Any] = {
        "kind": meta.get("text") or ("identifier" if meta["kind"] == "phone" else meta["kind"]),
        "word": int(meta["word"]),
        "identifier": int(meta.get("identifier", 0)),
        "order": int(meta.get("order", 0)),
        "comparison": at,
        "partner": -1,
        "others": [],
        "family": segment.families.index(name) if name in segment.families[:-1] else -1,
    }
    if at >= 0 and segment.scorer[at]["partner"] is not None:
        spec["partner"] = segment.field_names.index(segment.scorer[at]["partner"])
    if at >= 0:
        spec["others"] = [segment.field_names.index(n) for n in segment.scorer[at].get("others", [])]
    spec["words"] = None
    if f"words/{i}/buckets" in segment.container.names:
        spec["words"] = (segment.array(f"words/{i}/buckets"), segment.array(f"words/{i}/entries"))
    if "text" in meta:
        spec["scratch"] = (
            np.zeros(SLOTS + 2, VALUE_DTYPE), np.zeros(1 + MAX_TOKENS * (SLOTS + 1), TOKEN_DTYPE),
            np.zeros((SLOTS + 2) * TEXT_ROOM, np.uint8), np.zeros((SLOTS + 2, 4), np.int16),
        )  # fmt: skip
        spec["rarity"] = _rarity(weights, at)
    if meta["kind"] == "category":
        spec["category_words"] = segment.categories.words(i)
    return spec


def _rarity(weights: Segment, at: int) -> list[tuple[Any, Any, int]]:
    if f"rarity/{at}/rarest" not in weights.container.names:
        return []
    rarest = weights.array(f"rarity/{at}/rarest").tolist()
    return [
        (weights.array(f"rarity/{at}/{k}/buckets"), weights.array(f"rarity/{at}/{k}/entries"), value)
        for k, value in enumerate(rarest)
    ]


def _scorer(segment: Segment, weights: Segment, fields: list[dict[str, Any]], rows: Any) -> Scorer:
    specs = []
    by_name = dict(zip(segment.field_names, fields, strict=True))
    for i, comparison in enumerate(segment.scorer):
        item = by_name[comparison["name"]]
        spec = {k: comparison[k] for k in ("op", "shift", "parent", "n_codes", "base", "shared", "tf_parts")}
        spec.update(
            word=item["word"], partner=-1, values=None, partner_values=None, partner_texts=None,
            tokens=None, texts=None, tf=None, comparator=_address(comparison["comparator"]),
        )  # fmt: skip
        if "scratch" in item:
            spec["values"], spec["tokens"], spec["texts"], tf = item["scratch"]
            spec["tf"] = tf if item["rarity"] else None
        elif f"rarity/{i}/values" in weights.container.names:
            spec["tf"] = weights.array(f"rarity/{i}/values")
        if item["partner"] >= 0:
            partner = fields[item["partner"]]
            spec.update(
                partner=partner["word"],
                partner_values=partner["scratch"][0],
                partner_texts=partner["scratch"][2],
            )
        others = [fields[k] for k in item["others"]]
        spec["others"] = [(other["word"], *other["scratch"][:2]) for other in others]
        specs.append(spec)
    scorer = Scorer(specs, rows)
    prior, most, rarity = (weights.array(f"scorer/{name}") for name in ("prior", "most", "weighs_rarity"))
    # The kernel's views want writable memory.
    scorer.set_weights(*(np.array(table) for table in (prior, weights.weights(), most, rarity)))
    begin_sketches(scorer)
    return scorer


def _address(comparator: str | None) -> int:
    if not comparator:
        return 0
    from linkage.comparison.custom import find_comparator

    return find_comparator(comparator).address
