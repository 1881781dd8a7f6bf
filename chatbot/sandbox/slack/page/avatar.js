// @ts-check
/** The square beside a name: initials in a tint of its own, or the app's mark. Decoration: the name is always beside it. */
import { h, icon } from "./dom.js";

/** @param {string} id @param {import("./directory.js").Directory} names */
export function avatar(id, names) {
  if (id === names.state.app.bot_user_id) return h("span", { class: "avatar bot", "aria-hidden": "true" }, icon("promote"));
  const initials = names.userName(id).split(/\s+/).map((word) => word[0]).slice(0, 2).join("").toUpperCase();
  const tint = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6;
  return h("span", { class: `avatar tint-${tint}`, "aria-hidden": "true" }, initials);
}
