package server

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"

	"github.com/valyala/fasthttp"
)

// A page is the answer of the front page, made once.
type page struct {
	body      []byte
	zipped    []byte // nil if it is never sent compressed
	chunked   bool
	beginning []byte // what a truncated answer sends, with its header
}

func newPage(c Config) (page, error) {
	p := page{body: object(c.Body), chunked: c.Chunked}
	p.beginning = fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		len(p.body), p.body[:len(p.body)/2])
	if !c.Gzip {
		return p, nil
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write(p.body); err != nil {
		return page{}, err
	}
	if err := w.Close(); err != nil {
		return page{}, err
	}
	p.zipped = zipped.Bytes()
	return p, nil
}

// object returns a JSON object of that many bytes, at least 2; 0 stands for a short greeting.
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
	if p.zipped != nil {
		ctx.Response.Header.Set("Vary", "Accept-Encoding")
		if ctx.Request.Header.HasAcceptEncoding("gzip") {
			ctx.Response.Header.SetContentEncoding("gzip")
			body = p.zipped
		}
	}
	if p.chunked {
		ctx.SetBodyStream(bytes.NewReader(body), -1)
		return
	}
	ctx.Response.SetBodyRaw(body)
}
