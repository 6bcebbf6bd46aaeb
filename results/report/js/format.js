// The page's data, and how numbers, colours and tooltips are formatted. The files in this folder are joined to one script in the
// order format, charts, curves, rows, copy, page. Strings in the data come from servers and URLs, so they are always inserted as text,
// never as markup.

const root = document.documentElement;
const byId = id => document.getElementById(id);
let json = byId('data').textContent;
let data = JSON.parse(json); // as the type data in page.go

const css = name => getComputedStyle(root).getPropertyValue(name).trim();
const paletteColour = i => css('--c' + i);
const dashes = ['solid', 'dashed', 'dotted'];
const symbols = ['circle', 'rect', 'triangle', 'diamond'];
const dash = run => dashes[run % dashes.length];
const symbol = run => symbols[run % symbols.length];

const significant = (x, digits) => new Intl.NumberFormat('en', { maximumSignificantDigits: digits }).format(x);
const number = x => significant(x, Math.abs(x) >= 1000 ? 4 : 3);
const percent = share => significant(100 * share, 3) + '%';

// duration formats seconds as the tables do.
function duration(s) {
  for (const [unit, size] of [
    ['s', 1],
    ['ms', 1e-3],
    ['µs', 1e-6],
  ]) {
    if (s >= 0.9995 * size && s < 59.95) return significant(s / size, 3) + ' ' + unit;
  }
  if (s < 1) return significant(s * 1e9, 3) + ' ns';
  const units =
    s < 599.5
      ? [60, 'min', 1, 's']
      : s < 3570
        ? [60, 'min', 60, '']
        : s < 86370
          ? [3600, 'h', 60, 'min']
          : [86400, 'd', 3600, 'h'];
  const small = Math.round(s / units[2]),
    ratio = units[0] / units[2];
  return Math.floor(small / ratio) + ' ' + units[1] + (small % ratio ? ' ' + (small % ratio) + ' ' + units[3] : '');
}

// tooltip returns an element with a title, rows and remarks. A row has the colour of its first cell, which may be empty, and
// its cells.
function tooltip(title, rows, remarks = []) {
  const box = document.createElement('div');
  box.className = 'tip';
  box.appendChild(document.createElement('strong')).textContent = title;
  const table = box.appendChild(document.createElement('table'));
  for (const [colour, ...cells] of rows) {
    const row = table.insertRow();
    for (const cell of cells) row.insertCell().textContent = cell;
    if (colour) row.cells[0].style.color = colour;
  }
  for (const remark of remarks) box.appendChild(document.createElement('p')).textContent = '⚠ ' + remark;
  return box;
}
