// @ts-check
/** The emoji that have a name here: those deployment bots use. Any other name stays as it was typed. */

/** @type {Record<string, string>} */
const EMOJI = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", alarm_clock: "⏰", arrow_down: "⬇️", arrow_left: "⬅️",
  arrow_right: "➡️", arrow_up: "⬆️", arrows_counterclockwise: "🔄", bell: "🔔", black_small_square: "▪️", boom: "💥",
  bug: "🐛", calendar: "📆", checkered_flag: "🏁", clipboard: "📋", clock1: "🕐", construction: "🚧", eyes: "👀",
  fast_forward: "⏩", fire: "🔥", fire_engine: "🚒", globe_with_meridians: "🌐", hammer: "🔨", hammer_and_wrench: "🛠️",
  heavy_check_mark: "✔️", heavy_minus_sign: "➖", hourglass: "⌛", hourglass_flowing_sand: "⏳", information_source: "ℹ️",
  key: "🔑", large_blue_circle: "🔵", large_green_circle: "🟢", large_orange_circle: "🟠", large_red_circle: "🔴",
  large_yellow_circle: "🟡", leftwards_arrow_with_hook: "↩️", link: "🔗", lock: "🔒", mag: "🔍", memo: "📝",
  no_entry: "⛔", no_entry_sign: "🚫", octagonal_sign: "🛑", ok_hand: "👌", package: "📦", pushpin: "📌", question: "❓",
  raised_hand: "✋", recycle: "♻️", red_circle: "🔴", rewind: "⏪", robot_face: "🤖", rocket: "🚀",
  rotating_light: "🚨", shield: "🛡️", snowflake: "❄️", sparkles: "✨", star: "⭐", stopwatch: "⏱️", tada: "🎉",
  test_tube: "🧪", truck: "🚚", unlock: "🔓", wave: "👋", warning: "⚠️", white_check_mark: "✅", white_circle: "⚪",
  wrench: "🔧", x: "❌", zap: "⚡",
};

/** @param {string} name without the colons */
export const emoji = (name) => (Object.hasOwn(EMOJI, name) ? EMOJI[name] : null);

/** @param {string} text @returns {string} with the known :names: replaced */
export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (typed, name) => emoji(name) ?? typed);
