// @ts-check
/** What a person starts from the message box: the app's shortcuts, and workflows whose step is the app's. */
import { inWords, runWorkflow, useShortcut } from "./api.js";
import { h, uniqueId } from "./dom.js";
import { overflowMenu } from "./menu.js";

/** @typedef {import("./directory.js").Directory} Directory */

const FILLED_IN = ["slack#/types/user_id", "slack#/types/channel_id", "slack#/types/interactivity"];

/**
 * @param {Directory} names
 * @param {string} channel
 * @param {(words: string) => void} complain "" takes the last complaint back
 * @returns {HTMLElement | null} null where there is nothing to start
 */
export function launcher(names, channel, complain) {
  const shortcuts = (names.state.shortcuts ?? []).filter(({ type }) => type === "global");
  const workflows = names.state.workflows ?? [];
  const options = [
    ...shortcuts.map(({ callback_id, name, description }) => option(`s ${callback_id}`, name, description)),
    ...workflows.map(({ callback_id, title, description }) => option(`w ${callback_id}`, title, `Workflow: ${description}`)),
  ];
  if (options.length === 0) return null;
  const element = { accessibility_label: "Shortcuts and workflows", options };
  return overflowMenu(element, "launcher", async ({ value }, button) => {
    complain("");
    const callbackId = value.slice(2);
    const workflow = value.startsWith("w ") ? workflows.find(({ callback_id }) => callback_id === callbackId) : undefined;
    if (workflow) return openWorkflow(workflow, names, channel, button);
    const outcome = await useShortcut({ as: names.me, callback_id: callbackId });
    if (!outcome.ok) complain(inWords(outcome));
  }, "bolt");
}

/** @param {string} value @param {string} name @param {string} description */
const option = (value, name, description) => ({
  value, text: { type: "plain_text", text: name }, description: { type: "plain_text", text: description },
});

/**
 * The form of a workflow; what Slack knows by itself is not asked for.
 * @param {any} workflow
 * @param {Directory} names
 * @param {string} channel
 * @param {HTMLElement} back where the keyboard goes afterwards
 */
function openWorkflow(workflow, names, channel, back) {
  const title = uniqueId("workflow");
  const complaint = h("p", { class: "complaint", role: "alert" });
  const asked = workflow.inputs.filter((/** @type {any} */ input) => !FILLED_IN.includes(input.type));
  const fields = asked.map((/** @type {any} */ input) => field(input));
  const dialog = h("dialog", { class: "modal", "aria-labelledby": title });
  const send = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const inputs = Object.fromEntries(fields.map((/** @type {any} */ each) => [each.name, each.value()]).filter(([, value]) => value !== undefined));
    const outcome = await runWorkflow({ as: names.me, channel, callback_id: workflow.callback_id, inputs });
    if (outcome.ok) dialog.close();
    else complaint.textContent = inWords(outcome);
  };
  dialog.append(h("form", { novalidate: true, onsubmit: send },
    h("header", {}, h("h2", { id: title }, workflow.title)),
    h("div", { class: "modal-body" }, h("p", { class: "quiet" }, workflow.description), fields.map((/** @type {any} */ each) => each.node)),
    h("footer", {}, complaint, h("div", { class: "dialog-buttons" },
      h("button", { type: "button", class: "button", onclick: () => dialog.close() }, "Cancel"),
      h("button", { type: "submit", class: "button primary" }, "Run")))));
  dialog.addEventListener("close", () => {
    dialog.remove();
    back.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  /** @type {HTMLElement} */ (dialog.querySelector("input, select, .primary")).focus();
}

/** @param {any} input a parameter of the manifest */
function field({ name, title, type, description, is_required: isRequired }) {
  const id = uniqueId("input");
  const hint = h("p", { class: "hint", id: uniqueId("hint") }, description);
  const isBoolean = type === "boolean";
  const control = isBoolean
    ? h("select", { class: "text", id }, h("option", { value: "" }, "—"), h("option", { value: "true" }, "Yes"), h("option", { value: "false" }, "No"))
    : h("input", { class: "text", id, autocomplete: "off", inputmode: type === "integer" || type === "number" ? "numeric" : null });
  if (description) control.setAttribute("aria-describedby", hint.id);
  const value = () => {
    if (control.value === "") return undefined;
    if (isBoolean) return control.value === "true";
    return type === "integer" || type === "number" ? Number(control.value) : control.value;
  };
  const label = h("label", { for: id, class: "label" }, title, isRequired ? null : h("span", { class: "optional" }, " (optional)"));
  return { name, value, node: h("div", { class: "input block" }, label, control, description ? hint : null) };
}
