// The charts with the limit on the horizontal axis. The function for a chart returns its chartSpec and is named after its figure.

const labelHeight = 15;
const labelGap = 8; // pixels between neighbouring labels

// recommendations returns the limits to use by limit, each with the lines that have it, its label, and the row of the label.
// Labels that would overlap are in different rows.
function recommendations(width) {
  const byLimit = new Map();
  data.lines.forEach((l, i) => {
    if (!l.use) return;
    const at = byLimit.get(l.use.limit) || { limit: l.use.limit, lines: [] };
    at.lines.push(i);
    byLimit.set(l.use.limit, at);
  });
  const [from, to] = limitRange();
  const ends = []; // of the last label in each row, in pixels
  const all = [...byLimit.values()].sort((a, b) => a.limit - b.limit);
  for (const r of all) {
    const l = data.lines[r.lines[0]];
    r.label = l.use.label + ' ' + number(r.limit);
    const half = 4 * r.label.length,
      x = (width * Math.log(r.limit / from)) / Math.log(to / from);
    r.row = ends.findIndex(end => end + labelGap < x - half);
    if (r.row < 0) r.row = ends.length;
    ends[r.row] = x + half;
  }
  return { all, rows: ends.length };
}

// recommendation marks the limit to use and its interval. A limit that several lines have in common has the label once.
function recommendation(i, { all }) {
  const l = data.lines[i],
    r = all.find(r => r.lines.includes(i));
  if (!r) return {};
  const colour = paletteColour(l.colour);
  return {
    markArea: {
      silent: true,
      itemStyle: { color: colour, opacity: 0.08 },
      data: [[{ xAxis: l.use.low }, { xAxis: l.use.high }]],
    },
    markLine: {
      silent: true,
      symbol: 'none',
      lineStyle: { color: colour, type: 'solid', width: 1.25 },
      data: [{ xAxis: l.use.limit }],
      label: {
        show: r.lines[0] === i,
        formatter: r.label,
        color: r.lines.length > 1 ? css('--ink') : colour,
        fontWeight: 'bold',
        fontSize: 13,
        distance: [0, 4 + labelHeight * r.row],
      },
    },
  };
}

// lawSeries draws the fitted universal scalability law of a line.
function lawSeries(l) {
  return {
    ...nonInteractive,
    type: 'line',
    name: l.name,
    data: l.law,
    symbol: 'none',
    z: 1,
    lineStyle: { color: paletteColour(l.colour), width: 1.5, type: [2, 4] },
  };
}

// theorySeries draws the theoretical goodput of the bundled server and its peak, up to the largest measured limit.
function theorySeries(theory) {
  const maxLimit = limitRange()[1];
  const grey = { color: css('--soft') };
  const common = { ...nonInteractive, name: theory.name };
  const points = theory.curve.filter(p => p[0] <= maxLimit);
  const peak = theory.peak[0] <= maxLimit ? [theory.peak] : [];
  return [
    { ...common, type: 'line', symbol: 'none', lineStyle: { ...grey, width: 1.25 }, z: 1, data: points },
    { ...common, type: 'scatter', symbol: 'diamond', symbolSize: 11, itemStyle: grey, z: 4, data: peak },
  ];
}

function throughput(width) {
  const series = [],
    marks = recommendations(width - 100);
  data.lines.forEach((l, i) => {
    series.push(...intervals(l, rate => rate));
    if (l.law) series.push(lawSeries(l));
    series.push(curve(l, i, p => p.rate, { z: 3, ...recommendation(i, marks) }));
  });
  series.push(...data.truths.flatMap(theorySeries), ...failureMarks());
  const labels = labelHeight * Math.max(0, marks.rows - 1);
  return chartSpec(
    {
      grid: { left: 12, right: 30, top: 44 + labels, bottom: 36 },
      xAxis: limitAxis(width),
      yAxis: [
        verticalAxis({
          type: 'value',
          name: 'goodput/s',
          min: 0,
          nameGap: 10 + labels,
          label: { formatter: number },
        }),
        failureAxis,
      ],
      series,
      tooltip: {
        trigger: 'axis',
        formatter: limitTooltip(p => [
          number(p.rate) + '/s',
          p.low == null ? '' : number(p.low) + ' to ' + number(p.high),
          p.trials + (p.trials > 1 ? ' trials' : ' trial'),
        ]),
      },
    },
    {
      legend: [
        ...lineLegend(),
        ...data.truths.map(t => ({ name: t.name, colour: css('--soft'), dash: 'solid' })),
        ...failureLegend(),
      ],
      stops: limitStops(i => 'line:' + i),
    },
  );
}

// quantiles has the latencies that are drawn: key in the data, name, line width, symbol.
const quantiles = [
  ['p50', 'p50', 2.75, 'circle'],
  ['p90', 'p90', 2, 'diamond'],
  ['p95', 'p95', 1.5, 'rect'],
  ['p99', 'p99', 1.25, 'triangle'],
  ['p999', 'p99.9', 1, 'emptyTriangle'],
  ['max', 'largest', 0.75, 'emptyCircle'],
];
// shownQuantiles has the keys of the quantiles that the latency figure draws. The reader can change it.
let shownQuantiles;
// firstQuantiles returns the quantiles that are drawn at first: those of an objective, and with several lines only a few.
function firstQuantiles() {
  const keys = data.lines.length > 1 ? ['p50', 'p99'] : ['p50', 'p90', 'p95', 'p99', 'p999'];
  return new Set([...keys, ...data.bounds.map(b => b.key)]);
}

// endLabel names a quantile at the end of its curve, for one line only: the others have the same widths and symbols.
const endLabel = (l, name) => ({
  show: l === data.lines[0] && l.points.length > 1,
  formatter: name,
  color: css('--soft'),
  fontSize: 11,
  distance: 6,
});

// boundLines draws the objectives, each as a line across the chart.
const boundLines = () => ({
  silent: true,
  symbol: 'none',
  lineStyle: { color: css('--bad'), type: [6, 4], width: 1.5 },
  label: { position: 'insideStartTop', color: css('--bad'), fontWeight: 'bold', formatter: p => data.bounds[p.dataIndex].label },
  data: data.bounds.map(b => ({ yAxis: b.seconds })),
});

function latency(width) {
  shownQuantiles ??= firstQuantiles();
  const shown = quantiles.filter(([key]) => shownQuantiles.has(key));
  const series = data.lines.flatMap((l, i) =>
    shown.map(([key, name, lineWidth, shape], k) =>
      curve(l, i, p => p[key] || null, {
        id: 'line:' + i + ':' + key,
        symbol: shape,
        symbolSize: Math.max(4, 7 - k),
        lineStyle: { color: paletteColour(l.colour), width: lineWidth, type: dash(l.run) },
        endLabel: endLabel(l, name),
        labelLayout: { moveOverlap: 'shiftY' },
      }),
    ),
  );
  series.push(...failureMarks());
  if (data.bounds.length) series[0].markLine = boundLines();
  const known = quantiles.filter(([key]) => data.lines.some(l => l.points.some(p => p[key] > 0)));
  const ends = data.bounds.map(b => b.seconds);
  return chartSpec(
    {
      grid: { left: 12, right: 44, top: 36, bottom: 36 },
      xAxis: limitAxis(width),
      yAxis: [verticalAxis(logAxis({ name: 'latency', label: { formatter: duration } }, ends)), failureAxis],
      series,
      tooltip: {
        trigger: 'axis',
        formatter: limitTooltip(p => shown.map(([key, name]) => name + ' ' + (p[key] ? duration(p[key]) : '–'))),
      },
    },
    {
      legend: [
        ...(data.lines.length > 1 ? lineLegend() : []),
        ...known.map(([key, name, , shape]) => ({
          name,
          colour: css('--ink'),
          shape,
          pressed: shownQuantiles.has(key),
          press: () => {
            if (!shownQuantiles.delete(key)) shownQuantiles.add(key);
            if (!shownQuantiles.size) shownQuantiles.add('p50');
          },
        })),
        ...failureLegend(),
      ],
      stops: limitStops(i => 'line:' + i + ':' + shown[0][0]),
    },
  );
}

function time(width) {
  const n = data.requests,
    seconds = p => (p.rate ? n / p.rate : null);
  const series = data.lines.flatMap((l, i) => [...intervals(l, rate => n / rate), curve(l, i, seconds, { z: 3 })]);
  return chartSpec(
    {
      xAxis: limitAxis(width, 'semaphore size'),
      yAxis: [verticalAxis(logAxis({ name: 'time for ' + number(n) + ' requests', label: { formatter: duration } })), failureAxis],
      series: [...series, ...failureMarks()],
      tooltip: { trigger: 'axis', formatter: limitTooltip(p => [p.rate ? duration(n / p.rate) : 'never']) },
    },
    { legend: [...lineLegend(), ...failureLegend()], stops: limitStops(i => 'line:' + i) },
  );
}
