'use strict';
// Sorting, filtering and folds. Everything can be read without this; names are only ever set as text.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const make = (name, properties, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

// --- Sorting: a button in each heading; what has no value stays last in either direction.
const sorted = (table, column, direction) => {
  const heads = [...table.tHead.rows[0].cells];
  const isNumber = heads[column].dataset.sort === 'number';
  const keyed = [...table.tBodies[0].rows].map((row) => {
    const cell = row.cells[column];
    const key = isNumber ? parseFloat(cell.dataset.key) : cell.textContent.trim();
    return { row, key, isMissing: isNumber ? Number.isNaN(key) : cell.classList.contains('missing') };
  });
  const compare = isNumber ? (a, b) => a - b : new Intl.Collator('en', { numeric: true }).compare;
  const sign = direction === 'descending' ? -1 : 1;
  keyed.sort((a, b) => a.isMissing - b.isMissing || (a.isMissing ? 0 : sign * compare(a.key, b.key)));
  table.tBodies[0].append(...keyed.map(({ row }) => row));
  heads.forEach((head, index) => index === column ? head.setAttribute('aria-sort', direction) : head.removeAttribute('aria-sort'));
};

const makeSortable = (table) => {
  if (table.tBodies[0].rows.length < 2) return;
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    if (!head.dataset.sort) return;
    const button = make('button', { type: 'button', textContent: head.textContent });
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      // Numbers are looked at from the largest, texts from the first letter.
      const first = head.dataset.sort === 'number' ? 'descending' : 'ascending';
      const other = first === 'descending' ? 'ascending' : 'descending';
      sorted(table, column, head.getAttribute('aria-sort') === first ? other : first);
    });
  });
};

// --- Filtering: all words must occur; a row is searched as a whole, a fold by its summary.
const filterOf = () => {
  const items = all('[data-filter]');
  if (items.length < 5) return null;
  const nouns = [...new Set(items.map((item) => item.dataset.filter))];
  const texts = new Map();
  const textOf = (item) => {
    if (!texts.has(item)) texts.set(item, (item.querySelector(':scope > summary') ?? item).textContent.toLowerCase());
    return texts.get(item);
  };
  const input = make('input', { type: 'search', id: 'filter', autocomplete: 'off', spellcheck: false, placeholder: 'words of a name' });
  const count = make('output', { htmlFor: 'filter' });
  const apply = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = new Map(nouns.map((noun) => [noun, [0, 0]]));
    for (const item of items) {
      const isShown = words.every((word) => textOf(item).includes(word));
      if (item.hidden === isShown) item.hidden = !isShown;
      const counts = shown.get(item.dataset.filter);
      counts[0] += isShown;
      counts[1] += 1;
    }
    const parts = [...shown].map(([noun, [some, every]]) => `${some} of ${every} ${noun}`);
    count.textContent = words.length ? `${parts.join(', ')} shown` : '';
  };
  input.addEventListener('input', apply);
  const label = make('label', { htmlFor: 'filter', textContent: 'Filter' });
  document.querySelector('header').after(make('div', { className: 'bar-of-tools', role: 'search' }, label, input, count));
  return (text) => { input.value = text; apply(); };
};

const setFilter = filterOf();
