package server

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"

	"github.com/valyala/fasthttp"
)

// A page is the answer to GET / and to most other paths, prepared once.
type page struct {
	body      []byte
	gzipped   []byte // nil without Config.Gzip
	chunked   bool
	truncated []byte // the header and half of the body
}

func newPage(c Config) (page, error) {
	p := page{body: object(c.Body), chunked: c.Chunked}
	p.truncated = fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		len(p.body), p.body[:len(p.body)/2])
	if !c.Gzip {
		return p, nil
	}
	var gzipped bytes.Buffer
	w := gzip.NewWriter(&gzipped)
	if _, err := w.Write(p.body); err != nil {
		return page{}, err
	}
	if err := w.Close(); err != nil {
		return page{}, err
	}
	p.gzipped = gzipped.Bytes()
	return p, nil
}

// object returns a JSON object of size bytes, at least 2; for size 0 it is a short greeting.
func object(size int) []byte {
	if size == 0 {
		return []byte(`{"message":"hello"}`)
	}
	const empty = `{"data":""}`
	if size < len(empty) {
		return []byte("{" + strings.Repeat(" ", size-len("{}")) + "}")
	}
	return []byte(`{"data":"` + strings.Repeat("x", size-len(empty)) + `"}`)
}

// write answers with the page.
func (p *page) write(ctx *fasthttp.RequestCtx) {
	ctx.SetContentType("application/json")
	body := p.body
	if p.gzipped != nil {
		ctx.Response.Header.Set("Vary", "Accept-Encoding")
		if ctx.Request.Header.HasAcceptEncoding("gzip") {
			ctx.Response.Header.SetContentEncoding("gzip")
			body = p.gzipped
		}
	}
	if p.chunked {
		ctx.SetBodyStream(bytes.NewReader(body), -1)
		return
	}
	ctx.Response.SetBodyRaw(body)
}
