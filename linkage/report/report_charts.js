// Charts by hand. Bars stretch by percentages; charts with two axes are drawn again when their width changes.
const pct = (x) => `${(100 * x).toFixed(3)}%`;
function ticks(low, high, about) {
  const raw = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((k) => k * power).find((k) => k >= raw);
  const out = [];
  for (let x = Math.ceil(low / step - 1e-9) * step; x <= high + 1e-9; x += step) out.push(Math.abs(x) < 1e-12 ? 0 : x);
  return out;
}
// A bar in a stretching cell, centred on the row's height; x and width are shares of the cell.
const bar = (x, width, cls, height = 12) =>
  s("svg", { y: "50%", overflow: "visible" }, s("rect", { x: pct(x), y: -height / 2, width: pct(Math.max(width, 0)), height, rx: 2.5, class: cls, "data-bar": "" }));
const upright = (x, cls) => s("line", { x1: pct(x), x2: pct(x), y1: "0", y2: "100%", class: cls });
const mark = (x, text, anchor = "start", cls = "", dx = 6) =>
  s("svg", { y: "50%", overflow: "visible" }, s("text", { x: pct(x), dx: anchor === "end" ? -dx : anchor === "middle" ? 0 : dx, y: 4, "text-anchor": anchor, class: cls }, text));
const cell = (...kids) => h("div", { class: "cell" }, s("svg", { "aria-hidden": "true" }, kids));
const row = (props, ...kids) => h("div", { ...props, class: `row ${props.class ?? ""}` }, kids);
const label = (...kids) => h("div", { class: "label" }, kids);
const num = (text, cls = "") => h("div", { class: `num ${cls}` }, text);
const legend = (...items) => h("div", { class: "legend" }, items.filter(Boolean).map(([cls, text]) => h("span", {}, h("i", { class: cls }), text)));

const drawings = [];
function chart(name, draw) {
  const box = h("div", { class: "chart", role: "img", "aria-label": name });
  drawings.push(() => {
    const width = Math.max(260, Math.round(box.clientWidth || 700));
    if (box.dataset.width === String(width)) return;
    box.dataset.width = width;
    box.replaceChildren(draw(width));
  });
  return box;
}
const redraw = () => drawings.forEach((draw) => draw());
const frame = (width, height, ...kids) => s("svg", { viewBox: `0 0 ${width} ${height}`, width, height }, kids);

function histogram(edges, counts, matches, threshold) {
  return chart(t("hist_h"), (width) => {
    const pad = { left: 46, right: 14, top: 40, bottom: 42 };
    const height = width < 480 ? 280 : 340;
    const used = counts.map((n, i) => (n > 0 ? i : -1)).filter((i) => i >= 0);
    // the threshold is shown wherever the pairs lie
    if (isNumber(threshold)) used.push(...edges.slice(0, counts.length).map((w, i) => (w <= threshold && threshold < edges[i + 1] ? i : -1)).filter((i) => i >= 0));
    const first = Math.max(0, Math.min(...used) - 1), last = Math.min(counts.length - 1, Math.max(...used) + 1);
    const low = edges[first], high = edges[last + 1];
    const x = (w) => pad.left + ((w - low) / (high - low)) * (width - pad.left - pad.right);
    const top = Math.max(1, Math.ceil(Math.log10(Math.max(...counts, 1)) + 0.05));
    // half a count lies on the floor, so that a single pair still shows
    const y = (n) => height - pad.bottom - ((Math.log10(Math.max(n, 0.5)) - Math.log10(0.5)) / (top - Math.log10(0.5))) * (height - pad.top - pad.bottom);
    const out = [];
    for (let k = 0; k <= top; k += 1) out.push(s("line", { x1: pad.left, x2: width - pad.right, y1: y(10 ** k), y2: y(10 ** k), class: "gridline" }), s("text", { x: pad.left - 8, y: y(10 ** k) + 4, "text-anchor": "end" }, short(10 ** k)));
    for (const w of ticks(low, high, width / 80)) out.push(s("text", { x: x(w), y: height - pad.bottom + 18, "text-anchor": "middle" }, format(w, { maximumFractionDigits: 1 })));
    out.push(s("text", { x: width - pad.right, y: height - 4, "text-anchor": "end" }, t("hist_weight")));
    const above = []; let sum = 0;
    for (let i = counts.length - 1; i >= 0; i -= 1) { sum += counts[i]; above[i] = sum; }
    for (let i = first; i <= last; i += 1) {
      if (!counts[i]) continue;
      const left = x(edges[i]) + 0.5, wide = Math.max(1, x(edges[i + 1]) - x(edges[i]) - 1), base = y(0);
      const box = (n, cls, opacity) => n > 0 && s("rect", { x: left, width: wide, y: y(n), height: base - y(n), class: cls, opacity });
      const middle = (edges[i] + edges[i + 1]) / 2;
      out.push(s("g", { class: "bin", tip: () => [`${bits(edges[i])} … ${bits(edges[i + 1])} ${t("weights_bits")}`, [t("hist_prob"), probability(toProbability(middle))], [t("hist_pairs"), count(counts[i])],
        matches && [t("hist_true"), count(matches[i])], [t("hist_above"), count(above[i])]] },
        s("rect", { x: left, width: wide, y: pad.top, height: base - pad.top, opacity: 0 }),
        matches ? [box(counts[i] - matches[i], "f-differ", 0.75), box(matches[i], "f-match", 0.75)] : box(counts[i], middle >= threshold ? "f-match" : "f-ghost")));
    }
    out.push(s("line", { x1: pad.left, x2: width - pad.right, y1: y(0), y2: y(0), class: "axis" }));
    const told = [];
    // the middle first: where bits are narrow, the outer ones have no room beside it
    for (const p of [0.5, 0.01, 0.99, 0.0001, 0.9999]) {
      const w = Math.log2(p / (1 - p));
      if (w <= low || x(w) > width - 130 || width <= 420 || told.some((other) => Math.abs(x(w) - other) < 42)) continue;
      told.push(x(w));
      out.push(s("text", { x: x(w), y: 12, "text-anchor": "middle" }, probability(p)), s("line", { x1: x(w), x2: x(w), y1: 17, y2: 21, class: "axis" }));
    }
    if (width > 420) out.push(s("text", { x: width - pad.right, y: 12, "text-anchor": "end" }, t("hist_prob")));
    if (isNumber(threshold) && threshold >= low && threshold <= high) {
      const end = x(threshold) > width - 110;
      out.push(s("line", { x1: x(threshold), x2: x(threshold), y1: 24, y2: y(0), class: "threshold" }), s("text", { x: x(threshold) + (end ? -6 : 6), y: 34, "text-anchor": end ? "end" : "start", class: "threshold-text" }, t("hist_threshold", { w: bits(threshold) })));
    }
    return frame(width, height, out);
  });
}

function curves(points, threshold, best) {
  const series = [["precision", "s-mark"], ["recall", "s-differ"], ["f1", "s-match"]];
  return chart(t("eval_curve"), (width) => {
    const pad = { left: 42, right: 12, top: 12, bottom: 38 }, height = Math.min(320, Math.max(240, width * 0.62));
    const low = points[0].weight, high = points.at(-1).weight;
    const values = points.flatMap((p) => series.map(([key]) => p[key])).filter(isNumber);
    const floor = Math.min(0.95, Math.max(0, Math.floor(Math.min(...values) * 20) / 20));
    const x = (w) => pad.left + ((w - low) / (high - low || 1)) * (width - pad.left - pad.right);
    const y = (v) => height - pad.bottom - ((v - floor) / (1 - floor)) * (height - pad.top - pad.bottom);
    const out = [];
    for (const v of ticks(floor, 1, 5)) out.push(s("line", { x1: pad.left, x2: width - pad.right, y1: y(v), y2: y(v), class: "gridline" }), s("text", { x: pad.left - 8, y: y(v) + 4, "text-anchor": "end" }, format(v, { maximumFractionDigits: 3 })));
    for (const w of ticks(low, high, width / 70)) out.push(s("text", { x: x(w), y: height - pad.bottom + 18, "text-anchor": "middle" }, count(w)));
    out.push(s("text", { x: width - pad.right, y: height - 3, "text-anchor": "end" }, t("eval_curve_note")));
    if (isNumber(threshold) && threshold >= low && threshold <= high) out.push(s("line", { x1: x(threshold), x2: x(threshold), y1: pad.top, y2: height - pad.bottom, class: "threshold" }));
    for (const [key, cls] of series) out.push(s("polyline", { class: `curve ${cls}`, points: points.filter((p) => isNumber(p[key])).map((p) => `${x(p.weight).toFixed(1)},${y(p[key]).toFixed(1)}`).join(" ") }));
    if (best && isNumber(best.f1) && best.weight >= low && best.weight <= high) out.push(s("circle", { cx: x(best.weight), cy: y(best.f1), r: 4.5, class: "f-match" }));
    const cursor = s("line", { y1: pad.top, y2: height - pad.bottom, class: "axis", visibility: "hidden" });
    const svg = frame(width, height, out, cursor);
    const nearest = (event) => {
      const at = low + (((event.clientX - svg.getBoundingClientRect().left) * width / svg.getBoundingClientRect().width - pad.left) / (width - pad.left - pad.right)) * (high - low);
      return points.reduce((a, b) => (Math.abs(b.weight - at) < Math.abs(a.weight - at) ? b : a));
    };
    let now = points[0];
    svg.addEventListener("pointermove", (event) => { now = nearest(event); cursor.setAttribute("x1", x(now.weight)); cursor.setAttribute("x2", x(now.weight)); cursor.setAttribute("visibility", "visible"); });
    svg.addEventListener("pointerleave", () => cursor.setAttribute("visibility", "hidden"));
    attachTip(svg, () => [`${bits(now.weight)} ${t("weights_bits")}`, [t("hist_prob"), probability(toProbability(now.weight))], ...series.map(([key]) => [t(`eval_${key}`), fixed(now[key], 4)])]);
    return svg;
  });
}

function calibration(bins) {
  return chart(t("eval_calibration"), (width) => {
    const pad = { left: 42, right: 14, top: 12, bottom: 38 }, height = Math.min(width, 320);
    const x = (p) => pad.left + p * (width - pad.left - pad.right), y = (p) => height - pad.bottom - p * (height - pad.top - pad.bottom);
    const out = [];
    for (const v of [0, 0.25, 0.5, 0.75, 1]) out.push(s("line", { x1: pad.left, x2: width - pad.right, y1: y(v), y2: y(v), class: "gridline" }), s("text", { x: pad.left - 8, y: y(v) + 4, "text-anchor": "end" }, format(v, {})), s("text", { x: x(v), y: height - pad.bottom + 18, "text-anchor": "middle" }, format(v, {})));
    out.push(s("line", { x1: x(0), y1: y(0), x2: x(1), y2: y(1), class: "threshold" }), s("text", { x: width - pad.right, y: height - 3, "text-anchor": "end" }, t("eval_said")));
    const most = Math.log10(Math.max(...bins.map((b) => b.n_pairs), 10));
    for (const b of bins) if (b.n_pairs > 0 && isNumber(b.said) && isNumber(b.share)) out.push(s("circle", { cx: x(b.said), cy: y(b.share), r: 3.5 + 7 * (Math.log10(Math.max(b.n_pairs, 1)) / most), class: "f-match", opacity: 0.8,
      tip: () => [t("eval_calibration"), [t("eval_said"), fixed(b.said, 3)], [t("eval_share"), fixed(b.share, 3)], [t("eval_pairs"), count(b.n_pairs)]] }));
    return frame(width, height, out);
  });
}

function columns(bars, caption) {
  return chart(caption, (width) => {
    const pad = { left: 46, right: 8, top: 22, bottom: 40 }, height = 250;
    const top = Math.max(1, Math.ceil(Math.log10(Math.max(...bars.map((b) => b.count), 1)) + 0.05));
    const y = (n) => height - pad.bottom - ((Math.log10(Math.max(n, 0.5)) - Math.log10(0.5)) / (top - Math.log10(0.5))) * (height - pad.top - pad.bottom);
    const step = Math.min(74, (width - pad.left - pad.right) / bars.length), out = [];
    for (let k = 0; k <= top; k += 1) out.push(s("line", { x1: pad.left, x2: width - pad.right, y1: y(10 ** k), y2: y(10 ** k), class: "gridline" }), s("text", { x: pad.left - 8, y: y(10 ** k) + 4, "text-anchor": "end" }, short(10 ** k)));
    const every = Math.ceil(26 / step);
    bars.forEach((b, i) => {
      const left = pad.left + i * step;
      out.push(s("g", { class: "bin", tip: () => [`${b.name} ${caption}`, [t("clusters_count"), count(b.count)], isNumber(b.records) && [t("clusters_records"), count(b.records)]] },
        s("rect", { x: left, width: step, y: pad.top, height: height - pad.top - pad.bottom, opacity: 0 }),
        s("rect", { x: left + step * 0.14, width: step * 0.72, y: y(b.count), height: Math.max(0, y(0) - y(b.count)), rx: 2.5, class: "f-match" }),
        step > 46 && s("text", { x: left + step / 2, y: y(b.count) - 6, "text-anchor": "middle", class: "strong" }, short(b.count)),
        i % every === 0 && s("text", { x: left + step / 2, y: height - pad.bottom + 17, "text-anchor": "middle" }, b.name)));
    });
    out.push(s("line", { x1: pad.left, x2: width - pad.right, y1: y(0), y2: y(0), class: "axis" }), s("text", { x: width - pad.right, y: height - 3, "text-anchor": "end" }, caption));
    return frame(width, height, out);
  });
}
