// @ts-check
/**
 * Building elements. What comes from outside ends up in text nodes and attributes only: there is no way to pass
 * markup, and no handler or address can be passed as a string of script.
 */

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [props] `on…` takes a function; true, false and null mean present, absent, absent
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(.../** @type {(Node | string)[]} */ (children.flat().filter(isShown)));
  return node;
}

/** @param {Child} child */
function isShown(child) {
  return child !== null && child !== undefined && child !== false;
}

/** @param {Element} node @param {string} name @param {any} value */
function setProp(node, name, value) {
  if (name.startsWith("on")) {
    if (typeof value !== "function") throw new TypeError(`${name} takes a function`);
    node.addEventListener(name.slice(2), value);
  } else if (value === true) node.setAttribute(name, "");
  else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
}

/**
 * An address as a link may carry it, or null: only the web and mail, never script or data.
 * @param {unknown} address
 */
export function safeAddress(address) {
  try {
    const url = new URL(String(address));
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** @param {string} address @param {...Child} children a link out of the page, in a tab of its own */
export function linkOut(address, ...children) {
  const href = safeAddress(address);
  return href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children) : h("span", {}, ...children);
}

let count = 0;

/** @param {string} stem @returns {string} an id that no other element of this page has */
export function uniqueId(stem) {
  count += 1;
  return `${stem}-${count}`;
}

/**
 * Line drawings on a 16 × 16 grid, as path data.
 * @type {Record<string, string>}
 */
const DRAWINGS = {
  hash: "M6.500 2.500 5 13.500M11 2.500 9.500 13.500M3 6h11M2 10.500h11",
  lock: "M4 7.500h8v6H4zM5.500 7.500V5.200a2.500 2.500 0 0 1 5 0v2.300",
  home: "M2.500 7.500 8 3l5.500 4.500M4 6.500v7h3V10h2v3.500h3v-7",
  eye: "M1.500 8S4 3.800 8 3.800 14.500 8 14.500 8 12 12.200 8 12.200 1.500 8 1.500 8zM8 6.200a1.800 1.800 0 1 0 0 3.600 1.800 1.800 0 0 0 0-3.600z",
  reply: "M6.500 4 2.500 7.500l4 3.500M3 7.500h6a4 4 0 0 1 4 4v1",
  more: "M3.500 8h.01M8 8h.01M12.500 8h.01",
  pin: "M6 2.500h4l-.6 4.200 2.600 2.300v1H4V9l2.600-2.300zM8 10v4",
  bolt: "M9 1.500 3.500 9H7.500L7 14.500 12.500 7H8.500z",
  file: "M4 2h5l3 3v9H4zM9 2v3h3",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3.500 8.500 6.500 11.500 12.500 4.500",
  warning: "M8 2.500 14.500 13.500h-13zM8 6.500v3.200M8 11.800h.01",
  send: "M2.500 8 13.500 3 10 13.500 7.500 9z",
  commit: "M8 5.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5zM1.500 8h4M10.500 8h4",
  branch: "M4.500 4.500v7M4.500 2a1.300 1.300 0 1 0 0 2.600 1.300 1.300 0 0 0 0-2.600zM4.500 11.400a1.300 1.300 0 1 0 0 2.600 1.300 1.300 0 0 0 0-2.600zM11.500 3.400a1.300 1.300 0 1 0 0 2.600 1.300 1.300 0 0 0 0-2.600zM11.500 6c0 2.500-2 3-7 4",
  broken: "M8.800 1.500 4 9h3.500l-.8 5.500L12 7H8.300z",
  heal: "M8 13.500S2 10 2 5.900A3 3 0 0 1 8 4.800a3 3 0 0 1 6 1.100C14 10 8 13.500 8 13.500z",
  copy: "M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3",
  promote: "M8 13V3.500M4 7.500l4-4 4 4",
  redirect: "M3 4v3.500A2.500 2.500 0 0 0 5.500 10H13M10 7l3 3-3 3",
  down: "M4 6.500l4 4 4-4",
  messages: "M2.500 3.500h11v8H7L4 14v-2.500H2.500z",
  people: "M6 3a2.300 2.300 0 1 0 0 4.600A2.300 2.300 0 0 0 6 3zM2 13c0-2.600 1.800-4 4-4s4 1.400 4 4M10.500 3.200a2.200 2.200 0 0 1 0 4.200M11.800 9.300c1.400.5 2.200 1.800 2.200 3.700",
  globe: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM2 8h12M8 2c4 4 4 8 0 12M8 2c-4 4-4 8 0 12",
};

/** @param {string} name one of DRAWINGS; decoration only, so hidden from screen readers */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", DRAWINGS[name]);
  svg.append(path);
  return svg;
}

/**
 * Replace `content` by what `build` makes, and give the keyboard focus back to the element with the same `data-key`.
 * @param {HTMLElement} content
 * @param {() => Child[]} build
 */
export function redraw(content, build) {
  const focused = document.activeElement;
  const key = focused instanceof HTMLElement && content.contains(focused) ? focused.dataset.key : undefined;
  content.replaceChildren(.../** @type {(Node | string)[]} */ (build().filter(isShown)));
  if (key !== undefined) findByKey(content, key)?.focus({ preventScroll: true });
}

/** @param {ParentNode} root @param {string} key @returns {HTMLElement | null} */
export function findByKey(root, key) {
  return root.querySelector(`[data-key="${CSS.escape(key)}"]`);
}
