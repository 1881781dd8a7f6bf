// @ts-check
/** The pinned messages of a channel: a button with their number, which opens the list. */
import { readPins } from "./api.js";
import { inOneLine } from "./cards.js";
import { h, icon, uniqueId } from "./dom.js";
import { placeAt } from "./listbox.js";

export class Pins {
  /**
   * @param {import("./directory.js").Directory} names
   * @param {string} channel
   * @param {(ts: string) => void} onPick
   */
  constructor(names, channel, onPick) {
    this.names = names;
    this.channel = channel;
    this.onPick = onPick;
    /** @type {Set<string>} */
    this.pinned = new Set();
    const id = uniqueId("pins");
    this.count = h("span", {});
    this.button = h("button", {
      type: "button", class: "pins-button", hidden: true, "aria-expanded": "false", "aria-controls": id,
      onclick: () => (this.list.matches(":popover-open") ? this.close() : this.open()),
    }, icon("pin"), this.count);
    this.list = h("ul", { class: "listbox pins", id, popover: "manual", "aria-label": "Pinned messages" });
    this.element = h("div", { class: "pins-slot" }, this.button, this.list);
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.list.matches(":popover-open")) return;
      this.close();
      this.button.focus();
    });
    this.element.addEventListener("focusout", ({ relatedTarget }) => {
      if (!this.element.contains(/** @type {Node | null} */ (relatedTarget))) this.close();
    });
  }

  /** @param {import("./api.js").Message} message as it is now */
  note(message) {
    return (message.pinned_by !== undefined) === this.pinned.has(message.ts) ? undefined : this.refresh();
  }

  async refresh() {
    const messages = await readPins(this.names.me, this.channel);
    this.pinned = new Set(messages.map(({ ts }) => ts));
    this.button.hidden = messages.length === 0;
    this.count.textContent = `${messages.length} pinned`;
    this.list.replaceChildren(...messages.map((message) => h("li", {}, h("button", {
      type: "button",
      onclick: () => {
        this.close();
        this.onPick(message.ts);
      },
    }, h("span", { class: "label" }, inOneLine(message, this.names)),
    h("span", { class: "detail" }, `${this.names.userName(message.user)}, pinned by ${this.names.userName(message.pinned_by ?? "")}`)))));
    if (messages.length === 0) this.close();
  }

  open() {
    this.list.showPopover();
    this.button.setAttribute("aria-expanded", "true");
    placeAt(this.button, this.list);
    this.list.querySelector("button")?.focus();
  }

  close() {
    if (!this.list.matches(":popover-open")) return;
    this.list.hidePopover();
    this.button.setAttribute("aria-expanded", "false");
  }
}
