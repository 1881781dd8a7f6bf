// @ts-check
/**
 * The workspace's JSON API: what a person can do here. docs/sandbox.md describes it.
 *
 * @typedef {{id: string, name: string, real_name: string, is_admin: boolean, is_bot: boolean}} Person
 * @typedef {{id: string, name: string, topic?: string, is_private: boolean, is_im: boolean, members: string[],
 *   archived?: boolean}} Channel
 * @typedef {{command: string, description: string, usage_hint?: string}} Command
 * @typedef {{team: {id: string, name: string}, app: {id: string, name: string, bot_user_id: string},
 *   people: Person[], groups: {id: string, handle: string, users: string[]}[], channels: Channel[],
 *   commands: Command[], home_enabled?: boolean, present?: string[],
 *   shortcuts?: {callback_id: string, name: string, type: string, description: string}[],
 *   workflows?: {callback_id: string, title: string, description: string, inputs: any[]}[],
 *   platform: {url: string} | null, connections: number}} WorkspaceState
 * @typedef {{ts: string, channel: string, user: string, text: string, blocks: any[], ephemeral: boolean,
 *   edited: boolean, thread_ts?: string, reply_count?: number, broadcast?: boolean,
 *   unfurls?: any[], files?: any[], pinned_by?: string}} Message
 * @typedef {{ok: true, [key: string]: any} | {ok: false, error: string, [key: string]: any}} Outcome
 */

/** The server could not be reached, or what answered is not the workspace. */
export class Unreachable extends Error {}

/** The workspace answered that it does not do this; the message is its error code. */
export class Refused extends Error {}

/**
 * @param {string} method
 * @param {string} path relative to the page
 * @param {{query?: Record<string, any>, body?: any, signal?: AbortSignal}} [options]
 * @returns {Promise<any>} the decoded answer, of whatever status
 */
async function request(method, path, { query = {}, body, signal } = {}) {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
  }
  const init = { method, signal, headers: /** @type {Record<string, string>} */ ({}), body: undefined };
  if (body !== undefined) {
    init.headers["content-type"] = "application/json";
    init.body = /** @type {any} */ (JSON.stringify(body));
  }
  try {
    const response = await fetch(url, init);
    const answer = await response.json();
    return response.ok || answer.ok === false ? answer : { ok: false, error: answer.error?.message ?? response.statusText };
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable("The workspace does not answer.", { cause: error });
  }
}

/**
 * @param {string} path
 * @param {Record<string, any>} [query]
 * @param {AbortSignal} [signal]
 */
async function read(path, query, signal) {
  const answer = await request("GET", `sandbox/${path}`, { query, signal });
  if (answer.ok === false) throw new Refused(answer.error);
  return answer;
}

/** @param {string} path @param {any} body @param {string} [method] @returns {Promise<Outcome>} */
async function act(path, body, method = "POST") {
  try {
    const answer = await request(method, `sandbox/${path}`, { body });
    return "ok" in answer ? answer : { ok: true, ...answer };
  } catch (error) {
    if (error instanceof Unreachable) return { ok: false, error: "unreachable" };
    throw error;
  }
}

/** @returns {Promise<WorkspaceState>} */
export const readWorkspace = () => read("workspace");

/** @param {string} as @param {string} channel @param {string} [thread] @returns {Promise<Message[]>} */
export const readMessages = async (as, channel, thread) =>
  (await read("messages", { as, channel, thread_ts: thread })).messages;

/** @param {string} as @param {string} channel @returns {Promise<Message[]>} the newest pin first */
export const readPins = async (as, channel) => (await read("pins", { as, channel })).messages;

/** @param {string} as @returns {Promise<any[]>} the open modals, the top one last */
export const readViews = async (as) => (await read("views", { as })).views;

/** @param {string} as @returns {Promise<any | null>} */
export const readHome = async (as) => (await read("home", { as })).view;

/** @param {any} body */
export const runCommand = (body) => act("command", body);
/** @param {any} body */
export const writeMessage = (body) => act("message", body);
/** @param {any} body */
export const click = (body) => act("click", body);
/** @param {any} body */
export const choose = (body) => act("choose", body);
/** @param {any} body */
export const findOptions = (body) => act("options", body);
/** @param {any} body */
export const submitView = (body) => act("submit", body);
/** @param {any} body */
export const closeView = (body) => act("close", body);
/** @param {any} body */
export const useShortcut = (body) => act("shortcut", body);
/** @param {any} body */
export const runWorkflow = (body) => act("workflow", body);
/** @param {string} id @param {any} change */
export const changeChannel = (id, change) => act(`channels/${id}`, change, "PUT");
/** @param {any} body */
export const pin = (body) => act("pin", body);
/** @param {any} body */
export const openHome = (body) => act("home", body);

/** @param {"push" | "break" | "heal" | "move" | "alert"} verb @param {any} body */
export const changePlatform = (verb, body) => act(`platform/${verb}`, body);

/** @param {number | undefined} since @param {AbortSignal} signal waits up to 25 s for something newer than `since` */
export const readPlatform = (since, signal) =>
  read("platform/panel", since === undefined ? {} : { since, wait: 25 }, signal);

/** Where the page shows what a visitor of a production domain gets. @param {string} site such as "/sites/shop.example.com/" */
export const siteAddress = (site) => new URL(`sandbox/platform-site${site}`, document.baseURI).href;

/** @param {string} as @returns {EventSource} */
export function openStream(as) {
  const url = new URL("sandbox/stream", document.baseURI);
  url.searchParams.set("as", as);
  return new EventSource(url);
}

/** @type {Record<string, string>} */
const SENTENCES = {
  unreachable: "The workspace does not answer. Nothing was sent; try again.",
  operation_timeout: "The app did not answer within three seconds (operation_timeout).",
  dispatch_failed: "The app could not be reached (dispatch_failed).",
  unknown_command: "No app here knows that command (unknown_command).",
  not_in_channel: "You are not in this channel (not_in_channel).",
  is_archived: "This channel is archived (is_archived).",
  invalid: "Something is missing or wrong.",
  home_is_off: "This app has no Home (home_is_off).",
  no_such_view: "That dialog is no longer open (no_such_view).",
  platform_unreachable: "The platform does not answer (platform_unreachable).",
  no_such_element: "That element is no longer there (no_such_element).",
  no_such_unfurl: "That card is no longer there (no_such_unfurl).",
  already_pinned: "It is pinned already (already_pinned).",
  not_pinned: "It is no longer pinned (not_pinned).",
  no_such_message: "That message is no longer there (no_such_message).",
};

/** @param {{error: string, messages?: string[]}} failure @returns {string} a sentence for people, and what the workspace said about it */
export const inWords = ({ error, messages = [] }) => [SENTENCES[error] ?? `That did not work: ${error}.`, ...messages].join(" ");
