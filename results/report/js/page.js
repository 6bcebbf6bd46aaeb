// The page around the charts: legends, keyboard, controls, printing, and updates while a run is in progress.

const figures = { throughput, rates, responses, ranking, latency, percentiles, waits, time, trials, errors };
// By figure ID: { chart, spec, renderer, hidden, stop }. hidden has the names that the reader switched off.
const charts = new Map();

function draw() {
  for (const id of Object.keys(figures)) {
    if (!byId(id).hidden) show(id);
  }
}

const paper = { width: 680, height: 310 }; // the size of charts in print, in pixels: the width fits both A4 and Letter
const unknownSize = { width: 640, height: 340 }; // where there is no layout, as in a tab that was never visible
const smallest = { width: 280, height: 100 }; // for smaller boxes the chart is scaled down

// sizeOf returns the size in which to draw a chart. The box shows the chart at its own size, so a wrong one does no harm.
function sizeOf(at) {
  if (root.classList.contains('printing')) return { ...paper, height: parseInt(at.style.minHeight) || paper.height };
  const size = at.clientWidth && at.clientHeight ? { width: at.clientWidth, height: at.clientHeight } : unknownSize;
  return { width: Math.max(size.width, smallest.width), height: Math.max(size.height, smallest.height) };
}

// show draws a figure's chart. It makes a new chart only if the renderer changes.
function show(id) {
  const at = byId(id).querySelector('.chart'),
    spec = figures[id](sizeOf(at).width);
  at.style.minHeight = spec.height ? spec.height + 'px' : '';
  const renderer = spec.canvas ? 'canvas' : 'svg',
    size = sizeOf(at);
  let d = charts.get(id);
  if (d && d.renderer !== renderer) d.chart.dispose();
  if (!d || d.renderer !== renderer) {
    d = { renderer, chart: echarts.init(at, null, { renderer, ...size }), hidden: d ? d.hidden : new Set(), stop: -1 };
    charts.set(id, d);
  }
  d.spec = spec;
  d.size = size;
  spec.option.legend = { show: false, selected: Object.fromEntries([...d.hidden].map(name => [name, false])) };
  d.chart.resize(size);
  d.chart.setOption(spec.option, { notMerge: true });
  d.chart.getZr().flush(); // now: a tab that is not visible has no frames to wait for
  at.style.setProperty('--shape', size.width + ' / ' + size.height);
  at.querySelector('svg')?.setAttribute('viewBox', '0 0 ' + size.width + ' ' + size.height);
  legend(byId(id).querySelector('.legend'), id);
}

// legend makes the entries of a legend: buttons that switch lines on and off, and fixed ones. It keeps the keyboard focus.
function legend(at, id) {
  const d = charts.get(id),
    focused = [...at.children].indexOf(document.activeElement);
  const entries = d.spec.legend.length > 1 || d.spec.legend.some(e => e.fixed) ? d.spec.legend : [];
  at.replaceChildren(
    ...entries.map(entry => {
      const e = document.createElement(entry.fixed ? 'span' : 'button');
      e.append(swatch(entry), entry.name);
      if (entry.fixed) return e;
      e.type = 'button';
      e.setAttribute('aria-pressed', String(entry.pressed ?? !d.hidden.has(entry.name)));
      e.onclick = () => {
        if (entry.press) entry.press();
        else if (!d.hidden.delete(entry.name)) d.hidden.add(entry.name);
        show(id);
      };
      return e;
    }),
  );
  if (focused >= 0 && at.children[focused]) at.children[focused].focus();
}

// swatch draws a sample of a line or of a symbol for the legend.
function swatch({ colour, dash, shape }) {
  const make = (name, attributes) => {
    const e = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
    return e;
  };
  const svg = make('svg', { width: 20, height: 12, 'aria-hidden': 'true' });
  const fill = { fill: colour };
  const shapes = {
    circle: ['circle', { cx: 10, cy: 6, r: 5, ...fill }],
    rect: ['rect', { x: 4, y: 1, width: 12, height: 10, ...fill }],
    diamond: ['path', { d: 'M10 0 16 6 10 12 4 6Z', ...fill }],
    triangle: ['path', { d: 'M10 1 16 11H4Z', ...fill }],
    emptyTriangle: ['path', { d: 'M10 1 16 11H4Z', fill: 'none', stroke: colour, 'stroke-width': 2 }],
    cross: ['path', { d: 'M5 2 6 1 10 5 14 1 15 2 11 6 15 10 14 11 10 7 6 11 5 10 9 6Z', ...fill }],
    emptyCircle: ['circle', { cx: 10, cy: 6, r: 4, fill: 'none', stroke: colour, 'stroke-width': 2 }],
  };
  svg.append(
    shape
      ? make(...shapes[shape])
      : make('line', {
          x1: 0,
          y1: 6,
          x2: 20,
          y2: 6,
          stroke: colour,
          'stroke-width': 3,
          'stroke-dasharray': { solid: '', dashed: '6 3', dotted: '2 3' }[dash],
        }),
  );
  return svg;
}

// step selects the next or the previous stop of a chart. It shows the tooltip there and gives its text to screen readers.
function step(id, by) {
  const d = charts.get(id),
    stops = d.spec.stops.filter(s => !d.hidden.has(s.name));
  if (!stops.length) return;
  d.stop = Math.min(Math.max(d.stop + by, 0), stops.length - 1);
  const { seriesId, dataIndex } = stops[d.stop];
  const seriesIndex = d.spec.option.series.findIndex(s => s.id === seriesId);
  d.chart.dispatchAction({ type: 'showTip', seriesIndex, dataIndex });
  const shown = byId(id).querySelector('.chart .tip');
  byId(id).querySelector('.spoken').textContent = shown
    ? [...shown.querySelectorAll('strong, tr, p')]
        .map(e => (e.localName === 'tr' ? [...e.cells].map(c => c.textContent).join(' ') : e.textContent))
        .join(', ')
    : '';
}

for (const id of Object.keys(figures)) {
  const at = byId(id).querySelector('.chart');
  at.addEventListener('keydown', event => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by) step(id, by);
    else if (event.key === 'Escape') charts.get(id).chart.dispatchAction({ type: 'hideTip' });
    else return;
    event.preventDefault();
  });
  at.addEventListener('blur', () => charts.has(id) && charts.get(id).chart.dispatchAction({ type: 'hideTip' }));
}

// updateTimes takes over the number of requests that the reader typed, and recalculates the tables.
function updateTimes() {
  const n = Math.floor(+byId('requests').value);
  if (!(n >= 1)) return;
  data.requests = n;
  for (const table of byId('time').querySelectorAll('table')) {
    table.tHead.rows[0].cells[2].textContent = 'time for ' + number(n);
    [...table.tBodies[0].rows].forEach(row => {
      const rate = +row.cells[1].textContent.replaceAll(',', '');
      row.cells[2].textContent = rate ? duration(n / rate) : '–';
    });
  }
}
byId('requests').addEventListener('input', () => {
  updateTimes();
  show('time');
});
byId('measure').addEventListener('change', () => show('trials'));

// ---- Width, colours, printing

// The HTML has the tables open, for readers without JavaScript.
for (const details of document.querySelectorAll('details')) details.open = false;

const sizes = new ResizeObserver(entries => {
  for (const { target } of entries) {
    const { id } = target.closest('section'),
      d = charts.get(id),
      size = sizeOf(target);
    if (d && !root.classList.contains('printing') && (d.size.width !== size.width || d.size.height !== size.height)) show(id);
  }
});
for (const at of document.querySelectorAll('.chart')) sizes.observe(at);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);

addEventListener('beforeprint', () => {
  root.classList.add('printing');
  // Print every table except that of the trials, which may have hundreds of rows.
  for (const details of document.querySelectorAll('section:not(#trials) details')) details.open = true;
  draw();
});
addEventListener('afterprint', () => {
  root.classList.remove('printing');
  for (const details of document.querySelectorAll('details')) details.open = false;
  draw();
});

draw();

// ---- A run in progress

// update replaces the parts of the page that have changed. It keeps what the reader has opened or typed.
function update(html) {
  const next = new DOMParser().parseFromString(html, 'text/html');
  for (const part of next.querySelectorAll('[data-part]')) {
    const old = document.querySelector('[data-part="' + part.dataset.part + '"]');
    old.hidden = part.hidden;
    if (old.innerHTML === part.innerHTML) continue;
    const chosen = [...old.querySelectorAll('input:checked')].map(e => e.id);
    old.replaceChildren(...part.childNodes);
    for (const id of chosen) if (byId(id)) byId(id).checked = true;
  }
  for (const id of Object.keys(figures)) byId(id).hidden = next.getElementById(id).hidden;
  const newJSON = next.getElementById('data').textContent;
  if (newJSON === json) return; // do not close an open tooltip
  json = newJSON;
  data = JSON.parse(json);
  updateTimes();
  draw();
}

if (document.body.hasAttribute('data-live')) {
  const source = new EventSource('events');
  source.onmessage = event => update(JSON.parse(event.data));
  source.addEventListener('end', () => source.close());
  source.onerror = () => {
    const live = document.querySelector('.live');
    live.classList.add('lost');
    live.textContent = 'The connection to the program is lost.';
  };
}
