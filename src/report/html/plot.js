
// --- Plots of series: values under the pointer, zoom, and values as a table. A dot is `m<right> <down>z` on a grid of 4000
// by 4000, and the picture says which times and values the grid's ends are, so that its numbers are in the page once.
const GRID = 4000;
let runs = [];
const runsOf = () => [...(document.getElementById('runs-table')?.tBodies[0].rows ?? [])]
  .map((row) => ({ seconds: Number(row.cells[0].dataset.key), commit: row.cells[1].textContent }));
const pad = (number) => String(number).padStart(2, '0');
const timeText = (seconds, isShort) => {
  const date = new Date(seconds * 1000);
  const day = `${date.getUTCFullYear()}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
  return isShort ? day : `${day} ${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())} UTC`;
};
const pathOf = (name, parent) => {
  const path = document.createElementNS('http://www.w3.org/2000/svg', name);
  parent.append(path);
  return path;
};

/** The dots of a picture with the times and values that they stand for. */
const dotsOf = (svg) => {
  const [first, last] = svg.dataset.time.split(' ').map(Number);
  const [low, high] = svg.dataset.values.split(' ').map(Number);
  const places = (svg.dataset.runs ?? '').split(' ').filter(Boolean).flatMap((range) => {
    const [from, to = from] = range.split('-').map(Number);
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
  let x = 0;
  let y = 0;
  return [...(svg.querySelector('.dots')?.getAttribute('d') ?? '').matchAll(/m(\d+)[ ]?(-?\d+)z/g)].map((match, index) => {
    x += Number(match[1]);
    y += Number(match[2]);
    const share = 1 - y / GRID;
    const run = runs[places[index]];
    const value = svg.dataset.log ? low * (high / low) ** share : low + share * (high - low);
    return { x, y, seconds: run?.seconds ?? first + (x / GRID) * (last - first), commit: run?.commit ?? '', value };
  });
};

const makeInteractive = (svg) => {
  const area = svg.querySelector('.area');
  const dots = area ? dotsOf(svg) : [];
  if (!dots.length) return;
  const [first, last] = svg.dataset.time.split(' ').map(Number);
  const valueText = (value) => `${Number(value.toPrecision(4)).toLocaleString('en', { maximumSignificantDigits: 4 })} ${svg.dataset.unit}`.trim();
  const dotText = (dot) => `${timeText(dot.seconds)}: ${valueText(dot.value)}${dot.commit ? `, ${dot.commit}` : ''}`;
  const readout = make('output', { textContent: '' });
  let shown = [0, GRID];
  let chosen = -1;

  const ticks = all('.tick', svg).map((tick) => ({ tick, words: tick.textContent, share: parseFloat(tick.getAttribute('x')) / 100 }));
  const labels = all('.label', svg).map((label) => ({ label, share: parseFloat(label.getAttribute('x')) / 100 }));
  const show = (from, to) => {
    const width = Math.min(GRID, Math.max(to - from, 8));
    const start = Math.min(Math.max(from, 0), GRID - width);
    shown = [start, start + width];
    area.setAttribute('viewBox', `${start} 0 ${width} ${GRID}`);
    const isWhole = width >= GRID;
    const seconds = ((last - first) * width) / GRID;
    for (const { tick, words, share } of ticks) {
      tick.textContent = isWhole ? words : timeText(first + ((start + share * width) / GRID) * (last - first), seconds > 4 * 86400);
    }
    for (const { label, share } of labels) {
      const place = (share * GRID - start) / width;
      label.setAttribute('x', `${(place * 100).toFixed(2)}%`);
      label.setAttribute('visibility', place < 0 || place > 1 ? 'hidden' : 'visible');
    }
    [zoomOut, whole].forEach((button) => { button.disabled = isWhole; });
  };
  const zoom = (factor) => {
    const middle = chosen >= 0 ? dots[chosen].x : (shown[0] + shown[1]) / 2;
    const half = ((shown[1] - shown[0]) * factor) / 2;
    show(middle - half, middle + half);
  };
  const button = (textContent, action) => {
    const element = make('button', { type: 'button', textContent });
    element.addEventListener('click', action);
    return element;
  };
  const zoomIn = button('Zoom in', () => zoom(0.5));
  const zoomOut = button('Zoom out', () => zoom(2));
  const whole = button('Show all', () => show(0, GRID));
  svg.closest('.picture').after(make('div', { className: 'controls' }, zoomIn, zoomOut, whole, readout));
  show(0, GRID);

  // The pointer, and the arrow keys for those without one.
  const cursor = pathOf('path', area);
  cursor.setAttribute('class', 'cursor');
  const choose = (index) => {
    chosen = Math.min(Math.max(index, 0), dots.length - 1);
    const dot = dots[chosen];
    cursor.setAttribute('d', `M${dot.x} ${dot.y}z`);
    readout.textContent = dotText(dot);
    if (dot.x < shown[0] || dot.x > shown[1]) show(dot.x - (shown[1] - shown[0]) / 2, dot.x + (shown[1] - shown[0]) / 2);
  };
  const gridOf = (event) => {
    const box = svg.getBoundingClientRect();
    const style = getComputedStyle(svg);
    const [before, after] = [parseFloat(style.paddingLeft), parseFloat(style.paddingRight)];
    const share = (event.clientX - box.left - before) / Math.max(box.width - before - after, 1);
    return shown[0] + Math.min(Math.max(share, 0), 1) * (shown[1] - shown[0]);
  };
  const nearest = (x) => dots.reduce((best, dot, index) => Math.abs(dot.x - x) < Math.abs(dots[best].x - x) ? index : best, 0);
  let start = null;
  const selection = pathOf('rect', area);
  selection.setAttribute('class', 'selection');
  selection.setAttribute('height', GRID);
  const select = (from, to) => {
    selection.setAttribute('x', Math.min(from, to));
    selection.setAttribute('width', Math.abs(to - from));
  };
  svg.addEventListener('pointermove', (event) => {
    const x = gridOf(event);
    choose(nearest(x));
    if (start !== null) select(start, x);
  });
  svg.addEventListener('pointerdown', (event) => {
    start = gridOf(event);
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener('pointerup', (event) => {
    const end = gridOf(event);
    // A click is no selection: a hundredth of what is shown.
    if (start !== null && Math.abs(end - start) > (shown[1] - shown[0]) / 100) show(Math.min(start, end), Math.max(start, end));
    start = null;
    select(0, 0);
  });
  svg.addEventListener('pointercancel', () => { start = null; select(0, 0); });
  svg.setAttribute('tabindex', '0');
  const keys = {
    ArrowLeft: () => choose(chosen < 0 ? dots.length - 1 : chosen - 1), ArrowRight: () => choose(chosen + 1),
    Home: () => choose(0), End: () => choose(dots.length - 1),
    '+': () => zoom(0.5), '-': () => zoom(2), Escape: () => show(0, GRID),
  };
  svg.addEventListener('keydown', (event) => {
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    keys[event.key]();
    readout.setAttribute('aria-live', 'polite');
    event.preventDefault();
  });

  const figure = svg.closest('figure');
  if (figure.querySelector('.values')) return;
  const details = make('details', { className: 'values' }, make('summary', { textContent: 'Values as a table' }));
  details.addEventListener('toggle', () => {
    if (details.querySelector('table')) return;
    const head = (textContent) => make('th', { scope: 'col', textContent });
    const row = (dot) => make('tr', {}, make('th', { scope: 'row', textContent: timeText(dot.seconds) }),
      make('td', { className: 'number', textContent: valueText(dot.value) }), make('td', { textContent: dot.commit }));
    const caption = make('caption', { textContent: 'Every measurement, oldest first; values are read off the plot, to a four thousandth of its height.' });
    details.append(make('table', {}, caption, make('thead', {}, make('tr', {}, head('Time'), head('Value'), head('Commit'))),
      make('tbody', {}, ...dots.map(row))));
  });
  figure.append(details);
};

// Only what comes into view is prepared.
const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    observer.unobserve(target);
    makeInteractive(target);
  }
}, { rootMargin: '200px' });

/** Adds what the script adds, to the page or to a part that came later. */
const prepare = (part) => {
  runs = runsOf();
  all('table', part).forEach(makeSortable);
  all('svg.series', part).forEach((svg) => observer.observe(svg));
};
prepare(document);
