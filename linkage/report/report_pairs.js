// Example pairs: pick one, see the two records side by side and the waterfall from the prior to the match weight.
let picked = null;

// The characters of `value` against `other`: 0 the same, 1 the same but for case or diacritics, 2 not there.
const folded = (c) => c.normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
function differing(value, other) {
  const a = [...value.normalize("NFC")], b = [...other.normalize("NFC")];
  if (a.length * b.length > 40000) return [[value, 2]];
  // numbers of one length keep their places: a digit is wrong, not moved
  if (a.length === b.length && /^[\d\s./-]+$/.test(value + other)) return runs(a.map((c, i) => [c, c === b[i] ? 0 : 2]));
  const x = a.map(folded), y = b.map(folded);
  // longest common subsequence; an identical letter counts a little more than a folded one
  const table = Array.from({ length: a.length + 1 }, () => new Float32Array(b.length + 1));
  const gain = (i, j) => (x[i] === y[j] ? (a[i] === b[j] ? 1.01 : 1) : 0);
  for (let i = a.length - 1; i >= 0; i -= 1) for (let j = b.length - 1; j >= 0; j -= 1) table[i][j] = Math.max(table[i + 1][j], table[i][j + 1], gain(i, j) && gain(i, j) + table[i + 1][j + 1]);
  const out = [];
  for (let i = 0, j = 0; i < a.length;) {
    const taken = j < b.length && gain(i, j) > 0 && table[i][j] === Math.fround(gain(i, j) + table[i + 1][j + 1]);
    if (!taken && j < b.length && table[i][j + 1] >= table[i + 1][j]) { j += 1; continue; }
    out.push([a[i], taken ? (a[i] === b[j] ? 0 : 1) : 2]);
    i += 1; if (taken) j += 1;
  }
  return runs(out);
}
const runs = (letters) => letters.reduce((out, [c, kind]) => {
  if (out.length && out.at(-1)[1] === kind) out.at(-1)[0] += c; else out.push([c, kind]);
  return out;
}, []);
// Values that the comparison calls equal differ in their writing alone: their marks are light.
function value(mine, other, equal) {
  if (mine == null || mine === "") return h("td", { class: "none" }, "–");
  const text = String(mine);
  if (other == null || other === "" || text === String(other)) return h("td", { dir: "auto" }, text);
  // strings that share little are marked whole: scattered marks would only confuse
  const parts = differing(text, String(other)), kept = parts.reduce((n, [part, kind]) => n + (kind < 2 ? part.length : 0), 0);
  const light = (kind) => (kind === 1 || equal ? "light" : null);
  return h("td", { dir: "auto" }, kept * 2 < text.length ? h("mark", { class: light(2) }, text) : parts.map(([part, kind]) => (kind ? h("mark", { class: light(kind) }, part) : part)));
}

function waterfall(pair, threshold) {
  const steps = [];
  let sum = 0;
  const silent = (pair.waterfall ?? []).filter((w) => w.bits === 0 && w.level === "missing");
  for (const w of pair.waterfall ?? []) if (isNumber(w.bits) && !silent.includes(w)) { steps.push({ ...w, from: sum, to: sum + w.bits }); sum += w.bits; }
  const ends = steps.flatMap((w) => [w.from, w.to]).concat(0, isNumber(threshold) ? threshold : 0, pair.match_weight ?? 0);
  const span = Math.max(...ends) - Math.min(...ends) || 1, margin = span * (innerWidth < 640 ? 0.3 : 0.12), low = Math.min(...ends) - margin, high = Math.max(...ends) + margin;
  const x = (w) => (w - low) / (high - low);
  const cut = () => isNumber(threshold) && upright(x(threshold), "threshold");
  const half = (w, begin, end) => s("line", { x1: pct(x(w)), x2: pct(x(w)), y1: begin, y2: end, class: "axis" });
  const isPrior = (w) => /^prior$/i.test(w.label);
  return [h("div", { class: "rows fall" },
    row({ class: "head" }, label(), cell(ticks(low, high, 6).map((w) => mark(x(w), format(w, { maximumFractionDigits: 1 }), "middle")))),
    steps.map((w, i) => row({ tabindex: 0, tip: () => [isPrior(w) ? t("pairs_prior") : `${term(w.label)}${w.level ? `: ${term(w.level)}` : ""}`, [t("weights_bits"), bits(w.bits)], [t("pairs_running"), bits(w.to)], [t("hist_prob"), probability(toProbability(w.to))]] },
      label(isPrior(w) ? t("pairs_prior") : [h("span", { style: "color: var(--ink)" }, term(w.label)), w.level ? [" ", h("span", { class: "chip" }, term(w.level))] : null]),
      cell(cut(), i > 0 && half(w.from, "0", "50%"), half(w.to, "50%", "100%"), bar(x(Math.min(w.from, w.to)), Math.abs(x(w.to) - x(w.from)), isPrior(w) ? "f-ghost" : w.bits >= 0 ? "f-match" : "f-differ"),
        w.bits >= 0 ? mark(x(w.to), bits(w.bits)) : mark(x(w.to), bits(w.bits), "end")))),
    row({ tabindex: 0, tip: () => [t("pairs_final"), [t("weights_bits"), bits(pair.match_weight)], [t("hist_prob"), probability(pair.match_probability)]] }, label(h("b", { style: "color: var(--ink)" }, t("pairs_final"))),
      cell(cut(), half(sum, "0", "50%"), isNumber(pair.match_weight) && [bar(x(Math.min(0, pair.match_weight)), Math.abs(x(pair.match_weight) - x(0)), "f-mark"), mark(x(pair.match_weight), bits(pair.match_weight), pair.match_weight >= 0 ? "start" : "end", "strong")]))),
    silent.length > 0 && h("p", { class: "note" }, t("pairs_missing", { names: silent.map((w) => term(w.label)).join(", ") }))];
}

function examplePairs(d) {
  if (!has(d.examples)) return null;
  const pairs = [...d.examples].sort((a, b) => b.match_weight - a.match_weight);
  const threshold = d.threshold_match_weight;
  const matched = (pair) => pair.match_weight >= threshold;
  const firstBelow = pairs.findIndex((pair) => !matched(pair));
  const picker = h("div", { class: "picker", role: "listbox", "aria-label": t("pairs_h") }), detail = h("div", { class: "detail" });
  const buttons = pairs.map((pair, i) => h("button", { role: "option", onclick: () => show(i) }, h("span", { class: matched(pair) ? "yes" : "no" }, bits(pair.match_weight)), h("span", { class: "p" }, probability(pair.match_probability))));
  buttons.forEach((button, i) => picker.append(...(i === firstBelow && i > 0 ? [h("div", { class: "cut" }, t("pairs_cut")), button] : [button])));
  function show(i, focus) {
    picked = i;
    const pair = pairs[i];
    buttons.forEach((button, k) => button.setAttribute("aria-selected", k === i));
    if (focus) { buttons[i].focus({ preventScroll: true }); }
    picker.scrollTo({ top: buttons[i].offsetTop - picker.clientHeight / 2, left: buttons[i].offsetLeft - picker.clientWidth / 2 });
    const equal = new Set((pair.waterfall ?? []).filter((w) => w.level === "equal").map((w) => w.label));
    const key = pair.match_key == null ? null : isNumber(pair.match_key) ? ruleName(d.rules?.[pair.match_key]?.rule ?? pair.match_key) : ruleName(pair.match_key);
    const step = (by) => () => show((i + by + pairs.length) % pairs.length);
    detail.replaceChildren(
      h("div", { class: "detail-head" }, h("span", { class: `verdict ${matched(pair) ? "yes" : "no"}` }, t(matched(pair) ? "pairs_yes" : "pairs_no")),
        h("span", { class: "meta" }, [t("pairs_weight", { w: bits(pair.match_weight) }), t("pairs_prob", { p: probability(pair.match_probability) }), key && t("pairs_rule", { rule: key })].filter(Boolean).join(" · ")),
        h("span", { class: "step" }, h("button", { "aria-label": t("pairs_prev"), onclick: step(-1) }, "‹"), h("button", { "aria-label": t("pairs_next"), onclick: step(1) }, "›"))),
      ...(has(pair.fields) ? [h("table", { class: "two" }, h("thead", {}, h("tr", {}, h("th", {}), h("th", { dir: "auto" }, pair.record_id_l ?? t("pairs_left")), h("th", { dir: "auto" }, pair.record_id_r ?? t("pairs_right")))),
        h("tbody", {}, pair.fields.filter((f) => (f.left ?? "") !== "" || (f.right ?? "") !== "").map((f) => h("tr", { class: f.left === f.right ? "same" : "" }, h("th", {}, term(f.name)), value(f.left, f.right, equal.has(f.name)), value(f.right, f.left, equal.has(f.name))))))] : []),
      ...waterfall(pair, threshold).filter(Boolean));
  }
  picker.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (by) { event.preventDefault(); show(Math.min(pairs.length - 1, Math.max(0, picked + by)), true); }
  });
  // begin at the threshold: the least certain pair that still counts
  const begin = picked ?? Math.max(0, firstBelow - 1);
  queueMicrotask(() => show(begin));
  return ["pairs", t("pairs_h"), t("pairs_p"), h("div", { class: "card pairs" }, h("div", { class: "side" }, picker), detail)];
}
