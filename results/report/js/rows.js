// The figures with a row for each strategy, and the trials over time. They return what those with a curve return.

function ranking() {
  const ranks = data.ranks,
    rates = ranks.map(r => r.rate);
  return plan(
    {
      grid: { left: 12, right: 110, top: 8, bottom: 36 },
      yAxis: named(ranks.map(r => r.name)),
      xAxis: across({ type: 'value', min: 0, name: 'goodput/s', label: { formatter: figure } }),
      series: [
        {
          type: 'bar',
          id: 'bars',
          barMaxWidth: 22,
          emphasis: { disabled: true },
          data: ranks.map(r => ({
            value: r.rate,
            itemStyle: { color: colour(r.colour), opacity: 0.8, borderRadius: [0, 3, 3, 0] },
          })),
        },
        {
          // what is said of a bar stands beyond its whisker
          ...decoration,
          type: 'scatter',
          symbolSize: 0,
          data: ranks.map((r, i) => [r.high == null ? r.rate : bounded(rates, r), i]),
          label: {
            show: true,
            position: 'right',
            distance: 8,
            color: css('--ink'),
            fontSize: 12,
            lineHeight: 16,
            formatter: p =>
              figure(ranks[p.dataIndex].rate) + (ranks[p.dataIndex].verdict ? '\n' + ranks[p.dataIndex].verdict : ''),
          },
        },
        {
          ...decoration,
          type: 'custom',
          renderItem: whisker(true),
          itemStyle: { color: css('--ink') },
          encode: { x: [0, 1], y: 2 },
          z: 5,
          data: ranks
            .map((r, i) => [r.low, bounded(rates, r), i, bounded(rates, r) < r.high ? 1 : 2])
            .filter(([low]) => low != null),
        },
      ],
      tooltip: {
        trigger: 'item',
        formatter: p => {
          const r = ranks[p.dataIndex];
          return tip(r.name, [
            ['', 'limit', figure(r.limit)],
            ['', 'goodput', figure(r.rate) + '/s'],
            ['', '95% sure', r.low == null ? 'one trial' : figure(r.low) + ' to ' + figure(r.high)],
            ['', 'verdict', r.verdict || '–'],
          ]);
        },
      },
    },
    { height: 70 + 44 * ranks.length, stops: ranks.map((r, dataIndex) => ({ seriesId: 'bars', dataIndex })) },
  );
}

function percentiles() {
  const ranks = data.ranks.map((r, i) => ({ ...r, i })).filter(r => r.p50 > 0);
  const hollow = (shape, hue) =>
    shape === 'emptyCircle' ? { color: css('--card'), borderColor: hue, borderWidth: 2 } : { color: hue };
  const series = quantiles.map(([key, name, , shape]) => ({
    type: 'scatter',
    id: 'spread:' + key,
    name,
    symbol: shape.replace('emptyC', 'c'),
    symbolSize: 11,
    emphasis: { disabled: true },
    itemStyle: { color: css('--ink') },
    data: ranks.map(r => ({ value: [r[key], r.i], itemStyle: hollow(shape, colour(r.colour)) })),
  }));
  const rule = (params, api) => {
    const a = api.coord([api.value(0), api.value(2)]),
      b = api.coord([api.value(1), api.value(2)]);
    return {
      type: 'line',
      shape: { x1: a[0], y1: a[1], x2: b[0], y2: b[1] },
      style: { stroke: api.visual('color'), lineWidth: 2, opacity: 0.4 },
    };
  };
  series.unshift({
    ...decoration,
    type: 'custom',
    renderItem: rule,
    encode: { x: [0, 1], y: 2 },
    data: ranks.map(r => ({ value: [r.p50, r.max, r.i], itemStyle: { color: colour(r.colour) } })),
  });
  return plan(
    {
      grid: { left: 12, right: 24, top: 8, bottom: 36 },
      yAxis: named(data.ranks.map(r => r.name)),
      xAxis: across(decades({ name: 'latency', label: { formatter: span } })),
      series,
      tooltip: {
        trigger: 'item',
        formatter: p => {
          const r = ranks[p.dataIndex];
          return tip(
            r.name + ' at limit ' + figure(r.limit),
            quantiles.map(([key, name]) => ['', name, span(r[key])]),
          );
        },
      },
    },
    {
      height: 70 + 36 * data.ranks.length,
      legend: quantiles.map(([, name, , shape]) => ({ name, hue: css('--ink'), shape })),
      stops: ranks.map((r, dataIndex) => ({ seriesId: 'spread:p50', dataIndex, name: 'p50' })),
    },
  );
}

function trials() {
  const which = +byId('measure').value; // 2 is the goodput of a trial, 3 its share of the mean
  const many = data.courses.reduce((n, c) => n + c.trials.length, 0) > 1500;
  const series = data.courses.flatMap(c => {
    const l = data.lines[c.line],
      common = { name: l.name, itemStyle: { color: colour(l.colour), opacity: many ? 0.5 : 0.85 } };
    return [
      {
        ...decoration,
        ...common,
        type: 'line',
        symbol: 'none',
        lineStyle: { color: colour(l.colour), width: 1, opacity: 0.55 },
        data: (c.seconds || []).map(s => (s ? [s[0], s[which - 1]] : ['-', '-'])),
      },
      {
        ...common,
        type: 'scatter',
        id: 'course:' + c.line,
        symbol: symbol(l.run),
        symbolSize: many ? 4 : 8,
        emphasis: { disabled: true },
        data: c.trials.map(t => [t[0] + (data.timed ? t[1] / 2 : 0), t[which]]),
      },
    ];
  });
  const steady = {
    silent: true,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color: css('--soft'), width: 1, type: 'solid' },
    data: [{ yAxis: 1 }],
  };
  if (which === 3 && series.length) series[1].markLine = steady;
  return plan(
    {
      grid: { left: 12, right: 24, top: 36, bottom: 36 },
      xAxis: across({
        type: 'value',
        name: data.timed ? 'seconds since the start' : 'trial',
        min: 0,
        max: 'dataMax',
        splitLine: { show: false },
        label: { formatter: figure },
      }),
      yAxis: upright({
        type: 'value',
        scale: which === 3,
        min: which === 2 ? 0 : null,
        name: which === 3 ? 'share of the mean' : 'goodput/s',
        label: { formatter: which === 3 ? percent : figure },
      }),
      series,
      tooltip: {
        trigger: 'item',
        formatter: p => {
          const c = data.courses.find(c => 'course:' + c.line === p.seriesId),
            t = c.trials[p.dataIndex];
          return tip(p.seriesName, [
            ['', 'limit', figure(t[4])],
            ['', data.timed ? 'began at' : 'trial', data.timed ? span(t[0]) : figure(t[0])],
            ['', 'lasted', span(t[1])],
            ['', 'goodput', figure(t[2]) + '/s'],
            ['', 'of its mean', percent(t[3])],
            ['', 'failures', figure(t[5])],
          ]);
        },
      },
    },
    {
      canvas: many,
      legend: lineLegend(),
      stops: data.courses
        .flatMap(c =>
          c.trials.map((t, dataIndex) => ({ seriesId: 'course:' + c.line, dataIndex, at: t[0], name: data.lines[c.line].name })),
        )
        .sort((a, b) => a.at - b.at),
    },
  );
}

const mostRows = 20; // the others are in the table

function errors() {
  const { classes, rows } = data.failures,
    shown = rows.slice(0, mostRows);
  return plan(
    {
      grid: { left: 12, right: 24, top: 8, bottom: 36 },
      yAxis: named(shown.map(r => r.name)),
      xAxis: across({ type: 'value', min: 0, name: 'share of the requests', label: { formatter: percent } }),
      series: classes.map((name, k) => ({
        type: 'bar',
        id: 'class:' + k,
        stack: 'all',
        name,
        barMaxWidth: 22,
        itemStyle: { color: colour(k % 10) },
        emphasis: { disabled: true },
        data: shown.map(r => r.shares[k]),
      })),
      tooltip: {
        trigger: 'item',
        formatter: p =>
          tip(
            shown[p.dataIndex].name,
            classes.map((c, k) => [colour(k % 10), c, percent(shown[p.dataIndex].shares[k])]),
          ),
      },
    },
    {
      height: 70 + 34 * shown.length,
      legend: classes.map((name, k) => ({ name, hue: colour(k % 10), shape: 'rect' })),
      stops: shown.map((r, dataIndex) => ({ seriesId: 'class:0', dataIndex })),
    },
  );
}
