// The sections: what came in, pairs per rule, weights, m and u, histogram, term frequencies, clusters, truth, time.
// Each takes the summary and returns [id, heading, introduction, ...content], or null when there is nothing to show.
const has = (list) => Array.isArray(list) && list.length > 0;

function inputs(d) {
  if (!has(d.inputs)) return null;
  return ["in", t("in_h"), t("in_p"), d.inputs.map((input) => h("div", { class: "card" },
    h("h3", {}, fileName(input.path), h("span", {}, t("in_records", { n: count(input.n_records) }))),
    h("div", { class: "rows columns" },
      row({ class: "head" }, label(t("in_column")), h("div", {}), num(t("in_filled")), num(t("in_distinct"), "wide"), num(t("in_unparsed"), "wide"), num(t("in_repaired"), "wide")),
      (input.columns ?? []).map((c) => {
        const bad = c.n_unparsed > 0, zero = (n) => (n ? "" : "zero");
        const as = c.field == null ? (c.kind ? term(c.kind) : t("in_unused")) : t("in_as", { field: term(c.field), kind: term(c.kind) });
        return [row({ tabindex: 0, tip: () => [c.name, [as, ""], isNumber(c.completeness) && [t("in_filled"), percent(c.completeness, 2)], isNumber(c.n_distinct) && [t("in_distinct"), count(c.n_distinct)], isNumber(c.n_unparsed) && [t("in_unparsed"), count(c.n_unparsed)], isNumber(c.n_repaired) && [t("in_repaired"), count(c.n_repaired)]] },
          label(c.name, " ", c.field == null ? h("span", { class: "chip" }, as) : plain(c.field) !== plain(c.name) && h("span", { class: "chip" }, term(c.field))),
          cell(isNumber(c.completeness) && [bar(0, 1, "f-wash", 9), bar(0, c.completeness, c.field == null ? "f-ghost" : "f-match", 9)]),
          num(!isNumber(c.completeness) ? "" : percent(c.completeness, c.completeness > 0.995 && c.completeness < 1 ? 2 : 1)),
          num(isNumber(c.n_distinct) ? short(c.n_distinct) : "", "wide"), num(isNumber(c.n_unparsed) ? short(c.n_unparsed) : "", `wide ${bad ? "bad" : zero(c.n_unparsed)}`), num(isNumber(c.n_repaired) ? short(c.n_repaired) : "", `wide ${zero(c.n_repaired)}`)),
        bad && has(c.examples_unparsed) && h("div", { class: "unparsed" }, `${count(c.n_unparsed)} ${t("in_unparsed").toLowerCase()}, ${t("in_examples")}`, c.examples_unparsed.slice(0, 6).map((value) => h("q", { dir: "auto" }, value)))];
      })))), d.inputs.length > 1 && h("p", { class: "note" }, t("in_both"))];
}

function rules(d) {
  if (!has(d.rules)) return null;
  const total = d.n_candidate_pairs || d.rules.reduce((n, r) => n + (r.n_new_pairs || 0), 0) || 1;
  const widest = Math.max(total, ...d.rules.map((r) => r.n_pairs || 0));
  let sum = 0;
  const lines = d.rules.map((r) => {
    const begin = sum, again = Math.max(0, (r.n_pairs ?? 0) - (r.n_new_pairs ?? 0));
    sum += r.n_new_pairs ?? 0;
    const back = Math.min(again, begin);
    return row({ tabindex: 0, tip: () => [r.rule, [t("rules_marginal"), count(r.n_pairs)], [t("rules_first"), count(r.n_new_pairs)], [t("rules_total"), count(begin + (r.n_new_pairs ?? 0))], [t("rules_blocks"), count(r.n_blocks)], [t("rules_largest"), count(r.largest_block)], isNumber(r.seconds) && [t("rules_seconds"), seconds(r.seconds)]] },
      label(ruleName(r.rule), r.n_refined_blocks > 0 && [" ", h("span", { class: "chip" }, t("rules_refined", { n: short(r.n_refined_blocks) }))], r.n_pairs_left_out > 0 && [" ", h("span", { class: "chip warn" }, t("rules_left", { n: short(r.n_pairs_left_out) }))]),
      cell(bar((begin - back) / widest, back / widest, "f-soft", 10), bar(begin / widest, Math.max((r.n_new_pairs ?? 0) / widest, 0.003), "f-match", 10)),
      num(short(r.n_new_pairs)), num(short(r.n_blocks), "wide"), num(short(r.largest_block), "wide"), num(isNumber(r.seconds) ? seconds(r.seconds) : "", "wide"));
  });
  // a small table's one rule that finds every pair: nothing is found twice
  const every = d.rules.length === 1 && d.rules[0].rule === "every pair";
  return ["rules", t("rules_h"), every ? t("rules_all_p") : t("rules_p"), h("div", { class: "card" }, !every && legend(["b-match", t("rules_first")], ["b-soft", t("rules_again")]),
    h("div", { class: "rows rules" },
      row({ class: "head" }, label(t("rules_rule")), h("div", {}), num(t("rules_new")), num(t("rules_blocks"), "wide"), num(t("rules_largest"), "wide"), num(t("rules_seconds"), "wide")), lines,
      row({}, label(h("b", {}, t("rules_sum"))), cell(), num(h("b", {}, short(total))), num("", "wide"), num("", "wide"), num(isNumber(d.rules[0].seconds) ? seconds(d.rules.reduce((n, r) => n + (r.seconds ?? 0), 0)) : "", "wide"))))];
}
const ruleName = (rule) => String(rule ?? "").split(/, | & /).map((part) => part.split(".").map(term).join(" · ")).join(" & ");

// The strongest level first, whichever way the model numbers them.
const strongestFirst = (levels) => (isNumber(levels[0]?.match_weight) && levels[0].match_weight < (levels.at(-1)?.match_weight ?? -Infinity) ? [...levels].reverse() : levels);

function weights(d) {
  const model = d.model;
  if (!has(model?.comparisons)) return null;
  const all = model.comparisons.flatMap((c) => c.levels.map((l) => l.match_weight)).concat(model.prior_weight).filter(isNumber);
  const span = Math.max(1, ...all) - Math.min(-1, ...all);
  const margin = span * (innerWidth < 640 ? 0.36 : 0.1), low = Math.min(-1, ...all) - margin, high = Math.max(1, ...all) + margin;
  const x = (w) => (w - low) / (high - low);
  const grid = () => ticks(low, high, 7).map((w) => upright(x(w), w === 0 ? "axis" : "gridline"));
  const line = (name, w, extra, tip) => row({ tabindex: 0, tip }, label(name, extra),
    cell(grid(), isNumber(w) && [w >= 0 ? bar(x(0), x(w) - x(0), "f-match") : bar(x(w), x(0) - x(w), w === model.prior_weight ? "f-ghost" : "f-differ"), mark(x(w), bits(w), w >= 0 ? "start" : "end")]));
  const body = model.comparisons.map((c) => [
    row({ class: "group" }, label(term(c.name), c.parent && h("span", { class: "chip" }, t("weights_parent", { parent: term(c.parent) })))),
    strongestFirst(c.levels).map((l) => line(term(l.label), l.match_weight, l.tf_adjusted && [" ", h("span", { class: "chip" }, "tf")], () => [`${term(c.name)}: ${term(l.label)}`,
      [t("weights_odds"), isNumber(l.match_weight) ? (l.match_weight >= 0 ? short(2 ** l.match_weight) : `1/${short(2 ** -l.match_weight)}`) : "–"], [t("weights_m"), share(l.m_probability)], [t("weights_u"), share(l.u_probability)],
      isNumber(l.n_pairs) && [t("weights_pairs"), count(l.n_pairs)], l.tf_adjusted && [`tf: ${t("weights_tf")}`, ""]]))]);
  const em = model.em && isNumber(model.em.iterations) && h("p", { class: "note" }, t("em", { n: count(model.em.iterations), state: t(model.em.converged ? "em_yes" : "em_no") }));
  return ["weights", t("weights_h"), t("weights_p"), h("div", { class: "card" }, legend(["b-match", t("for_match")], ["b-differ", t("against_match")]),
    h("div", { class: "rows weights" },
      row({ class: "head" }, label(), cell(ticks(low, high, 7).map((w) => mark(x(w), w === 0 ? "0" : format(w, { signDisplay: "exceptZero", maximumFractionDigits: 1 }), "middle")))),
      isNumber(model.prior_weight) && line(t("weights_prior"), model.prior_weight, null, () => [t("weights_prior"), [t("hist_prob"), share(model.probability_two_random_records_match)]]), body), em)];
}

function mu(d) {
  if (!has(d.model?.comparisons)) return null;
  const side = (p, cls) => cell(bar(0, 1, "f-wash"), isNumber(p) && [bar(0, p, cls), p > 0.6 ? null : mark(p, share(p), "start", "", 5)], isNumber(p) && p > 0.6 && s("svg", { y: "50%", overflow: "visible" }, s("text", { x: pct(p), dx: -6, y: 4, "text-anchor": "end", style: "fill: var(--panel); stroke: none; font-weight: 560" }, share(p))));
  return ["mu", t("mu_h"), t("mu_p"), h("div", { class: "card" }, legend(["b-match", t("mu_m")], ["b-differ", t("mu_u")]), h("div", { class: "two-columns" },
    d.model.comparisons.map((c) => h("div", { class: "rows mu" }, row({ class: "group" }, label(term(c.name))), strongestFirst(c.levels).map((l) => row({ tabindex: 0, tip: () => [`${term(c.name)}: ${term(l.label)}`, [t("mu_m"), format(l.m_probability, { maximumSignificantDigits: 4 })], [t("mu_u"), format(l.u_probability, { maximumSignificantDigits: 4 })]] },
      label(term(l.label)), side(l.m_probability, "f-match"), side(l.u_probability, "f-differ")))))))];
}

function weightHistogram(d) {
  const hist = d.weights_histogram;
  if (!has(hist?.counts) || !(Math.max(...hist.counts) > 0)) return null;
  const matches = has(hist.counts_match) ? hist.counts_match : null;
  const below = (d.n_candidate_pairs ?? 0) - hist.counts.reduce((n, x) => n + x, 0);
  return ["histogram", t("hist_h"), t("hist_p"), h("div", { class: "card" },
    matches ? legend(["b-match", t("hist_true")], ["b-differ", t("hist_false")]) : legend(["b-match", t("hist_matched")], ["b-ghost", t("hist_below")]),
    histogram(hist.edges, hist.counts, matches, d.threshold_match_weight),
    below > 0 && h("p", { class: "note" }, t("hist_rest", { n: count(below), w: bits(hist.edges[0]) })))];
}

function termFrequencies(d) {
  if (!has(d.term_frequencies)) return null;
  const all = d.term_frequencies.flatMap((f) => f.top.map((v) => v.adjustment).concat(f.rare_adjustment)).filter(isNumber);
  const low = Math.min(0, ...all), high = Math.max(0.1, ...all), x = (w) => (w - low) / (high - low);
  const line = (name, w, tip) => row({ tabindex: 0, tip }, label(name), cell(upright(x(0), "axis"), isNumber(w) && (w >= 0 ? bar(x(0), x(w) - x(0), "f-match", 9) : bar(x(w), x(0) - x(w), "f-differ", 9))), num(bits(w)));
  return ["tf", t("tf_h"), t("tf_p"), h("div", { class: "grid-cards" }, d.term_frequencies.map((f) => h("div", { class: "card" }, h("h3", {}, String(f.field).split(".").map(term).join(" · ")), h("div", { class: "rows tf" },
    f.top.map((v, i) => { const name = v.value ?? t("tf_rank", { n: i + 1 }); return line(h("bdi", {}, name), v.adjustment, () => [name, [t("tf_count"), count(v.count)], [t("weights_bits"), bits(v.adjustment)]]); }),
    isNumber(f.rare_adjustment) && line(h("i", {}, t("tf_rare")), f.rare_adjustment, () => [t("tf_rare"), [t("weights_bits"), bits(f.rare_adjustment)]])))))];
}

const facts = (...items) => h("dl", { class: "facts" }, items.filter(([, value]) => value != null && value !== "–").map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));

function clusters(d) {
  const c = d.clusters;
  if (!has(c?.sizes)) return null;
  const sizes = c.sizes.filter((b) => b.size > 1).sort((a, b) => a.size - b.size), shown = sizes.slice(0, 30), rest = sizes.slice(30);
  if (!sizes.length) return null;
  const bars = shown.map((b) => ({ name: count(b.size), count: b.count, records: b.size * b.count }));
  if (rest.length) bars.push({ name: `≥ ${count(rest[0].size)}`, count: rest.reduce((n, b) => n + b.count, 0), records: rest.reduce((n, b) => n + b.size * b.count, 0) });
  return ["clusters", t("clusters_h"), t("clusters_p"), h("div", { class: "card" }, facts([t("clusters_n"), count(sizes.reduce((n, b) => n + b.count, 0))], [t("clusters_in"), count(sizes.reduce((n, b) => n + b.size * b.count, 0))], [t("clusters_max"), count(sizes.at(-1).size)]), columns(bars, t("clusters_size")))];
}

function evaluation(d) {
  const e = d.evaluation;
  if (!e) return null;
  const at = e.at_threshold ?? {};
  const four = (x) => fixed(x, 4);
  // far from the best threshold every curve is the same cliff: show where the choice is made
  const top = Math.max(0, ...(e.curve ?? []).map((p) => p.f1)), points = (e.curve ?? []).filter((p) => p.f1 >= 0.8 * top);
  const bins = has(e.calibration) ? e.calibration.filter((b) => b.n_pairs > 0) : [];
  return ["evaluation", t("eval_h"), t("eval_p"),
    h("div", { class: "card" }, facts([t("eval_precision"), four(at.precision)], [t("eval_recall"), four(at.recall)], [t("eval_f1"), four(at.f1)], [t("eval_best_f1"), four(e.best?.f1)], [t("eval_blocking"), four(e.pairs_completeness)], [t("eval_b3"), four(e.b_cubed?.f1)], [t("eval_b3_precision"), four(e.b_cubed?.precision)], [t("eval_b3_recall"), four(e.b_cubed?.recall)], [t("eval_true"), count(e.n_true_pairs)])),
    (points.length > 1 || bins.length > 0) && h("div", { class: "pair-of-cards" },
      points.length > 1 && h("div", { class: "card" }, h("h3", {}, t("eval_curve")), legend(["line b-mark", t("eval_precision")], ["line b-differ", t("eval_recall")], ["line b-match", "F1"]), curves(points, d.threshold_match_weight, e.best)),
      bins.length > 0 && h("div", { class: "card" }, h("h3", {}, t("eval_calibration")), legend(["b-match", t("eval_share")]), calibration(bins)))];
}

function timing(d) {
  if (!has(d.steps)) return null;
  const total = Math.max(d.seconds ?? 0, d.steps.reduce((n, p) => n + p.seconds, 0)) || 1;
  let at = 0;
  const peak = Math.max(...d.steps.map((p) => p.peak_rss_mib ?? 0), 1);
  const lines = d.steps.map((p) => {
    const begin = at;
    at += p.seconds;
    const level = (p.peak_rss_mib ?? 0) / peak;
    return row({ tabindex: 0, tip: () => [term(p.name), [t("time_seconds"), seconds(p.seconds)], [t("time_start"), seconds(begin)], isNumber(p.peak_rss_mib) && [t("time_memory"), memory(p.peak_rss_mib).join(" ")]] },
      label(term(p.name)), cell(bar(begin / total, Math.max(p.seconds / total, 0.003), "f-match", 11)), num(`${seconds(p.seconds)} s`),
      h("div", { class: "num" }, isNumber(p.peak_rss_mib) ? s("svg", { width: 46, height: 8, "aria-hidden": "true", style: "margin-right: 8px" }, s("rect", { width: 46, height: 8, rx: 2, class: "f-wash" }), s("rect", { width: 46 * level, height: 8, rx: 2, class: "f-mark", opacity: 0.75 })) : null, isNumber(p.peak_rss_mib) ? memory(p.peak_rss_mib).join(" ") : "–"));
  });
  return ["time", t("time_h"), t("time_p"), h("div", { class: "card" }, h("div", { class: "rows steps" }, row({ class: "head" }, label(t("time_step")), h("div", {}), num(t("time_seconds")), num(t("time_memory"))), lines))];
}

function warnings(d) {
  if (!has(d.warnings)) return null;
  return ["warnings", t("warn_h"), t("warn_p"), h("div", { class: "card" }, h("ul", { class: "warnings" }, d.warnings.map((w) => h("li", {}, h("span", { class: "chip warn" }, term(w.code)), h("span", { dir: "auto" }, w[`message_${lang}`] ?? w.message)))))];
}
