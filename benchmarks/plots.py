"""Results of a run -> its plots, each light and dark."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt

from benchmarks.plot_style import STYLES, Style, colour_of, lines, round_values, row_of, spread
from benchmarks.tables import QUANTILES, duration

Results = Mapping[str, list[dict[str, Any]]]
Charts = dict[str, Any] | None
NAMES = {
    "postgres trigram": "PostgreSQL trigram",
    "postgres parts": "PostgreSQL parts",
    "sqlite": "SQLite FTS5",
}
FASTER = ("tantivy words", "postgres parts")
"""Variants of a peer that find less and answer faster."""
SIZES = (10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)


def each_style(draw: Callable[[Style], Any]) -> dict[str, Any]:
    """The same chart in all styles."""
    return {style.name: draw(style) for style in STYLES}


def ticks(rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Round sizes within the data, for the axis of n."""
    least, most = min(r["n"] for r in rows), max(r["n"] for r in rows)
    return [n for n in SIZES if 0.5 * least <= n <= 1.2 * most]


def around(values: Sequence[float], *, room: float = 1.5) -> tuple[float, float]:
    """The ends of a logarithmic axis."""
    return min(values) / room, max(values) * room


def share_axis(least: float) -> tuple[float, float]:
    """The ends of an axis of shares near 1, with room beyond both."""
    room = max(1 - least, 1e-4)
    return least - 0.15 * room, 1 + 0.06 * room


def jobs(results: Results, suite: str, what: str) -> Charts:
    """Dedupe or link against n: seconds, memory, F1."""
    rows = [
        {
            "series": {"linkage": "linkage", "splink": "Splink"}[run["name"]],
            "n": one["n_records"],
            "seconds": run["wall_seconds"],
            "memory": run["peak_rss_bytes"] / 2**30,
            "f1": run["evaluation"]["at_probability"]["0.95"]["f1"],
        }
        for one in results.get(suite, [])
        if one.get("variant", "all columns") == "all columns" and "failed" not in one
        for run in one["runs"]
    ]
    if not rows:
        return None
    least = min(row["f1"] for row in rows)

    def draw(style: Style) -> Any:
        common = {"x": "n", "x_title": "records" if suite == "dedupe" else "records of the register"}
        x_values = ticks(rows)
        return row_of([
            lines(rows, style, y="seconds", title=f"{what}: time",
                  subtitle="seconds, start to exit; logarithmic",
                  domain=around([r["seconds"] for r in rows]), x_values=x_values, **common),
            lines(rows, style, y="memory", title="Memory",
                  subtitle="peak GiB of the process; logarithmic",
                  domain=around([r["memory"] for r in rows]), x_values=x_values, **common),
            lines(rows, style, y="f1", title="F1", subtitle="pairs at probability .95; axis begins above 0",
                  domain=share_axis(least), y_is_log=False, y_format=".4~f",
                  x_values=x_values, **common),
        ])  # fmt: skip

    return each_style(draw)


def lookups(results: Results) -> Charts:
    """Look-up against n: median latency, recall at 1, bytes a record."""
    rows = []
    for one in results.get("lookup", []):
        for run in one.get("runs", []):
            first, build = run.get("first") or run.get("known"), run.get("build") or {}
            if first is None:
                continue
            rows.append(
                {
                    "series": NAMES.get(run["name"], run["name"]),
                    "n": one["n_records"],
                    "p50": first["latency"]["p50"],
                    "recall": first["recall_at_1"],
                    "bytes": build.get("bytes_per_record"),
                    "dash": "broken" if run["name"] in FASTER else "full",
                }
            )
    if not rows:
        return None
    sized = [r for r in rows if r["bytes"]]
    sized = [{**r, "series": r["series"].split()[0], "dash": "full"} for r in sized if r["dash"] == "full"]
    least = min(r["recall"] for r in rows)

    def draw(style: Style) -> Any:
        common = {"x": "n", "x_title": "records", "x_values": ticks(rows), "width": 165}
        return row_of([
            lines(rows, style, y="p50", title="Look-up: latency",
                  subtitle="median milliseconds; logarithmic",
                  domain=around([r["p50"] for r in rows]), **common),
            lines(rows, style, y="recall", title="Recall at 1",
                  subtitle="share found first; axis begins above 0",
                  domain=share_axis(least), y_is_log=False, y_format=".3f", **common),
            lines(sized, style, y="bytes", title="Size", subtitle="bytes a record on disk; logarithmic",
                  domain=around([r["bytes"] for r in sized]), **common),
        ], spacing=158)  # fmt: skip

    return each_style(draw)


def kernels(results: Results) -> Charts:
    """Each step: floor and measured time an item, on one logarithmic axis."""
    found = results.get("kernels")
    if not found:
        return None
    steps = found[0]["steps"]
    order = [s["step"] for s in steps]
    values = [
        {
            "step": s["step"],
            "floor": s["floor_seconds_an_item"],
            "measured": s["seconds_an_item"],
            "label": f"{duration(s['seconds_an_item'])} {_one(s['item'])}, {s['factor']:.1f}×",
        }
        for s in steps
    ]
    subtitle = "time an item, logarithmic; grey: what this machine cannot do faster"
    return each_style(lambda style: _spans(values, order, style, "Each step beside its floor", subtitle))


def _one(item: str) -> str:
    return f"{'an' if item[0] in 'aeiou' else 'a'} {item}"


def _spans(
    values: Sequence[Mapping[str, Any]], order: Sequence[str], style: Style, title: str, subtitle: str
) -> Any:
    """From floor to measured, a line a step."""
    low = min(min(v["floor"], v["measured"]) for v in values) / 1.5
    high = max(v["measured"] for v in values) * 40  # room for the last label
    x = time_axis("measured", low, high)
    y = alt.Y("step:N", sort=list(order), axis=alt.Axis(title=None, labelLimit=260, grid=False))
    base = alt.Chart(alt.Data(values=list(values)))
    return (
        base.mark_rule(strokeWidth=2, color=style.grid).encode(x=x, x2="floor:Q", y=y)
        + base.mark_point(filled=True, size=45, color=style.programs["floor"], opacity=1).encode(
            x="floor:Q", y=y
        )
        + base.mark_point(filled=True, size=60, color=style.programs["linkage"], opacity=1).encode(x=x, y=y)
        + base.mark_text(align="left", dx=9, fontSize=10.5, color=style.quiet).encode(
            x=x, y=y, text="label:N"
        )
    ).properties(width=430, height=21 * len(order), title=alt.Title(title, subtitle=subtitle))


def time_axis(field: str, low: float, high: float, *, orient: str = "top", title: str | None = None) -> Any:
    """A logarithmic axis of seconds that says ns, µs, ms."""
    axis = alt.Axis(
        labelExpr=TIME_LABELS,
        title=title,
        orient=orient,
        values=round_values(low, high),
        grid=orient == "top",
    )
    return alt.X(f"{field}:Q", scale=alt.Scale(type="log", domain=[low, high], nice=False), axis=axis)


TIME_LABELS = (
    "datum.value >= 1 ? datum.value + ' s' : datum.value >= 0.9e-3 ? round(datum.value * 1e3) + ' ms'"
    " : datum.value >= 0.9e-6 ? round(datum.value * 1e6) + ' µs' : round(datum.value * 1e9) + ' ns'"
)


def tail(results: Results) -> Charts:
    """Latency of each class of query: p50 to the worst."""
    found = results.get("tail")
    if not found:
        return None
    one = max(found, key=lambda r: r["n_records"])
    classes = one["classes"]
    order = [line["class"] for line in classes]
    spans = [
        {"step": line["class"], "p50": line["latency"]["p50"] / 1e3, "worst": line["latency"]["worst"] / 1e3}
        for line in classes
    ]
    values = [
        {"step": line["class"], "quantile": name, "seconds": line["latency"][name] / 1e3}
        for line in classes
        for name in QUANTILES
    ]

    def draw(style: Style) -> Any:
        x = time_axis("seconds", *around([v["seconds"] for v in values]))
        y = alt.Y("step:N", sort=order, axis=alt.Axis(title=None, labelLimit=280, grid=False))
        shade = [style.programs["linkage"], style.programs["tantivy"], style.programs["splink"],
                 style.programs["rapidfuzz"]]  # fmt: skip
        legend = alt.Legend(title=None, orient="top-right", direction="horizontal", offset=-34,
                            labelColor=style.quiet, symbolOpacity=1, symbolStrokeWidth=0)  # fmt: skip
        colour = alt.Color("quantile:N", scale=alt.Scale(domain=list(QUANTILES), range=shade), legend=legend)
        rule = alt.Chart(alt.Data(values=spans)).mark_rule(strokeWidth=2, color=style.grid)
        points = alt.Chart(alt.Data(values=values)).mark_point(filled=True, size=50, opacity=1)
        return (
            rule.encode(x=alt.X("p50:Q"), x2="worst:Q", y=y) + points.encode(x=x, y=y, color=colour)
        ).properties(
            width=430,
            height=21 * len(order),
            title=alt.Title(
                "Look-ups by class of query",
                subtitle=f"{one['n_records']:,} records, one thread, index warm; logarithmic",
            ),
        )

    return each_style(draw)


def concurrency(results: Results) -> Charts:
    """Look-ups a second against threads and processes."""
    found = results.get("concurrency")
    if not found:
        return None
    one = max(found, key=lambda r: r["n_records"])
    cores = one["about"]["machine"]["cores"]
    rows = []
    for run in one["readers"]:
        python = ".".join(run["python"].split(".")[:2]) + ("" if run["has_gil"] else "t")
        if run["processes"] == 1:
            rows.append((f"threads, {python}", run["threads"], run["lookups_per_second"], "full"))
        if run["has_gil"] and run["threads"] == 1:
            rows.append(("processes", run["processes"], run["lookups_per_second"], "broken"))
    rows += [("lookup_many", run["threads"], run["lookups_per_second"], "full") for run in one["bulk"]]
    values = [{"series": f"linkage {a}", "n": b, "rate": c, "dash": d} for a, b, c, d in rows]

    def draw(style: Style) -> Any:
        return lines(
            values, style, x="n", y="rate", title="Look-ups a second",
            subtitle=f"{one['n_records']:,} records, {cores} cores; both axes logarithmic",
            x_title="threads or processes", domain=around([r["rate"] for r in values]),
            x_values=sorted({r["n"] for r in values}), x_format="d", width=330, height=240,
        )  # fmt: skip

    return each_style(draw)


def pairs(results: Results) -> Charts:
    """Names: time a pair against recall."""
    found = results.get("pairs")
    if not found:
        return None
    values = [
        {"name": run["name"], "seconds": run["seconds_a_pair"], "recall": run["recall_at_false_rate"]}
        for run in found[0]["runs"]
    ]
    low, high = share_axis(min(v["recall"] for v in values))
    labels = spread([v["recall"] for v in values], low=low, high=high, height=230, is_log=False)
    values = [{**value, "label": place} for value, place in zip(values, labels, strict=True)]

    def draw(style: Style) -> Any:
        names = [v["name"] for v in values]
        colour = alt.Color(
            "name:N", scale=alt.Scale(domain=names, range=[colour_of(style, n) for n in names]), legend=None
        )
        scale = alt.Scale(domain=[low, high])
        y = alt.Y("recall:Q", scale=scale, axis=alt.Axis(title=None, format=".3f", tickCount=5))
        base = alt.Chart(alt.Data(values=values)).encode(
            x=time_axis("seconds", *around([v["seconds"] for v in values], room=2),
                        orient="bottom", title="time a pair, one thread; logarithmic"),
            color=colour,
        )  # fmt: skip
        named = base.mark_text(align="left", dx=9, fontSize=11)
        return (
            base.mark_point(filled=True, size=70, opacity=1).encode(y=y)
            + named.encode(y=alt.Y("label:Q", scale=scale), text="name:N")
        ).properties(
            width=430,
            height=230,
            title=alt.Title(
                "Two names, one person?",
                subtitle="recall where one stranger in 1,000 passes; axis begins above 0",
            ),
        )

    return each_style(draw)


def costs(results: Results) -> Charts:
    """Cost a record against n: microseconds of build, dedupe and link."""
    from benchmarks.scaling import cost_points

    dashes = {"dedupe": "full", "link": "broken", "build": "dotted"}
    rows = [{**r, "series": f"linkage {r['job']}", "dash": dashes[r["job"]]} for r in cost_points(results)]
    if len(rows) < 2:
        return None

    def draw(style: Style) -> Any:
        return lines(
            rows, style, x="n", y="microseconds", title="Cost a record",
            subtitle="wall microseconds on all cores, start to exit; both axes logarithmic",
            x_title="records",
            domain=around([r["microseconds"] for r in rows]), x_values=ticks(rows),
            width=330, height=240,
        )  # fmt: skip

    return each_style(draw)
