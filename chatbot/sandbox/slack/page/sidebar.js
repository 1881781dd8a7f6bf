// @ts-check
/** Left: which workspace, who I am here, and where I can go. */
import { avatar } from "./avatar.js";
import { h, icon, redraw } from "./dom.js";

/** @typedef {import("./directory.js").Directory} Directory */
/** @typedef {import("./api.js").Channel} Channel */

export class Sidebar {
  /**
   * @param {HTMLElement} element
   * @param {Directory} names
   * @param {(person: string) => void} onPerson
   */
  constructor(element, names, onPerson) {
    this.element = element;
    this.names = names;
    this.onPerson = onPerson;
    /** @type {Map<string, number>} channel → messages that came while I was elsewhere */
    this.unread = new Map();
    /** @type {Map<string, string>} channel → ts of the newest message that I saw or that was counted */
    this.newest = new Map();
    this.place = "";
  }

  /** @param {string} channel @param {string} newest */
  noteRead(channel, newest) {
    this.newest.set(channel, newest);
  }

  /** Count a message, unless it is an older one that changed. @param {string} channel @param {string} ts */
  noteUnread(channel, ts) {
    if (ts <= (this.newest.get(channel) ?? "")) return;
    this.newest.set(channel, ts);
    this.unread.set(channel, (this.unread.get(channel) ?? 0) + 1);
    this.show();
  }

  /** @param {string} place a channel id, or "home" */
  enter(place) {
    this.place = place;
    this.unread.delete(place);
    this.show();
  }

  show() {
    const { state } = this.names;
    const rooms = this.names.channels.filter((channel) => !channel.is_im);
    const direct = this.names.channels.filter((channel) => channel.is_im);
    redraw(this.element, () => [
      h("header", { class: "team" }, h("span", { class: "team-mark", "aria-hidden": "true" }, state.team.name.slice(0, 1)),
        h("strong", {}, state.team.name)),
      this.chooser(),
      this.others(),
      h("nav", { "aria-label": "Channels" },
        h("h2", {}, "Channels"), h("ul", {}, rooms.map((channel) => this.room(channel))),
        direct.length > 0 ? [h("h2", {}, "Direct messages"), h("ul", {}, direct.map((channel) => this.room(channel)))] : [],
        state.home_enabled === false ? [] : [h("h2", {}, "Apps"), h("ul", {}, this.entry("home", [icon("home"), `${state.app.name} Home`]))]),
      this.connection(),
    ]);
  }

  chooser() {
    const options = this.names.people.map((person) =>
      h("option", { value: person.id, selected: person.id === this.names.me }, `${person.real_name}${person.is_admin ? " (admin)" : ""}`));
    const select = h("select", { id: "you-are", "data-key": "person" }, options);
    select.addEventListener("change", () => this.onPerson(select.value));
    return h("div", { class: "chooser" }, avatar(this.names.me, this.names),
      h("div", {}, h("label", { for: "you-are" }, "You are"), select), icon("down"));
  }

  /** Who else looks at the workspace now, and the way to look as two. */
  others() {
    const { state, me } = this.names;
    const there = (state.present ?? []).filter((id) => id !== me).map((id) => this.names.userName(id));
    const other = this.names.people.find(({ id }) => id !== me)?.id;
    return h("p", { class: "others" },
      there.length > 0 ? h("span", {}, `Also here: ${there.join(", ")}`) : null,
      h("a", { href: `side-by-side.html#${me},${other}`, target: "_blank", rel: "noopener", "data-key": "two" }, "Two people side by side"));
  }

  /** @param {Channel} channel */
  room(channel) {
    const count = this.unread.get(channel.id) ?? 0;
    return this.entry(channel.id, [
      icon(channel.is_im ? "messages" : channel.is_private ? "lock" : "hash"),
      h("span", { class: "name" }, this.names.channelName(channel.id)),
      channel.is_private && !channel.is_im ? h("span", { class: "visually-hidden" }, " (private)") : null,
      count > 0 ? h("span", { class: "count" }, `${count} new`) : null,
    ]);
  }

  /** @param {string} place @param {import("./dom.js").Child[]} content */
  entry(place, content) {
    const current = place === this.place ? "page" : null;
    return h("li", {}, h("a", { href: `#in=${place}`, "aria-current": current, "data-key": place }, ...content));
  }

  connection() {
    const { app, connections } = this.names.state;
    const words = connections > 0 ? `${app.name} is connected` : `${app.name} has no socket open`;
    return h("p", { class: connections > 0 ? "app-state up" : "app-state" }, h("span", { class: "dot", "aria-hidden": "true" }), words);
  }
}
