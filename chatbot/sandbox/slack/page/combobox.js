// @ts-check
/** One field for every menu with options: type to search, arrow keys to move, Enter to choose, Escape to leave. */
import { h, icon, redraw } from "./dom.js";
import { Listbox } from "./listbox.js";

/** @typedef {import("./listbox.js").Choice} Choice */
/** @typedef {import("./listbox.js").Group} Group */
/**
 * @typedef {object} Menu
 * @property {string | null} label the accessible name; null where a <label> names `id`
 * @property {string} id
 * @property {string} key tells the field from others of its surface
 * @property {string} placeholder
 * @property {boolean} multiple
 * @property {Choice[]} chosen
 * @property {number} [limit] how many may be chosen
 * @property {(typed: string) => Promise<{groups: Group[], note?: string}>} load
 * @property {(chosen: Choice[]) => Promise<boolean>} onChange false: the choice is taken back
 */

const TYPING_PAUSE_MS = 120;

/** @param {Menu} menu @returns {HTMLElement} */
export function combobox(menu) {
  let chosen = menu.chosen;
  let round = 0;
  let timer = 0;
  const isChosen = (/** @type {Choice} */ choice) => chosen.some(({ value }) => value === choice.value);
  const input = h("input", {
    type: "text", role: "combobox", id: menu.id, "aria-label": menu.label, "aria-autocomplete": "list",
    autocomplete: "off", spellcheck: "false", placeholder: menu.placeholder, "data-key": menu.key,
    "aria-haspopup": "listbox",
  });
  const chips = h("span", { class: "chips" });
  const list = new Listbox(input, { label: menu.label ?? menu.placeholder, onPick: pick, isChosen, multiple: menu.multiple });
  const field = h("div", { class: menu.multiple ? "field combobox multiple" : "field combobox" }, chips, input, icon("down"), list.element);

  async function load() {
    const mine = ++round;
    const typed = input.value === shownLabel() ? "" : input.value;
    const { groups, note } = await menu.load(typed.trim());
    if (mine === round && document.activeElement === input) list.show(groups, note);
  }

  function shownLabel() {
    return menu.multiple ? "" : (chosen[0]?.label ?? "");
  }

  function show() {
    if (!menu.multiple) input.value = shownLabel();
    redraw(chips, () => (menu.multiple ? chosen.map(chip) : []));
    input.placeholder = menu.multiple && chosen.length > 0 ? "" : menu.placeholder;
  }

  /** @param {Choice} choice */
  function chip(choice) {
    const remove = () => (change(chosen.filter(({ value }) => value !== choice.value)), input.focus());
    return h("span", { class: "chip" }, choice.label,
      h("button", { type: "button", "aria-label": `Remove ${choice.label}`, onclick: remove }, icon("close")));
  }

  /** @param {Choice[]} wanted */
  async function change(wanted) {
    const before = chosen;
    chosen = wanted;
    show();
    if (await menu.onChange(wanted)) return;
    chosen = before;
    show();
  }

  function close() {
    clearTimeout(timer);
    round += 1;
    list.hide();
  }

  /** @param {Choice} choice */
  function pick(choice) {
    close();
    if (!menu.multiple) {
      input.value = choice.label;
      if (!isChosen(choice)) change([choice]);
      return;
    }
    input.value = "";
    const without = chosen.filter(({ value }) => value !== choice.value);
    if (without.length < chosen.length) change(without);
    else if (chosen.length < (menu.limit ?? Infinity)) change([...chosen, choice]);
  }

  input.addEventListener("click", () => (list.isOpen ? close() : load()));
  input.addEventListener("focus", () => input.select());
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(load, TYPING_PAUSE_MS);
  });
  input.addEventListener("blur", () => {
    close();
    if (!menu.multiple && input.value.trim() === "" && chosen.length > 0) change([]);
    else input.value = shownLabel();
  });
  input.addEventListener("keydown", (event) => {
    if (list.isOpen && event.key === "Enter" && list.current) pick(list.current);
    else if (list.isOpen && event.key === "Escape") {
      close();
      input.value = shownLabel();
    } else if (list.isOpen && list.move(event.key)) { /* the list has moved */ }
    else if (!list.isOpen && (event.key === "ArrowDown" || event.key === "Enter")) load();
    else if (menu.multiple && event.key === "Backspace" && input.value === "" && chosen.length > 0) {
      change(chosen.slice(0, -1));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  show();
  return field;
}
