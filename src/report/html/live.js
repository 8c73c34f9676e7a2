
// --- A page of a server: what is typed asks it anew, and new results come in by themselves. Scroll, order and what is
// open stay as they are.
const root = document.documentElement;
const sayLive = (...parts) => document.getElementById('live').replaceChildren(...parts);
let asked = 0;
// What is asked, also while its answer is on the way: new results must not bring back what was asked before.
let address = location.pathname + location.search;

const orderOf = (table) => {
  const head = table.tHead?.querySelector('[aria-sort]');
  return head ? [table.id, head.cellIndex, head.getAttribute('aria-sort')] : null;
};

/** Puts the page at the address in the place of this one; whether it did. */
const show = async () => {
  const mine = ++asked;
  const answer = await fetch(address, { headers: { Accept: 'text/html' } });
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (mine !== asked || !next.getElementById('main')) return false;
  const main = document.getElementById('main');
  const folds = all('details[id]', main).map((fold) => [fold.id, fold.open]);
  const orders = all('table', main).map(orderOf).filter(Boolean);
  const scrolls = all('table', main).map((table) => [table.id, table.parentElement.scrollLeft]);
  const focused = main.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
  for (const id of ['heading', 'main']) document.getElementById(id).replaceWith(next.getElementById(id));
  document.title = next.title;
  root.dataset.state = next.documentElement.dataset.state;
  const shown = document.getElementById('main');
  prepare(shown);
  folds.forEach(([id, isOpen]) => { const fold = document.getElementById(id); if (fold) fold.open = isOpen; });
  orders.forEach(([id, column, direction]) => {
    const table = document.getElementById(id);
    if (table?.tHead.rows[0].cells[column]?.dataset.sort) sorted(table, column, direction);
  });
  if (address !== location.pathname + location.search) history.replaceState(null, '', address);
  scrolls.forEach(([id, left]) => { const table = document.getElementById(id); if (table) table.parentElement.scrollLeft = left; });
  if (focused) shown.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  return true;
};

// The form: an answer a moment after the last key or choice. Its button works without the script.
for (const form of all('form.questions')) {
  const ask = () => {
    const answers = [...new FormData(form)].filter(([, value]) => value);
    const query = new URLSearchParams(answers).toString();
    address = form.getAttribute('action') + (query ? `?${query}` : '');
    show().catch(() => sayLive('The server does not answer.'));
  };
  let soon = 0;
  const later = () => { clearTimeout(soon); soon = setTimeout(ask, 150); };
  form.addEventListener('input', later);
  form.addEventListener('submit', (event) => { event.preventDefault(); clearTimeout(soon); ask(); });
}

// New results. Whoever looks into a plot is asked first; a page that nobody sees does not listen.
const isBusy = () => all('.controls button:not(:disabled)').some((button) => button.textContent === 'Show all');
const refresh = () => show().then((isShown) => {
  if (isShown) sayLive(`Updated ${new Date().toLocaleTimeString()}`);
}, () => sayLive('The server does not answer.'));
let events = null;
let again = 0;
const listen = () => {
  clearTimeout(again);
  if (document.hidden || events) return;
  events = new EventSource('/dashboard/events');
  events.addEventListener('open', () => { root.dataset.live = 'yes'; });
  events.addEventListener('state', ({ data }) => {
    if (data === root.dataset.state) return;
    if (!isBusy()) { refresh(); return; }
    const button = make('button', { type: 'button', textContent: 'New results: show them' });
    button.addEventListener('click', refresh);
    sayLive(button);
  });
  events.addEventListener('error', () => {
    root.dataset.live = 'no';
    // Refused: the browser does not try again by itself.
    if (events?.readyState === EventSource.CLOSED) { stop(); again = setTimeout(listen, 15000); }
  });
};
const stop = () => { events?.close(); events = null; root.dataset.live = 'no'; };
document.addEventListener('visibilitychange', () => { if (document.hidden) stop(); else listen(); });
addEventListener('pagehide', stop);
addEventListener('pageshow', listen);
