'use strict';
// Theme, copying, sorting and live figures. The page is complete without any of it.
(() => {
  const every = 5000;
  const root = document.documentElement;
  const stored = () => { try { return localStorage.getItem('theme'); } catch { return null; } };
  const keep = (value) => { try { localStorage.setItem('theme', value); } catch { /* private mode */ } };
  const darkSystem = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : darkSystem.matches);

  // Before the body is drawn, so that nothing flashes.
  if (['dark', 'light'].includes(stored())) root.dataset.theme = stored();

  function themeSwitch() {
    const button = document.getElementById('theme');
    const label = () => { button.textContent = isDark() ? 'Light' : 'Dark'; button.setAttribute('aria-label', 'Switch to the ' + button.textContent.toLowerCase() + ' theme'); };
    button.hidden = false;
    label();
    button.addEventListener('click', () => { root.dataset.theme = isDark() ? 'light' : 'dark'; keep(root.dataset.theme); label(); });
    darkSystem.addEventListener('change', label);
  }

  async function copy(text, button) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {  // no secure context, as over plain HTTP
      const area = document.createElement('textarea');
      area.value = text;
      area.className = 'sr';
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  }

  function copyButtons(scope) {
    for (const block of scope.querySelectorAll('.code')) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = 'Copy';
      button.addEventListener('click', () => copy(block.querySelector('code').textContent, button));
      block.append(button);
    }
  }

  const sorted = new Map();  // table id → [column, ascending], to be kept when the table is replaced

  function valueOf(row, column) {
    const cell = row.cells[column];
    if (cell.dataset.value !== undefined) return cell.dataset.value === '' ? -Infinity : Number(cell.dataset.value);
    const text = cell.textContent.trim();
    const stamp = cell.querySelector('time');
    if (stamp) return Date.parse(stamp.dateTime);
    return text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text.toLowerCase();
  }

  function sort(table, column, ascending) {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [valueOf(row, column), row]);
    rows.sort(([a], [b]) => (typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === 'number' ? -1 : 1) * (ascending ? 1 : -1));
    body.append(...rows.map(([, row]) => row));
    [...table.tHead.rows[0].cells].forEach((cell, i) => {
      if (i === column) cell.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
      else cell.removeAttribute('aria-sort');
    });
  }

  function sortable(scope) {
    for (const table of scope.querySelectorAll('table.sortable')) {
      [...table.tHead.rows[0].cells].forEach((cell, column) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.append(...cell.childNodes);
        cell.append(button);
        button.addEventListener('click', () => {
          const now = cell.getAttribute('aria-sort');
          const ascending = now ? now !== 'ascending' : !cell.classList.contains('num');
          sorted.set(table.id, [column, ascending]);
          sort(table, column, ascending);
        });
      });
      if (sorted.has(table.id)) sort(table, ...sorted.get(table.id));
    }
  }

  const beingRead = (section) => {
    const selection = getSelection();
    return section.matches(':hover') || section.contains(document.activeElement) ||
      (selection && !selection.isCollapsed && selection.containsNode(section, true));
  };

  const originals = new Map();  // section id → its markup as the server sent it

  function replace(section, fresh) {
    const markup = fresh.innerHTML;
    if (originals.get(section.id) === markup || beingRead(section)) return;
    const open = new Map([...section.querySelectorAll('details[id]')].map((d) => [d.id, d.open]));
    originals.set(section.id, markup);
    section.replaceChildren(...fresh.childNodes);
    for (const details of section.querySelectorAll('details[id]'))
      if (open.has(details.id)) details.open = open.get(details.id);
    copyButtons(section);
    sortable(section);
  }

  async function refresh() {
    if (document.hidden) return;
    const note = document.getElementById('fresh');
    try {
      const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      document.getElementById('main').className = page.getElementById('main').className;
      for (const section of document.querySelectorAll('section.live')) {
        const fresh = page.getElementById(section.id);
        if (fresh) replace(section, fresh);
      }
      note.className = 'fresh';
      note.textContent = 'Live';
      note.title = 'Updated every ' + every / 1000 + ' seconds; a section waits while the pointer is on it';
    } catch {
      if (!note.classList.contains('lost')) note.textContent = 'pgsextant does not answer; shown as of ' + new Date().toLocaleTimeString();
      note.className = 'fresh lost';
    }
  }

  document.addEventListener('DOMContentLoaded', () => {
    for (const section of document.querySelectorAll('section.live')) originals.set(section.id, section.innerHTML);
    themeSwitch();
    copyButtons(document);
    sortable(document);
    if (!document.querySelector('section.live')) return;
    setInterval(refresh, every);
    document.addEventListener('visibilitychange', refresh);
  });
})();
