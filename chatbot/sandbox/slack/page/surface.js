// @ts-check
/**
 * A place with blocks that a person can touch: one message, one modal or one App Home. It knows how the server
 * addresses it, keeps what was typed and chosen, and says what went wrong.
 */
import * as api from "./api.js";
import { confirmed } from "./confirm.js";
import { h } from "./dom.js";

/** @typedef {import("./directory.js").Directory} Directory */
/** @typedef {{channel: string, ts: string, unfurl?: string} | {view_id: string}} Address */

export class Surface {
  /** @param {Directory} names @param {Address} address */
  constructor(names, address) {
    this.names = names;
    this.address = address;
    /** block_id → action_id → value, as /sandbox/submit takes it @type {Record<string, Record<string, any>>} */
    this.values = {};
    /** Says failures of this surface aloud; the owner places it. */
    this.complaint = h("p", { class: "complaint", role: "alert" });
    /** @type {Set<string>} what is on its way to the app */
    this.busy = new Set();
    /** What was put into inputs that do not tell the app, and the workspace has not heard of @type {Map<string, any>} */
    this.unsent = new Map();
  }

  /** @param {any} block @param {any} element @param {any} initial what the element starts with @returns {any} */
  recall(block, element, initial) {
    const kept = (this.values[block.block_id] ??= {});
    if (!(element.action_id in kept)) kept[element.action_id] = initial;
    return kept[element.action_id];
  }

  /** @param {any} block @param {any} element @param {any} value */
  remember(block, element, value) {
    (this.values[block.block_id] ??= {})[element.action_id] = value;
  }

  /** Remember what was put into an input that tells the app nothing by itself. @param {any} block @param {any} element @param {any} value */
  jot(block, element, value) {
    this.remember(block, element, value);
    this.unsent.set(`${block.block_id}/${element.action_id}`, { ...this.whose(block, element), value });
  }

  /** So that the app, when it hears of a click, also hears of what stands in the inputs. */
  async sendJotted() {
    const bodies = [...this.unsent.values()];
    this.unsent.clear();
    for (const body of bodies) await api.choose(body);
  }

  /** A block that is gone takes what it held with it. @param {any[]} blocks */
  forgetAllBut(blocks) {
    const ids = new Set(blocks.map((block) => block.block_id));
    for (const id of Object.keys(this.values)) if (!ids.has(id)) delete this.values[id];
    for (const [key, { block_id }] of this.unsent) if (!ids.has(block_id)) this.unsent.delete(key);
  }

  /** @param {any} block @param {any} element @param {HTMLElement} control @returns {Promise<boolean>} */
  click(block, element, control) {
    return this.act(api.click, block, element, control, {});
  }

  /** @param {any} block @param {any} element @param {HTMLElement} control @param {any} value @returns {Promise<boolean>} */
  choose(block, element, control, value) {
    return this.act(api.choose, block, element, control, { value });
  }

  /** @param {any} block @param {any} element @param {string} typed @returns {Promise<api.Outcome>} */
  findOptions(block, element, typed) {
    return api.findOptions({ ...this.whose(block, element), typed });
  }

  /** @param {any} block @param {any} element */
  whose(block, element) {
    return { as: this.names.me, ...this.address, block_id: block.block_id, action_id: element.action_id };
  }

  /**
   * Ask first where the element says so, send, and show what went wrong.
   * @param {(body: any) => Promise<api.Outcome>} send
   * @param {any} block
   * @param {any} element
   * @param {HTMLElement} control
   * @param {any} extra
   * @returns {Promise<boolean>} whether the app was told
   */
  async act(send, block, element, control, extra) {
    const key = `${block.block_id}/${element.action_id}`;
    if (this.busy.has(key)) return false;
    const ask = element.confirm;
    if (ask && !(await confirmed(ask, this.names))) return false;
    this.busy.add(key);
    this.complaint.textContent = "";
    control.setAttribute("aria-busy", "true");
    await this.sendJotted();
    const outcome = await send({ ...this.whose(block, element), ...extra, ...(ask ? { confirmed: true } : {}) });
    control.removeAttribute("aria-busy");
    this.busy.delete(key);
    if (!outcome.ok) this.complaint.textContent = api.inWords(outcome);
    return outcome.ok;
  }
}
