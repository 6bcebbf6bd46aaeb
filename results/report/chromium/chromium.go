// Package chromium opens pages in a real browser, for tests.
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

// patience is how long a test waits for the browser, which may share its CPU with many other tests.
const patience = 2 * time.Minute

// A Browser runs until the test that started it ends. It can reach nothing but this machine.
type Browser struct{ ctx context.Context }

// Start starts a browser. It skips the test if there is no Chromium, and fails it where SWEETSPOT_REQUIRE is set.
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

// A Page is open in a tab of a browser.
type Page struct {
	t   testing.TB
	ctx context.Context

	mu       sync.Mutex
	requests []string
	messages []string
}

// Open opens the page at the URL in a window of that width, with light colours, until the test ends.
func (b *Browser) Open(t testing.TB, url string, width int) *Page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, patience)
	t.Cleanup(cancel)
	p := &Page{t: t, ctx: ctx}
	if err := chromedp.Listen(ctx, p.listen); err != nil {
		t.Fatal("chromium: ", err)
	}
	go p.console() // until the tab is gone
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatal("chromium: ", err)
	}
	p.Colours("light")
	p.Width(width)
	p.do(chromedp.Navigate(url))
	return p
}

// listen keeps the requests that the page makes.
func (p *Page) listen(event any) {
	if sent, is := event.(*network.EventRequestWillBeSent); is {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.requests = append(p.requests, sent.Request.URL)
	}
}

// console keeps what the page complains of.
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

// Requests returns the URLs that the page has asked for since it was opened, its own among them. What is part of the page
// itself is left out.
func (p *Page) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.requests), func(url string) bool { return strings.HasPrefix(url, "data:") })
}

// Messages returns what was written to the console, by the page or by the browser about it.
func (p *Page) Messages() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.messages)
}

// Width makes the window that wide.
func (p *Page) Width(pixels int) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(int64(pixels), 900))
}

// Colours makes the reader prefer a scheme, light or dark.
func (p *Page) Colours(scheme string) {
	p.t.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		p.t.Fatal("chromium: ", err)
	}
}

// Move moves the mouse to a place in the window.
func (p *Page) Move(x, y float64) {
	p.t.Helper()
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, x, y))
}

// Press presses keys, as package kb of chromedp writes them.
func (p *Page) Press(keys string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys))
}

// Wait waits until the expression is true.
func (p *Page) Wait(expression string) {
	p.t.Helper()
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(patience/2))); err != nil {
		p.t.Fatalf("chromium: waiting for %s: %v", expression, err)
	}
}

// PDF returns the page as it is printed.
func (p *Page) PDF() []byte {
	p.t.Helper()
	return Get(p, chromedp.PrintToPDF(chromedp.PDFPaper(chromedp.PaperA4)))
}

// Picture returns the whole page as a PNG.
func (p *Page) Picture() []byte {
	p.t.Helper()
	return Get(p, chromedp.FullScreenshot(100))
}

// Eval returns the value of a JavaScript expression.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	return Get(p, chromedp.Evaluate[T](expression))
}

// Get returns what an action of chromedp does.
func Get[T any](p *Page, action chromedp.Action[T]) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, action)
	if err != nil {
		p.t.Fatal("chromium: ", err)
	}
	return value
}
