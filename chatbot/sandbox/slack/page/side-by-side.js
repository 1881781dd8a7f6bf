// @ts-check
/** Two people at once, each with a page of their own: `#U0ANA0001,U0BOB0002`, or the first two people. */
import { readWorkspace } from "./api.js";
import { h } from "./dom.js";

const { people } = await readWorkspace();
const asked = location.hash.slice(1).split(",");
const known = people.filter(({ is_bot }) => !is_bot);
const chosen = known.filter(({ id }) => asked.includes(id));
const two = [...chosen, ...known.filter((person) => !chosen.includes(person))].slice(0, 2);
document.getElementById("two")?.replaceChildren(...two.map(({ id, real_name }) =>
  h("iframe", { src: `./#as=${id}`, title: `The workspace as ${real_name} sees it` })));
