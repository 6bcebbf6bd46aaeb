package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"sweetspot/results/report/chromium"
)

// views returns the pages to open in the browser, each with the figures that must be visible.
func views(t testing.TB) map[string]struct {
	page    string
	figures []string
} {
	type view = struct {
		page    string
		figures []string
	}
	limits := []string{"throughput", "latency", "time", "trials"}
	return map[string]view{
		"sweep":    {page(t, sweep(t, "semaphore")), limits},
		"strained": {page(t, strained(t)), append([]string{"ranking", "percentiles", "errors"}, limits...)},
		"rates":    {page(t, rates(t)), []string{"rates", "responses", "ranking", "percentiles", "waits", "trials"}},
		"bench":    {page(t, bench(t)), []string{"ranking", "percentiles", "trials", "errors"}},
		"several": {page(t, sweep(t, "semaphore", "fasthttp"), sweep(t, "semaphore"), bench(t), rates(t)),
			append([]string{"ranking", "percentiles", "errors", "rates", "responses", "waits"}, limits...)},
		"hostile": {page(t, hostile(t)), append([]string{"ranking", "percentiles", "errors"}, limits...)},
	}
}

// The subtests share a browser, because it takes longer to start one than to run most subtests.
func TestPageInChromium(t *testing.T) {
	b := chromium.Start(t)
	for _, c := range []struct {
		name string
		test func(t *testing.T, b *chromium.Browser)
	}{
		{"pages draw without errors or requests", testDrawsWithoutErrorsOrRequests},
		{"everything has its place at every width and on paper", testLayout},
		{"charts fill their boxes in a page that was loaded out of sight", testOutOfSight},
		{"tooltips stay inside their charts", testTooltipsFit},
		{"limits at which requests fail are marked", testFailingLimits},
		{"the reader chooses the percentiles", testPercentiles},
		{"curves show a tooltip for the point under the mouse", testCurveTooltips},
		{"bars show a tooltip under the mouse", testBarTooltips},
		{"rates are not called limits", testRates},
		{"arrow keys select points", testKeyboard},
		{"the legend switches a line off", testLegend},
		{"times follow the number of requests", testNumberOfRequests},
		{"every colour changes in the dark scheme", testDarkColours},
		{"foreign strings never become markup", testForeignStrings},
		{"tables and tabs work without JavaScript", testWithoutScript},
		{"the chosen tab's program is copied", testPrograms},
		{"printing uses light colours and opens the tables", testPrinting},
		{"ten thousand trials are drawn", testTenThousandTrials},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, b) })
	}
}

// checkQuiet fails the test if the page has written to the console, or has requested anything other than itself.
func checkQuiet(t *testing.T, p *chromium.Page, url string) {
	t.Helper()
	if messages := p.Messages(); len(messages) > 0 {
		t.Errorf("on the console: %q", messages)
	}
	for _, request := range p.Requests() {
		if request != url {
			t.Errorf("the page requested %s", request)
		}
	}
}

func testDrawsWithoutErrorsOrRequests(t *testing.T, b *chromium.Browser) {
	for name, view := range views(t) {
		t.Run(name, func(t *testing.T) {
			url := file(t, view.page)
			p := b.Open(t, url, 1600)
			for _, id := range view.figures {
				drawn := chromium.Eval[int](p, fmt.Sprintf(`document.querySelectorAll('#%s .chart :is(path, text, canvas)').length`, id))
				if drawn == 0 {
					t.Errorf("%s is not drawn", id)
				}
			}
			visible := chromium.Eval[int](p, `document.querySelectorAll('.figure:not([hidden])').length`)
			if visible != len(view.figures) {
				t.Errorf("%d figures are visible, want %d: %v", visible, len(view.figures), view.figures)
			}
			checkQuiet(t, p, url)
		})
	}
}

// scrollToChart scrolls a figure's chart into view and returns the position of its centre.
func scrollToChart(p *chromium.Page, id string) (x, y float64) {
	box := chromium.Eval[[]float64](p, fmt.Sprintf(`(() => {
		const e = document.querySelector('#%s .chart'); e.scrollIntoView({block: 'center', behavior: 'instant'});
		const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()`, id))
	return box[0], box[1]
}

func testCurveTooltips(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, sweep(t, "semaphore", "fasthttp"))), 1600)
	for id, want := range map[string]string{"throughput": "/s", "latency": "p99", "time": "s"} {
		x, y := scrollToChart(p, id)
		p.Move(x-1, y)
		p.Move(x, y)
		p.Wait(fmt.Sprintf(`document.querySelector('#%s .tip')?.innerText.includes('semaphore')`, id))
		text := chromium.Eval[string](p, fmt.Sprintf(`document.querySelector('#%s .tip').innerText`, id))
		if !strings.Contains(text, "limit ") || !strings.Contains(text, want) || !strings.Contains(text, "fasthttp") {
			t.Errorf("the tooltip of %s is %q", id, text)
		}
	}
}

func testRates(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, rates(t))), 1400)
	for id, want := range map[string][]string{"rates": {"goodput/s", "use 640/s"}, "responses": {"response time", "p99 ≤ 100 ms"}} {
		texts := " " + chromium.Eval[string](p, fmt.Sprintf(`[...document.querySelectorAll('#%s svg text')].map(e => e.textContent).join(' ')`, id)) + " "
		for _, want := range append(want, " rate/s ") {
			if !strings.Contains(texts, want) || strings.Contains(texts, "limit") {
				t.Errorf("%s: %q, want %q and no limit", id, texts, want)
			}
		}
		chromium.Eval[bool](p, fmt.Sprintf(`document.querySelector('#%s .chart').focus(), true`, id))
		p.Press(kb.ArrowRight)
		p.Wait(fmt.Sprintf(`document.querySelector('#%s .tip')?.innerText.startsWith('rate 10/s')`, id))
	}
	if words := chromium.Eval[string](p, `document.body.innerText`); strings.Contains(words, "9,936") || strings.Contains(words, "its own limit") {
		t.Error("the page has the limits of a sweep over rates")
	}
}

func testBarTooltips(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, bench(t))), 1600)
	for id, want := range map[string]string{"ranking": "goodput", "errors": "timeout"} {
		scrollToChart(p, id)
		bar := chromium.Eval[[]float64](p, fmt.Sprintf(`(() => {
			const bars = [...document.querySelectorAll('#%s .chart path')].map(e => e.getBoundingClientRect());
			const b = bars.find(b => b.width > 20 && b.height > 10 && b.height < 40); return [b.x + b.width / 2, b.y + b.height / 2]; })()`, id))
		p.Move(bar[0]-1, bar[1])
		p.Move(bar[0], bar[1])
		p.Wait(fmt.Sprintf(`document.querySelector('#%s .tip')?.innerText.includes(%q)`, id, want))
	}
}

func testKeyboard(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, sweep(t, "semaphore", "fasthttp"), bench(t))), 1600)
	for _, id := range []string{"throughput", "ranking", "latency", "percentiles", "time", "trials", "errors"} {
		chromium.Eval[bool](p, fmt.Sprintf(`document.querySelector('#%s .chart').focus(), true`, id))
		p.Press(kb.ArrowRight)
		p.Press(kb.ArrowRight)
		p.Wait(fmt.Sprintf(`document.querySelector('#%s .spoken').textContent.length > 10`, id))
	}
}

func testLegend(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, sweep(t, "semaphore", "fasthttp"))), 1600)
	count := `document.querySelectorAll('#throughput .chart path').length`
	before := chromium.Eval[int](p, count)
	chromium.Eval[bool](p, `document.querySelector('#throughput .legend button').click(), true`)
	p.Wait(fmt.Sprintf("%s < %d", count, before))
	if pressed := chromium.Eval[string](p, `document.querySelector('#throughput .legend button').getAttribute('aria-pressed')`); pressed != "false" {
		t.Errorf("aria-pressed is %s", pressed)
	}
}

func testNumberOfRequests(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, sweep(t, "semaphore"))), 1600)
	cell := `document.querySelector('#time td:nth-child(3)').textContent`
	if got := chromium.Eval[string](p, cell); !strings.HasSuffix(got, " min 20 s") && !strings.Contains(got, "min") {
		t.Errorf("4,000 requests at limit 1 take %q, want more than a minute", got)
	}
	chromium.Eval[bool](p, `(e => { e.value = 20; e.dispatchEvent(new Event('input')); return true; })(document.getElementById('requests'))`)
	if got := chromium.Eval[string](p, cell); !strings.HasSuffix(got, " s") && !strings.HasSuffix(got, " ms") {
		t.Errorf("20 requests at limit 1 take %q, want about a second", got)
	}
}

func testDarkColours(t *testing.T, b *chromium.Browser) {
	for name, view := range views(t) {
		if name != "several" {
			continue // all pages have the same colours
		}
		t.Run(name, func(t *testing.T) {
			p := b.Open(t, file(t, view.page), 1600)
			colours := `[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color,
				document.querySelector('.figure:not([hidden]) .chart text').getAttribute('fill')]`
			light := chromium.Eval[[]string](p, colours)
			p.Colours("dark")
			p.Wait(fmt.Sprintf(`document.querySelector('.figure:not([hidden]) .chart text').getAttribute('fill') !== %q`, light[2]))
			dark := chromium.Eval[[]string](p, colours)
			for i := range light {
				if light[i] == dark[i] {
					t.Errorf("colour %d is %s in both schemes", i, light[i])
				}
			}
		})
	}
}

func testForeignStrings(t *testing.T, b *chromium.Browser) {
	url := file(t, page(t, hostile(t), hostile(t)))
	p := b.Open(t, url, 1600)
	for _, id := range []string{"throughput", "trials", "errors"} {
		chromium.Eval[bool](p, fmt.Sprintf(`document.querySelector('#%s .chart').focus(), true`, id))
		p.Press(kb.ArrowRight)
		p.Wait(fmt.Sprintf(`document.querySelector('#%s .tip')?.innerText.includes('onerror')`, id))
	}
	if chromium.Eval[bool](p, `'owned' in window || document.images.length > 0 || document.scripts.length != 4`) {
		t.Error("a string became markup")
	}
	if !chromium.Eval[bool](p, `document.querySelector('.target').textContent.includes('<img')`) {
		t.Error("the page does not show the target unchanged")
	}
	checkQuiet(t, p, url)
}

func testWithoutScript(t *testing.T, b *chromium.Browser) {
	text := page(t, sweep(t, "semaphore"))
	bare := text[:strings.Index(text, "<script")] // only scripts follow
	p := b.Open(t, file(t, bare), 400)
	if cells := chromium.Eval[int](p, `[...document.querySelectorAll('td')].filter(e => e.checkVisibility()).length`); cells < 100 {
		t.Errorf("%d cells are visible, want those of every table", cells)
	}
	if chromium.Eval[bool](p, `document.querySelector('.copy').checkVisibility()`) {
		t.Error("there is a button that does nothing")
	}
	checkTabs(t, p)
	p.Paper(paperWidth)
	if panels := chromium.Eval[int](p, `[...document.querySelectorAll('.panel pre')].filter(e => e.checkVisibility() && e.scrollHeight <= e.clientHeight).length`); panels != 5 {
		t.Errorf("%d programs are on paper, want all five, and whole", panels)
	}
}

// shownPrograms is the number of programs to see, and the first words of the first.
const shownPrograms = `(all => all.length + ' ' + all[0]?.textContent.slice(0, 10))([...document.querySelectorAll('.panel pre')].filter(e => e.checkVisibility()))`

// checkTabs chooses the second and the third tab with the keyboard.
func checkTabs(t *testing.T, p *chromium.Page) {
	t.Helper()
	chromium.Eval[bool](p, `document.querySelector('.tabs input:checked').focus(), true`)
	for _, want := range []string{"1 # Fetches ", "1 // Fetches", "1 #!/bin/sh\n"} {
		if got := chromium.Eval[string](p, shownPrograms); got != want {
			t.Errorf("the tabs show %q, want %q", got, want)
		}
		p.Press(kb.ArrowRight)
	}
}

func testPrograms(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, sweep(t, "semaphore"), sweep(t, "fasthttp"))), 1400)
	chromium.Eval[bool](p, `Object.defineProperty(navigator, 'clipboard', {value: {writeText: async text => { window.copied = text; }}}), true`)
	chromium.Eval[bool](p, `document.getElementById('useB-go').click(), document.querySelectorAll('.copy')[1].focus(), true`)
	p.Press(kb.Enter)
	p.Wait(`document.querySelectorAll('.copy')[1].textContent === 'Copied'`)
	copied := chromium.Eval[string](p, `window.copied`)
	if !strings.HasPrefix(copied, "// Fetches the URLs") || !strings.Contains(copied, "const limit = 64 // measured with fasthttp: use 64") || !strings.HasSuffix(copied, "}\n") {
		t.Errorf("copied %q, want the whole program in Go of the second run", copied)
	}
}

func testPrinting(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, sweep(t, "semaphore", "fasthttp"), bench(t))), 1600)
	p.Colours("dark")
	pdf := p.PDF()
	if !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Fatal("no PDF")
	}
	chromium.Eval[bool](p, `dispatchEvent(new Event('beforeprint')), true`)
	if closed := chromium.Eval[int](p, `document.querySelectorAll('section:not(#trials) details:not([open])').length`); closed > 0 {
		t.Errorf("%d tables would not be printed", closed)
	}
	if fill := chromium.Eval[string](p, `document.querySelector('.chart text').getAttribute('fill')`); fill != "#5a616d" {
		t.Errorf("charts are printed with %s, want the text colour of the light scheme", fill)
	}
}

func testTenThousandTrials(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, long(t))), 1600)
	if chromium.Eval[int](p, `document.querySelectorAll('#trials canvas').length`) == 0 {
		t.Error("the trials are not drawn")
	}
}
