// @ts-check
/**
 * The list that opens at a field: completions, options of a menu. The keyboard stays in the field, which names the
 * current option by aria-activedescendant (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/).
 */
import { h, uniqueId } from "./dom.js";

/** @typedef {{value: any, label: string, detail?: string}} Choice */
/** @typedef {{label?: string, options: Choice[]}} Group */

export class Listbox {
  /**
   * @param {HTMLElement} field the element with role combobox
   * @param {{label: string, onPick: (choice: Choice) => void, isChosen?: (choice: Choice) => boolean, multiple?: boolean,
   *   above?: boolean}} options
   */
  constructor(field, { label, onPick, isChosen = () => false, multiple = false, above = false }) {
    this.field = field;
    this.onPick = onPick;
    this.isChosen = isChosen;
    this.above = above;
    this.element = h("div", {
      class: "listbox", role: "listbox", id: uniqueId("list"), "aria-label": label, popover: "manual",
      "aria-multiselectable": multiple ? "true" : null,
    });
    /** @type {{choice: Choice, node: HTMLElement}[]} */
    this.rows = [];
    this.index = -1;
    field.setAttribute("aria-controls", this.element.id);
    field.setAttribute("aria-expanded", "false");
    this.reposition = () => this.place();
  }

  get isOpen() {
    return this.element.matches(":popover-open");
  }

  /** @returns {Choice | undefined} */
  get current() {
    return this.rows[this.index]?.choice;
  }

  /** @param {Group[]} groups @param {string} [note] shown when there is nothing to choose */
  show(groups, note = "Nothing found") {
    this.rows = [];
    const content = groups.flatMap(({ label, options }) => {
      const rows = options.map((choice) => this.row(choice));
      return label ? [h("div", { role: "group", "aria-label": label }, h("div", { class: "group", "aria-hidden": "true" }, label), rows)] : rows;
    });
    this.element.replaceChildren(...(this.rows.length > 0 ? content : [h("div", { class: "note" }, note)]));
    if (!this.isOpen) {
      this.element.showPopover();
      this.field.setAttribute("aria-expanded", "true");
      addEventListener("resize", this.reposition);
      addEventListener("scroll", this.reposition, true);
    }
    this.place();
    this.moveTo(Math.max(0, this.rows.findIndex(({ choice }) => this.isChosen(choice))));
  }

  /** @param {Choice} choice */
  row(choice) {
    const node = h(
      "div",
      {
        role: "option", id: uniqueId("option"), "aria-selected": this.isChosen(choice) ? "true" : "false",
        onmousedown: (/** @type {Event} */ event) => event.preventDefault(),
        onclick: () => this.onPick(choice),
        onmousemove: () => this.moveTo(this.rows.findIndex((row) => row.node === node)),
      },
      h("span", { class: "label" }, choice.label),
      choice.detail ? h("span", { class: "detail" }, choice.detail) : null,
    );
    this.rows.push({ choice, node });
    return node;
  }

  /** @param {number} index */
  moveTo(index) {
    this.rows[this.index]?.node.classList.remove("current");
    this.index = this.rows.length === 0 ? -1 : (index + this.rows.length) % this.rows.length;
    const row = this.rows[this.index];
    if (!row) return this.field.removeAttribute("aria-activedescendant");
    row.node.classList.add("current");
    row.node.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", row.node.id);
  }

  /** @param {string} key @returns {boolean} whether the key moved the current option */
  move(key) {
    const steps = /** @type {Record<string, number>} */ ({ ArrowDown: this.index + 1, ArrowUp: this.index - 1 });
    if (!(key in steps)) return false;
    this.moveTo(steps[key]);
    return true;
  }

  hide() {
    if (!this.isOpen) return;
    this.element.hidePopover();
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
    removeEventListener("resize", this.reposition);
    removeEventListener("scroll", this.reposition, true);
  }

  /** At the field, on the side with more room. */
  place() {
    if (!this.field.isConnected) return this.hide();
    placeAt(this.field.closest(".field") ?? this.field, this.element, this.above);
  }
}

/** @param {Element} anchor @param {HTMLElement} popup @param {boolean} [above] wanted above even if there is room below */
export function placeAt(anchor, popup, above = false) {
  const box = anchor.getBoundingClientRect();
  const below = innerHeight - box.bottom;
  const isAbove = above || (below < 260 && box.top > below);
  const width = Math.min(Math.max(box.width, 220), innerWidth - 16);
  popup.style.minWidth = `${width}px`;
  popup.style.maxHeight = `${Math.min(320, (isAbove ? box.top : below) - 16)}px`;
  popup.style.left = `${Math.max(8, Math.min(box.left, innerWidth - 8 - Math.max(width, popup.offsetWidth)))}px`;
  popup.style.top = isAbove ? "auto" : `${box.bottom + 4}px`;
  popup.style.bottom = isAbove ? `${innerHeight - box.top + 4}px` : "auto";
}
