// The page around the figures: legends, keys, controls, paper, and a run under way.

const figures = { throughput, ranking, latency, percentiles, time, trials, errors };
const drawn = new Map(); // by figure: its chart, what it was drawn from, and the names that are switched off

function draw() {
  for (const [id, make] of Object.entries(figures)) {
    if (!byId(id).hidden) show(id, make());
  }
}

function show(id, made) {
  const at = byId(id).querySelector('.chart');
  at.style.minHeight = made.height ? made.height + 'px' : '';
  const renderer = made.canvas ? 'canvas' : 'svg';
  let d = drawn.get(id);
  if (d && d.renderer !== renderer) d.chart.dispose();
  if (!d || d.renderer !== renderer) {
    d = { renderer, chart: echarts.init(at, null, { renderer }), off: d ? d.off : new Set(), stop: -1 };
    drawn.set(id, d);
  }
  d.made = made;
  made.option.legend = { show: false, selected: Object.fromEntries([...d.off].map(name => [name, false])) };
  d.chart.resize();
  d.chart.setOption(made.option, { notMerge: true });
  legend(byId(id).querySelector('.legend'), d);
}

// legend draws buttons that switch lines on and off, and keeps the focus where it is.
function legend(at, d) {
  const focused = [...at.children].indexOf(document.activeElement);
  at.replaceChildren(
    ...(d.made.legend.length < 2
      ? []
      : d.made.legend.map(entry => {
          const button = document.createElement('button');
          button.type = 'button';
          button.setAttribute('aria-pressed', String(!d.off.has(entry.name)));
          button.append(swatch(entry), entry.name);
          button.onclick = () => {
            if (!d.off.delete(entry.name)) d.off.add(entry.name);
            button.setAttribute('aria-pressed', String(!d.off.has(entry.name)));
            d.chart.dispatchAction({ type: 'legendToggleSelect', name: entry.name });
          };
          return button;
        })),
  );
  if (focused >= 0 && at.children[focused]) at.children[focused].focus();
}

// swatch draws how a line or a symbol looks.
function swatch({ hue, dash, shape }) {
  const make = (name, attributes) => {
    const e = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
    return e;
  };
  const svg = make('svg', { width: 20, height: 12, 'aria-hidden': 'true' });
  const fill = { fill: hue };
  const shapes = {
    circle: ['circle', { cx: 10, cy: 6, r: 5, ...fill }],
    rect: ['rect', { x: 4, y: 1, width: 12, height: 10, ...fill }],
    diamond: ['path', { d: 'M10 0 16 6 10 12 4 6Z', ...fill }],
    triangle: ['path', { d: 'M10 1 16 11H4Z', ...fill }],
    emptyCircle: ['circle', { cx: 10, cy: 6, r: 4, fill: 'none', stroke: hue, 'stroke-width': 2 }],
  };
  svg.append(
    shape
      ? make(...shapes[shape])
      : make('line', {
          x1: 0,
          y1: 6,
          x2: 20,
          y2: 6,
          stroke: hue,
          'stroke-width': 3,
          'stroke-dasharray': { solid: '', dashed: '6 3', dotted: '2 3' }[dash],
        }),
  );
  return svg;
}

// step shows the next or the last point of a chart and says what it is, for those who use the keyboard.
function step(id, by) {
  const d = drawn.get(id),
    stops = d.made.stops.filter(s => !d.off.has(s.name));
  if (!stops.length) return;
  d.stop = Math.min(Math.max(d.stop + by, 0), stops.length - 1);
  const { seriesId, dataIndex } = stops[d.stop];
  const seriesIndex = d.made.option.series.findIndex(s => s.id === seriesId);
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
    else if (event.key === 'Escape') drawn.get(id).chart.dispatchAction({ type: 'hideTip' });
    else return;
    event.preventDefault();
  });
  at.addEventListener('blur', () => drawn.has(id) && drawn.get(id).chart.dispatchAction({ type: 'hideTip' }));
}

// The time for another number of requests, in the chart and in its tables.
function another() {
  const n = Math.floor(+byId('requests').value);
  if (!(n >= 1)) return;
  data.requests = n;
  for (const table of byId('time').querySelectorAll('table')) {
    table.tHead.rows[0].cells[2].textContent = 'time for ' + figure(n);
    [...table.tBodies[0].rows].forEach(row => {
      const rate = +row.cells[1].textContent.replaceAll(',', '');
      row.cells[2].textContent = rate ? span(n / rate) : '–';
    });
  }
}
byId('requests').addEventListener('input', () => {
  another();
  show('time', time());
});
byId('measure').addEventListener('change', () => show('trials', trials()));

// ---- The surroundings: width, colours, paper

for (const details of document.querySelectorAll('details')) details.open = false; // open where no script runs

const sizes = new ResizeObserver(entries => {
  for (const { target } of entries) {
    const d = drawn.get(target.closest('section').id);
    if (d && !root.classList.contains('printing')) d.chart.resize();
  }
});
for (const at of document.querySelectorAll('.chart')) sizes.observe(at);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);

const paper = 680; // pixels across, which A4 and Letter both have between their margins
addEventListener('beforeprint', () => {
  root.classList.add('printing');
  for (const details of document.querySelectorAll('section:not(#trials) details')) details.open = true; // hundreds of trials are for no paper
  draw();
  for (const d of drawn.values()) d.chart.resize({ width: paper });
});
addEventListener('afterprint', () => {
  root.classList.remove('printing');
  for (const details of document.querySelectorAll('details')) details.open = false;
  draw();
});

draw();

// ---- A run under way

// update takes over what has changed, and leaves alone what the reader has opened or typed.
function update(html) {
  const next = new DOMParser().parseFromString(html, 'text/html');
  for (const part of next.querySelectorAll('[data-part]')) {
    const old = document.querySelector('[data-part="' + part.dataset.part + '"]');
    old.hidden = part.hidden;
    if (old.innerHTML !== part.innerHTML) old.replaceChildren(...part.childNodes);
  }
  for (const id of Object.keys(figures)) byId(id).hidden = next.getElementById(id).hidden;
  const now = next.getElementById('data').textContent;
  if (now === text) return; // the charts are as they were, and so may a tooltip be
  text = now;
  data = JSON.parse(now);
  another();
  draw();
}

if (document.body.hasAttribute('data-live')) {
  const source = new EventSource('events');
  source.onmessage = event => update(JSON.parse(event.data));
  source.addEventListener('end', () => source.close());
  source.onerror = () => {
    const live = document.querySelector('.live');
    live.classList.add('lost');
    live.textContent = 'The program has ended.';
  };
}
