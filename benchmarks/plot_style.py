"""Colours, sizes and the way to SVG that all plots share; light and dark, readable on either page.

One colour for one program in all plots. Lines carry their name at their end, not in a legend.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

PADDING = {"left": 30, "top": 6, "right": 30, "bottom": 6}
"""Pixels; at the sides also for fonts that are wider than the one which labels were measured with."""
FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"


@dataclass(frozen=True)
class Style:
    """One look of all plots."""

    name: str
    ink: str
    quiet: str
    grid: str
    page: str
    programs: Mapping[str, str]


LIGHT = Style(
    "light", "#1f2328", "#59636e", "#e4e7eb", "#ffffff",
    {
        "linkage": "#0969da", "splink": "#d4700a", "tantivy": "#1a7f37", "postgresql": "#8250df",
        "sqlite": "#9a6700", "rapidfuzz": "#cf222e", "recordlinkage": "#0e7490", "floor": "#8c959f",
    },
)  # fmt: skip
DARK = Style(
    "dark", "#e6edf3", "#9198a1", "#2f353d", "#0d1117",
    {
        "linkage": "#58a6ff", "splink": "#f0a35e", "tantivy": "#56d364", "postgresql": "#bc8cff",
        "sqlite": "#d8b04a", "rapidfuzz": "#ff7b72", "recordlinkage": "#56c7dd", "floor": "#6e7681",
    },
)  # fmt: skip
STYLES = (LIGHT, DARK)


DASHES = {"full": [1, 0], "broken": [4, 3], "dotted": [1.5, 3]}


def colour_of(style: Style, name: str) -> str:
    """A program's colour, whatever variant of it the name says."""
    first = name.split()[0].lower()
    return style.programs.get(first, style.quiet)


def configured(chart: Any, style: Style) -> Any:
    """The chart with fonts, axes and grid of the style; the page shines through."""
    return (
        chart.configure(background="transparent", font=FONT, padding=PADDING)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=style.quiet, titleColor=style.quiet, gridColor=style.grid, domainColor=style.grid,
            tickColor=style.grid, labelFontSize=11, titleFontSize=11, titleFontWeight="normal",
            labelPadding=4, titlePadding=8, domain=False, ticks=False,
        )
        .configure_title(
            color=style.ink, fontSize=13, fontWeight=600, anchor="start", subtitleColor=style.quiet,
            subtitleFontSize=11, offset=10, subtitlePadding=4,
        )
    )  # fmt: skip


def write(charts: Mapping[str, Any], folder: Path, name: str, *, png: Path | None = None) -> None:
    """NAME-light.svg and NAME-dark.svg, and pictures for a look where asked."""
    folder.mkdir(parents=True, exist_ok=True)
    for style in STYLES:
        spec = configured(charts[style.name], style).to_json()
        svg = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
        (folder / f"{name}-{style.name}.svg").write_text(svg + "\n")
        if png:
            png.mkdir(parents=True, exist_ok=True)
            begin = svg.index(">") + 1
            shown = svg[:begin] + f'<rect width="100%" height="100%" fill="{style.page}"/>' + svg[begin:]
            (png / f"{name}-{style.name}.png").write_bytes(vl_convert.svg_to_png(shown, scale=2))


def round_values(low: float, high: float) -> list[float]:
    """Where a logarithmic axis has its lines: at powers of ten, and at 2 and 5 where those are few."""
    decades = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if high / low < 200 else (1,)
    values = [float(f"{step}e{decade}") for decade in decades for step in steps]
    return [v for v in values if 0.999 * low <= v <= 1.001 * high]


def row_of(charts: Sequence[Any], *, spacing: int = 105) -> Any:
    """Panels side by side, their frames in line, each with its own colours."""
    return alt.hconcat(*charts, bounds="flush", spacing=spacing).resolve_scale(
        color="independent", strokeDash="independent"
    )


def spread(values: Sequence[float], *, low: float, high: float, height: float, is_log: bool) -> list[float]:
    """Where labels of these values stand so that each has 13 pixels, as near to its value as that allows.

    `low` and `high` are the ends of the axis, `height` its length in pixels.
    """

    def scale(value: float) -> float:
        return math.log(value) if is_log else value

    begin, end = scale(low), scale(high)
    pixels = [(scale(v) - begin) / (end - begin) * height for v in values]
    order = sorted(range(len(values)), key=pixels.__getitem__)
    placed = [pixels[i] for i in order]
    for _ in range(200):
        for a in range(len(placed) - 1):
            lack = 13 - (placed[a + 1] - placed[a])
            if lack > 0:
                placed[a] -= lack / 2
                placed[a + 1] += lack / 2
    found = [0.0] * len(values)
    for i, pixel in zip(order, placed, strict=True):
        at = begin + pixel / height * (end - begin)
        found[i] = math.exp(at) if is_log else at
    return found


def lines(
    rows: Sequence[Mapping[str, Any]],
    style: Style,
    *,
    x: str,
    y: str,
    title: str,
    subtitle: str,
    x_title: str,
    domain: tuple[float, float],
    y_is_log: bool = True,
    y_format: str = ",~g",
    width: int = 200,
    height: int = 210,
    x_values: Sequence[float] | None = None,
    x_format: str = "~s",
) -> Any:
    """One panel: a line a series with its points, its name at its end in its colour."""
    series = list(dict.fromkeys(row["series"] for row in rows))
    colours = [colour_of(style, name) for name in series]
    scale_y = alt.Scale(type="log" if y_is_log else "linear", domain=list(domain), clamp=False, nice=False)
    xs = sorted({row[x] for row in rows})
    ends = [max((r for r in rows if r["series"] == name), key=lambda r: r[x]) for name in series]
    low, high = domain
    # Names of lines that go about as far as any stand one above the other; others at their line's end.
    far = max(xs)
    ends = [{**end, "far": far if 2 * end[x] > far else end[x]} for end in ends]
    labels = []
    for at in sorted({end["far"] for end in ends}):
        mine = [end for end in ends if end["far"] == at]
        places = spread([e[y] for e in mine], low=low, high=high, height=height, is_log=y_is_log)
        labels += [{**end, "place": place} for end, place in zip(mine, places, strict=True)]
    colour = alt.Color("series:N", scale=alt.Scale(domain=series, range=colours), legend=None)
    dash = alt.StrokeDash(
        "dash:N", scale=alt.Scale(domain=list(DASHES), range=list(DASHES.values())), legend=None
    )
    axis_x = alt.Axis(values=list(x_values or xs), format=x_format, grid=False, title=x_title)
    y_values = {"values": round_values(low, high)} if y_is_log else {"tickCount": 5}
    axis_y = alt.Axis(format=y_format, title=None, **y_values)
    encoded = {
        "x": alt.X(f"{x}:Q", scale=alt.Scale(type="log", nice=False, padding=8), axis=axis_x),
        "color": colour,
    }
    marked = [{"dash": "full", **row} for row in rows]
    base = alt.Chart(alt.Data(values=marked)).encode(**encoded, y=alt.Y(f"{y}:Q", scale=scale_y, axis=axis_y))
    names = alt.Chart(alt.Data(values=labels)).encode(
        x=alt.X("far:Q"), y=alt.Y("place:Q", scale=scale_y), color=colour, text="series:N"
    )
    drawn = base.mark_line(strokeWidth=2).encode(strokeDash=dash) + base.mark_point(
        size=34, filled=True, opacity=1
    )
    return (drawn + names.mark_text(align="left", dx=9, fontSize=11, clip=False)).properties(
        width=width, height=height, title=alt.Title(title, subtitle=subtitle)
    )
