// The page: reads the data island, builds head, contents and sections, and builds them again in the other language.
const data = JSON.parse(document.getElementById("data").textContent);
const page = document.getElementById("page");
const asked = new URLSearchParams(location.search).get("lang");
try { lang = asked ?? localStorage.getItem("linkage-report-language") ?? "en"; } catch { lang = asked ?? "en"; }
if (!(lang in TEXT)) lang = "en";

// The project's mark: two records and what they share.
const brand = () => h("div", { class: "brand" }, s("svg", { width: 26, height: 18, viewBox: "0 0 26 18", "aria-hidden": "true" },
  s("circle", { cx: 9, cy: 9, r: 8, class: "f-match", opacity: 0.55 }), s("circle", { cx: 17, cy: 9, r: 8, class: "f-match", opacity: 0.55 })), h("span", {}, "linkage"));

function head(d) {
  const files = d.inputs ?? [], records = files.reduce((n, f) => n + (f.n_records ?? 0), 0), link = d.kind === "link";
  const c = d.clusters ?? {}, sizes = c.sizes ?? [], p = probability(d.threshold_match_probability);
  const groups = sizes.filter((b) => b.size > 1), several = groups.reduce((n, b) => n + b.count, 0), together = groups.reduce((n, b) => n + b.size * b.count, 0);
  const people = link || !isNumber(c.n_records_in_clusters) ? null : records - together + several;
  const when = new Date(d.created), time = isNaN(when) ? String(d.created ?? "") : when.toLocaleString(dateLocale(), { dateStyle: "long", timeStyle: "short" });
  const lead = t(link ? "lead_link" : "lead_dedupe", {
    records: count(records), p, compared: t("lead_compared", { n: short(d.n_candidate_pairs) }),
    found: link ? t("lead_links", { n: count(d.n_matched_pairs) }) : t("lead_matched", { n: count(d.n_matched_pairs) }),
    left: people == null ? "" : t("lead_people", { n: count(people) }) });
  const avoided = d.reduction_ratio > 0 ? t("sub_reduction", { total: short(d.total_pairs), r: percent(d.reduction_ratio, d.reduction_ratio > 0.999 ? 4 : 2) }) : t("sub_all");
  const tile = (name, big, unit, sub, key) => h("div", { class: `tile ${key ? "key" : ""}` }, h("div", { class: "name" }, name), h("div", { class: "big" }, big, unit && h("small", {}, unit)), sub && h("div", { class: "sub" }, sub));
  const [mem, unit] = isNumber(d.peak_rss_mib) ? memory(d.peak_rss_mib) : ["–", ""];
  const title = t(link ? "title_link" : "title_dedupe", { a: fileName(files[0]?.path), b: fileName(files[1]?.path) });
  document.title = title;
  document.documentElement.lang = lang;
  return [h("header", {}, h("p", { class: "over" }, `linkage ${d.linkage_version ?? ""} · ${time}`), h("h1", {}, title),
    h("p", { class: "lead" }, bold(lead), d.hide_values ? ` ${t("hidden")}` : ""),
    h("div", { class: "tiles" },
      tile(t("tile_records"), count(records), "", files.length > 1 ? t("sub_files", { n: files.length }) : t("sub_columns", { n: count(files[0]?.columns?.length ?? 0) })),
      tile(t("tile_candidates"), short(d.n_candidate_pairs), "", isNumber(d.total_pairs) ? avoided : ""),
      tile(t(link ? "tile_links" : "tile_matched"), count(d.n_matched_pairs), "", t("sub_threshold", { p }), true),
      people == null ? tile(t("tile_clusters"), count(several), "", t("sub_records_in", { n: count(together) })) : tile(t("tile_people"), count(people), "", t("sub_clusters", { n: count(several) }), true),
      tile(t("tile_seconds"), isNumber(d.seconds) ? fixed(d.seconds, d.seconds < 100 ? 2 : 0) : "–", "s", d.seconds > 0 ? t("sub_rate", { n: short(records / d.seconds) }) : ""),
      tile(t("tile_memory"), mem, unit, isNumber(d.peak_rss_mib) && records > 0 && d.peak_rss_mib * 1048576 / records < 1e5 ? t("sub_bytes", { n: count(d.peak_rss_mib * 1048576 / records) }) : "")),
    has(d.warnings) && h("div", { class: "notice" }, h("a", { href: "#warnings" }, t("notice", { n: count(d.warnings.length) }))))];
}

function build() {
  drawings.length = 0;
  const sections = [inputs, rules, weights, mu, weightHistogram, termFrequencies, examplePairs, clusters, evaluation, timing, warnings].map((make) => make(data)).filter(Boolean);
  const links = sections.map(([id, name]) => h("a", { href: `#${id}` }, name, id === "warnings" && h("span", { class: "count" }, data.warnings.length)));
  const choose = (code, name) => h("button", { "aria-pressed": String(lang === code), title: name, lang: code, onclick: () => {
    if (lang === code) return;
    lang = code;
    try { localStorage.setItem("linkage-report-language", code); } catch { /* a page opened from a file may have no storage */ }
    const at = scrollY;
    build();
    scrollTo({ top: at, behavior: "instant" });
  } }, code.toUpperCase());
  const when = new Date(data.created);
  page.replaceChildren(
    h("aside", { class: "toc" }, brand(), h("nav", { "aria-label": t("contents") }, links), h("div", { class: "lang", role: "group" }, choose("en", "English"), choose("vi", "Tiếng Việt"))),
    h("main", {}, head(data), sections.map(([id, name, introduction, ...content]) => h("section", { id }, h("h2", {}, name), h("p", { class: "intro" }, introduction), content)),
      h("footer", {}, t("footer", { v: data.linkage_version ?? "", t: isNaN(when) ? "" : when.toLocaleDateString(dateLocale(), { dateStyle: "long" }) }))));
  redraw();
  follow(links, sections.map(([id]) => document.getElementById(id)));
}

let spy = null;
function follow(links, nodes) {
  const update = () => {
    let here = -1;
    nodes.forEach((node, i) => { if (node.getBoundingClientRect().top < innerHeight * 0.3) here = i; });
    if (scrollY + innerHeight >= document.documentElement.scrollHeight - 4 && scrollY > 0) here = nodes.length - 1;
    links.forEach((link, i) => {
      if (link.classList.contains("here") === (i === here)) return;
      link.classList.toggle("here", i === here);
      if (i === here) link.parentNode.scrollTo({ left: link.offsetLeft - 60, behavior: "smooth" });
    });
  };
  if (spy) removeEventListener("scroll", spy);
  spy = update;
  addEventListener("scroll", spy, { passive: true });
  update();
}

build();
addEventListener("resize", redraw);
addEventListener("beforeprint", redraw);
