// The figures with a curve of limits. Each function returns what its chart draws, its legend, and where the arrow keys stop.

// recommended marks the limit to use and the interval that it was found in.
function recommended(l, row) {
  if (!l.use) return {};
  const hue = colour(l.colour);
  return {
    markArea: { silent: true, itemStyle: { color: hue, opacity: 0.08 }, data: [[{ xAxis: l.use.low }, { xAxis: l.use.high }]] },
    markLine: {
      silent: true,
      symbol: 'none',
      lineStyle: { color: hue, type: 'solid', width: 1.25 },
      data: [{ xAxis: l.use.limit }],
      label: {
        formatter: l.use.label + ' ' + figure(l.use.limit),
        color: hue,
        fontWeight: 'bold',
        fontSize: 13,
        distance: [0, 4 + 15 * row],
      },
    },
  };
}

function throughput() {
  const series = [];
  let row = 0;
  data.lines.forEach((l, i) => {
    series.push(...confidence(l, rate => rate));
    if (l.law)
      series.push({
        ...decoration,
        type: 'line',
        name: l.name,
        data: l.law,
        symbol: 'none',
        z: 1,
        lineStyle: { color: colour(l.colour), width: 1.5, type: [2, 4] },
      });
    series.push(curve(l, i, p => p.rate, { z: 3, ...recommended(l, row) }));
    if (l.use) row++;
  });
  const explored = Math.max(...data.lines.flatMap(l => l.points.map(p => p.limit)));
  for (const t of data.truths) {
    const grey = { color: css('--soft') };
    series.push(
      {
        ...decoration,
        type: 'line',
        name: t.name,
        symbol: 'none',
        lineStyle: { ...grey, width: 1.25 },
        z: 1,
        data: t.curve.filter(p => p[0] <= explored),
      },
      {
        ...decoration,
        type: 'scatter',
        name: t.name,
        symbol: 'diamond',
        symbolSize: 11,
        itemStyle: grey,
        z: 4,
        data: t.peak[0] <= explored ? [t.peak] : [],
      },
    );
  }
  return plan(
    {
      grid: { left: 12, right: 24, top: 44 + 15 * Math.max(0, row - 1), bottom: 36 },
      xAxis: limits(),
      yAxis: upright({
        type: 'value',
        name: 'goodput/s',
        min: 0,
        nameGap: 10 + 15 * Math.max(0, row - 1),
        label: { formatter: figure },
      }),
      series,
      tooltip: {
        trigger: 'axis',
        formatter: overLimits(p => [
          figure(p.rate) + '/s',
          p.low == null ? '' : figure(p.low) + ' to ' + figure(p.high),
          p.trials + (p.trials > 1 ? ' trials' : ' trial'),
        ]),
      },
    },
    {
      legend: [...lineLegend(), ...data.truths.map(t => ({ name: t.name, hue: css('--soft'), dash: 'solid' }))],
      stops: limitStops(i => 'line:' + i),
    },
  );
}

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
        lineStyle: { color: colour(l.colour), width, type: dash(l.run), opacity: 1 - 0.2 * k },
        endLabel: {
          show: data.lines.length < 4 && l.points.length > 1,
          formatter: key,
          color: colour(l.colour),
          fontSize: 11,
          distance: 3,
        },
        labelLayout: { hideOverlap: true },
      }),
    ),
  );
  return plan(
    {
      grid: { left: 12, right: 34, top: 36, bottom: 36 },
      xAxis: limits(),
      yAxis: upright(decades({ name: 'latency', label: { formatter: span } })),
      series,
      tooltip: { trigger: 'axis', formatter: overLimits(p => quantiles.map(([key, name]) => name + ' ' + span(p[key]))) },
    },
    { legend: lineLegend(), stops: limitStops(i => 'line:' + i + ':p50') },
  );
}

function time() {
  const n = data.requests,
    took = p => (p.rate ? n / p.rate : null);
  const series = data.lines.flatMap((l, i) => [...confidence(l, rate => n / rate), curve(l, i, took, { z: 3 })]);
  return plan(
    {
      xAxis: limits('semaphore size'),
      yAxis: upright(decades({ name: 'time for ' + figure(n) + ' requests', label: { formatter: span } })),
      series,
      tooltip: { trigger: 'axis', formatter: overLimits(p => [p.rate ? span(n / p.rate) : 'never']) },
    },
    { legend: lineLegend(), stops: limitStops(i => 'line:' + i) },
  );
}
