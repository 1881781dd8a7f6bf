// @ts-check
/** The messages of one channel or one thread, oldest first, kept current. */
import { readMessages, writeMessage, inWords } from "./api.js";
import { h, icon } from "./dom.js";
import { MessageView } from "./message.js";
import { Pins } from "./pins.js";
import { dayInWords, momentOf } from "./times.js";

/** @typedef {import("./api.js").Message} Message */
/** @typedef {import("./directory.js").Directory} Directory */

/** @param {Message} message */
const isReply = (message) => message.thread_ts !== undefined && message.thread_ts !== null && message.thread_ts !== message.ts;

/** Pixels from the end within which somebody is taken to follow: the last buttons of a card are that far up. */
const NEAR_THE_END = 160;

/** An ordered list of messages. */
export class MessageList {
  /** @param {Directory} names @param {HTMLElement} element @param {((message: Message) => void) | null} onThread */
  constructor(names, element, onThread) {
    this.names = names;
    this.element = element;
    this.onThread = onThread;
    /** @type {Map<string, MessageView>} */
    this.views = new Map();
    /** The greatest ts there ever was. */
    this.newest = "";
    this.lastDay = "";
  }

  /** @param {Message[]} messages all there are */
  show(messages) {
    const present = new Set(messages.map(({ ts }) => ts));
    for (const ts of this.views.keys()) if (!present.has(ts)) this.remove(ts);
    messages.forEach((message) => this.place(message));
    this.showDays();
  }

  /** @param {Message} message added, or updated in place */
  put(message) {
    if (this.views.has(message.ts)) return this.place(message);
    const isLast = message.ts > this.newest;
    this.place(message);
    if (!isLast || dayInWords(momentOf(message.ts)) !== this.lastDay) this.showDays();
  }

  /** @param {Message} message */
  place(message) {
    const known = this.views.get(message.ts);
    if (known) return known.update(message);
    const view = new MessageView(message, this.names, this.onThread);
    const later = message.ts > this.newest ? undefined : [...this.views.keys()].filter((ts) => ts > message.ts).sort()[0];
    this.element.insertBefore(view.element, this.views.get(later ?? "")?.element ?? null);
    this.views.set(message.ts, view);
    if (message.ts > this.newest) this.newest = message.ts;
  }

  /** @param {string} ts */
  remove(ts) {
    const view = this.views.get(ts);
    if (!view) return;
    const hadFocus = view.element.contains(document.activeElement);
    view.element.remove();
    this.views.delete(ts);
    this.showDays();
    if (hadFocus) document.getElementById("say")?.focus({ preventScroll: true });
  }

  /** A line before the first message of each day; a thread has none. */
  showDays() {
    if (!this.onThread) return;
    this.element.querySelectorAll(":scope > .day").forEach((node) => node.remove());
    let last = "";
    for (const ts of [...this.views.keys()].sort()) {
      const day = dayInWords(momentOf(ts));
      if (day !== last) this.views.get(ts)?.element.before(h("h2", { class: "day" }, h("span", {}, day)));
      last = day;
    }
    this.lastDay = last;
  }
}

export class ChannelView {
  /** @param {Directory} names @param {string} id */
  constructor(names, id) {
    this.names = names;
    this.id = id;
    const label = `Messages in ${names.channel(id)?.is_im ? "" : "#"}${names.channelName(id)}`;
    this.log = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": label, tabindex: "0" });
    this.jump = h("button", { type: "button", class: "jump", hidden: true, onclick: () => this.toEnd() }, icon("down"), "New messages");
    this.element = h("div", { class: "log-frame" }, this.log, this.jump);
    this.inner = h("div", { class: "log-inner" });
    this.log.append(this.inner);
    this.list = new MessageList(names, this.inner, (message) => this.toggleThread(message.ts));
    this.pins = new Pins(names, id, (ts) => this.goTo(ts));
    /** Open threads. @type {Map<string, MessageList>} */
    this.threads = new Map();
    this.isAtEnd = true;
    this.lastTop = 0;
    this.log.addEventListener("scroll", () => this.noteScroll());
    this.growth = new ResizeObserver(() => this.isAtEnd && this.toEnd());
    this.growth.observe(this.inner);
    this.growth.observe(this.log);
  }

  async refresh() {
    const messages = await readMessages(this.names.me, this.id);
    this.log.setAttribute("aria-busy", "true");
    this.list.show(messages);
    this.inner.classList.toggle("empty", messages.length === 0);
    this.log.setAttribute("aria-busy", "false");
    if (this.isAtEnd) this.toEnd();
    await Promise.all([this.pins.refresh(), ...[...this.threads.keys()].map((ts) => this.refreshThread(ts))]);
  }

  /** @param {Message} message new or changed, in this channel */
  put(message) {
    this.inner.classList.remove("empty");
    if (!isReply(message) || message.broadcast) {
      const isNew = !this.list.views.has(message.ts);
      this.list.put(message);
      if (isNew && !this.isAtEnd) this.jump.hidden = false;
    }
    if (isReply(message)) this.threads.get(/** @type {string} */ (message.thread_ts))?.put(message);
    return this.pins.note(message);
  }

  /** Shows a message and gives it the keyboard. @param {string} ts */
  goTo(ts) {
    const view = this.list.views.get(ts);
    this.isAtEnd = false;
    view?.element.scrollIntoView({ block: "center" });
    view?.element.focus({ preventScroll: true });
  }

  /** @param {string} ts */
  remove(ts) {
    this.list.remove(ts);
    for (const thread of this.threads.values()) thread.remove(ts);
    return this.pins.pinned.has(ts) ? this.pins.refresh() : undefined;
  }

  /** @param {string} ts */
  async refreshThread(ts) {
    const messages = await readMessages(this.names.me, this.id, ts);
    this.threads.get(ts)?.show(messages.filter((message) => message.ts !== ts));
  }

  /** @param {string} ts */
  async toggleThread(ts) {
    const view = this.list.views.get(ts);
    if (!view) return;
    if (this.threads.delete(ts)) {
      view.thread.replaceChildren();
      return view.setThreadOpen(false);
    }
    const element = h("div", { class: "replies" });
    this.threads.set(ts, new MessageList(this.names, element, null));
    view.thread.replaceChildren(h("section", { class: "thread", "aria-label": "Thread" }, element, this.replyForm(ts)));
    view.setThreadOpen(true);
    await this.refreshThread(ts);
  }

  /** @param {string} ts */
  replyForm(ts) {
    const field = h("input", { class: "text", "aria-label": "Reply in thread", placeholder: "Reply…", autocomplete: "off" });
    const complaint = h("p", { class: "complaint", role: "alert" });
    const send = async (/** @type {Event} */ event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (text === "") return;
      const outcome = await writeMessage({ as: this.names.me, channel: this.id, text, thread_ts: ts });
      complaint.textContent = outcome.ok ? "" : inWords(outcome);
      if (outcome.ok) field.value = "";
    };
    return h("form", { class: "reply", onsubmit: send }, field, h("button", { class: "button", type: "submit" }, "Reply"), complaint);
  }

  /** The ts of the newest message, or "". */
  get newest() {
    return [...this.list.views.keys()].sort().at(-1) ?? "";
  }

  /** Only scrolling up leaves the end: where messages grow, the browser scrolls by itself to hold them in place. */
  noteScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.log;
    if (scrollHeight - scrollTop - clientHeight < NEAR_THE_END) {
      this.isAtEnd = true;
      this.jump.hidden = true;
    } else if (scrollTop < this.lastTop) this.isAtEnd = false;
    this.lastTop = scrollTop;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.isAtEnd = true;
    this.jump.hidden = true;
  }

  close() {
    this.growth.disconnect();
  }
}
