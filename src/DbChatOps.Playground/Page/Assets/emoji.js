// The shortcodes that bots and people here use; an unknown one stays as it was written.

const known = {
  white_check_mark: '✅', heavy_check_mark: '✔️', ballot_box_with_check: '☑️', x: '❌', no_entry: '⛔', no_entry_sign: '🚫', warning: '⚠️',
  rotating_light: '🚨', red_circle: '🔴', large_orange_circle: '🟠', large_green_circle: '🟢', large_blue_circle: '🔵', large_yellow_circle: '🟡',
  white_circle: '⚪', black_circle: '⚫', lock: '🔒', unlock: '🔓', key: '🔑', closed_lock_with_key: '🔐', hourglass: '⌛',
  hourglass_flowing_sand: '⏳', stopwatch: '⏱️', alarm_clock: '⏰', clock1: '🕐', eyes: '👀', wave: '👋', raised_hand: '✋', hand: '✋', '+1': '👍',
  thumbsup: '👍', '-1': '👎', thumbsdown: '👎', ok_hand: '👌', pray: '🙏', clap: '👏', tada: '🎉', rocket: '🚀', fire: '🔥', boom: '💥', bug: '🐛',
  wrench: '🔧', hammer_and_wrench: '🛠️', gear: '⚙️', memo: '📝', clipboard: '📋', scroll: '📜', page_facing_up: '📄', bar_chart: '📊', mag: '🔍',
  bell: '🔔', no_bell: '🔕', speech_balloon: '💬', pushpin: '📌', link: '🔗', shield: '🛡️', ghost: '👻', robot_face: '🤖', smile: '😄', slightly_smiling_face: '🙂',
  thinking_face: '🤔', heart: '❤️', question: '❓', exclamation: '❗', information_source: 'ℹ️', arrow_right: '➡️', arrows_counterclockwise: '🔄',
  stop_sign: '🛑', octagonal_sign: '🛑', house: '🏠', computer: '💻', floppy_disk: '💾', card_file_box: '🗃️', zap: '⚡', star: '⭐', 100: '💯',
};

export const frequent = ['+1', 'eyes', 'white_check_mark', 'tada', 'pray', 'thinking_face', 'heart', 'rocket'];

export const emoji = (name) => known[name.split('::')[0]] ?? `:${name}:`;
export const isEmoji = (name) => Object.hasOwn(known, name.split('::')[0]);
