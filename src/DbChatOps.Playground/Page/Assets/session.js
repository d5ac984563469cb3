// Who looks at what. It lives in the address, so that two tabs can be two people and a reload changes nothing.

const names = ['as', 'in', 'thread', 'tab', 'panel'];

function read() {
  const hash = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(names.map((name) => [name, hash.get(name) ?? '']));
}

export const session = read();

export function go(changes) {
  Object.assign(session, changes);
  const present = names.filter((name) => session[name]).map((name) => [name, session[name]]);
  history.replaceState(null, '', `#${new URLSearchParams(present)}`);
}
