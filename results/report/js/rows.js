// The charts with one row per strategy, and the trials over time. As in curves.js, a function for a chart returns its chartSpec.

// barLabels writes the goodput and the verdict of each rank beyond the end of its interval.
function barLabels(ranks, rates) {
  return {
    ...nonInteractive,
    type: 'scatter',
    symbolSize: 0,
    data: ranks.map((r, i) => [r.high == null ? r.rate : drawnHigh(rates, r), i]),
    label: {
      show: true,
      position: 'right',
      distance: 8,
      color: css('--ink'),
      fontSize: 12,
      lineHeight: 16,
      formatter: p => number(ranks[p.dataIndex].rate) + (ranks[p.dataIndex].verdict ? '\n' + ranks[p.dataIndex].verdict : ''),
    },
  };
}

// barIntervals draws the confidence interval of each rank across its bar.
function barIntervals(ranks, rates) {
  return {
    ...nonInteractive,
    type: 'custom',
    renderItem: whisker(true),
    itemStyle: { color: css('--ink') },
    encode: { x: [0, 1], y: 2 },
    z: 5,
    data: ranks
      .map((r, i) => [r.low, drawnHigh(rates, r), i, drawnHigh(rates, r) < r.high ? 1 : 2])
      .filter(([low]) => low != null),
  };
}

// rowsHeight leaves room for a tooltip, however few rows there are.
const rowsHeight = height => Math.max(height, 190);

function ranking(width) {
  const ranks = data.ranks,
    rates = ranks.map(r => r.rate);
  const bars = {
    type: 'bar',
    id: 'bars',
    barMaxWidth: 22,
    emphasis: { disabled: true },
    data: ranks.map(r => ({
      value: r.rate,
      itemStyle: { color: paletteColour(r.colour), opacity: 0.8, borderRadius: [0, 3, 3, 0] },
    })),
  };
  return chartSpec(
    {
      grid: { left: 12, right: 110, top: 8, bottom: 36 },
      yAxis: categoryAxis(ranks.map(r => r.name), width),
      xAxis: horizontalAxis({ type: 'value', min: 0, name: 'goodput/s', label: { formatter: number } }),
      series: [bars, barLabels(ranks, rates), barIntervals(ranks, rates)],
      tooltip: {
        trigger: 'item',
        formatter: p => {
          const r = ranks[p.dataIndex];
          return tooltip(r.name, [
            ['', 'at', r.at],
            ['', 'goodput', number(r.rate) + '/s'],
            ['', '95% confidence', r.low == null ? 'one trial' : number(r.low) + ' to ' + number(r.high)],
            ['', 'verdict', r.verdict || '–'],
          ]);
        },
      },
    },
    { height: rowsHeight(70 + 44 * ranks.length), stops: ranks.map((r, dataIndex) => ({ seriesId: 'bars', dataIndex })) },
  );
}

// percentileRange draws a line from the median to the slowest request of each rank.
function percentileRange(ranks, of) {
  const renderItem = (params, api) => {
    const [x1, y1] = api.coord([api.value(0), api.value(2)]),
      [x2, y2] = api.coord([api.value(1), api.value(2)]);
    return {
      type: 'line',
      shape: { x1, y1, x2, y2 },
      style: { stroke: api.visual('color'), lineWidth: 2, opacity: 0.4 },
    };
  };
  return {
    ...nonInteractive,
    type: 'custom',
    renderItem,
    encode: { x: [0, 1], y: 2 },
    data: ranks.map(r => ({ value: [of(r).p50, of(r).max, r.i], itemStyle: { color: paletteColour(r.colour) } })),
  };
}

const percentiles = width => spread(width, 'latency', r => r);
const waits = width => spread(width, 'response time', r => r.response);

// spread draws the quantiles of the latency or of the response time of each rank; of returns those of a rank.
function spread(width, name, of) {
  const ranks = data.ranks.map((r, i) => ({ ...r, i })).filter(r => of(r).p50 > 0);
  const hollow = (shape, colour) =>
    shape.startsWith('empty') ? { color: css('--card'), borderColor: colour, borderWidth: 2 } : { color: colour };
  const known = quantiles.filter(([key]) => ranks.some(r => of(r)[key] > 0));
  const series = known.map(([key, name, , shape]) => ({
    type: 'scatter',
    id: 'spread:' + key,
    name,
    symbol: shape.replace('empty', '').toLowerCase(),
    symbolSize: 11,
    emphasis: { disabled: true },
    itemStyle: { color: css('--ink') },
    data: ranks.map(r => ({ value: [of(r)[key] || null, r.i], itemStyle: hollow(shape, paletteColour(r.colour)) })),
  }));
  series.unshift(percentileRange(ranks, of));
  return chartSpec(
    {
      grid: { left: 12, right: 24, top: 8, bottom: 36 },
      yAxis: categoryAxis(data.ranks.map(r => r.name), width),
      xAxis: horizontalAxis(logAxis({ name, label: { formatter: duration } })),
      series,
      tooltip: {
        trigger: 'item',
        formatter: p => {
          const r = ranks[p.dataIndex];
          return tooltip(
            r.name + ' at ' + r.at,
            known.map(([key, name]) => ['', name, of(r)[key] ? duration(of(r)[key]) : '–']),
          );
        },
      },
    },
    {
      height: rowsHeight(70 + 36 * data.ranks.length),
      legend: known.map(([, name, , shape]) => ({ name, colour: css('--ink'), shape })),
      stops: ranks.map((r, dataIndex) => ({ seriesId: 'spread:p50', dataIndex, name: 'p50' })),
    },
  );
}

// Indices in the values of a trial, as in the type trialValues.
const column = { start: 0, duration: 1, rate: 2, share: 3, level: 4, failures: 5 };

// timelineSeries returns the series of a line's seconds and of its trials; shown is the column on the vertical axis.
function timelineSeries(timeline, shown, many) {
  const l = data.lines[timeline.line],
    colour = paletteColour(l.colour),
    common = { name: l.name, itemStyle: { color: colour, opacity: many ? 0.5 : 0.85 } };
  const middle = t => t[column.start] + (data.timed ? t[column.duration] / 2 : 0);
  return [
    {
      ...nonInteractive,
      ...common,
      type: 'line',
      symbol: 'none',
      lineStyle: { color: colour, width: 1, opacity: 0.55 },
      // The values of a second have no duration, so the rate and the share are one index lower.
      data: (timeline.seconds || []).map(s => (s ? [s[column.start], s[shown - 1]] : ['-', '-'])),
    },
    {
      ...common,
      type: 'scatter',
      id: 'timeline:' + timeline.line,
      symbol: symbol(l.run),
      symbolSize: many ? 4 : 8,
      emphasis: { disabled: true },
      data: timeline.trials.map(t => [middle(t), t[shown]]),
    },
  ];
}

function trialTooltip(p) {
  const { line, trials } = data.courses.find(timeline => 'timeline:' + timeline.line === p.seriesId);
  const [start, seconds, rate, share, level, failures] = trials[p.dataIndex],
    { over } = data.lines[line];
  return tooltip(p.seriesName, [
    ['', over || 'limit', levelText(over, level)],
    data.timed ? ['', 'start', duration(start)] : ['', 'trial', number(start)],
    ['', 'duration', duration(seconds)],
    ['', 'goodput', number(rate) + '/s'],
    ['', 'share of mean', percent(share)],
    ['', 'failures', number(failures)],
  ]);
}

// trialStops returns a stop for every trial, in the order of their start.
function trialStops() {
  const stops = data.courses.flatMap(({ line, trials }) =>
    trials.map((t, dataIndex) => ({ seriesId: 'timeline:' + line, dataIndex, at: t[column.start], name: data.lines[line].name })),
  );
  return stops.sort((a, b) => a.at - b.at);
}

function trials() {
  const shown = +byId('measure').value, // column.rate or column.share
    isShare = shown === column.share;
  const many = data.courses.reduce((n, timeline) => n + timeline.trials.length, 0) > 1500;
  const series = data.courses.flatMap(timeline => timelineSeries(timeline, shown, many));
  const meanLine = {
    silent: true,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color: css('--soft'), width: 1, type: 'solid' },
    data: [{ yAxis: 1 }],
  };
  if (isShare && series.length) series[1].markLine = meanLine;
  return chartSpec(
    {
      grid: { left: 12, right: 24, top: 36, bottom: 36 },
      xAxis: horizontalAxis({
        type: 'value',
        name: data.timed ? 'seconds since the start' : 'trial',
        min: 0,
        max: 'dataMax',
        splitLine: { show: false },
        label: { formatter: number },
      }),
      yAxis: verticalAxis({
        type: 'value',
        scale: isShare,
        min: isShare ? null : 0,
        name: isShare ? 'share of mean' : 'goodput/s',
        label: { formatter: isShare ? percent : number },
      }),
      series,
      tooltip: { trigger: 'item', formatter: trialTooltip },
    },
    { canvas: many, legend: lineLegend(data.lines), stops: trialStops() },
  );
}

const maxErrorRows = 20; // in the chart; the table has all rows

function errors(width) {
  const { classes, rows } = data.failures,
    shown = rows.slice(0, maxErrorRows);
  return chartSpec(
    {
      grid: { left: 12, right: 24, top: 8, bottom: 36 },
      yAxis: categoryAxis(shown.map(r => r.name), width),
      xAxis: horizontalAxis({ type: 'value', min: 0, name: 'share of requests', label: { formatter: percent } }),
      series: classes.map((name, k) => ({
        type: 'bar',
        id: 'class:' + k,
        stack: 'all',
        name,
        barMaxWidth: 22,
        itemStyle: { color: paletteColour(k % 10) },
        emphasis: { disabled: true },
        data: shown.map(r => r.shares[k]),
      })),
      tooltip: {
        trigger: 'item',
        formatter: p =>
          tooltip(
            shown[p.dataIndex].name,
            classes.map((c, k) => [paletteColour(k % 10), c, percent(shown[p.dataIndex].shares[k])]),
          ),
      },
    },
    {
      height: rowsHeight(70 + 34 * shown.length),
      legend: classes.map((name, k) => ({ name, colour: paletteColour(k % 10), shape: 'rect' })),
      stops: shown.map((r, dataIndex) => ({ seriesId: 'class:0', dataIndex })),
    },
  );
}
