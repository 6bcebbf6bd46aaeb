// Parts that several charts use: axes, intervals, curves, tooltips.

const textStyle = () => ({ color: css('--soft'), fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 });
// nonInteractive is for series that do not react to the pointer.
const nonInteractive = { silent: true, tooltip: { show: false }, animation: false };

function axis(more) {
  return {
    nameTextStyle: textStyle(),
    axisLabel: { ...textStyle(), hideOverlap: true, ...more.label },
    axisLine: { show: false, onZero: false },
    axisTick: { show: false },
    minorTick: { show: false },
    splitLine: { lineStyle: { color: css('--grid') } },
    ...more,
  };
}

// horizontalAxis has its name below the middle.
const horizontalAxis = more => axis({ nameLocation: 'middle', nameGap: 28, ...more });
// verticalAxis has its name on top, where it takes no width.
const verticalAxis = more =>
  axis({ nameLocation: 'end', nameGap: 10, ...more, nameTextStyle: { ...textStyle(), align: 'left', padding: [0, 0, 0, -32] } });
// logAxis returns the options of a logarithmic axis that begins and ends at round numbers and includes the given ones.
const logAxis = (more, included = []) => ({
  type: 'log',
  min: v => roundBy(Math.min(v.min, ...included), Math.floor),
  max: v => roundBy(Math.max(v.max, ...included), Math.ceil),
  minorSplitLine: { show: true, lineStyle: { color: css('--grid'), opacity: 0.5 } },
  ...more,
});
// categoryAxis has one row per name, the first at the top.
const categoryAxis = (names, width) =>
  axis({
    type: 'category',
    data: names,
    inverse: true,
    splitLine: { show: false },
    label: { width: Math.min(170, 0.3 * width), overflow: 'truncate', color: css('--ink') },
  });

// linesOver returns the lines of the sweeps that varied the limit, or the rate. Each kind has charts of its own.
const linesOver = over => data.lines.filter(l => l.over === over);
// indexOf is the index of a line among all lines, which the IDs of its series contain.
const indexOf = l => data.lines.indexOf(l);
// levelText writes a limit, or a rate.
const levelText = (over, level) => number(level) + (over === 'rate' ? '/s' : '');

// levels returns every limit, or every rate, that a chart of the lines has to show, ascending.
const levels = lines => lines.flatMap(l => [...l.points, ...l.failed].map(p => p.level)).sort((a, b) => a - b);

const labelWidth = 46; // pixels, enough for 131,072 and the gap to the next label
// powers returns the powers of two in a range that are labelled. If not all of them fit into the width, it is every second one,
// every third and so on, and the largest is always one of them.
function powers(from, to, width) {
  const last = Math.floor(Math.log2(to)),
    first = Math.ceil(Math.log2(from)),
    step = Math.max(1, Math.ceil(((last - first) * labelWidth) / width));
  const all = [];
  for (let power = last; power >= first; power -= step) all.unshift(2 ** power);
  return all;
}
// The smallest and the largest value of the axis of limits or rates. A single one is in the middle.
function levelRange(lines) {
  const all = levels(lines),
    [from, to] = [all[0], all[all.length - 1]];
  return from === to ? [from / 2, to * 2] : [from, to];
}
// levelAxis is a horizontal axis of concurrency limits, or of rates.
function levelAxis(lines, width, name) {
  const [min, max] = levelRange(lines),
    values = powers(min, max, width - 100);
  return horizontalAxis({
    type: 'log',
    logBase: 2,
    name,
    min,
    max,
    label: { formatter: x => number(x), customValues: values, hideOverlap: false },
    splitLine: { show: false },
  });
}

// chartSpec describes a chart: the option for ECharts, the entries of the legend, and the stops, which are the points that the
// arrow keys select. It may also have a height in pixels, and canvas: true for a chart with too many points for SVG.
function chartSpec(option, more) {
  return {
    option: {
      animation: false,
      legend: { show: false },
      textStyle: textStyle(),
      grid: { left: 12, right: 24, top: 36, bottom: 36 },
      ...option,
      tooltip: {
        confine: true,
        backgroundColor: css('--card'),
        borderColor: css('--rule'),
        textStyle: { ...textStyle(), color: css('--ink'), fontSize: 13 },
        extraCssText: 'white-space:normal;overflow:hidden;box-shadow:0 4px 18px #0003;max-width:min(30rem,96%);max-height:100%',
        ...option.tooltip,
      },
    },
    legend: [],
    stops: [],
    ...more,
  };
}

const lineLegend = lines => lines.map(l => ({ name: l.name, colour: paletteColour(l.colour), dash: dash(l.run) }));

// roundBy rounds to 1, 2 or 5 times a power of ten: down if round is Math.floor, up if it is Math.ceil.
function roundBy(x, round) {
  if (!(x > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(x)),
    steps = [1, 2, 5, 10].map(s => s * power);
  return round === Math.floor ? steps.findLast(s => s <= x * 1.0001) : steps.find(s => s >= x * 0.9999);
}

// maxBoundRatio limits how far an interval is drawn beyond the largest and below the smallest rate. After only two trials that
// differ, a bound can be a hundred times the measured rate. A longer interval is drawn without an end mark; the table has its
// bound.
const maxBoundRatio = 1.35;
const drawnHigh = (rates, p) => Math.min(p.high, maxBoundRatio * Math.max(...rates));

// whisker draws an interval with its end marks. The data is [low, high, y, ends] if it is horizontal, otherwise
// [x, low, high, ends]. If ends is 1, only the low end gets a mark; if it is 2, both do.
const whisker = horizontal => (params, api) => {
  const [a, b] = horizontal
    ? [api.coord([api.value(0), api.value(2)]), api.coord([api.value(1), api.value(2)])]
    : [api.coord([api.value(0), api.value(1)]), api.coord([api.value(0), api.value(2)])];
  const [dx, dy] = horizontal ? [0, 5] : [4, 0];
  const stroke = (x1, y1, x2, y2) => ({
    type: 'line',
    shape: { x1, y1, x2, y2 },
    style: { stroke: api.visual('color'), lineWidth: 1.5 },
  });
  return {
    type: 'group',
    children: [stroke(...a, ...b), ...[a, b].slice(0, api.value(3)).map(([x, y]) => stroke(x - dx, y - dy, x + dx, y + dy))],
  };
};

// band fills the area between two neighbouring intervals. The data is [x, low, high, next x, next low, next high].
function band(params, api) {
  const at = (x, y) => api.coord([api.value(x), api.value(y)]);
  return {
    type: 'polygon',
    shape: { points: [at(0, 1), at(3, 4), at(3, 5), at(0, 2)] },
    style: { fill: api.visual('color'), opacity: 0.16 },
  };
}

// intervals returns the series of a line's confidence intervals, one of the chart's lines; show converts a rate to the vertical axis.
function intervals(l, lines, show) {
  const rates = lines.flatMap(l => l.points.map(p => p.rate));
  const drawn = l.points.map(p => {
    const high = drawnHigh(rates, p);
    const low = Math.max(p.low, Math.min(...rates) / maxBoundRatio);
    return p.low == null ? null : [p.level, show(low), show(high), high < p.high ? 1 : 2];
  });
  const pairs = drawn
    .slice(1)
    .map((p, i) => (p && drawn[i] ? [...drawn[i].slice(0, 3), ...p.slice(0, 3)] : null))
    .filter(Boolean);
  const common = { ...nonInteractive, type: 'custom', name: l.name, itemStyle: { color: paletteColour(l.colour) } };
  return [
    { ...common, renderItem: band, data: pairs, encode: { x: [0, 3], y: [1, 2, 4, 5] }, clip: true },
    { ...common, renderItem: whisker(false), data: drawn.filter(Boolean), encode: { x: 0, y: [1, 2] } },
  ];
}

// levelTooltip formats a tooltip about the points under the pointer, which all have the same limit, or the same rate; cells
// returns the texts of a point.
const levelTooltip = cells => params => {
  const indices = [...new Set(params.map(p => +p.seriesId.split(':')[1]))];
  const level = params[0].value[0];
  const at = (l, of) => l[of].find(p => p.level === level);
  const lines = indices.map(i => data.lines[i]);
  return tooltip(
    lines[0].over + ' ' + levelText(lines[0].over, level),
    lines.flatMap(l => [
      ...(at(l, 'points') ? [[paletteColour(l.colour), l.name, ...cells(at(l, 'points'))]] : []),
      ...(at(l, 'failed') ? [[css('--bad'), l.name, failureText(at(l, 'failed'))]] : []),
    ]),
    [...new Set(lines.flatMap(l => at(l, 'points')?.warned || []))],
  );
};
const failureText = p => percent(p.share) + ' of requests failed';

// failureMarks marks the limits at which requests fail with a cross at the bottom. They have no place on the vertical axis, since
// they would set its scale for the other limits, so the crosses have an axis of their own.
const failureMarks = lines =>
  lines.map(l => ({
    type: 'scatter',
    id: 'failed:' + indexOf(l),
    name: l.name,
    yAxisIndex: 1,
    symbol: crossPath,
    symbolSize: 11,
    symbolOffset: [0, -8],
    emphasis: { disabled: true },
    itemStyle: { color: css('--bad') },
    z: 6,
    data: l.failed.map(p => [p.level, 0]),
  }));
const crossPath = 'path://M0 1 1 0 4 3 7 0 8 1 5 4 8 7 7 8 4 5 1 8 0 7 3 4Z';
const failureAxis = { type: 'value', min: 0, max: 1, show: false, splitLine: { show: false } };
const failureLegend = lines =>
  lines.some(l => l.failed.length) ? [{ name: 'requests fail', colour: css('--bad'), shape: 'cross', fixed: true }] : [];

// levelStops returns one stop for each limit or rate; id returns the ID of a line's series.
function levelStops(lines, id) {
  const seen = new Map();
  for (const l of lines) {
    const i = indexOf(l);
    l.failed.forEach((p, dataIndex) => seen.set(p.level, { seriesId: 'failed:' + i, dataIndex, at: p.level, name: l.name }));
    l.points.forEach((p, dataIndex) => seen.set(p.level, { seriesId: id(i), dataIndex, at: p.level, name: l.name }));
  }
  return [...seen.values()].sort((a, b) => a.at - b.at);
}

// curve returns the series of a line; value returns what is drawn of a point. A point with a warning is hollow.
function curve(l, value, more = {}) {
  const colour = paletteColour(l.colour);
  return {
    type: 'line',
    id: 'line:' + indexOf(l),
    name: l.name,
    symbol: symbol(l.run),
    symbolSize: 7,
    showAllSymbol: true,
    itemStyle: { color: colour },
    lineStyle: { color: colour, width: 2.25, type: dash(l.run) },
    emphasis: { disabled: true },
    data: l.points.map(p => ({
      value: [p.level, value(p)],
      itemStyle: p.warned ? { color: css('--card'), borderColor: colour, borderWidth: 2 } : undefined,
    })),
    ...more,
  };
}
