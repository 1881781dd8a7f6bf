// @ts-check
/** Who and what ids stand for, as one person of the workspace sees it. */

/** @typedef {import("./api.js").WorkspaceState} WorkspaceState */

const EMPTY = /** @type {WorkspaceState} */ ({
  team: { id: "", name: "" }, app: { id: "", name: "", bot_user_id: "" },
  people: [], groups: [], channels: [], commands: [], platform: null, connections: 0,
});

export class Directory {
  constructor() {
    this.state = EMPTY;
    /** The id of the person who looks at the page. */
    this.me = "";
  }

  /** People, without bots. */
  get people() {
    return this.state.people.filter((person) => !person.is_bot);
  }

  /** The channels and direct messages that I am in, in the workspace's order. */
  get channels() {
    return this.state.channels.filter((channel) => !channel.members || channel.members.includes(this.me));
  }

  /** @param {string} id */
  channel(id) {
    return this.state.channels.find((channel) => channel.id === id);
  }

  /** @param {string} id */
  person(id) {
    return this.state.people.find((person) => person.id === id);
  }

  /** @param {string} id */
  isBot(id) {
    return id === this.state.app.bot_user_id || id === "USLACKBOT" || this.person(id)?.is_bot === true;
  }

  /** @param {string} id */
  userName(id) {
    if (id === "USLACKBOT") return "Slackbot";
    const person = this.person(id);
    if (person) return person.real_name || person.name;
    return id === this.state.app.bot_user_id ? this.state.app.name : id;
  }

  /** @param {string} id without the #; a direct message is named after the other person */
  channelName(id) {
    const channel = this.channel(id);
    if (!channel) return id;
    if (!channel.is_im) return channel.name;
    const other = channel.members.find((member) => member !== this.me);
    return other ? this.userName(other) : channel.name;
  }

  /** @param {string} id */
  isVisible(id) {
    return this.channels.some((channel) => channel.id === id);
  }

  /** @param {string} id */
  groupName(id) {
    return this.state.groups.find((group) => group.id === id)?.handle ?? id;
  }
}
