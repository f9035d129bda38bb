"""A run's summary and example pairs -> one self-contained HTML page."""

import base64
import functools
import hashlib
import json
import math
from pathlib import Path
from typing import Any

from linkage.report.view import view

SCRIPTS = (
    "report_text.js",
    "report_dom.js",
    "report_charts.js",
    "report_sections.js",
    "report_pairs.js",
    "report.js",
)


def render_report(
    summary: dict[str, Any],
    *,
    examples: list[dict[str, Any]] | None = None,
    hide_values: bool = False,
) -> str:
    """Render the report of a run as one HTML page that opens offline.

    Style, script and data are inlined; the page's content security policy forbids it to load
    anything and to run any script but its own, so that a hostile value in a record stays text.
    Python only fills in the data: charts are drawn by the page.

    Parameters
    ----------
    summary : dict
        `Result.summary`; parts that are absent leave their section out.
    examples : list of dict, optional
        `Result.examples`: pairs around the threshold with their fields and waterfalls.
    hide_values : bool, default False
        Leave out every value of a record, record ids included; counts, names of columns and
        comparison levels stay.

    Returns
    -------
    str
        The page; pure text, to be written as UTF-8.

    Examples
    --------
    >>> page = render_report({"kind": "dedupe", "inputs": [], "n_matched_pairs": 0})
    >>> page.startswith("<!doctype html>") and page.rstrip().endswith("</html>")
    True
    """
    head, tail = _shell()
    return head + _island(view(summary, examples, hide_values=hide_values)) + tail


@functools.cache
def _shell() -> tuple[str, str]:
    """Everything before and after the data."""
    folder = Path(__file__).parent
    read = functools.partial(Path.read_text, encoding="utf-8")
    # one function around all files: nothing leaks into the page's global names
    script = "(() => {\n" + "".join(read(folder / name) for name in SCRIPTS) + "})();\n"
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = read(folder / "template.html")
    page = page.replace("%SCRIPT_HASH%", f"sha256-{digest}")
    page = page.replace("%STYLE%", read(folder / "report.css")).replace("%SCRIPT%", script)
    head, tail = page.split("%DATA%")
    return head, tail


def _island(data: dict[str, Any]) -> str:
    """JSON that is safe inside a script element: pure ASCII, and no character of markup."""
    try:
        text = json.dumps(data, allow_nan=False, default=_plain, separators=(",", ":"))
    except ValueError:
        # NaN and infinity are no JSON; rare enough to look for only when there is one
        text = json.dumps(_finite(data), allow_nan=False, default=_plain, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _plain(value: Any) -> Any:
    """Turn a NumPy scalar into a number, a date or anything else into text."""
    return value.item() if hasattr(value, "item") else str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
