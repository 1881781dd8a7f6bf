// @ts-check
/** The overflow element: a button that opens a short menu of commands. */
import { h, icon, linkOut, uniqueId } from "./dom.js";
import { placeAt } from "./listbox.js";
import { plain } from "./mrkdwn.js";

/**
 * @param {any} element an overflow element
 * @param {string} key
 * @param {(option: any, button: HTMLElement) => void} onPick
 * @param {string} [drawing]
 * @returns {HTMLElement}
 */
export function overflowMenu(element, key, onPick, drawing = "more") {
  const id = uniqueId("menu");
  const button = h("button", {
    type: "button", class: "button overflow", "aria-label": element.accessibility_label ?? "More actions",
    "aria-haspopup": "menu", "aria-expanded": "false", "aria-controls": id, "data-key": key,
    onclick: () => (popup.matches(":popover-open") ? close() : open()),
  }, icon(drawing));
  const popup = h("div", { class: "listbox menu", role: "menu", id, popover: "manual", "aria-label": element.accessibility_label ?? "More actions" },
    element.options.map(item));

  /** @param {any} option */
  function item(option) {
    const words = [
      h("span", { class: "label" }, plain(option.text)),
      option.description ? h("span", { class: "detail" }, plain(option.description)) : null,
    ];
    const node = option.url ? linkOut(option.url, ...words) : h("button", { type: "button" }, ...words);
    node.setAttribute("role", "menuitem");
    node.tabIndex = -1;
    node.addEventListener("click", () => {
      close();
      button.focus();
      onPick(option, button);
    });
    return node;
  }

  function open() {
    popup.showPopover();
    button.setAttribute("aria-expanded", "true");
    placeAt(button, popup);
    /** @type {HTMLElement} */ (popup.firstElementChild).focus();
  }

  function close() {
    popup.hidePopover();
    button.setAttribute("aria-expanded", "false");
  }

  popup.addEventListener("keydown", (event) => {
    const items = /** @type {HTMLElement[]} */ ([...popup.children]);
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const targets = /** @type {Record<string, number>} */ ({ ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 });
    if (event.key === "Escape") {
      close();
      button.focus();
    } else if (event.key in targets) items.at(targets[event.key] % items.length)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  popup.addEventListener("focusout", (event) => {
    const to = /** @type {Node | null} */ (event.relatedTarget);
    if (!popup.contains(to) && to !== button && popup.matches(":popover-open")) close();
  });
  return h("span", { class: "field" }, button, popup);
}
