// @ts-check
/** One line of the recent deployments. */
import { h, icon } from "./dom.js";

/** @param {string} sha */
export const shortSha = (sha) => sha.slice(0, 7);

/**
 * @param {import("./project.js").Deployment} deployment
 * @param {string} age
 * @param {(text: string) => void} onSuggest
 */
export function deploymentRow(deployment, age, onSuggest) {
  const { id, sha, state, message, branch, author } = deployment;
  const copy = h("button", {
    type: "button", class: "icon-button", "aria-label": `Copy ${id}`, title: `Copy ${id}`, "data-key": `copy/${id}`,
    onclick: () => copyText(id, copy),
  }, icon("copy"));
  const promote = h("button", {
    type: "button", class: "icon-button", "aria-label": `Write /promote ${id}`, title: `Write /promote ${id}`, "data-key": `promote/${id}`,
    onclick: () => onSuggest(`/promote ${id}`),
  }, icon("promote"));
  return h("li", { class: "deployment" },
    h("span", { class: `state ${state.toLowerCase()}` }, state),
    h("div", { class: "deployment-words" },
      h("p", { class: "what", title: message }, message),
      h("p", { class: "quiet", title: `by ${author}` }, h("code", {}, shortSha(sha)), ` ${age} · ${branch}`)),
    h("div", { class: "deployment-buttons" }, copy, promote));
}

/** @param {string} text @param {HTMLElement} button says for a moment how it went */
async function copyText(text, button) {
  const before = [...button.childNodes];
  const label = button.getAttribute("aria-label") ?? "";
  const say = (/** @type {string} */ words, /** @type {string} */ drawing) => {
    button.replaceChildren(icon(drawing));
    button.setAttribute("aria-label", words);
  };
  try {
    await navigator.clipboard.writeText(text);
    say(`Copied ${text}`, "check");
  } catch {
    say(`${text} could not be copied`, "warning"); // no permission, or a page that is not from localhost
  }
  setTimeout(() => {
    button.replaceChildren(...before);
    button.setAttribute("aria-label", label);
  }, 1500);
}
