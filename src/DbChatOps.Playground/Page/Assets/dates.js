// Moments in the zone and language of whoever reads.

const format = (options) => new Intl.DateTimeFormat(undefined, options);
const formats = {
  time: format({ hour: '2-digit', minute: '2-digit' }),
  time_secs: format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  date_num: format({ year: 'numeric', month: '2-digit', day: '2-digit' }),
  date_slash: format({ year: 'numeric', month: '2-digit', day: '2-digit' }),
  date: format({ year: 'numeric', month: 'long', day: 'numeric' }),
  date_short: format({ year: 'numeric', month: 'short', day: 'numeric' }),
  date_long: format({ weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }),
  day: format({ weekday: 'long', month: 'long', day: 'numeric' }),
  full: format({ dateStyle: 'full', timeStyle: 'medium' }),
};
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const dayOf = (date) => Math.floor((date.getTime() - date.getTimezoneOffset() * 60000) / 86400000);
const near = (date) => ({ '-1': 'yesterday', 0: 'today', 1: 'tomorrow' })[dayOf(date) - dayOf(new Date())];

function ago(date) {
  const minutes = Math.round((date - Date.now()) / 60000);
  if (Math.abs(minutes) < 60) return relative.format(minutes, 'minute');
  return Math.abs(minutes) < 48 * 60 ? relative.format(Math.round(minutes / 60), 'hour') : relative.format(Math.round(minutes / 1440), 'day');
}

function token(name, date) {
  if (name === 'ago') return ago(date);
  if (name.endsWith('_pretty')) return near(date) ?? formats[name.slice(0, -7)]?.format(date);
  return formats[name]?.format(date);
}

export const fromTs = (ts) => new Date(Number(ts.split('.')[0]) * 1000);
export const time = (date) => formats.time.format(date);
export const full = (date) => formats.full.format(date);
export const sameDay = (left, right) => dayOf(left) === dayOf(right);

export function day(date) {
  const word = near(date);
  return word ? word[0].toUpperCase() + word.slice(1) : formats.day.format(date);
}

/** Slack's date tokens; null when one of them is unknown, and then the fallback is shown. */
export function fromTokens(seconds, pattern) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return null;
  let known = true;
  const text = pattern.replace(/\{(\w+)\}/g, (whole, name) => {
    const shown = token(name, date);
    known &&= shown !== undefined;
    return shown ?? whole;
  });
  return known ? text : null;
}
