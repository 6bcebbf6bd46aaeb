// What the figures have in common: axes, intervals, curves, tooltips.

const lettering = () => ({ color: css('--soft'), fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 });
const decoration = { silent: true, tooltip: { show: false }, animation: false };

function axis(more) {
  return {
    nameTextStyle: lettering(),
    axisLabel: { ...lettering(), hideOverlap: true, ...more.label },
    axisLine: { show: false, onZero: false },
    axisTick: { show: false },
    minorTick: { show: false },
    splitLine: { lineStyle: { color: css('--grid') } },
    ...more,
  };
}

// across is a horizontal axis with its name below the middle.
const across = more => axis({ nameLocation: 'middle', nameGap: 28, ...more });
// upright is a vertical axis with its name on top, where it takes no width.
const upright = more =>
  axis({ nameLocation: 'end', nameGap: 10, ...more, nameTextStyle: { ...lettering(), align: 'left', padding: [0, 0, 0, -32] } });
// decades is a log axis from one round number to another.
const decades = more => ({
  type: 'log',
  min: v => roundBy(v.min, Math.floor),
  max: v => roundBy(v.max, Math.ceil),
  minorSplitLine: { show: true, lineStyle: { color: css('--grid'), opacity: 0.5 } },
  ...more,
});
const named = names =>
  axis({
    type: 'category',
    data: names,
    inverse: true,
    splitLine: { show: false },
    label: { width: Math.min(170, 0.3 * byId('figures').clientWidth), overflow: 'truncate', color: css('--ink') },
  });
const limits = (name = 'limit') =>
  across({
    type: 'log',
    logBase: 2,
    name,
    min: v => v.min,
    max: v => v.max,
    label: { formatter: x => figure(x) },
    splitLine: { show: false },
  });

function plan(option, more) {
  return {
    option: {
      animation: false,
      legend: { show: false },
      textStyle: lettering(),
      grid: { left: 12, right: 24, top: 36, bottom: 36 },
      ...option,
      tooltip: {
        confine: true,
        backgroundColor: css('--card'),
        borderColor: css('--rule'),
        textStyle: { ...lettering(), color: css('--ink'), fontSize: 13 },
        extraCssText: 'overflow-wrap:anywhere;box-shadow:0 4px 18px #0003;max-width:min(26rem,90%)',
        ...option.tooltip,
      },
    },
    legend: [],
    stops: [],
    ...more,
  };
}

const lineLegend = () => data.lines.map(l => ({ name: l.name, hue: colour(l.colour), dash: dash(l.run) }));

// roundBy returns 1, 2 or 5 times a power of ten: the next one below for floor, above for ceil.
function roundBy(x, way) {
  if (!(x > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(x)),
    steps = [1, 2, 5, 10].map(s => s * power);
  return way === Math.floor ? steps.findLast(s => s <= x * 1.0001) : steps.find(s => s >= x * 0.9999);
}

// A bound of two trials that differ can be a hundred times what was measured. far is how far beyond the largest rate one
// is drawn; what goes on beyond that has no end in the picture, and its figure in the table.
const far = 1.35;
const bounded = (rates, p) => Math.min(p.high, far * Math.max(...rates));

// whisker draws the ends of an interval and what lies between: of [x, low, high] upright, of [low, high, y] lying. The
// fourth value is how many of the ends are drawn, from the first on.
const whisker = lying => (params, api) => {
  const [a, b] = lying
    ? [api.coord([api.value(0), api.value(2)]), api.coord([api.value(1), api.value(2)])]
    : [api.coord([api.value(0), api.value(1)]), api.coord([api.value(0), api.value(2)])];
  const [dx, dy] = lying ? [0, 5] : [4, 0];
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

// ribbon draws the band between two neighbouring intervals, [x, low, high, next x, next low, next high].
function ribbon(params, api) {
  const at = (x, y) => api.coord([api.value(x), api.value(y)]);
  return {
    type: 'polygon',
    shape: { points: [at(0, 1), at(3, 4), at(3, 5), at(0, 2)] },
    style: { fill: api.visual('color'), opacity: 0.16 },
  };
}

// confidence returns the series of a line's intervals, on the scale that show turns rates into.
function confidence(l, show) {
  const rates = data.lines.flatMap(l => l.points.map(p => p.rate));
  const known = l.points.map(p => {
    const high = bounded(rates, p);
    return p.low == null ? null : [p.limit, show(Math.max(p.low, Math.min(...rates) / far)), show(high), high < p.high ? 1 : 2];
  });
  const pairs = known
    .slice(1)
    .map((p, i) => (p && known[i] ? [...known[i].slice(0, 3), ...p.slice(0, 3)] : null))
    .filter(Boolean);
  const common = { ...decoration, type: 'custom', name: l.name, itemStyle: { color: colour(l.colour) } };
  return [
    { ...common, renderItem: ribbon, data: pairs, encode: { x: [0, 3], y: [1, 2, 4, 5] }, clip: true },
    { ...common, renderItem: whisker(false), data: known.filter(Boolean), encode: { x: 0, y: [1, 2] } },
  ];
}

// overLimits tells of the points under the pointer, all of which are at one limit.
const overLimits = tell => params => {
  const indices = [...new Set(params.map(p => +p.seriesId.split(':')[1]))];
  const limit = params[0].value[0];
  const points = indices.map(i => [data.lines[i], data.lines[i].points.find(p => p.limit === limit)]).filter(([, p]) => p);
  return tip(
    'limit ' + figure(limit),
    points.map(([l, p]) => [colour(l.colour), l.name, ...tell(p)]),
    [...new Set(points.flatMap(([, p]) => p.warned || []))],
  );
};

// limitStops are the places that the arrow keys go to: one for each limit.
function limitStops(id) {
  const seen = new Map();
  data.lines.forEach((l, i) =>
    l.points.forEach((p, dataIndex) => seen.set(p.limit, { seriesId: id(i), dataIndex, at: p.limit, name: l.name })),
  );
  return [...seen.values()].sort((a, b) => a.at - b.at);
}

function curve(l, i, values, more = {}) {
  const hue = colour(l.colour);
  return {
    type: 'line',
    id: 'line:' + i,
    name: l.name,
    symbol: symbol(l.run),
    symbolSize: 7,
    showAllSymbol: true,
    itemStyle: { color: hue },
    lineStyle: { color: hue, width: 2.25, type: dash(l.run) },
    emphasis: { disabled: true },
    data: l.points.map((p, k) => ({
      value: [p.limit, values(p)],
      itemStyle: p.warned ? { color: css('--card'), borderColor: hue, borderWidth: 2 } : undefined,
    })),
    ...more,
  };
}
