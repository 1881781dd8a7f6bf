// @ts-check
/** The elements that offer a choice: menus of every kind, radio buttons, checkboxes, overflow. */
import { combobox } from "./combobox.js";
import { h, uniqueId } from "./dom.js";
import { overflowMenu } from "./menu.js";
import { plain, textObject } from "./mrkdwn.js";

/** @typedef {import("./surface.js").Surface} Surface */
/** @typedef {import("./listbox.js").Choice} Choice */
/** @typedef {import("./listbox.js").Group} Group */
/** @typedef {import("./elements.js").Place} Place */

/** @param {any} option @returns {Choice} */
const asChoice = (option) => ({
  value: option.value, label: plain(option.text), detail: option.description ? plain(option.description) : undefined,
});

/** @param {any} source has options or option_groups @returns {Group[]} */
const asGroups = (source) =>
  source.option_groups
    ? source.option_groups.map((/** @type {any} */ group) => ({ label: plain(group.label), options: group.options.map(asChoice) }))
    : [{ options: (source.options ?? []).map(asChoice) }];

/** @param {Group[]} groups @param {string} typed @returns {Group[]} */
function matching(groups, typed) {
  const wanted = typed.toLowerCase();
  return groups
    .map(({ label, options }) => ({ label, options: options.filter((option) => option.label.toLowerCase().includes(wanted)) }))
    .filter(({ options }) => options.length > 0);
}

/** Whom or what a menu of people or channels offers. @param {Surface} surface @param {string} kind @param {any} filter @returns {Choice[]} */
function residents({ names }, kind, filter) {
  if (kind === "users") return names.people.map(({ id, name, real_name }) => ({ value: id, label: real_name, detail: `@${name}` }));
  const wanted = kind === "channels" ? ["public"] : (filter?.include ?? ["public", "private", "im"]);
  const channels = names.channels.filter(({ is_im, is_private }) => wanted.includes(is_im ? "im" : is_private ? "private" : "public"));
  return channels.map(({ id, is_im }) => ({ value: id, label: is_im ? names.channelName(id) : `#${names.channelName(id)}` }));
}

/** What an element starts with. @param {any} element @param {string} kind @param {Choice[]} all @returns {Choice[]} */
function initially(element, kind, all) {
  if (kind === "static" || kind === "external") {
    return (element.initial_options ?? [element.initial_option]).filter(Boolean).map(asChoice);
  }
  const one = kind.slice(0, -1);
  const ids = element[`initial_${kind}`] ?? [element[`initial_${one}`]].filter(Boolean);
  return ids.map((/** @type {string} */ id) => all.find(({ value }) => value === id) ?? { value: id, label: id });
}

/** Every …_select. @param {any} element @param {Place} place @returns {HTMLElement} */
export function select(element, { block, surface, label, id, key, isSilent }) {
  const multiple = element.type.startsWith("multi_");
  const kind = element.type.replace("multi_", "").replace("_select", "");
  const all = kind === "static" || kind === "external" ? asGroups(element) : [{ options: residents(surface, kind, element.filter) }];
  const first = initially(element, kind, all.flatMap(({ options }) => options));
  const labels = new Map([...all.flatMap(({ options }) => options), ...first].map((choice) => [choice.value, choice]));
  const asValue = (/** @type {Choice[]} */ chosen) =>
    multiple ? chosen.map(({ value }) => value) : (chosen[0]?.value ?? null);
  const kept = surface.recall(block, element, asValue(first));
  const values = multiple ? kept : kept === null ? [] : [kept];
  return combobox({
    label, id, key, multiple,
    placeholder: plain(element.placeholder) || (multiple ? "Choose any" : "Choose one"),
    chosen: values.map((/** @type {any} */ value) => labels.get(value) ?? { value, label: String(value) }),
    limit: element.max_selected_items,
    load: (typed) => (kind === "external" ? suggested(element, block, surface, typed) : Promise.resolve({ groups: matching(all, typed) })),
    onChange: async (chosen) => {
      const before = surface.recall(block, element, null);
      if (isSilent) {
        surface.jot(block, element, asValue(chosen));
        return true;
      }
      surface.remember(block, element, asValue(chosen));
      const field = /** @type {HTMLElement} */ (document.getElementById(id));
      if (await surface.choose(block, element, field, asValue(chosen))) return true;
      surface.remember(block, element, before);
      return false;
    },
  });
}

/** Options that the app suggests. @param {any} element @param {any} block @param {Surface} surface @param {string} typed */
async function suggested(element, block, surface, typed) {
  const least = element.min_query_length ?? 3;
  if (typed.length < least) return { groups: [], note: least === 1 ? "Type to search" : `Type at least ${least} characters` };
  const outcome = await surface.findOptions(block, element, typed);
  if (!outcome.ok) return { groups: [], note: "The app did not suggest anything; try again" };
  return { groups: asGroups(outcome) };
}

/** Radio buttons and checkboxes. @param {any} element @param {Place} place @returns {HTMLElement} */
export function boxes(element, { block, surface, label, labelledBy, key, isSilent }) {
  const single = element.type === "radio_buttons";
  const valueOf = (/** @type {any} */ option) => option.value;
  const first = single ? (element.initial_option?.value ?? null) : (element.initial_options ?? []).map(valueOf);
  const kept = surface.recall(block, element, first);
  const name = uniqueId("choice");
  const inputs = element.options.map((/** @type {any} */ option, /** @type {number} */ index) => h("input", {
    type: single ? "radio" : "checkbox", name, value: option.value, "data-key": `${key}/${index}`,
    checked: single ? kept === option.value : kept.includes(option.value), id: uniqueId("box"),
  }));
  const group = h(
    "div",
    { class: "boxes", role: single ? "radiogroup" : "group", "aria-label": label, "aria-labelledby": labelledBy },
    element.options.map((/** @type {any} */ option, /** @type {number} */ index) =>
      h("label", { for: inputs[index].id }, inputs[index],
        h("span", {}, h("span", {}, textObject(option.text, surface.names)),
          option.description ? h("span", { class: "detail" }, textObject(option.description, surface.names)) : null))),
  );
  const chosen = () => inputs.filter((/** @type {HTMLInputElement} */ box) => box.checked).map(valueOf);
  group.addEventListener("change", async () => {
    const before = surface.recall(block, element, first);
    const value = single ? (chosen()[0] ?? null) : chosen();
    if (isSilent) return surface.jot(block, element, value);
    surface.remember(block, element, value);
    if (await surface.choose(block, element, group, value)) return;
    surface.remember(block, element, before);
    for (const box of inputs) box.checked = single ? before === box.value : before.includes(box.value);
  });
  return group;
}

/** @param {any} element @param {Place} place @returns {HTMLElement} */
export function overflow(element, { block, surface, key }) {
  return overflowMenu(element, key, (option, button) => surface.choose(block, element, button, option.value));
}
