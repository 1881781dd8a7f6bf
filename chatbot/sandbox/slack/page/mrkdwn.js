// @ts-check
/**
 * Slack's mrkdwn as DOM nodes. Everything that is not a known construct stays text, as typed.
 * The grammar: https://docs.slack.dev/messaging/formatting-message-text
 */
import { h, safeAddress } from "./dom.js";
import { emoji, withEmoji } from "./emoji.js";
import { dateInWords } from "./times.js";

/** @typedef {import("./directory.js").Directory} Directory */

/** Slack escapes these three characters and no others. @param {string} text */
export const decode = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** The words of a plain_text object (or nothing). @param {{text: string, emoji?: boolean} | undefined} object */
export const plain = (object) => {
  const words = decode(object?.text ?? "");
  return object?.emoji === false ? words : withEmoji(words);
};

/** A text object of either kind. @param {any} object @param {Directory} names */
export function textObject(object, names) {
  return object?.type === "mrkdwn" ? mrkdwn(object.text, names, { links: !object.verbatim }) : plain(object);
}

/**
 * @param {string} text
 * @param {Directory} names
 * @param {{links?: boolean}} [options] whether bare addresses become links
 * @returns {DocumentFragment}
 */
export function mrkdwn(text, names, { links = true } = {}) {
  const fragment = document.createDocumentFragment();
  text.split(/```([\s\S]+?)```/).forEach((part, index) => {
    if (index % 2 === 1) fragment.append(h("pre", {}, h("code", {}, decode(part.replace(/^\n/, "")))));
    else fragment.append(...paragraphs(index > 0 ? part.replace(/^\n/, "") : part, names, links));
  });
  return fragment;
}

/** Lines, with runs of quoted lines gathered. @param {string} text @param {Directory} names @param {boolean} links */
function paragraphs(text, names, links) {
  /** @type {{quoted: boolean, lines: string[]}[]} */
  const runs = [];
  if (text === "") return [];
  for (const line of text.split("\n")) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    const last = runs.at(-1);
    if (last && last.quoted === (quote !== null)) last.lines.push(quote ? quote[1] : line);
    else runs.push({ quoted: quote !== null, lines: [quote ? quote[1] : line] });
  }
  return runs.map(({ quoted, lines }) => {
    const content = document.createDocumentFragment();
    lines.forEach((line, index) => {
      if (index > 0) content.append(h("br"));
      inline(line, names, links, content);
    });
    return quoted ? h("blockquote", {}, content) : content;
  });
}

const TAGS = /** @type {const} */ ({ "*": "strong", "_": "em", "~": "s" });

// A mark opens after something that is no word character and closes before one, as in Slack: snake_case stays as it is.
const TOKEN =
  /`([^`]+)`|<([^<>]+)>|:([a-z0-9_+-]+):|(https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)\]'"*_~])|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]{0,2999}?\S)\5(?![\p{L}\p{N}])/gu;

/** @param {string} line @param {Directory} names @param {boolean} links @param {Node} into */
function inline(line, names, links, into) {
  let end = 0;
  const add = (/** @type {string} */ text) => text && into.appendChild(document.createTextNode(decode(text)));
  for (const match of line.matchAll(TOKEN)) {
    add(line.slice(end, match.index));
    end = match.index + match[0].length;
    const [typed, code, entity, name, address, mark, marked] = match;
    if (code !== undefined) into.appendChild(h("code", {}, decode(code)));
    else if (entity !== undefined) into.appendChild(reference(entity, names));
    else if (name !== undefined) into.appendChild(document.createTextNode(emoji(name) ?? typed));
    else if (address !== undefined) into.appendChild(links ? link(decode(address)) : document.createTextNode(decode(address)));
    else inline(marked, names, links, into.appendChild(h(TAGS[/** @type {"*"} */ (mark)])));
  }
  add(line.slice(end));
}

/** What stands between < and >. @param {string} entity @param {Directory} names @returns {Node} */
function reference(entity, names) {
  const [target, ...rest] = entity.split("|");
  const label = rest.length > 0 ? rest.join("|") : undefined;
  if (/^@[UW]/.test(target)) return userMention(target.slice(1), names);
  if (target.startsWith("#")) return channelMention(target.slice(1), names);
  if (target.startsWith("!subteam^")) return mention(`@${names.groupName(target.slice(9))}`);
  if (target.startsWith("!date^")) return date(target, label ?? "");
  if (/^!(here|channel|everyone)$/.test(target)) return mention(`@${target.slice(1)}`);
  return link(decode(target), label === undefined ? undefined : withEmoji(decode(label)));
}

/** A link, or what was typed if that is no address a browser may open. @param {string} address @param {string} [label] */
export function link(address, label) {
  const href = safeAddress(address);
  if (href === null) return document.createTextNode(label === undefined ? `<${address}>` : `<${address}|${label}>`);
  const words = label ?? address.replace(/^mailto:/, "");
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, words);
}

/** @param {string} words @param {boolean} [isMe] */
const mention = (words, isMe = false) => h("span", { class: isMe ? "mention me" : "mention" }, words);

/** @param {string} id @param {Directory} names */
export const userMention = (id, names) => mention(`@${names.userName(id)}`, id === names.me);

/** @param {string} id @param {Directory} names */
export function channelMention(id, names) {
  if (!names.isVisible(id)) return mention("#private-channel");
  return h("a", { class: "mention", href: `#in=${id}` }, `#${names.channelName(id)}`);
}

/** @param {string} handle */
export const groupMention = (handle) => mention(`@${handle}`);

/** `!date^1392734382^{date} at {time}^https://…`. @param {string} target @param {string} fallback */
function date(target, fallback) {
  const [, seconds, format = "", address] = target.split("^");
  const words = dateInWords(Number(seconds), decode(format)) ?? decode(fallback);
  const time = h("time", { title: decode(fallback) || null }, words);
  const href = address === undefined ? null : safeAddress(decode(address));
  return href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, time) : time;
}
