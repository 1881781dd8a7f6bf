// @ts-check
/** Modals: the stack of views that the app opened for this person. The top one is shown; the others keep what was typed. */
import { closeView, inWords, submitView } from "./api.js";
import { clearErrors, showBlocks, showErrors } from "./blocks.js";
import { h, icon, uniqueId } from "./dom.js";
import { plain } from "./mrkdwn.js";
import { Surface } from "./surface.js";

/** @typedef {import("./directory.js").Directory} Directory */

class Modal {
  /** @param {any} view @param {Directory} names */
  constructor(view, names) {
    this.id = view.id;
    this.names = names;
    this.surface = new Surface(names, { view_id: view.id });
    this.title = h("h2", { id: uniqueId("modal-title") });
    this.body = h("div", { class: "modal-body", tabindex: "-1" });
    this.submitButton = h("button", { type: "submit", class: "button primary" });
    this.closeButton = h("button", { type: "button", class: "button", onclick: () => this.close() });
    const dismiss = h("button", { type: "button", class: "dismiss", "aria-label": "Close dialog", onclick: () => this.close() }, icon("close"));
    this.form = h("form", { novalidate: true },
      h("header", {}, this.title, dismiss), this.body,
      h("footer", {}, this.surface.complaint, h("div", { class: "dialog-buttons" }, this.closeButton, this.submitButton)));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.update(view);
  }

  /** @param {any} view */
  update(view) {
    this.title.textContent = plain(view.title);
    showBlocks(this.body, view.blocks, this.surface, () => this.body.focus());
    this.closeButton.textContent = plain(view.close) || "Close";
    this.submitButton.textContent = plain(view.submit) || "Submit";
    this.submitButton.hidden = !view.submit;
  }

  async submit() {
    if (this.submitButton.hidden || this.form.hasAttribute("aria-busy")) return;
    clearErrors(this.body);
    this.surface.complaint.textContent = "";
    this.form.setAttribute("aria-busy", "true");
    const outcome = await submitView({ as: this.names.me, view_id: this.id, values: this.surface.values });
    this.form.removeAttribute("aria-busy");
    if (outcome.ok) return;
    const homeless = outcome.errors ? showErrors(this.body, outcome.errors) : [inWords(outcome)];
    this.surface.complaint.textContent = homeless.join(" ");
  }

  async close() {
    const outcome = await closeView({ as: this.names.me, view_id: this.id });
    if (!outcome.ok) this.surface.complaint.textContent = inWords(outcome);
  }
}

export class Modals {
  /** @param {Directory} names */
  constructor(names) {
    this.names = names;
    /** @type {Map<string, Modal>} */
    this.open = new Map();
    /** @type {HTMLDialogElement | null} */
    this.dialog = null;
    /** @type {Modal | undefined} */
    this.top = undefined;
  }

  /** @param {any[]} views all that are open, the top one last */
  show(views) {
    const present = new Set(views.map(({ id }) => id));
    for (const id of this.open.keys()) if (!present.has(id)) this.open.delete(id);
    for (const view of views) {
      const known = this.open.get(view.id);
      if (known) known.update(view);
      else this.open.set(view.id, new Modal(view, this.names));
    }
    const top = views.length > 0 ? this.open.get(views[views.length - 1].id) : undefined;
    if (top === this.top) return;
    this.top = top;
    if (top) this.present(top);
    else this.hide();
  }

  /** @param {Modal} modal */
  present(modal) {
    this.dialog ??= this.createDialog();
    this.dialog.setAttribute("aria-labelledby", modal.title.id);
    this.dialog.replaceChildren(modal.form);
    if (!this.dialog.open) this.dialog.showModal();
    const first = modal.body.querySelector("[autofocus], input, textarea, button, a[href]") ?? modal.submitButton;
    /** @type {HTMLElement} */ (first).focus();
  }

  createDialog() {
    const dialog = h("dialog", { class: "modal" });
    // Escape asks the workspace to close the view, so that the app hears of it; the answer closes the dialog.
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.top?.close();
    });
    document.body.append(dialog);
    return dialog;
  }

  hide() {
    this.dialog?.close();
    this.dialog?.remove();
    this.dialog = null;
  }
}
