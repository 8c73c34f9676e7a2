
// --- The address: `#id` opens what it names, `#filter=bert&sort=ranked:2:descending` sets the view.
const follow = (setFilter) => {
  const hash = decodeURIComponent(location.hash.slice(1));
  if (!hash.includes('=')) {
    const target = document.getElementById(hash);
    for (let element = target; element; element = element.parentElement) if (element.tagName === 'DETAILS') element.open = true;
    target?.scrollIntoView();
    return;
  }
  const wanted = new URLSearchParams(hash);
  if (wanted.has('filter')) setFilter?.(wanted.get('filter'));
  const [id, column, direction] = (wanted.get('sort') ?? '').split(':');
  const table = document.getElementById(id);
  if (table?.tHead?.rows[0].cells[Number(column)]?.dataset.sort) {
    sorted(table, Number(column), direction === 'descending' ? 'descending' : 'ascending');
  }
};

// Last, since sorting moves rows that the other parts count.
follow(setFilter);
addEventListener('hashchange', () => follow(setFilter));
document.documentElement.classList.add('has-script');
