// @ts-check
/** Right: what each project's production domains serve now, and the means to make something happen. */
import { h } from "./dom.js";
import { followPlatform } from "./live.js";
import { ProjectCard } from "./project.js";

export class Panel {
  /** @param {HTMLElement} element @param {(text: string) => void} onSuggest puts words into the message box */
  constructor(element, onSuggest) {
    this.onSuggest = onSuggest;
    /** @type {Map<string, ProjectCard>} */
    this.cards = new Map();
    this.state = h("p", { class: "panel-state", role: "status" });
    this.list = h("div", { class: "projects" });
    element.replaceChildren(
      h("header", { class: "panel-head" }, h("h2", {}, "Sites"), h("p", {}, "What visitors get, and what was built")),
      this.state, this.list);
    this.started = false;
  }

  /** @param {boolean} hasPlatform */
  start(hasPlatform) {
    if (!hasPlatform) this.state.textContent = "No platform is connected to this workspace.";
    if (!hasPlatform || this.started) return;
    this.started = true;
    this.state.textContent = "Loading…";
    followPlatform({
      onPanel: (panel) => this.show(panel.projects),
      onDown: () => (this.state.textContent = "The platform does not answer; retrying."),
    });
    setInterval(() => this.cards.forEach((card) => card.showRecent()), 60000);
  }

  /** @param {any[]} projects */
  show(projects) {
    this.state.textContent = "";
    const present = new Set(projects.map(({ id }) => id));
    for (const [id, card] of this.cards) {
      if (present.has(id)) continue;
      card.element.remove();
      this.cards.delete(id);
    }
    const inviting = projects.find(({ recent }) => recent.some((/** @type {any} */ one) => one.state === "Staged")) ?? projects[0];
    for (const project of projects) {
      const known = this.cards.get(project.id);
      if (known) known.update(project);
      else {
        const card = new ProjectCard(project, this.onSuggest, project === inviting);
        this.cards.set(project.id, card);
        this.list.append(card.element);
      }
    }
  }
}
