// @ts-check
/**
 * What keeps the page current: the event stream of the workspace and the long poll of the platform. Both pause while
 * the tab is hidden, because a browser opens at most six connections to one server, and each tab takes two.
 */
import { openStream, readPlatform } from "./api.js";

const RETRY_MS = 1000;

/** @param {number} ms @param {AbortSignal} signal resolves early when aborted */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms, undefined);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve(undefined)), { once: true });
  });
}

export class Stream {
  /**
   * @param {string} person
   * @param {{onUp: () => Promise<void>, onDown: () => void, onEvent: (event: any) => void}} hooks onUp refreshes
   *   everything; what arrives meanwhile is handed over after it, in order
   */
  constructor(person, hooks) {
    this.person = person;
    this.hooks = hooks;
    /** @type {EventSource | null} */
    this.source = null;
    this.timer = 0;
    this.onVisibility = () => (document.hidden ? this.stop() : this.source === null && this.start());
    document.addEventListener("visibilitychange", this.onVisibility);
    this.start();
  }

  start() {
    clearTimeout(this.timer);
    this.source?.close();
    const source = openStream(this.person);
    this.source = source;
    /** @type {any[]} */
    const waiting = [];
    let refreshed = false;
    source.onmessage = async ({ data }) => {
      const event = JSON.parse(data);
      if (event.kind !== "hello") {
        if (refreshed) this.hooks.onEvent(event);
        else waiting.push(event);
        return;
      }
      try {
        await this.hooks.onUp();
      } catch (error) {
        console.error(error);
        if (this.source === source) this.retry();
        return;
      }
      if (this.source !== source) return;
      refreshed = true;
      waiting.splice(0).forEach(this.hooks.onEvent);
    };
    source.onerror = () => this.source === source && this.retry();
  }

  retry() {
    this.stop();
    this.hooks.onDown();
    this.timer = setTimeout(() => this.start(), RETRY_MS);
  }

  stop() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  close() {
    this.stop();
    document.removeEventListener("visibilitychange", this.onVisibility);
  }
}

/**
 * Hand every new state of the platform to `onPanel`, for as long as the page lives.
 * @param {{onPanel: (panel: any) => void, onDown: (error: unknown) => void}} hooks
 */
export async function followPlatform({ onPanel, onDown }) {
  /** @type {number | undefined} */
  let since;
  for (;;) {
    const hidden = new AbortController();
    const abort = () => document.hidden && hidden.abort();
    document.addEventListener("visibilitychange", abort);
    try {
      const panel = await readPlatform(since, hidden.signal);
      if (panel.revision !== since) onPanel(panel);
      since = panel.revision;
    } catch (error) {
      since = undefined;
      if (!hidden.signal.aborted) onDown(error);
      await (document.hidden ? untilVisible() : pause(RETRY_MS, new AbortController().signal));
    } finally {
      document.removeEventListener("visibilitychange", abort);
    }
  }
}

function untilVisible() {
  return new Promise((resolve) => {
    document.addEventListener("visibilitychange", resolve, { once: true });
  });
}
