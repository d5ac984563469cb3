// One event stream per page. The browser reconnects by itself; after every (re)connection the screen is read again.

export function listen(onChange, onConnection) {
  const source = new EventSource('/playground/stream');
  source.addEventListener('changed', onChange);
  source.addEventListener('open', () => onConnection(true));
  source.addEventListener('error', () => onConnection(false));
  addEventListener('pagehide', () => source.close(), { once: true });
}
