package report_test

import (
	"flag"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"sweetspot/results/report/chromium"
)

// paperWidth is the width of A4 between the margins of the page, in pixels.
const paperWidth = 688

// misplaced lists what is not in its place: what overflows the page or its box, charts that do not fill their boxes, text in a
// chart that is outside it or on other text, and parts of the page that cover each other.
const misplaced = `(() => {
	const found = [], name = e => e.id || e.className.toString() || e.localName, of = e => e.closest('section')?.id + ': ';
	const rect = e => e.getBoundingClientRect(), visible = e => e.checkVisibility() && rect(e).width > 0 && rect(e).height > 0;
	const covers = (a, b, by) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > by && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > by;
	for (const e of [document.documentElement, ...document.querySelectorAll('.figure, .chart, header, .warnings, .use, .facts')])
		if (visible(e) && e.scrollWidth > e.clientWidth + 1) found.push(name(e) + ' is ' + e.scrollWidth + ' wide in ' + e.clientWidth);
	for (const chart of document.querySelectorAll('.figure:not([hidden]) .chart')) {
		const box = rect(chart), drawing = chart.querySelector('svg, canvas');
		if (!drawing) { found.push(of(chart) + 'no drawing'); continue; }
		const inner = rect(drawing);
		let [width, height] = [inner.width, inner.height];
		if (drawing.localName === 'svg') {
			const [, , w, h] = drawing.getAttribute('viewBox').split(' ').map(Number), scale = Math.min(inner.width / w, inner.height / h);
			[width, height] = [w * scale, h * scale];
		}
		if (width < 0.9 * box.width || width > box.width + 1 || height > box.height + 1 || box.width < 200 || box.height < 150)
			found.push(of(chart) + 'drawn ' + width + 'x' + height + ' in a box of ' + box.width + 'x' + box.height);
		const texts = [...drawing.querySelectorAll('text')].filter(visible);
		texts.forEach((a, i) => {
			const r = rect(a);
			if (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1)
				found.push(of(chart) + 'outside: ' + a.textContent);
			for (const b of texts.slice(i + 1)) if (covers(r, rect(b), 2.5)) found.push(of(chart) + 'overlap: ' + a.textContent + ' and ' + b.textContent);
		});
	}
	const parts = [...document.querySelectorAll('header > *, .warnings, .use > :is(h2, .copy), .tabs > :is(label, .panel), .figure > :is(h2, .lead, .control, .legend, .chart, .notes, details), .facts, footer')].filter(visible);
	parts.forEach((a, i) => parts.slice(i + 1).forEach(b => {
		if (covers(rect(a), rect(b), 1)) found.push(of(a) + name(a) + ' covers ' + name(b));
	}));
	if (!visible(document.querySelector('h1')) || rect(document.querySelector('h1')).top > 300) found.push('no headline at the top');
	return found;
})()`

func checkLayout(t *testing.T, p *chromium.Page, when string) {
	t.Helper()
	if out := chromium.Eval[[]string](p, misplaced); len(out) > 0 {
		t.Errorf("%s:\n%s", when, strings.Join(out, "\n"))
	}
}

// sized is true when every chart was drawn in the size of its box. Smaller charts than 280 x 100 are not drawn, but scaled.
const sized = `[...document.querySelectorAll('.figure:not([hidden]) .chart')].every(e => {
	const [, , w, h] = (e.querySelector('svg')?.getAttribute('viewBox') || '0 0 ' + e.clientWidth + ' ' + e.clientHeight).split(' ');
	return Math.abs(w - Math.max(e.clientWidth, 280)) <= 1 && Math.abs(h - Math.max(e.clientHeight, 100)) <= 1; })`

func testLayout(t *testing.T, b *chromium.Browser) {
	for name, view := range views(t) {
		if !keeping() && (name == "sweep" || name == "bench") {
			continue // the page of several runs has the same figures
		}
		p := b.Open(t, file(t, view.page), 400)
		for _, width := range []int{1920, 1400, 400} {
			p.Width(width)
			p.Wait(sized)
			keep(t, p, fmt.Sprintf("%s-%d-light.png", name, width))
			for _, open := range []bool{true, false} {
				chromium.Eval[bool](p, fmt.Sprintf(`document.querySelectorAll('details').forEach(d => d.open = %t), true`, open))
				p.Wait(sized)
				checkLayout(t, p, fmt.Sprintf("%s, %d pixels wide, tables open %t", name, width, open))
			}
			if keeping() {
				p.Colours("dark")
				keep(t, p, fmt.Sprintf("%s-%d-dark.png", name, width))
				p.Colours("light")
				artefact(t, fmt.Sprintf("%s-%d.pdf", name, width), p.PDF())
			}
			p.Paper(paperWidth)
			checkLayout(t, p, fmt.Sprintf("%s, on paper, from a window of %d pixels", name, width))
			p.Screen()
		}
	}
}

// A tab in the background has no size and no frames. The page in a frame that is not displayed has no size either, and looking
// at the charts in the script that displays the frame leaves no frame to draw them again.
func testOutOfSight(t *testing.T, b *chromium.Browser) {
	inner := html.EscapeString(page(t, strained(t)))
	p := b.Open(t, file(t, `<!doctype html><body style="margin:0"><iframe style="display:none;border:0" srcdoc="`+inner+`"></iframe>`), 1400)
	p.Wait(`frames[0].document.querySelectorAll('.chart :is(svg, canvas)').length >= 6`)
	out := chromium.Eval[[]string](p, `(() => {
		document.querySelector('iframe').style = 'display:block;border:0;width:1400px;height:6000px';
		return [...frames[0].document.querySelectorAll('.figure:not([hidden]) .chart')].flatMap(chart => {
			const box = chart.getBoundingClientRect(), path = [...chart.querySelectorAll('svg path')].map(e => e.getBoundingClientRect());
			const [left, right] = [Math.min(...path.map(r => r.left)), Math.max(...path.map(r => r.right))];
			return right - left >= 0.4 * box.width ? [] : [chart.closest('section').id + ' is ' + (right - left) + ' wide in ' + box.width];
		});
	})()`)
	if len(out) > 0 {
		t.Error(strings.Join(out, "\n"))
	}
	p.Wait(strings.Replace(sized, "document", "frames[0].document", 1))
}

func testTooltipsFit(t *testing.T, b *chromium.Browser) {
	for _, name := range []string{"several", "hostile", "strained"} {
		view := views(t)[name]
		p := b.Open(t, file(t, view.page), 400)
		p.Wait(sized)
		for _, id := range view.figures {
			chromium.Eval[bool](p, fmt.Sprintf(`document.querySelector('#%s .chart').focus(), true`, id))
			for range 3 {
				p.Press(kb.ArrowRight)
			}
			p.Wait(fmt.Sprintf(`document.querySelector('#%s .chart .tip')?.getBoundingClientRect().width > 0`, id))
			out := chromium.Eval[string](p, fmt.Sprintf(`(() => {
				const tip = document.querySelector('#%s .chart .tip').parentNode, a = tip.getBoundingClientRect(), b = tip.parentNode.getBoundingClientRect();
				const inside = a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
				return inside && tip.scrollWidth <= tip.clientWidth + 1 ? '' : JSON.stringify([a, b, tip.scrollWidth, tip.clientWidth]); })()`, id))
			if out != "" {
				t.Errorf("%s, %s: the tooltip, the chart, and the tooltip's content: %s", name, id, out)
			}
		}
	}
}

func testFailingLimits(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, strained(t))), 1400)
	for _, id := range []string{"throughput", "latency", "time"} {
		text := chromium.Eval[string](p, fmt.Sprintf(`document.querySelector('#%s .legend').innerText`, id))
		labels := chromium.Eval[[]string](p, fmt.Sprintf(`[...document.querySelectorAll('#%s svg text')].map(e => e.textContent)`, id))
		if !strings.Contains(text, "requests fail") || strings.Contains(strings.Join(labels, ","), "100 s") {
			t.Errorf("%s: legend %q, labels %q: want the failing limits marked, and no scale for them", id, text, labels)
		}
		for _, limit := range []string{"2,048", "4,096"} {
			if id == "throughput" && !strings.Contains(strings.Join(labels, " "), limit) {
				t.Errorf("%s: no label at %s among %q", id, limit, labels)
			}
		}
	}
	if labels := chromium.Eval[string](p, `document.querySelector('#latency .chart svg').textContent`); !strings.Contains(labels, "p99 ≤ 200 ms") {
		t.Errorf("the objective is not in the chart of latencies: %q", labels)
	}
	chromium.Eval[bool](p, `document.querySelector('#throughput .chart').focus(), true`)
	for range 13 {
		p.Press(kb.ArrowRight)
	}
	p.Wait(`document.querySelector('#throughput .tip')?.innerText.includes('50% of requests failed')`)
}

func testPercentiles(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, sweep(t, "semaphore"))), 1400)
	ends := `[...document.querySelectorAll('#latency .chart svg text')].map(e => e.textContent).filter(s => s.startsWith('p')).sort().join()`
	const all = "p50,p90,p95,p99,p99.9"
	if got := chromium.Eval[string](p, ends); got != all {
		t.Errorf("the curves %s are named, want %s", got, all)
	}
	chromium.Eval[bool](p, `[...document.querySelectorAll('#latency .legend button')].find(e => e.textContent === 'p95').click(), true`)
	if got := chromium.Eval[string](p, ends); got != "p50,p90,p99,p99.9" {
		t.Errorf("without p95 the curves %s are named", got)
	}
}

// keeping reports whether go test keeps artefacts: see make pictures.
func keeping() bool { return flag.Lookup("test.artifacts").Value.String() == "true" }

// keep saves a picture of the page for people to look at, if artefacts are kept.
func keep(t *testing.T, p *chromium.Page, name string) {
	t.Helper()
	if keeping() {
		artefact(t, name, p.Picture())
	}
}

func artefact(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), name), content, 0o666); err != nil {
		t.Fatal(err)
	}
}
