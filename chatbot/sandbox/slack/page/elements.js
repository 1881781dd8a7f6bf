// @ts-check
/** The interactive elements of Block Kit: buttons and fields here, what offers choices in choices.js. */
import { boxes, overflow, select } from "./choices.js";
import { h, safeAddress } from "./dom.js";
import { plain } from "./mrkdwn.js";

/**
 * Where an element stands.
 * @typedef {object} Place
 * @property {any} block
 * @property {import("./surface.js").Surface} surface
 * @property {string | null} label its accessible name; null where labelledBy or a <label> names it
 * @property {string | null} labelledBy
 * @property {string} id
 * @property {string} key the same for the same element after an update
 * @property {boolean} isSilent in an input block that does not tell the app of each change
 */

/** @param {any} element @param {Place} place @returns {HTMLElement} */
export function renderElement(element, place) {
  if (element.type === "button") return button(element, place);
  if (element.type in FIELDS) return textField(element, place);
  if (element.type in MOMENTS) return moment(element, place);
  if (/_select$/.test(element.type)) return select(element, place);
  if (element.type === "radio_buttons" || element.type === "checkboxes") return boxes(element, place);
  if (element.type === "overflow") return overflow(element, place);
  return h("span", { class: "unknown" }, `An element of type “${element.type}” is not shown here.`);
}

/** @param {any} element @param {Place} place */
function button(element, { block, surface, key }) {
  const style = ["primary", "danger"].includes(element.style) ? ` ${element.style}` : "";
  const props = {
    class: `button${style}`, "data-key": key, "aria-label": element.accessibility_label,
    onclick: () => surface.click(block, element, node),
  };
  const href = element.url ? safeAddress(element.url) : null;
  /** @type {HTMLElement} */
  const node = href
    ? h("a", { ...props, href, target: "_blank", rel: "noopener noreferrer" }, plain(element.text))
    : h("button", { ...props, type: "button" }, plain(element.text));
  return node;
}

/** @type {Record<string, string>} the type attribute of the input */
const FIELDS = {
  plain_text_input: "text", rich_text_input: "text", number_input: "text", email_text_input: "email", url_text_input: "url",
};

/** @param {any} element @param {Place} place */
function textField(element, { block, surface, label, id, key, isSilent }) {
  const kept = surface.recall(block, element, typeof element.initial_value === "string" ? element.initial_value : null);
  const isLong = element.multiline || element.type === "rich_text_input";
  const props = {
    id, "aria-label": label, "data-key": key, placeholder: plain(element.placeholder), autocomplete: "off",
    maxlength: element.max_length, autofocus: element.focus_on_load, class: "text",
    inputmode: element.type === "number_input" ? (element.is_decimal_allowed ? "decimal" : "numeric") : null,
  };
  const field = isLong ? h("textarea", { ...props, rows: 4 }) : h("input", { ...props, type: FIELDS[element.type] });
  field.value = kept ?? "";
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const tell = () => surface.choose(block, element, field, field.value);
  field.addEventListener("input", () => {
    const value = field.value === "" ? null : field.value;
    if (isSilent || !triggers.includes("on_character_entered")) return surface.jot(block, element, value);
    surface.remember(block, element, value);
    tell();
  });
  field.addEventListener("keydown", (event) => {
    const pressed = /** @type {KeyboardEvent} */ (event);
    if (isSilent || pressed.key !== "Enter" || pressed.shiftKey || !triggers.includes("on_enter_pressed")) return;
    pressed.preventDefault();
    tell();
  });
  return field;
}

/** @type {Record<string, [type: string, initial: string]>} */
const MOMENTS = {
  datepicker: ["date", "initial_date"], timepicker: ["time", "initial_time"],
  datetimepicker: ["datetime-local", "initial_date_time"],
};

/** Seconds since 1970 as a datetime-local field shows them, here. @param {number} seconds */
function localMoment(seconds) {
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

/** @param {any} element @param {Place} place */
function moment(element, { block, surface, label, id, key, isSilent }) {
  const [type, initial] = MOMENTS[element.type];
  const isSeconds = element.type === "datetimepicker";
  const asShown = (/** @type {any} */ value) => (value === null ? "" : isSeconds ? localMoment(value) : value);
  const kept = surface.recall(block, element, element[initial] ?? null);
  const field = h("input", { type, id, class: "text", "aria-label": label, "data-key": key, value: asShown(kept) });
  field.addEventListener("change", async () => {
    const before = surface.recall(block, element, null);
    const value = field.value === "" ? null : isSeconds ? Math.floor(new Date(field.value).getTime() / 1000) : field.value;
    if (isSilent) return surface.jot(block, element, value);
    surface.remember(block, element, value);
    if (await surface.choose(block, element, field, value)) return;
    surface.remember(block, element, before);
    field.value = asShown(before);
  });
  return field;
}
