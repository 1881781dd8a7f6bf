// @ts-check
/** The native dialog that Slack shows before it tells the app about a click on an element with `confirm`. */
import { h, uniqueId } from "./dom.js";
import { plain, textObject } from "./mrkdwn.js";

/**
 * @param {any} ask a confirm object: title, text, confirm, deny, style
 * @param {import("./directory.js").Directory} names
 * @returns {Promise<boolean>} false also when it was closed with Escape
 */
export function confirmed(ask, names) {
  const title = uniqueId("confirm-title");
  const text = uniqueId("confirm-text");
  const deny = h("button", { type: "submit", value: "deny", class: "button" }, plain(ask.deny) || "Cancel");
  const style = ask.style === "danger" ? "danger" : "primary";
  const accept = h("button", { type: "submit", value: "accept", class: `button ${style}` }, plain(ask.confirm) || "Yes");
  const dialog = h(
    "dialog",
    { class: "confirm", role: "alertdialog", "aria-labelledby": title, "aria-describedby": text },
    h("form", { method: "dialog" },
      h("h2", { id: title }, plain(ask.title)),
      h("div", { id: text, class: "mrkdwn" }, textObject(ask.text, names)),
      h("div", { class: "dialog-buttons" }, deny, accept)),
  );
  document.body.append(dialog);
  dialog.showModal();
  (style === "danger" ? deny : accept).focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "accept");
    });
  });
}
