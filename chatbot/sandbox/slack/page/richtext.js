// @ts-check
/** The rich_text block: sections, lists, quotes and preformatted text, whose inline parts carry their own style. */
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { channelMention, groupMention, link, userMention } from "./mrkdwn.js";
import { dateInWords } from "./times.js";

/** @typedef {import("./directory.js").Directory} Directory */

/** @param {any} block @param {Directory} names @returns {Node[]} */
export const richText = (block, names) => (block.elements ?? []).map((/** @type {any} */ part) => paragraph(part, names));

/** @param {any} part @param {Directory} names @returns {Node} */
function paragraph(part, names) {
  const content = () => (part.elements ?? []).map((/** @type {any} */ piece) => inlinePart(piece, names));
  switch (part.type) {
    case "rich_text_section":
      return h("div", { class: "rich" }, content());
    case "rich_text_quote":
      return h("blockquote", {}, content());
    case "rich_text_preformatted":
      return h("pre", {}, h("code", {}, content()));
    case "rich_text_list":
      return list(part, names);
    default:
      return h("p", { class: "unknown" }, `A rich text part of type “${part.type}” is not shown here.`);
  }
}

/** @param {any} part @param {Directory} names */
function list(part, names) {
  const ordered = part.style === "ordered";
  const items = part.elements.map((/** @type {any} */ item) => h("li", {}, paragraph(item, names)));
  const node = ordered ? h("ol", { start: (part.offset ?? 0) + 1 }, items) : h("ul", {}, items);
  node.classList.add(`indent-${Math.min(8, part.indent ?? 0)}`);
  return node;
}

/** @param {any} piece @param {Directory} names @returns {Node} */
function inlinePart(piece, names) {
  return styled(bare(piece, names), piece.style ?? {});
}

/** @param {any} piece @param {Directory} names @returns {Node} */
function bare(piece, names) {
  switch (piece.type) {
    case "text":
      return lines(piece.text);
    case "link":
      return link(piece.url, piece.text || undefined);
    case "user":
      return userMention(piece.user_id, names);
    case "channel":
      return channelMention(piece.channel_id, names);
    case "usergroup":
      return groupMention(names.groupName(piece.usergroup_id));
    case "broadcast":
      return groupMention(piece.range);
    case "emoji":
      return document.createTextNode(emoji(piece.name) ?? `:${piece.name}:`);
    case "date":
      return h("time", {}, dateInWords(piece.timestamp, piece.format) ?? piece.fallback ?? "");
    case "color":
      return h("code", {}, piece.value);
    default:
      return document.createTextNode(`[${piece.type}]`);
  }
}

/** @param {string} text */
function lines(text) {
  const fragment = document.createDocumentFragment();
  text.split("\n").forEach((line, index) => {
    if (index > 0) fragment.append(h("br"));
    fragment.append(line);
  });
  return fragment;
}

const STYLES = /** @type {[string, "code" | "strong" | "em" | "s"][]} */ ([
  ["code", "code"], ["strike", "s"], ["italic", "em"], ["bold", "strong"],
]);

/** @param {Node} node @param {Record<string, boolean>} style */
function styled(node, style) {
  for (const [name, tag] of STYLES) if (style[name]) node = h(tag, {}, node);
  return node;
}
