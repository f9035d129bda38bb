"""A run's summary -> what the report shows: known keys only, long values cut, values hidden.

Only keys named here reach the page. A summary may grow a key that holds values of records; it
does not get into a report with hidden values because somebody forgot to take it out.
"""

from typing import Any

# A cell may hold megabytes; this much is enough to see what is wrong with it.
LONGEST_VALUE = 200
MOST_EXAMPLES = 200

COLUMN = ("name", "field", "kind", "completeness", "n_distinct", "n_unparsed", "n_repaired")
RULE = (
    "rule",
    "n_pairs",
    "n_new_pairs",
    "n_blocks",
    "largest_block",
    "n_refined_blocks",
    "n_pairs_left_out",
    "seconds",
)
LEVEL = ("label", "m_probability", "u_probability", "match_weight", "tf_adjusted", "n_pairs")
TOP = (
    "kind",
    "linkage_version",
    "created",
    "n_candidate_pairs",
    "total_pairs",
    "reduction_ratio",
    "threshold_match_weight",
    "threshold_match_probability",
    "n_matched_pairs",
    "seconds",
    "peak_rss_mib",
)


def view(
    summary: dict[str, Any],
    examples: list[dict[str, Any]] | None,
    *,
    hide_values: bool,
) -> dict[str, Any]:
    """Select what the page draws.

    Parameters
    ----------
    summary : dict
        See :func:`linkage.report.render_report`.
    examples : list of dict, optional
        Pairs around the threshold.
    hide_values : bool
        Leave out values of records and record ids.

    Returns
    -------
    dict
        Plain data, ready for JSON; keys that the summary lacks are absent.
    """
    shown = _pick(summary, TOP)
    shown["hide_values"] = hide_values
    shown["inputs"] = [_input(part, hide_values) for part in summary.get("inputs") or ()]
    shown["rules"] = [_pick(rule, RULE) for rule in summary.get("rules") or ()]
    shown["model"] = _model(summary.get("model") or {})
    shown["weights_histogram"] = _pick(
        summary.get("weights_histogram") or {}, ("edges", "counts", "counts_match")
    )
    shown["term_frequencies"] = [
        _term_frequency(field, hide_values) for field in summary.get("term_frequencies") or ()
    ]
    shown["clusters"] = _clusters(summary.get("clusters") or {})
    shown["evaluation"] = _evaluation(summary)
    shown["steps"] = [_pick(step, ("name", "seconds", "peak_rss_mib")) for step in summary.get("steps") or ()]
    shown["warnings"] = [_pick(item, ("code", "message", "message_vi")) for item in _warnings(summary)]
    shown["examples"] = [_example(pair, hide_values) for pair in (examples or ())[:MOST_EXAMPLES]]
    return shown


def without_values(summary: dict[str, Any]) -> dict[str, Any]:
    """Reduce a summary to what holds no value of any record, for `summary.json`.

    Parameters
    ----------
    summary : dict
        `Result.summary`.

    Returns
    -------
    dict
        The same keys, as far as they are known to hold no values.
    """
    shown = view(summary, None, hide_values=True)
    shown["evaluation"] = summary.get("evaluation")
    return {key: shown[key] for key in summary if key in shown}


def _pick(source: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: source[key] for key in keys if key in source}


def _short(value: Any) -> Any:
    if isinstance(value, str) and len(value) > LONGEST_VALUE:
        return value[:LONGEST_VALUE] + "…"
    return value


def _input(source: dict[str, Any], hide_values: bool) -> dict[str, Any]:
    columns = []
    for column in source.get("columns") or ():
        shown = {key: _short(value) for key, value in _pick(column, COLUMN).items()}
        if not hide_values and column.get("examples_unparsed"):
            shown["examples_unparsed"] = [_short(v) for v in column["examples_unparsed"]]
        columns.append(shown)
    return {**_pick(source, ("path", "n_records")), "columns": columns}


def _model(model: dict[str, Any]) -> dict[str, Any]:
    shown = _pick(model, ("probability_two_random_records_match", "prior_weight"))
    shown["em"] = _pick(model.get("em") or {}, ("iterations", "converged"))
    shown["comparisons"] = [
        {
            **_pick(comparison, ("name", "parent")),
            "levels": [_pick(level, LEVEL) for level in comparison.get("levels") or ()],
        }
        for comparison in model.get("comparisons") or ()
    ]
    return shown


def _term_frequency(field: dict[str, Any], hide_values: bool) -> dict[str, Any]:
    keys = ("count", "adjustment") if hide_values else ("value", "count", "adjustment")
    top = [
        {key: _short(value) for key, value in _pick(entry, keys).items()} for entry in field.get("top") or ()
    ]
    return {**_pick(field, ("field", "rare_adjustment")), "top": top}


def _clusters(clusters: dict[str, Any]) -> dict[str, Any]:
    shown = _pick(clusters, ("n_clusters", "n_records_in_clusters"))
    shown["sizes"] = [_pick(size, ("size", "count")) for size in clusters.get("sizes") or ()]
    return shown


def _warnings(summary: dict[str, Any]) -> list[dict[str, Any]]:
    found = [*(summary.get("warnings") or ())]
    for warning in (summary.get("model") or {}).get("warnings") or ():
        entry = warning if isinstance(warning, dict) else {"code": "model", "message": warning}
        if entry not in found:
            found.append(entry)
    return found


def _example(pair: dict[str, Any], hide_values: bool) -> dict[str, Any]:
    shown = _pick(pair, ("match_weight", "match_probability", "match_key"))
    shown["waterfall"] = [_pick(step, ("label", "level", "bits")) for step in pair.get("waterfall") or ()]
    if not hide_values:
        shown |= {key: _short(pair.get(key)) for key in ("record_id_l", "record_id_r")}
        shown["fields"] = [
            {key: _short(field.get(key)) for key in ("name", "left", "right")}
            for field in pair.get("fields") or ()
        ]
    return shown


def _evaluation(summary: dict[str, Any]) -> dict[str, Any] | None:
    """Measures against the truth, in the page's own few names."""
    measured = summary.get("evaluation")
    if not measured:
        return None
    shown = _pick(measured, ("n_true_pairs", "pairs_completeness"))
    best = measured.get("best") or {}
    shown["best"] = {**_pick(best, ("f1",)), "weight": best.get("threshold_match_weight")}
    clusters = measured.get("clusters") or {}
    shown["b_cubed"] = {name: clusters.get(f"bcubed_{name}") for name in ("precision", "recall", "f1")}
    shown["calibration"] = [
        {
            "n_pairs": tenth.get("n_pairs"),
            "said": tenth.get("mean_match_probability"),
            "share": tenth.get("true_share"),
        }
        for tenth in measured.get("calibration") or ()
    ]
    threshold = summary.get("threshold_match_probability")
    at = measured.get("at_probability") or {}
    shown["at_threshold"] = measured.get("at_threshold") or at.get(str(threshold)) or {}
    shown["curve"] = _curve(summary, measured)
    return shown


def _curve(summary: dict[str, Any], measured: dict[str, Any]) -> list[dict[str, float]]:
    """Precision, recall and F1 at each edge of the histogram, or as the evaluation gave them."""
    given = measured.get("curve")
    if given:
        weights = given["threshold_match_weight"]
        names = ("precision", "recall", "f1")
        points = [
            {"weight": weight, **{name: given[name][i] for name in names}} for i, weight in enumerate(weights)
        ]
        return sorted(points, key=lambda point: point["weight"])
    histogram = summary.get("weights_histogram") or {}
    n_true_pairs = measured.get("n_true_pairs")
    if not histogram.get("counts_match") or not n_true_pairs:
        return []
    points = []
    taken = found = 0
    bins = zip(histogram["edges"], histogram["counts"], histogram["counts_match"], strict=False)
    for edge, n_pairs, n_true in reversed(list(bins)):
        taken += n_pairs
        found += n_true
        if taken:
            points.append(
                {
                    "weight": edge,
                    "precision": found / taken,
                    "recall": found / n_true_pairs,
                    "f1": 2 * found / (taken + n_true_pairs),
                }
            )
    return points[::-1]
