// Package chromium opens pages in a real browser, for tests.
//
// [Start] starts Debian's chromium without a window. [Browser.Open] opens a page in a new tab, and the methods of [Page] then
// act as a reader does, take pictures, and report what the page requested and what it wrote to the console. A method that fails
// ends the test with Fatal, so it must be called from the goroutine of the test. Every wait has a time limit.
package chromium

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// openTimeout is the longest time for which a page stays open. It is long because other tests may use the CPU at the same time.
const openTimeout = 2 * time.Minute

// A Browser runs until the test that started it ends. Its pages can load only files and what 127.0.0.1 serves.
type Browser struct{ ctx context.Context }

// Start starts a browser. Without chromium it skips the test, or fails it if the environment variable SWEETSPOT_REQUIRE is set.
func Start(t testing.TB) *Browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("SWEETSPOT_REQUIRE") != "" {
			t.Fatal("chromium is required: apt-get install chromium")
		}
		t.Skip("chromium is missing: apt-get install chromium")
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, // tests run as root in CI
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("chromium: ", err)
	}
	return &Browser{ctx}
}

// A Page is an open tab of a browser.
type Page struct {
	t   testing.TB
	ctx context.Context

	mu       sync.Mutex
	requests []string
	messages []string
}

// Open opens a URL in a window of the given width in pixels, with light colours. The page is closed when the test t ends, or
// after two minutes.
func (b *Browser) Open(t testing.TB, url string, width int) *Page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, openTimeout)
	t.Cleanup(cancel)
	p := &Page{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, p.listen); err != nil {
		t.Fatal("chromium: ", err)
	}
	go p.console() // ends when the tab is closed
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal("chromium: ", err)
	}
	p.Colours("light")
	p.Width(width)
	p.do(chromedp.Navigate(url))
	return p
}

// listen records the requests of the page.
func (p *Page) listen(event any) {
	if sent, is := event.(*network.EventRequestWillBeSent); is {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.requests = append(p.requests, sent.Request.URL)
	}
}

// console records the messages on the page's console.
func (p *Page) console() {
	for message, err := range chromedp.Console(p.ctx) {
		if err != nil {
			return
		}
		p.mu.Lock()
		p.messages = append(p.messages, message.String())
		p.mu.Unlock()
	}
}

func (p *Page) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, steps...); err != nil {
		p.t.Fatal("chromium: ", err)
	}
}

// Requests returns the URLs that the page has requested since it was opened, including its own URL and without data URLs.
func (p *Page) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.requests), func(url string) bool { return strings.HasPrefix(url, "data:") })
}

// Messages returns what the page, or the browser about the page, has written to the console.
func (p *Page) Messages() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.messages)
}

// Width sets the width of the window.
func (p *Page) Width(pixels int) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(int64(pixels), 900))
}

// Colours sets the preferred colour scheme of the reader: light or dark.
func (p *Page) Colours(scheme string) {
	p.t.Helper()
	p.media("", scheme)
}

// Paper lays the page out as for printing, on paper with room for the given width in pixels, after what the page does before it
// is printed. The content is one long page.
func (p *Page) Paper(pixels int) {
	p.t.Helper()
	Eval[bool](p, `dispatchEvent(new Event('beforeprint')), true`)
	p.media("print", "light")
	p.Width(pixels)
}

// Screen ends what [Page.Paper] began, after what the page does when it was printed.
func (p *Page) Screen() {
	p.t.Helper()
	p.media("", "light")
	Eval[bool](p, `dispatchEvent(new Event('afterprint')), true`)
}

// media sets the medium and the preferred colour scheme. The empty medium is that of the moment: the screen, or print for a PDF.
func (p *Page) media(medium, scheme string) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: medium, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		p.t.Fatal("chromium: ", err)
	}
}

// Move moves the mouse to a position in the window, in pixels from the top left corner.
func (p *Page) Move(x, y float64) {
	p.t.Helper()
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, x, y))
}

// Press presses the keys; chromedp's package kb has the codes of special keys.
func (p *Page) Press(keys string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys))
}

// Wait waits until a JavaScript expression is true. It fails the test after one minute.
func (p *Page) Wait(expression string) {
	p.t.Helper()
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(openTimeout/2))); err != nil {
		p.t.Fatalf("chromium: waiting for %s: %v", expression, err)
	}
}

// PDF returns the page as it is printed on A4.
func (p *Page) PDF() []byte {
	p.t.Helper()
	return Get(p, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4)))
}

// Picture returns the whole page, including the part outside the window, as PNG.
func (p *Page) Picture() []byte {
	p.t.Helper()
	return Get(p, chromedp.FullScreenshot(100))
}

// Eval returns the value of a JavaScript expression.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	return Get(p, chromedp.Evaluate[T](expression))
}

// Get runs an action of chromedp and returns its value.
func Get[T any](p *Page, action chromedp.Action[T]) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, action)
	if err != nil {
		p.t.Fatal("chromium: ", err)
	}
	return value
}
