// @ts-check
/** Block Kit blocks as DOM. A block that did not change keeps its nodes, so an update disturbs nothing else. */
import { findByKey, h, safeAddress, uniqueId } from "./dom.js";
import { renderElement } from "./elements.js";
import { plain, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/** @typedef {import("./surface.js").Surface} Surface */

/** @type {WeakMap<Node, string>} what each shown block was made from */
const sources = new WeakMap();

/**
 * @param {HTMLElement} container
 * @param {any[]} blocks
 * @param {Surface} surface
 * @param {() => void} [lostFocus] the focused element is gone: where to go instead
 */
export function showBlocks(container, blocks, surface, lostFocus = () => {}) {
  const focused = document.activeElement;
  const hadFocus = focused instanceof HTMLElement && container.contains(focused);
  surface.forgetAllBut(blocks);
  const old = new Map([...container.children].map((node) => [sources.get(node), node]));
  const nodes = blocks.map((block) => {
    const source = JSON.stringify(block);
    const node = old.get(source) ?? renderBlock(block, surface);
    old.delete(source);
    sources.set(node, source);
    return node;
  });
  for (const gone of old.values()) gone.remove();
  nodes.forEach((node, index) => {
    if (container.children[index] !== node) container.insertBefore(node, container.children[index] ?? null);
  });
  if (!hadFocus || container.contains(document.activeElement)) return;
  const again = focused.dataset.key === undefined ? null : findByKey(container, focused.dataset.key);
  if (again) again.focus({ preventScroll: true });
  else lostFocus();
}

/** @param {any} block @param {Surface} surface @returns {HTMLElement} */
function renderBlock(block, surface) {
  const kind = Object.hasOwn(KINDS, block.type) ? KINDS[block.type] : unknown;
  const node = kind(block, surface);
  node.classList.add("block", "mrkdwn");
  return node;
}

/** @type {Record<string, (block: any, surface: Surface) => HTMLElement>} */
const KINDS = {
  section,
  header: (block) => h("h3", { class: "header-block" }, plain(block.text)),
  divider: () => h("hr"),
  context: (block, surface) => h("div", { class: "context" }, block.elements.map((/** @type {any} */ part) => contextPart(part, surface))),
  actions: (block, surface) => h("div", { class: "actions" }, block.elements.map((/** @type {any} */ element) => elementIn(element, block, surface))),
  image: imageBlock,
  input: inputBlock,
  rich_text: (block, surface) => h("div", { class: "rich-text" }, richText(block, surface.names)),
};

/** @param {any} block */
const unknown = (block) => h("p", { class: "unknown" }, `A block of type “${block.type}” is not shown here.`);

/** @param {any} element @param {any} block @param {Surface} surface named by its placeholder, or by its kind */
function elementIn(element, block, surface) {
  const label = element.accessibility_label ?? (plain(element.placeholder) || element.type.replaceAll("_", " "));
  return renderElement(element, {
    block, surface, label, labelledBy: null, id: uniqueId("element"),
    key: `${block.block_id}/${element.action_id}`, isSilent: false,
  });
}

/** @param {any} block @param {Surface} surface */
function section(block, surface) {
  const { names } = surface;
  const { accessory } = block;
  return h("div", { class: accessory ? "section with-accessory" : "section" },
    h("div", { class: "words" },
      block.text ? h("div", {}, textObject(block.text, names)) : null,
      block.fields ? h("div", { class: "fields" }, block.fields.map((/** @type {any} */ text) => h("div", {}, textObject(text, names)))) : null),
    accessory ? h("div", { class: "accessory" }, accessory.type === "image" ? image(accessory, "thumbnail") : elementIn(accessory, block, surface)) : null,
  );
}

/** @param {any} part @param {Surface} surface */
const contextPart = (part, { names }) =>
  part.type === "image" ? image(part, "tiny") : h("span", {}, textObject(part, names));

/** @param {any} source image_url and alt_text @param {string} size */
function image(source, size) {
  const src = safeAddress(source.image_url);
  return src ? h("img", { class: size, src, alt: source.alt_text, loading: "lazy" }) : h("span", { class: "unknown" }, source.alt_text);
}

/** @param {any} block */
function imageBlock(block) {
  return h("figure", {}, block.title ? h("figcaption", {}, plain(block.title)) : null, image(block, "full"));
}

/** @param {any} block @param {Surface} surface */
function inputBlock(block, surface) {
  const { element } = block;
  const id = uniqueId("input");
  const labelId = uniqueId("label");
  const grouped = element.type === "radio_buttons" || element.type === "checkboxes";
  const label = [plain(block.label), block.optional ? h("span", { class: "optional" }, " (optional)") : null];
  const node = renderElement(element, {
    block, surface, label: null, labelledBy: grouped ? labelId : null, id,
    key: `${block.block_id}/${element.action_id}`, isSilent: !block.dispatch_action,
  });
  const hint = block.hint ? h("p", { class: "hint", id: uniqueId("hint") }, plain(block.hint)) : null;
  const control = grouped ? node : (node.id === id ? node : node.querySelector(`#${id}`));
  if (hint) control?.setAttribute("aria-describedby", hint.id);
  return h("div", { class: "input", "data-block": block.block_id },
    grouped ? h("div", { id: labelId, class: "label" }, label) : h("label", { for: id, class: "label" }, label),
    node, hint);
}

/**
 * Put each sentence at its input block, and the keyboard into the first of them.
 * @param {HTMLElement} container
 * @param {Record<string, string>} errors block_id → sentence
 * @returns {string[]} sentences whose block is not an input block shown here
 */
export function showErrors(container, errors) {
  clearErrors(container);
  const homeless = [];
  let first = true;
  for (const [blockId, sentence] of Object.entries(errors)) {
    const block = container.querySelector(`[data-block="${CSS.escape(blockId)}"]`);
    if (!block) {
      homeless.push(sentence);
      continue;
    }
    const id = uniqueId("error");
    block.append(h("p", { class: "error", id, role: "alert" }, sentence));
    const group = block.querySelector('[role="group"], [role="radiogroup"]');
    const field = /** @type {HTMLElement | null} */ (block.querySelector("input, textarea"));
    const marked = group ?? field;
    marked?.setAttribute("aria-invalid", "true");
    marked?.setAttribute("aria-errormessage", id);
    if (first) field?.focus();
    first = false;
  }
  return homeless;
}

/** @param {HTMLElement} container */
export function clearErrors(container) {
  container.querySelectorAll(".error").forEach((node) => node.remove());
  container.querySelectorAll("[aria-invalid]").forEach((node) => {
    node.removeAttribute("aria-invalid");
    node.removeAttribute("aria-errormessage");
  });
}
