// The charts with the limit on the horizontal axis. The function for a chart returns its chartSpec and is named after its figure.

// recommendation marks the limit to use and its interval. The label is in the given row, so that labels do not overlap.
function recommendation(l, row) {
  if (!l.use) return {};
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
        formatter: l.use.label + ' ' + number(l.use.limit),
        color: colour,
        fontWeight: 'bold',
        fontSize: 13,
        distance: [0, 4 + 15 * row],
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
  const maxLimit = Math.max(...data.lines.flatMap(l => l.points.map(p => p.limit)));
  const grey = { color: css('--soft') };
  const common = { ...nonInteractive, name: theory.name };
  const points = theory.curve.filter(p => p[0] <= maxLimit);
  const peak = theory.peak[0] <= maxLimit ? [theory.peak] : [];
  return [
    { ...common, type: 'line', symbol: 'none', lineStyle: { ...grey, width: 1.25 }, z: 1, data: points },
    { ...common, type: 'scatter', symbol: 'diamond', symbolSize: 11, itemStyle: grey, z: 4, data: peak },
  ];
}

function throughput() {
  const series = [];
  let row = 0; // of the label of a recommendation
  data.lines.forEach((l, i) => {
    series.push(...intervals(l, rate => rate));
    if (l.law) series.push(lawSeries(l));
    series.push(curve(l, i, p => p.rate, { z: 3, ...recommendation(l, row) }));
    if (l.use) row++;
  });
  series.push(...data.truths.flatMap(theorySeries));
  const labelHeight = 15 * Math.max(0, row - 1);
  return chartSpec(
    {
      grid: { left: 12, right: 24, top: 44 + labelHeight, bottom: 36 },
      xAxis: limitAxis(),
      yAxis: verticalAxis({
        type: 'value',
        name: 'goodput/s',
        min: 0,
        nameGap: 10 + labelHeight,
        label: { formatter: number },
      }),
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
      legend: [...lineLegend(), ...data.truths.map(t => ({ name: t.name, colour: css('--soft'), dash: 'solid' }))],
      stops: limitStops(i => 'line:' + i),
    },
  );
}

// quantiles has the latencies that are drawn: key in the data, name, line width, symbol.
const quantiles = [
  ['p50', 'p50', 2.5, 'circle'],
  ['p90', 'p90', 1.5, 'diamond'],
  ['p99', 'p99', 1, 'triangle'],
  ['max', 'largest', 1, 'emptyCircle'],
];

function latency() {
  const series = data.lines.flatMap((l, i) =>
    quantiles.slice(0, 3).map(([key, , width, shape], k) =>
      curve(l, i, p => p[key] || null, {
        id: 'line:' + i + ':' + key,
        symbol: shape,
        symbolSize: 6 - k,
        lineStyle: { color: paletteColour(l.colour), width, type: dash(l.run), opacity: 1 - 0.2 * k },
        endLabel: {
          show: data.lines.length < 4 && l.points.length > 1,
          formatter: key,
          color: paletteColour(l.colour),
          fontSize: 11,
          distance: 3,
        },
        labelLayout: { hideOverlap: true },
      }),
    ),
  );
  return chartSpec(
    {
      grid: { left: 12, right: 34, top: 36, bottom: 36 },
      xAxis: limitAxis(),
      yAxis: verticalAxis(logAxis({ name: 'latency', label: { formatter: duration } })),
      series,
      tooltip: { trigger: 'axis', formatter: limitTooltip(p => quantiles.map(([key, name]) => name + ' ' + duration(p[key]))) },
    },
    { legend: lineLegend(), stops: limitStops(i => 'line:' + i + ':p50') },
  );
}

function time() {
  const n = data.requests,
    seconds = p => (p.rate ? n / p.rate : null);
  const series = data.lines.flatMap((l, i) => [...intervals(l, rate => n / rate), curve(l, i, seconds, { z: 3 })]);
  return chartSpec(
    {
      xAxis: limitAxis('semaphore size'),
      yAxis: verticalAxis(logAxis({ name: 'time for ' + number(n) + ' requests', label: { formatter: duration } })),
      series,
      tooltip: { trigger: 'axis', formatter: limitTooltip(p => [p.rate ? duration(n / p.rate) : 'never']) },
    },
    { legend: lineLegend(), stops: limitStops(i => 'line:' + i) },
  );
}
