// Elements are made here and nowhere else; text becomes text nodes, never markup.

export const at = (id) => document.getElementById(id);

/** el('button', {class: 'x', onclick: f, 'aria-label': '…'}, 'text', node, …): null and false children are left out. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'class') node.className = value;
    else if (name === 'value' || name === 'checked' || name === 'selected') node[name] = value;
    else node.setAttribute(name, value === true ? '' : value);
  }
  append(node, children);
  return node;
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

export function fill(node, ...children) {
  node.replaceChildren();
  append(node, children);
}

/**
 * Brings a container's children in line with the items. A child whose key and signature stayed the same is left alone, so that focus,
 * selection and open menus in it survive; where the focused child is replaced, focus goes to the same control of its successor.
 */
export function keep(container, items, { key, signature, make }) {
  const before = new Map([...container.children].map((child) => [child.dataset.key, child]));
  const focused = focusedName(container);
  const wanted = items.map((item) => {
    const [name, sign] = [key(item), signature(item)];
    const known = before.get(name);
    if (known?.signature === sign) return known;
    const made = make(item);
    made.dataset.key = name;
    made.signature = sign;
    if (known?.getAttribute('tabindex') === '0') made.setAttribute('tabindex', '0');
    return made;
  });
  const staying = new Set(wanted);
  for (const child of before.values()) if (!staying.has(child)) child.remove();
  wanted.forEach((node, index) => {
    if (container.children[index] !== node) container.insertBefore(node, container.children[index] ?? null);
  });
  if (focused && !container.contains(document.activeElement)) focusOn(focused, container);
}

/** What the control with the focus is called, where it can be found again; nothing when it is elsewhere. */
export function focusedName(within = document) {
  const focused = document.activeElement;
  return within.contains(focused) ? focused?.closest('[data-focus]')?.dataset.focus : undefined;
}

export function focusOn(name, within = document) {
  const target = within.querySelector(`[data-focus="${CSS.escape(name)}"]`);
  target?.focus();
  return Boolean(target);
}

const paths = {
  close: 'M6 6l12 12M18 6L6 18',
  menu: 'M4 7h16M4 12h16M4 17h16',
  send: 'M5 12h13M12 5l7 7-7 7',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  sun: 'M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600L19 19M19 5l-1.400 1.400M6.400 17.600L5 19',
  moon: 'M20 14.500A8 8 0 119.500 4a6.500 6.500 0 0010.500 10.500z',
  pulse: 'M3 12h4l3-8 4 16 3-8h4',
  database: 'M5 6c0-1.700 3.100-3 7-3s7 1.300 7 3-3.100 3-7 3-7-1.300-7-3zM5 6v12c0 1.700 3.100 3 7 3s7-1.300 7-3V6M5 12c0 1.700 3.100 3 7 3s7-1.300 7-3',
  smile: 'M12 3a9 9 0 100 18 9 9 0 000-18zM8.500 14.500s1.200 2 3.500 2 3.500-2 3.500-2M9 9.500h.01M15 9.500h.01',
  reply: 'M4 5h16v11H9l-4 4v-4H4z',
  plus: 'M12 5v14M5 12h14',
  down: 'M6 9l6 6 6-6',
  eye: 'M2 12s3.500-6.500 10-6.500S22 12 22 12s-3.500 6.500-10 6.500S2 12 2 12zM12 9.500a2.500 2.500 0 100 5 2.500 2.500 0 000-5z',
  lock: 'M7 11V8a5 5 0 0110 0v3M6 11h12v9H6z',
  file: 'M7 3h7l4 4v14H7zM14 3v4h4',
};

/** A drawing in the colour of the text around it; for eyes only. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', paths[name]);
  svg.append(path);
  return svg;
}

/** A list that Tab enters once and arrows walk through. */
export function roving(container, selector) {
  const all = () => [...container.querySelectorAll(selector)];
  container.addEventListener('focusin', (event) => {
    const current = event.target.closest(selector);
    if (current) for (const item of all()) item.setAttribute('tabindex', item === current ? '0' : '-1');
  });
  container.addEventListener('keydown', (event) => {
    if (!event.target.matches(selector)) return;
    const items = all();
    const here = items.indexOf(event.target);
    const next = { ArrowDown: here + 1, ArrowRight: here + 1, ArrowUp: here - 1, ArrowLeft: here - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined || !items[next]) return;
    event.preventDefault();
    items[next].focus();
    if (items[next].getAttribute('role') === 'radio' || items[next].getAttribute('role') === 'tab') items[next].click();
  });
}

/** After its items changed: exactly one of them is reached by Tab. */
export function settleRoving(container, selector, preferred) {
  const items = [...container.querySelectorAll(selector)];
  const chosen = preferred ?? items.find((item) => item.getAttribute('tabindex') === '0') ?? items.at(-1);
  for (const item of items) item.setAttribute('tabindex', item === chosen ? '0' : '-1');
}
