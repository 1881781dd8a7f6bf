// @ts-check
/** Where everything meets: who looks, at what, and what came over the stream. */
import { Unreachable, changeChannel, openHome, readViews, readWorkspace } from "./api.js";
import { ChannelView } from "./channel.js";
import { Composer } from "./composer.js";
import { Modals } from "./dialogs.js";
import { Directory } from "./directory.js";
import { h, icon, redraw } from "./dom.js";
import { HomeView } from "./home.js";
import { Stream } from "./live.js";
import { overflowMenu } from "./menu.js";
import { Panel } from "./panel.js";
import { Sidebar } from "./sidebar.js";

/** @param {string} id @returns {HTMLElement} */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

class App {
  constructor() {
    this.names = new Directory();
    this.sidebar = new Sidebar(part("sidebar"), this.names, (person) => this.goTo({ as: person }));
    this.panel = new Panel(part("panel"), (text) => this.suggest(text));
    this.composer = new Composer(this.names);
    this.modals = new Modals(this.names);
    this.place = part("place");
    /** @type {ChannelView | null} */
    this.channel = null;
    /** @type {HTMLElement | null} */
    this.headWords = null;
    /** @type {HTMLElement | null} */
    this.headMenu = null;
    /** @type {HomeView | null} */
    this.home = null;
    /** @type {Stream | null} */
    this.stream = null;
    this.showTabs();
    addEventListener("hashchange", () => this.follow());
    part("sidebar").addEventListener("click", ({ target }) => {
      if (target instanceof Element && target.closest("a")) this.showPane("messages");
    });
  }

  async start() {
    try {
      this.names.state = await readWorkspace();
    } catch (error) {
      console.error(error);
      this.showConnection(false);
      setTimeout(() => this.start(), 1000);
      return;
    }
    this.showConnection(true);
    this.panel.start(this.names.state.platform !== null);
    this.follow();
  }

  /** The address says who looks at what: `#as=U…&in=C…`. */
  get wanted() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const { people } = this.names;
    const as = people.find(({ id }) => id === asked.get("as"))?.id ?? (this.names.me || people[0].id);
    return { as, place: asked.get("in") ?? "" };
  }

  /** @param {{as?: string, place?: string}} change */
  goTo({ as = this.names.me, place = this.sidebar.place }) {
    location.hash = new URLSearchParams({ as, in: place }).toString();
  }

  /** Make the page agree with its address. */
  follow() {
    const { as, place } = this.wanted;
    const isOther = as !== this.names.me;
    if (isOther) {
      this.names.me = as;
      this.stream?.close();
      this.modals.show([]);
      this.sidebar.unread.clear();
    }
    const known = place === "home" || this.names.isVisible(place) ? place : "";
    const target = known || (this.names.isVisible(this.sidebar.place) ? this.sidebar.place : this.names.channels[0]?.id);
    if (isOther || target !== this.sidebar.place) this.enter(target);
    if (isOther) this.connect();
    history.replaceState(null, "", `#${new URLSearchParams({ as, in: target })}`);
  }

  connect() {
    this.stream = new Stream(this.names.me, {
      onUp: async () => {
        await this.refresh();
        this.showConnection(true);
      },
      onDown: () => this.showConnection(false),
      onEvent: (event) => this.onEvent(event),
    });
  }

  async refresh() {
    await this.refreshWorkspace();
    const [views] = await Promise.all([readViews(this.names.me), this.channel?.refresh(), this.home?.refresh()]);
    this.modals.show(views);
  }

  async refreshWorkspace() {
    this.names.state = await readWorkspace();
    this.sidebar.show();
    this.panel.start(this.names.state.platform !== null);
    if (!this.channel) return;
    if (this.names.isVisible(this.channel.id)) this.showHead();
    else this.follow();
  }

  /** @param {string} target a channel id, or "home" */
  enter(target) {
    if (this.channel) this.sidebar.noteRead(this.channel.id, this.channel.newest);
    this.channel?.close();
    this.channel = null;
    this.home = null;
    document.body.dataset.pane = "messages";
    this.sidebar.enter(target);
    if (target === "home") this.enterHome();
    else this.enterChannel(target);
    this.showTabs();
  }

  /** @param {string} id */
  enterChannel(id) {
    this.channel = new ChannelView(this.names, id);
    this.headWords = h("div", { class: "head-words" });
    this.headMenu = h("div", { class: "head-menu" });
    this.place.replaceChildren(
      h("header", { class: "place-head" }, this.headWords, this.channel.pins.element, this.headMenu), this.channel.element, this.composer.element);
    const channel = this.showHead();
    this.composer.enter(id, channel?.is_im ? this.names.channelName(id) : `#${this.names.channelName(id)}`);
    this.report(this.channel.refresh());
    if (channel?.is_im) openHome({ as: this.names.me, tab: "messages" });
  }

  /** The channel's name and topic, which may change while one looks. */
  showHead() {
    const { names } = this;
    const id = /** @type {ChannelView} */ (this.channel).id;
    const channel = names.channel(id);
    const name = names.channelName(id);
    const sign = channel?.is_im ? "messages" : channel?.is_private ? "lock" : "hash";
    const words = channel?.archived ? "Archived: nobody can write here." : channel?.topic;
    this.headWords?.replaceChildren(h("h1", {}, icon(sign), name), words ? h("p", {}, words) : "");
    if (channel && !channel.is_im) this.showHeadMenu(channel);
    this.composer.element.hidden = channel?.archived === true;
    document.title = `${name} · ${names.state.team.name}`;
    return channel;
  }

  /** What a person may do to a channel. @param {import("./api.js").Channel} channel */
  showHeadMenu({ id, members, archived }) {
    const { app } = this.names.state;
    const hasApp = members.includes(app.bot_user_id);
    const options = [
      { value: "app", text: { text: hasApp ? `Remove ${app.name}` : `Invite ${app.name}` } },
      { value: "archive", text: { text: archived ? "Unarchive channel" : "Archive channel" } },
    ];
    const act = (/** @type {any} */ { value }) =>
      changeChannel(id, { as: this.names.me, ...(value === "app" ? { bot_member: !hasApp } : { archived: !archived }) });
    const menu = /** @type {HTMLElement} */ (this.headMenu);
    const shows = options.map(({ text }) => text.text).join(", ");
    if (menu.dataset.shows === shows) return; // an open menu stays as it is
    menu.dataset.shows = shows;
    redraw(menu, () => [overflowMenu({ accessibility_label: "Channel actions", options }, "channel", act)]);
  }

  enterHome() {
    const { app, team } = this.names.state;
    this.home = new HomeView(this.names);
    document.title = `${app.name} Home · ${team.name}`;
    this.place.replaceChildren(h("header", { class: "place-head" }, h("h1", {}, icon("home"), `${app.name} Home`)), this.home.element);
    this.report(this.home.open());
  }

  /** A read that fails because the server is gone starts the stream anew, which refreshes all once it is back. @param {Promise<void>} reading */
  report(reading) {
    reading.catch((error) => {
      console.error(error);
      if (error instanceof Unreachable) this.stream?.retry();
    });
  }

  /** @param {any} event */
  onEvent(event) {
    if (event.kind === "message" || event.kind === "deleted") this.onMessage(event);
    else if (event.kind === "views") this.modals.show(event.views);
    else if (event.kind === "home") this.home?.show(event.view);
    else if (event.kind === "workspace") this.report(this.refreshWorkspace());
  }

  /** @param {any} event */
  onMessage({ kind, channel, message, ts }) {
    if (channel !== this.channel?.id) {
      if (kind === "message" && !message.edited && message.user !== this.names.me) this.sidebar.noteUnread(channel, message.ts);
    } else this.report(Promise.resolve(kind === "message" ? this.channel.put(message) : this.channel.remove(ts)));
  }

  /** @param {string} text */
  suggest(text) {
    if (!this.channel) this.enter(this.names.channels[0].id);
    this.showPane("messages");
    this.composer.suggest(text);
  }

  /** @param {boolean} isUp */
  showConnection(isUp) {
    part("connection").textContent = isUp ? "" : "Offline, retrying…";
  }

  /** @param {string} pane "channels", "messages" or "panel": the one a narrow window shows */
  showPane(pane) {
    document.body.dataset.pane = pane;
    this.showTabs();
  }

  showTabs() {
    const tabs = [["channels", "people", "Channels"], ["messages", "messages", "Messages"], ["panel", "globe", "Sites"]];
    part("tabs").replaceChildren(...tabs.map(([pane, drawing, words]) => h("button", {
      type: "button", "aria-pressed": String(document.body.dataset.pane === pane), "data-tab": pane,
      onclick: () => {
        this.showPane(pane);
        /** @type {HTMLElement} */ (part("tabs").querySelector(`[data-tab="${pane}"]`)).focus();
      },
    }, icon(drawing), words)));
  }
}

new App().start();
