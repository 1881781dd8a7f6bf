// @ts-check
/** One message as a person sees it; it stays the same element through its updates. */
import { inWords, pin, useShortcut } from "./api.js";
import { avatar } from "./avatar.js";
import { showBlocks } from "./blocks.js";
import { Cards, fileLinks } from "./cards.js";
import { h, icon, redraw } from "./dom.js";
import { overflowMenu } from "./menu.js";
import { Surface } from "./surface.js";
import { clock, fullTime, momentOf } from "./times.js";

/** @typedef {import("./api.js").Message} Message */
/** @typedef {import("./directory.js").Directory} Directory */

export class MessageView {
  /**
   * @param {Message} message
   * @param {Directory} names
   * @param {((message: Message) => void) | null} onThread opens or closes its thread; null inside a thread
   */
  constructor(message, names, onThread) {
    this.message = message;
    this.names = names;
    this.onThread = onThread;
    this.surface = new Surface(names, { channel: message.channel, ts: message.ts });
    this.byline = h("header", { class: "byline" });
    this.note = h("p", { class: "ephemeral-note" }, icon("eye"), "Only visible to you");
    this.body = h("div", { class: "body" });
    this.cards = new Cards(names, { channel: message.channel, ts: message.ts });
    this.files = h("div", { class: "files" });
    this.pinned = h("p", { class: "ephemeral-note pinned-note" });
    this.menu = h("div", { class: "message-menu" });
    /** What the menu was made for: it is made anew when that changes. @type {boolean | undefined} */
    this.menuIsOfPinned = undefined;
    this.foot = h("div", { class: "foot" });
    /** Where the channel hangs the open thread. */
    this.thread = h("div", { class: "thread-slot" });
    this.element = h("article", { class: "message", tabindex: "-1" },
      h("div", { class: "gutter" }, avatar(message.user, names)),
      h("div", { class: "content" }, this.note, this.pinned, this.byline, this.body, this.cards.element, this.files, this.surface.complaint, this.foot, this.thread),
      this.menu);
    this.isThreadOpen = false;
    /** What it shows, as it came. */
    this.shows = "";
    this.update(message);
  }

  /** @param {Message} message */
  update(message) {
    const shows = JSON.stringify(message);
    if (shows === this.shows) return;
    this.shows = shows;
    this.message = message;
    const moment = momentOf(message.ts);
    const author = this.names.userName(message.user);
    this.element.setAttribute("aria-label", `${author}, ${clock(moment)}${message.ephemeral ? ", only visible to you" : ""}`);
    this.element.classList.toggle("ephemeral", message.ephemeral);
    this.note.hidden = !message.ephemeral;
    this.byline.replaceChildren(
      h("b", { class: "author" }, author),
      this.names.isBot(message.user) ? h("span", { class: "badge" }, "App") : "",
      h("time", { datetime: moment.toISOString(), title: fullTime(moment) }, clock(moment)),
      message.broadcast && this.onThread ? h("span", { class: "aside" }, icon("reply"), "also sent to a thread") : "",
    );
    // What a person typed is shown from its text: the workspace does not parse it into rich text.
    const isComposed = message.blocks?.length > 0 && this.names.isBot(message.user);
    const blocks = isComposed ? message.blocks : [asBlock(message.text)];
    showBlocks(this.body, blocks, this.surface, () => this.element.focus({ preventScroll: true }));
    this.markEdited();
    this.cards.show(message.unfurls ?? []);
    redraw(this.files, () => fileLinks(message.files ?? []));
    this.pinned.hidden = message.pinned_by === undefined;
    this.pinned.replaceChildren(icon("pin"), `Pinned by ${this.names.userName(message.pinned_by ?? "")}`);
    this.showMenu();
    this.showFoot();
  }

  /** Pinning, and the app's shortcuts of messages. */
  showMenu() {
    const { message, names } = this;
    const isPinned = message.pinned_by !== undefined;
    if (message.ephemeral || isPinned === this.menuIsOfPinned) return;
    this.menuIsOfPinned = isPinned;
    const shortcuts = (names.state.shortcuts ?? []).filter(({ type }) => type === "message");
    const options = [
      { value: "pin", text: { text: isPinned ? "Unpin from channel" : "Pin to channel" } },
      ...shortcuts.map(({ callback_id, name, description }) => ({ value: `s ${callback_id}`, text: { text: name }, description: { text: description } })),
    ];
    redraw(this.menu, () => [overflowMenu({ accessibility_label: "Message actions", options }, "menu", ({ value }) => this.act(value, isPinned))]);
  }

  /** @param {string} value of the menu @param {boolean} isPinned */
  async act(value, isPinned) {
    const address = { as: this.names.me, channel: this.message.channel, ts: this.message.ts };
    this.surface.complaint.textContent = "";
    const outcome = value === "pin" ? await pin({ ...address, pinned: !isPinned }) : await useShortcut({ ...address, callback_id: value.slice(2) });
    if (!outcome.ok) this.surface.complaint.textContent = inWords(outcome);
  }

  markEdited() {
    this.body.querySelector(":scope > .edited")?.remove();
    if (this.message.edited) this.body.append(h("span", { class: "edited" }, "(edited)"));
  }

  /** @param {boolean} isOpen */
  setThreadOpen(isOpen) {
    this.isThreadOpen = isOpen;
    this.showFoot();
  }

  showFoot() {
    const { message, onThread } = this;
    const replies = message.reply_count ?? 0;
    redraw(this.foot, () => {
      if (!onThread || message.ephemeral) return [];
      const words = replies === 0 ? "Reply in thread" : replies === 1 ? "1 reply" : `${replies} replies`;
      return [h("button", {
        type: "button", class: replies > 0 || this.isThreadOpen ? "thread-button" : "thread-button quiet", "data-key": "thread",
        "aria-expanded": String(this.isThreadOpen), onclick: () => onThread(message),
      }, icon("reply"), this.isThreadOpen ? "Close thread" : words)];
    });
  }
}

/** What a message without blocks shows. @param {string} text */
const asBlock = (text) => ({ type: "section", block_id: "text", text: { type: "mrkdwn", text } });
