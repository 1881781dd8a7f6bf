// @ts-check
/** What hangs beneath the words of a message: the cards that the app made of its links, and its files. */
import { showBlocks } from "./blocks.js";
import { h, icon, linkOut } from "./dom.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { Surface } from "./surface.js";

/** @typedef {import("./directory.js").Directory} Directory */

export class Cards {
  /** @param {Directory} names @param {{channel: string, ts: string}} address of the message */
  constructor(names, address) {
    this.names = names;
    this.address = address;
    this.element = h("div", { class: "cards" });
    /** @type {Map<string, {node: HTMLElement, body: HTMLElement, surface: Surface}>} by the address of the link */
    this.shown = new Map();
  }

  /** @param {any[]} unfurls */
  show(unfurls) {
    const present = new Set(unfurls.map(({ url }) => url));
    for (const [url, { node }] of this.shown) {
      if (present.has(url)) continue;
      node.remove();
      this.shown.delete(url);
    }
    for (const unfurl of unfurls) this.showOne(unfurl);
  }

  /** @param {any} unfurl */
  showOne(unfurl) {
    let card = this.shown.get(unfurl.url);
    if (!card) {
      const surface = new Surface(this.names, { ...this.address, unfurl: unfurl.url });
      const body = h("div", { class: "body" });
      const label = `Card of ${unfurl.url}`;
      card = { surface, body, node: h("section", { class: "card", "aria-label": label, tabindex: "-1" }, body, surface.complaint) };
      this.shown.set(unfurl.url, card);
      this.element.append(card.node);
    }
    const { node } = card;
    showBlocks(card.body, unfurl.blocks ?? asBlocks(unfurl), card.surface, () => node.focus({ preventScroll: true }));
  }
}

/** The older form of a card: a title that may be a link, and a text. @param {any} unfurl */
function asBlocks({ title, title_link: link, text }) {
  const words = [title && link ? `*<${link}|${title}>*` : title && `*${title}*`, text].filter(Boolean).join("\n");
  return words === "" ? [] : [{ type: "section", block_id: "words", text: { type: "mrkdwn", text: words } }];
}

/** @param {any[]} files */
export const fileLinks = (files) => files.map(({ url, title, name, size }) =>
  linkOut(new URL(url, document.baseURI).href, icon("file"), h("span", { class: "label" }, title),
    h("span", { class: "detail" }, title === name ? inBytes(size) : `${name}, ${inBytes(size)}`)));

/** @param {number} size */
const inBytes = (size) => (size < 1000 ? `${size} bytes` : `${(size / 1000).toFixed(size < 10_000 ? 1 : 0)} kB`);

/** What a message says in a line, for lists of messages. @param {any} message @param {Directory} names */
export function inOneLine(message, names) {
  const text = message.text || plain(message.blocks?.find((/** @type {any} */ block) => block.text)?.text) || "(no text)";
  const words = mrkdwn(text, names, { links: false }).textContent ?? "";
  return words.length > 90 ? `${words.slice(0, 89)}…` : words;
}
