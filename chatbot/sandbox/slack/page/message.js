// @ts-check
/** One message as a person sees it; it stays the same element through its updates. */
import { avatar } from "./avatar.js";
import { showBlocks } from "./blocks.js";
import { h, icon, redraw } from "./dom.js";
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
    this.foot = h("div", { class: "foot" });
    /** Where the channel hangs the open thread. */
    this.thread = h("div", { class: "thread-slot" });
    this.element = h("article", { class: "message", tabindex: "-1" },
      h("div", { class: "gutter" }, avatar(message.user, names)),
      h("div", { class: "content" }, this.note, this.byline, this.body, this.surface.complaint, this.foot, this.thread));
    this.isThreadOpen = false;
    this.update(message);
  }

  /** @param {Message} message */
  update(message) {
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
    this.showFoot();
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
