// @ts-check
/** Moments in words, in the reader's own language order and time zone. */

// Made once: to make a format takes longer than to use it a hundred times.
const CLOCK = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const FULL = new Intl.DateTimeFormat([], { dateStyle: "full", timeStyle: "medium" });

/** @param {Date} date */
export const clock = (date) => CLOCK.format(date);

/** @param {Date} date */
export const fullTime = (date) => FULL.format(date);

/** A message's moment: `ts` is seconds since 1970 with six decimals. @param {string} ts */
export const momentOf = (ts) => new Date(Number(ts) * 1000);

const DAY_MS = 24 * 60 * 60 * 1000;

/** "Today", "Yesterday" or the date. @param {Date} date */
export function dayInWords(date) {
  const midnight = (/** @type {Date} */ day) => new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
  const days = Math.round((midnight(new Date()) - midnight(date)) / DAY_MS);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return date.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
}

/** How long ago, in the largest unit that fits. @param {number} ms since 1970 */
export function ago(ms) {
  const minutes = Math.max(0, Math.floor((Date.now() - ms) / 60000));
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return `${Math.floor(minutes / (24 * 60))} d ago`;
}

/**
 * Slack's date tokens, https://docs.slack.dev/messaging/formatting-message-text#date-formatting
 * @type {Record<string, (date: Date) => string>}
 */
const TOKENS = {
  date_num: (date) => date.toLocaleDateString("sv"),
  date: (date) => date.toLocaleDateString([], { dateStyle: "long" }),
  date_short: (date) => date.toLocaleDateString([], { dateStyle: "medium" }),
  date_long: (date) => date.toLocaleDateString([], { dateStyle: "full" }),
  date_pretty: (date) => relativeOr(date, TOKENS.date),
  date_short_pretty: (date) => relativeOr(date, TOKENS.date_short),
  date_long_pretty: (date) => relativeOr(date, TOKENS.date_long),
  time: clock,
  time_secs: (date) => date.toLocaleTimeString([], { hourCycle: "h23" }),
  ago: (date) => ago(date.getTime()),
};

/** @param {Date} date @param {(date: Date) => string} otherwise */
function relativeOr(date, otherwise) {
  const words = dayInWords(date);
  return words === "Today" || words === "Yesterday" ? words.toLowerCase() : otherwise(date);
}

/** @param {number} seconds since 1970 @param {string} format @returns {string | null} null: not a moment */
export function dateInWords(seconds, format) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime()) || format === "") return null;
  return format.replace(/\{(\w+)\}/g, (typed, name) => (Object.hasOwn(TOKENS, name) ? TOKENS[name](date) : typed));
}
