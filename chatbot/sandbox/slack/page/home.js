// @ts-check
/** The app's Home: the one view that it published for this person. */
import { inWords, openHome, readHome } from "./api.js";
import { showBlocks } from "./blocks.js";
import { h } from "./dom.js";
import { Surface } from "./surface.js";

export class HomeView {
  /** @param {import("./directory.js").Directory} names */
  constructor(names) {
    this.names = names;
    /** @type {Surface | null} */
    this.surface = null;
    this.viewId = "";
    this.complaint = h("p", { class: "complaint", role: "alert" });
    this.body = h("div", { class: "home-body", tabindex: "-1" });
    this.element = h("div", { class: "home" }, this.complaint, this.body);
  }

  async open() {
    const outcome = await openHome({ as: this.names.me });
    this.complaint.textContent = outcome.ok ? "" : inWords(outcome);
    await this.refresh();
  }

  async refresh() {
    this.show(await readHome(this.names.me));
  }

  /** @param {any | null} view */
  show(view) {
    if (!view) {
      this.viewId = "";
      this.body.replaceChildren(h("p", { class: "nothing" }, "The app has not published a Home for you."));
      return;
    }
    if (view.id !== this.viewId || this.surface === null) {
      this.viewId = view.id;
      this.surface = new Surface(this.names, { view_id: view.id });
      this.body.replaceChildren();
      this.element.replaceChildren(this.complaint, this.surface.complaint, this.body);
    }
    showBlocks(this.body, view.blocks, this.surface, () => this.body.focus());
  }
}
