package report_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"sweetspot/results/report/chromium"
)

// shown are the pages that are looked at in the browser, and the figures that each must have.
func shown(t testing.TB) map[string]struct {
	page    string
	figures []string
} {
	type view = struct {
		page    string
		figures []string
	}
	limits := []string{"throughput", "latency", "time", "trials"}
	return map[string]view{
		"sweep": {page(t, sweep(t, "semaphore")), limits},
		"bench": {page(t, bench(t)), []string{"ranking", "percentiles", "trials", "errors"}},
		"several": {page(t, sweep(t, "semaphore", "fasthttp"), sweep(t, "semaphore"), bench(t)),
			append([]string{"ranking", "percentiles", "errors"}, limits...)},
		"hostile": {page(t, hostile(t)), append([]string{"ranking", "percentiles", "errors"}, limits...)},
	}
}

// All share a browser, since to start one takes longer than most of them.
func TestInChromium(t *testing.T) {
	b := chromium.Start(t)
	for _, c := range []struct {
		name string
		test func(t *testing.T, b *chromium.Browser)
	}{
		{"pages are drawn without complaint or request", pagesAreDrawnWithoutComplaintOrRequest},
		{"nothing hangs out of the window", nothingHangsOutOfTheWindow},
		{"curves tell of the point under the mouse", curvesTellOfThePointUnderTheMouse},
		{"bars tell of themselves under the mouse", barsTellOfThemselvesUnderTheMouse},
		{"charts answer to the keyboard", chartsAnswerToTheKeyboard},
		{"a line can be switched off", aLineCanBeSwitchedOff},
		{"another number of requests is worked out", anotherNumberOfRequestsIsWorkedOut},
		{"dark is dark", darkIsDark},
		{"strings from outside are never markup", stringsFromOutsideAreNeverMarkup},
		{"the page without script has its tables", thePageWithoutScriptHasItsTables},
		{"paper is light and has the tables", paperIsLightAndHasTheTables},
		{"ten thousand trials are drawn", tenThousandTrialsAreDrawn},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, b) })
	}
}

// quiet fails the test if the page has complained of anything or asked for anything but itself.
func quiet(t *testing.T, p *chromium.Page, url string) {
	t.Helper()
	if messages := p.Messages(); len(messages) > 0 {
		t.Errorf("on the console: %q", messages)
	}
	for _, request := range p.Requests() {
		if request != url {
			t.Errorf("the page asked for %s", request)
		}
	}
}

func pagesAreDrawnWithoutComplaintOrRequest(t *testing.T, b *chromium.Browser) {
	for name, view := range shown(t) {
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
			quiet(t, p, url)
			keep(t, p, name+"-1600-light.png")
		})
	}
}

// hangsOut is true of what is wider than the window, or than the box around it, and cannot be scrolled.
const hangsOut = `[document.documentElement, ...document.querySelectorAll('.figure, .chart, header, .warnings, .facts')]
	.filter(e => e.scrollWidth > e.clientWidth).map(e => (e.id || e.className || e.localName) + ' ' + e.scrollWidth + ' > ' + e.clientWidth)`

func nothingHangsOutOfTheWindow(t *testing.T, b *chromium.Browser) {
	for name, view := range shown(t) {
		t.Run(name, func(t *testing.T) {
			p := b.Open(t, file(t, view.page), 1600)
			for _, width := range []int{1600, 400} {
				p.Width(width)
				for _, open := range []bool{false, true} {
					chromium.Eval[bool](p, fmt.Sprintf(`document.querySelectorAll('details').forEach(d => d.open = %t), true`, open))
					p.Wait(`[...document.querySelectorAll('.figure:not([hidden]) .chart > div:first-child')].every(e => e.clientWidth <= e.parentNode.clientWidth)`)
					if out := chromium.Eval[[]string](p, hangsOut); len(out) > 0 {
						t.Errorf("%d pixels wide, tables open %t: %s", width, open, strings.Join(out, ", "))
					}
				}
			}
			chromium.Eval[bool](p, `document.querySelectorAll('details').forEach(d => d.open = false), true`)
			keep(t, p, name+"-400-light.png")
		})
	}
}

// places returns the middle of a figure's chart after bringing it into view.
func places(p *chromium.Page, id string) (x, y float64) {
	box := chromium.Eval[[]float64](p, fmt.Sprintf(`(() => {
		const e = document.querySelector('#%s .chart'); e.scrollIntoView({block: 'center', behavior: 'instant'});
		const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()`, id))
	return box[0], box[1]
}

func curvesTellOfThePointUnderTheMouse(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, sweep(t, "semaphore", "fasthttp"))), 1600)
	for id, want := range map[string]string{"throughput": "/s", "latency": "p99", "time": "s"} {
		x, y := places(p, id)
		p.Move(x-1, y)
		p.Move(x, y)
		p.Wait(fmt.Sprintf(`document.querySelector('#%s .tip')?.innerText.includes('semaphore')`, id))
		text := chromium.Eval[string](p, fmt.Sprintf(`document.querySelector('#%s .tip').innerText`, id))
		if !strings.Contains(text, "limit ") || !strings.Contains(text, want) || !strings.Contains(text, "fasthttp") {
			t.Errorf("%s says %q", id, text)
		}
	}
}

func barsTellOfThemselvesUnderTheMouse(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, bench(t))), 1600)
	for id, want := range map[string]string{"ranking": "goodput", "errors": "timeout"} {
		places(p, id)
		bar := chromium.Eval[[]float64](p, fmt.Sprintf(`(() => {
			const bars = [...document.querySelectorAll('#%s .chart path')].map(e => e.getBoundingClientRect());
			const b = bars.find(b => b.width > 20 && b.height > 10 && b.height < 40); return [b.x + b.width / 2, b.y + b.height / 2]; })()`, id))
		p.Move(bar[0]-1, bar[1])
		p.Move(bar[0], bar[1])
		p.Wait(fmt.Sprintf(`document.querySelector('#%s .tip')?.innerText.includes(%q)`, id, want))
	}
}

func chartsAnswerToTheKeyboard(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, sweep(t, "semaphore", "fasthttp"), bench(t))), 1600)
	for _, id := range []string{"throughput", "ranking", "latency", "percentiles", "time", "trials", "errors"} {
		chromium.Eval[bool](p, fmt.Sprintf(`document.querySelector('#%s .chart').focus(), true`, id))
		p.Press(kb.ArrowRight)
		p.Press(kb.ArrowRight)
		p.Wait(fmt.Sprintf(`document.querySelector('#%s .spoken').textContent.length > 10`, id))
	}
}

func aLineCanBeSwitchedOff(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, sweep(t, "semaphore", "fasthttp"))), 1600)
	count := `document.querySelectorAll('#throughput .chart path').length`
	before := chromium.Eval[int](p, count)
	chromium.Eval[bool](p, `document.querySelector('#throughput .legend button').click(), true`)
	p.Wait(fmt.Sprintf("%s < %d", count, before))
	if pressed := chromium.Eval[string](p, `document.querySelector('#throughput .legend button').getAttribute('aria-pressed')`); pressed != "false" {
		t.Errorf("aria-pressed is %s", pressed)
	}
}

func anotherNumberOfRequestsIsWorkedOut(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, sweep(t, "semaphore"))), 1600)
	cell := `document.querySelector('#time td:nth-child(3)').textContent`
	if got := chromium.Eval[string](p, cell); !strings.HasSuffix(got, " min 20 s") && !strings.Contains(got, "min") {
		t.Errorf("4,000 requests one by one take %q, want more than a minute", got)
	}
	chromium.Eval[bool](p, `(e => { e.value = 20; e.dispatchEvent(new Event('input')); return true; })(document.getElementById('requests'))`)
	if got := chromium.Eval[string](p, cell); !strings.HasSuffix(got, " s") && !strings.HasSuffix(got, " ms") {
		t.Errorf("20 requests one by one take %q, want about a second", got)
	}
}

func darkIsDark(t *testing.T, b *chromium.Browser) {
	for name, view := range shown(t) {
		if name != "several" && os.Getenv("SWEETSPOT_PICTURES") == "" {
			continue // all have the same colours: the others are for the pictures
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
			keep(t, p, name+"-1600-dark.png")
			p.Width(400)
			keep(t, p, name+"-400-dark.png")
		})
	}
}

func stringsFromOutsideAreNeverMarkup(t *testing.T, b *chromium.Browser) {
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
		t.Error("the target is not told as it is")
	}
	quiet(t, p, url)
}

func thePageWithoutScriptHasItsTables(t *testing.T, b *chromium.Browser) {
	text := page(t, sweep(t, "semaphore"))
	bare := text[:strings.Index(text, "<script")] // nothing after it but scripts
	p := b.Open(t, file(t, bare), 400)
	if cells := chromium.Eval[int](p, `[...document.querySelectorAll('td')].filter(e => e.checkVisibility()).length`); cells < 100 {
		t.Errorf("%d cells can be seen, want those of every table", cells)
	}
}

func paperIsLightAndHasTheTables(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, sweep(t, "semaphore", "fasthttp"), bench(t))), 1600)
	p.Colours("dark")
	pdf := p.PDF()
	if !bytes.HasPrefix(pdf, []byte("%PDF")) {
		t.Fatal("no PDF")
	}
	keepFile(t, "several.pdf", pdf)
	chromium.Eval[bool](p, `dispatchEvent(new Event('beforeprint')), true`)
	if closed := chromium.Eval[int](p, `document.querySelectorAll('section:not(#trials) details:not([open])').length`); closed > 0 {
		t.Errorf("%d tables would not be printed", closed)
	}
	if fill := chromium.Eval[string](p, `document.querySelector('.chart text').getAttribute('fill')`); fill != "#5a616d" {
		t.Errorf("charts are printed with %s, want the light scheme's ink", fill)
	}
}

func tenThousandTrialsAreDrawn(t *testing.T, b *chromium.Browser) {
	p := b.Open(t, file(t, page(t, long(t))), 1600)
	if chromium.Eval[int](p, `document.querySelectorAll('#trials canvas').length`) == 0 {
		t.Error("the trials are not drawn")
	}
	keep(t, p, "long-1600-light.png")
}

// keep saves a picture of the page where SWEETSPOT_PICTURES says, for people to look at.
func keep(t *testing.T, p *chromium.Page, name string) {
	if os.Getenv("SWEETSPOT_PICTURES") != "" {
		keepFile(t, name, p.Picture())
	}
}

func keepFile(t *testing.T, name string, content []byte) {
	dir := os.Getenv("SWEETSPOT_PICTURES")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o666); err != nil {
		t.Fatal(err)
	}
}
