// @ts-check
/** The message box: plain messages, and slash commands with completion from the app's manifest. */
import { inWords, runCommand, writeMessage } from "./api.js";
import { h, icon } from "./dom.js";
import { launcher } from "./launcher.js";
import { Listbox } from "./listbox.js";

/** @typedef {import("./directory.js").Directory} Directory */

export class Composer {
  /** @param {Directory} names */
  constructor(names) {
    this.names = names;
    this.channel = "";
    this.field = h("textarea", {
      id: "say", rows: 1, role: "combobox", "aria-label": "Message", "aria-autocomplete": "list", "aria-haspopup": "listbox",
      autocomplete: "off", spellcheck: "false", "aria-describedby": "say-hint",
    });
    this.hint = h("p", { id: "say-hint", class: "say-hint" });
    this.complaint = h("p", { class: "complaint", role: "alert" });
    this.list = new Listbox(this.field, { label: "Commands", above: true, onPick: ({ value }) => this.complete(value) });
    this.launch = h("div", { class: "launch" });
    this.button = h("button", { type: "submit", class: "send", "aria-label": "Send" }, icon("send"));
    this.element = h("form", { class: "composer" },
      this.complaint, h("div", { class: "field box" }, this.launch, this.field, this.button, this.list.element), this.hint);
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.field.addEventListener("input", () => this.noteTyping());
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    this.field.addEventListener("blur", () => this.list.hide());
    this.noteTyping();
  }

  /** @param {string} channel @param {string} name with its # */
  enter(channel, name) {
    this.channel = channel;
    this.field.placeholder = `Message ${name} or type /`;
    this.field.setAttribute("aria-label", `Message ${name}`);
    this.complaint.textContent = "";
    const menu = launcher(this.names, channel, (words) => (this.complaint.textContent = words));
    this.launch.replaceChildren(...(menu ? [menu] : []));
  }

  /** Put words into the box, ready to be sent. @param {string} text */
  suggest(text) {
    this.field.value = text;
    this.field.focus();
    this.noteTyping();
    this.list.hide();
  }

  get command() {
    const [word] = this.field.value.split(/\s/, 1);
    return this.names.state.commands.find(({ command }) => command === word);
  }

  noteTyping() {
    this.fit();
    const { command } = this;
    this.hint.replaceChildren(...(command
      ? [h("code", {}, `${command.command} ${command.usage_hint ?? ""}`), h("span", {}, command.description)]
      : [h("span", { class: "keys" }, h("kbd", {}, "/"), " lists the commands, ", h("kbd", {}, "Enter"), " sends, ", h("kbd", {}, "Shift"), " ", h("kbd", {}, "Enter"), " starts a new line")]));
    if (!/^\/\S*$/.test(this.field.value)) return this.list.hide();
    const options = this.names.state.commands
      .filter((each) => each.command.startsWith(this.field.value))
      .map((each) => ({ value: each.command, label: `${each.command} ${each.usage_hint ?? ""}`.trim(), detail: each.description }));
    if (options.length === 0) this.list.hide();
    else this.list.show([{ options }]);
  }

  /** As high as its text, up to some lines. */
  fit() {
    this.field.style.height = "auto";
    if (this.field.scrollHeight > 0) this.field.style.height = `${Math.min(160, this.field.scrollHeight)}px`;
  }

  /** @param {string} command */
  complete(command) {
    this.suggest(`${command} `);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.isComposing) return;
    const { list } = this;
    const isExact = list.current?.value === this.field.value;
    if (list.isOpen && event.key === "Escape") list.hide();
    else if (list.isOpen && (event.key === "Tab" || (event.key === "Enter" && !isExact)) && list.current && !event.shiftKey) {
      this.complete(list.current.value);
    } else if (list.isOpen && list.move(event.key)) { /* the list has moved */ }
    else if (event.key === "Enter" && !event.shiftKey) this.send();
    else return;
    event.preventDefault();
  }

  async send() {
    const text = this.field.value.trim();
    if (text === "" || this.element.hasAttribute("aria-busy")) return;
    this.list.hide();
    this.complaint.textContent = "";
    this.element.setAttribute("aria-busy", "true");
    const body = { as: this.names.me, channel: this.channel, text };
    const outcome = text.startsWith("/") ? await runCommand(body) : await writeMessage(body);
    this.element.removeAttribute("aria-busy");
    if (!outcome.ok) this.complaint.textContent = inWords(outcome);
    else if (this.field.value.trim() === text) this.suggest("");
  }
}
