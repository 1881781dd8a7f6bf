// @ts-check
/** One project in the side panel: Current, its domains, and buttons that play the rest of the world. */
import { changePlatform, inWords, siteAddress } from "./api.js";
import { deploymentRow, shortSha } from "./deployment.js";
import { h, icon, redraw } from "./dom.js";
import { ago } from "./times.js";

/**
 * @typedef {{id: string, sha: string, message: string, branch: string, author: string, target: string | null, state: string,
 *   created_at: number}} Deployment
 * @typedef {{name: string, redirect: string | null, git_branch?: string | null, deployment_id: string | null, sha: string | null, message: string | null,
 *   healthy: boolean, site: string}} Domain
 * @typedef {{id: string, name: string, auto_assign: boolean, pinned: boolean,
 *   current: {id: string, url: string, sha: string, message: string, author: string, branch: string} | null,
 *   domains: Domain[], recent: Deployment[]}} Project
 */

const SHOWN = 5;
const BRANCHES = ["dark-mode", "faster-search", "new-footer", "gift-cards", "image-cache", "signup-copy"];
const CHANGES = [
  "Round totals half up", "Load product images lazily", "Explain why a card was declined", "Cache prices for a minute",
  "Name the total in the order mail", "Remember the chosen currency", "Shorten the sign-up form",
];

export class ProjectCard {
  /** @param {Project} project @param {(text: string) => void} onSuggest @param {boolean} isOpen */
  constructor(project, onSuggest, isOpen) {
    this.project = project;
    this.onSuggest = onSuggest;
    this.showsAll = false;
    this.pushed = 0;
    this.branches = 0;
    this.summary = h("summary", {});
    this.content = h("div", { class: "project-content" });
    this.result = h("p", { class: "result", role: "status" });
    this.domains = h("section", {});
    this.recent = h("section", { class: "recent" });
    this.element = h("details", { class: "project", open: isOpen }, this.summary, h("div", { class: "project-body" },
      this.content, this.buttons(), this.result, this.domains, this.recent));
    this.update(project);
  }

  /** @param {Project} project */
  update(project) {
    this.project = project;
    const { current, name } = project;
    const failing = project.domains.some((domain) => domain.deployment_id && !domain.healthy && !domain.redirect);
    this.element.setAttribute("aria-label", name);
    this.summary.replaceChildren(
      h("h3", {}, name),
      current ? h("code", { class: "quiet" }, shortSha(current.sha)) : "",
      h("span", { class: failing ? "health failing" : "health" }, icon(failing ? "warning" : "check"), failing ? "Failing" : "Healthy"),
      icon("down"));
    redraw(this.content, () => [
      h("div", { class: "current" },
        current ? [
          h("p", { class: "current-line" }, h("span", { class: "state current" }, "Current"), " ", h("code", {}, shortSha(current.sha)), " ",
            h("span", { class: "what" }, current.message)),
          h("p", { class: "quiet" }, `by ${current.author} on ${current.branch}`),
        ] : h("p", {}, "Nothing is Current yet.")),
      h("p", { class: "assignment" }, assignment(project)),
    ]);
    redraw(this.domains, () => [h("h4", {}, "Domains"), h("ul", { class: "domains" }, project.domains.map(domainRow))]);
    this.showRecent();
  }

  showRecent() {
    const { recent } = this.project;
    const rows = this.showsAll ? recent : recent.slice(0, SHOWN);
    const toggle = () => ((this.showsAll = !this.showsAll), this.showRecent());
    redraw(this.recent, () => [
      h("h4", {}, "Recent deployments"),
      h("ul", {}, rows.map((deployment) => deploymentRow(deployment, ago(deployment.created_at), this.onSuggest))),
      recent.length > SHOWN
        ? h("button", { type: "button", class: "link-button", "data-key": "more", "aria-expanded": String(this.showsAll), onclick: toggle },
          this.showsAll ? "Show fewer" : `Show all ${recent.length}`)
        : null,
    ]);
  }

  buttons() {
    const button = (/** @type {string} */ drawing, /** @type {string} */ words, /** @type {() => Promise<string>} */ act) =>
      h("button", { type: "button", class: "button small", onclick: async () => (this.result.textContent = await act()) }, icon(drawing), words);
    return h("div", { class: "world", role: "group", "aria-label": "Make something happen" },
      button("commit", "Push a commit", () => this.push()),
      button("branch", "Push a branch", () => this.push(this.nextBranch())),
      button("promote", "Promote outside", () => this.move("promote")),
      button("reply", "Roll back outside", () => this.move("rollback")),
      button("broken", "Break the site", () => this.change("break", "What is Current answers with errors now.")),
      button("heal", "Heal", () => this.change("heal", "Every deployment answers again.")),
      button("warning", "Raise an alert", () => this.change("alert", "Webhooks that listen for alerts are told.")));
  }

  nextBranch() {
    const name = BRANCHES[this.branches % BRANCHES.length];
    const round = Math.floor(this.branches++ / BRANCHES.length);
    return round === 0 ? name : `${name}-${round + 1}`;
  }

  /** @param {string} [branch] the production branch if none is given @returns {Promise<string>} what happened */
  async push(branch) {
    const message = CHANGES[this.pushed++ % CHANGES.length];
    const outcome = await changePlatform("push", { project: this.project.name, branch, message });
    if (!outcome.ok) return inWords(outcome);
    return `Pushed ${shortSha(outcome.sha)} to ${branch ?? "the production branch"}; it is being built.`;
  }

  /** As bob does it in the dashboard. @param {"promote" | "rollback"} how @returns {Promise<string>} what happened */
  async move(how) {
    const outcome = await changePlatform("move", { project: this.project.name, how });
    if (!outcome.ok) return inWords(outcome);
    return `Bob ${how === "promote" ? "promotes" : "rolls back to"} ${shortSha(outcome.sha)} in the dashboard.`;
  }

  /** @param {"break" | "heal" | "alert"} verb @param {string} done @returns {Promise<string>} what happened */
  async change(verb, done) {
    const outcome = await changePlatform(verb, { project: this.project.name });
    return outcome.ok ? done : inWords(outcome);
  }
}

/** @param {Project} project */
function assignment({ auto_assign, pinned }) {
  if (pinned) return "Pinned by a rollback: new production builds stay Staged until somebody promotes.";
  if (!auto_assign) return "Auto-assignment is off: new production builds stay Staged until somebody promotes.";
  return "Auto-assignment is on: a new production build goes live by itself.";
}

/** @param {Domain} domain */
function domainRow(domain) {
  const name = h("a", { href: siteAddress(domain.site), target: "_blank", rel: "noopener", "data-key": `domain/${domain.name}` }, domain.name);
  if (domain.redirect) {
    return h("li", { class: "domain" }, h("div", { class: "domain-name" }, name),
      h("p", { class: "quiet" }, icon("redirect"), `redirects to ${domain.redirect}`));
  }
  const branch = domain.git_branch ? h("span", {}, `branch ${domain.git_branch}`) : null;
  if (!domain.deployment_id) {
    return h("li", { class: "domain" }, h("div", { class: "domain-name" }, name), h("p", { class: "quiet" }, "serves nothing yet", branch));
  }
  const health = domain.healthy ? "Healthy" : "Failing";
  return h("li", { class: "domain" },
    h("div", { class: "domain-name" }, name,
      h("span", { class: domain.healthy ? "health" : "health failing" }, icon(domain.healthy ? "check" : "warning"), health)),
    h("p", { class: "quiet" }, h("code", {}, shortSha(domain.sha ?? "")), " ", h("code", {}, domain.deployment_id), branch));
}
