// Elements, numbers and the tooltip. Values only ever become text nodes or attribute values, never markup.
const SVG = "http://www.w3.org/2000/svg";
function put(node, props, kids) {
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value == null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "tip") attachTip(node, value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  for (const kid of kids.flat(9)) if (kid != null && kid !== false) node.append(kid instanceof Node ? kid : String(kid));
  return node;
}
const h = (tag, props, ...kids) => put(document.createElement(tag), props, kids);
const s = (tag, props, ...kids) => put(document.createElementNS(SVG, tag), props, kids);
const bold = (text) => text.split("**").map((part, i) => (i % 2 ? h("b", {}, part) : part));

const isNumber = (x) => typeof x === "number" && Number.isFinite(x);
const locale = () => (lang === "vi" ? "vi-VN" : "en-US");
const dateLocale = () => (lang === "vi" ? "vi-VN" : "en-GB");
const formats = new Map();
function format(x, options) {
  if (!isNumber(x)) return "–";
  const key = lang + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(locale(), options));
  return formats.get(key).format(x).replace("-", "−");
}
const count = (x) => format(x, { maximumFractionDigits: 0 });
// Vietnamese has no short word for a thousand that fits a column, so numbers below a million stay whole
function short(x) {
  if (!isNumber(x) || Math.abs(x) < 1e4 || (lang === "vi" && Math.abs(x) < 1e6)) return count(x);
  return format(x, { notation: "compact", compactDisplay: lang === "vi" ? "long" : "short", maximumSignificantDigits: 3 });
}
const fixed = (x, digits) => format(x, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const bits = (x) => format(x, { minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "exceptZero" });
// Almost all is not all, and a little is not nothing: 100% and 0% are said of 1 and 0 alone.
function percent(x, digits = 1) {
  const step = 10 ** (-2 - digits), shown = (y) => format(y, { style: "percent", maximumFractionDigits: digits });
  if (x < 1 && x >= 1 - step / 2) return `> ${shown(1 - step)}`;
  return x > 0 && x < step / 2 ? `< ${shown(step)}` : shown(x);
}
const seconds = (x) => fixed(x, x < 1 ? 3 : x < 100 ? 2 : 0);
const memory = (mib) => (mib >= 1024 ? [fixed(mib / 1024, 2), "GiB"] : [count(mib), "MiB"]);
// A probability close to 0 or 1 needs more digits than one in the middle.
function probability(p) {
  if (!isNumber(p)) return "–";
  const gap = Math.min(p, 1 - p);
  if (gap < 1e-6) return p > 0.5 ? `> ${format(0.999999, { maximumFractionDigits: 6 })}` : `< ${format(0.000001, { maximumFractionDigits: 6 })}`;
  return format(p, { maximumFractionDigits: Math.min(6, Math.max(2, Math.ceil(-Math.log10(gap)) + (p > 0.5 ? 0 : 1))) });
}
const share = (p) => (isNumber(p) && p > 0 && p < 0.001 ? t("in_n", { n: short(1 / p) }) : percent(p, p > 0.1 && p < 0.99 ? 1 : 2));
const toProbability = (weight) => (weight > 60 ? 1 : 2 ** weight / (1 + 2 ** weight));
const fileName = (path) => String(path ?? "").split(/[\\/]/).pop();

const tipNode = document.getElementById("tip");
function attachTip(node, content) {
  const show = (event) => {
    const [head, ...lines] = content();
    tipNode.replaceChildren(h("b", {}, head), ...lines.filter(Boolean).map(([name, value]) => h("div", {}, h("span", {}, name), h("span", {}, value))));
    tipNode.hidden = false;
    const box = tipNode.getBoundingClientRect();
    const at = event.clientX == null || event.type === "focus" ? node.getBoundingClientRect() : { left: event.clientX, bottom: event.clientY };
    const left = Math.min(at.left + 14, innerWidth - box.width - 8);
    const below = at.bottom + 16 + box.height < innerHeight;
    tipNode.style.left = `${Math.max(8, left)}px`;
    tipNode.style.top = `${below ? at.bottom + 14 : Math.max(8, at.bottom - box.height - 14)}px`;
  };
  const hide = () => { tipNode.hidden = true; };
  node.addEventListener("pointermove", show);
  node.addEventListener("pointerdown", show);
  node.addEventListener("focus", show);
  node.addEventListener("pointerleave", hide);
  node.addEventListener("blur", hide);
}
addEventListener("scroll", () => { tipNode.hidden = true; }, { passive: true });
