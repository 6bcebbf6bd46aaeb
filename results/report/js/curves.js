// The charts with the limit, or the rate, on the horizontal axis. The function for a chart returns its chartSpec and is named after its figure.

const labelHeight = 15;
const labelGap = 8; // pixels between neighbouring labels

// recommendations returns the limits, or rates, to use, each with the lines that have it, its label, and the row of the label.
// Labels that would overlap are in different rows.
function recommendations(lines, width) {
  const byLimit = new Map();
  for (const l of lines) {
    if (!l.use) continue;
    const at = byLimit.get(l.use.limit) || { limit: l.use.limit, lines: [] };
    at.lines.push(l);
    byLimit.set(l.use.limit, at);
  }
  const [from, to] = levelRange(lines);
  const ends = []; // of the last label in each row, in pixels
  const all = [...byLimit.values()].sort((a, b) => a.limit - b.limit);
  for (const r of all) {
    const l = r.lines[0];
    r.label = l.use.label + ' ' + levelText(l.over, r.limit);
    const half = 4 * r.label.length,
      x = (width * Math.log(r.limit / from)) / Math.log(to / from);
    r.row = ends.findIndex(end => end + labelGap < x - half);
    if (r.row < 0) r.row = ends.length;
    ends[r.row] = x + half;
  }
  return { all, rows: ends.length };
}

// recommendation marks the limit to use and its interval. A limit that several lines have in common has the label once.
function recommendation(l, { all }) {
  const r = all.find(r => r.lines.includes(l));
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
        show: r.lines[0] === l,
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
function theorySeries(theory, maxLimit) {
  const grey = { color: css('--soft') };
  const common = { ...nonInteractive, name: theory.name };
  const points = theory.curve.filter(p => p[0] <= maxLimit);
  const peak = theory.peak[0] <= maxLimit ? [theory.peak] : [];
  return [
    { ...common, type: 'line', symbol: 'none', lineStyle: { ...grey, width: 1.25 }, z: 1, data: points },
    { ...common, type: 'scatter', symbol: 'diamond', symbolSize: 11, itemStyle: grey, z: 4, data: peak },
  ];
}

const throughput = width => {
  const lines = linesOver('limit'),
    last = levelRange(lines)[1];
  return goodput(width, lines, 'limit', data.truths.flatMap(t => theorySeries(t, last)), data.truths.map(t => t.name));
};

// rates draws the goodput against the rate, and a line on which all that is due is answered.
const rates = width => {
  const lines = linesOver('rate'),
    name = 'all that is due',
    most = Math.max(...lines.flatMap(l => l.points.map(p => p.rate))) * 1.1,
    [from, to] = levelRange(lines),
    points = [];
  for (let x = from; x < Math.min(to, most); x *= 1.05) points.push([x, x]);
  const due = { ...nonInteractive, name, type: 'line', symbol: 'none', lineStyle: { color: css('--soft'), width: 1.25 }, z: 1 };
  return goodput(width, lines, 'rate/s', [{ ...due, data: points }], [name]);
};

// goodput draws the goodput of the lines, and other series with their names.
function goodput(width, lines, axisName, others, names) {
  const series = [],
    marks = recommendations(lines, width - 100);
  for (const l of lines) {
    series.push(...intervals(l, lines, rate => rate));
    if (l.law) series.push(lawSeries(l));
    series.push(curve(l, p => p.rate, { z: 3, ...recommendation(l, marks) }));
  }
  series.push(...others, ...failureMarks(lines));
  const labels = labelHeight * Math.max(0, marks.rows - 1);
  return chartSpec(
    {
      grid: { left: 12, right: 30, top: 44 + labels, bottom: 36 },
      xAxis: levelAxis(lines, width, axisName),
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
        formatter: levelTooltip(p => [
          number(p.rate) + '/s',
          p.low == null ? '' : number(p.low) + ' to ' + number(p.high),
          p.trials + (p.trials > 1 ? ' trials' : ' trial'),
        ]),
      },
    },
    {
      legend: [
        ...lineLegend(lines),
        ...names.map(name => ({ name, colour: css('--soft'), dash: 'solid' })),
        ...failureLegend(lines),
      ],
      stops: levelStops(lines, i => 'line:' + i),
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
// shownQuantiles has the keys of the quantiles that each figure draws, by what its sweeps varied. The reader can change it.
const shownQuantiles = new Map();
// firstQuantiles returns the quantiles that are drawn at first: those of an objective, and with several lines only a few.
function firstQuantiles(lines, bounds) {
  const keys = lines.length > 1 ? ['p50', 'p99'] : ['p50', 'p90', 'p95', 'p99', 'p999'];
  return new Set([...keys, ...bounds.map(b => b.key)]);
}

// endLabel names a quantile at the end of its curve, for one line only: the others have the same widths and symbols.
const endLabel = (l, lines, name) => ({
  show: l === lines[0] && l.points.length > 1,
  formatter: name,
  color: css('--soft'),
  fontSize: 11,
  distance: 6,
});

// boundLines draws the objectives, each as a line across the chart.
const boundLines = bounds => ({
  silent: true,
  symbol: 'none',
  lineStyle: { color: css('--bad'), type: [6, 4], width: 1.5 },
  label: {
    position: 'insideStartTop',
    color: css('--bad'),
    backgroundColor: css('--card'),
    padding: [1, 4],
    fontWeight: 'bold',
    formatter: p => bounds[p.dataIndex].label,
  },
  data: bounds.map(b => ({ yAxis: b.seconds })),
});

const latency = width => quantileChart(width, 'limit', 'limit', 'latency', p => p);
const responses = width => quantileChart(width, 'rate', 'rate/s', 'response time', p => p.response);

// quantileChart draws quantiles of the latency or of the response time; of returns those of a point.
function quantileChart(width, over, axisName, name, of) {
  const lines = linesOver(over),
    bounds = data.bounds.filter(b => b.over === over);
  if (!shownQuantiles.has(over)) shownQuantiles.set(over, firstQuantiles(lines, bounds));
  const chosen = shownQuantiles.get(over),
    shown = quantiles.filter(([key]) => chosen.has(key));
  const series = lines.flatMap(l =>
    shown.map(([key, name, lineWidth, shape], k) =>
      curve(l, p => of(p)[key] || null, {
        id: 'line:' + indexOf(l) + ':' + key,
        symbol: shape,
        symbolSize: Math.max(4, 7 - k),
        lineStyle: { color: paletteColour(l.colour), width: lineWidth, type: dash(l.run) },
        endLabel: endLabel(l, lines, name),
        labelLayout: { moveOverlap: 'shiftY' },
      }),
    ),
  );
  series.push(...failureMarks(lines));
  if (bounds.length) series[0].markLine = boundLines(bounds);
  const known = quantiles.filter(([key]) => lines.some(l => l.points.some(p => of(p)[key] > 0)));
  const ends = bounds.map(b => b.seconds);
  return chartSpec(
    {
      grid: { left: 12, right: 44, top: 36, bottom: 36 },
      xAxis: levelAxis(lines, width, axisName),
      yAxis: [verticalAxis(logAxis({ name, label: { formatter: duration } }, ends)), failureAxis],
      series,
      tooltip: {
        trigger: 'axis',
        formatter: levelTooltip(p => shown.map(([key, name]) => name + ' ' + (of(p)[key] ? duration(of(p)[key]) : '–'))),
      },
    },
    {
      legend: [
        ...(lines.length > 1 ? lineLegend(lines) : []),
        ...known.map(([key, name, , shape]) => ({
          name,
          colour: css('--ink'),
          shape,
          pressed: chosen.has(key),
          press: () => {
            if (!chosen.delete(key)) chosen.add(key);
            if (!chosen.size) chosen.add('p50');
          },
        })),
        ...failureLegend(lines),
      ],
      stops: levelStops(lines, i => 'line:' + i + ':' + shown[0][0]),
    },
  );
}

function time(width) {
  const n = data.requests,
    lines = linesOver('limit'),
    seconds = p => (p.rate ? n / p.rate : null);
  const series = lines.flatMap(l => [...intervals(l, lines, rate => n / rate), curve(l, seconds, { z: 3 })]);
  return chartSpec(
    {
      xAxis: levelAxis(lines, width, 'semaphore size'),
      yAxis: [verticalAxis(logAxis({ name: 'time for ' + number(n) + ' requests', label: { formatter: duration } })), failureAxis],
      series: [...series, ...failureMarks(lines)],
      tooltip: { trigger: 'axis', formatter: levelTooltip(p => [p.rate ? duration(n / p.rate) : 'never']) },
    },
    { legend: [...lineLegend(lines), ...failureLegend(lines)], stops: levelStops(lines, i => 'line:' + i) },
  );
}
