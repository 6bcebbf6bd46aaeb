package fetch

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/nlnwa/gowarc/v3"

	"sweetspot/strategies"
)

// A warc is a WARC file (ISO 28500) whose records are gzip members of their own. Where a record stands is written to the job's line,
// so that a file whose end is torn can be cut where the last line says.
type warc struct {
	file    *os.File
	written int64     // bytes of the file; only the store's writer uses it
	size    int64     // bytes of the file and of records
	records []byte    // to be written
	pool    sync.Pool // of *gzip.Writer
}

// openWARC opens the file. If it is one that lines of the output are about, what is beyond end, the end of the last record that a
// line has, is cut off. Else it must be new.
func openWARC(path string, end int64, ours bool) (*warc, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	w := &warc{file: file, written: end, size: end, pool: sync.Pool{New: func() any { return gzip.NewWriter(nil) }}}
	info, err := file.Stat()
	switch {
	case err != nil:
	case info.Size() < end:
		err = fmt.Errorf("%s: it has %d bytes, and the output says at least %d: want the file that belongs to the output", path, info.Size(), end)
	case !ours && info.Size() > 0:
		err = fmt.Errorf("%s: %w, and the output is not about it: want the name of a new file", path, fs.ErrExist)
	default:
		err = file.Truncate(end)
	}
	if err == nil && end == 0 {
		err = w.begin()
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return w, nil
}

// begin writes the record that says what made the file.
func (w *warc) begin() error {
	info, err := w.compressed(gowarc.Warcinfo, "application/warc-fields", "", []byte("software: sweetspot\r\nformat: WARC File Format 1.1\r\n"))
	if err != nil {
		return err
	}
	w.add(info)
	return nil
}

// add appends a record to what is to be written, and returns where it will stand.
func (w *warc) add(record []byte) member {
	at := member{w.size, int64(len(record))}
	w.size += at.Length
	w.records = append(w.records, record...)
	return at
}

// write writes records that were added, which follow those that were written before.
func (w *warc) write(records []byte) error {
	n, err := w.file.WriteAt(records, w.written)
	w.written += int64(n)
	return err
}

// leftOut are the headers that no longer describe the body as it is written: decompressed, and whole.
var leftOut = map[string]bool{"content-encoding": true, "transfer-encoding": true, "content-length": true}

// record returns the record of an answer, with its head and its body, compressed.
func (w *warc) record(address string, a strategies.Answer) ([]byte, error) {
	var block bytes.Buffer
	fmt.Fprintf(&block, "HTTP/1.1 %d %s\r\n", a.Status, http.StatusText(a.Status))
	for name, value := range a.Header.All() {
		if !leftOut[strings.ToLower(name)] {
			fmt.Fprintf(&block, "%s: %s\r\n", name, value)
		}
	}
	fmt.Fprintf(&block, "Content-Length: %d\r\n\r\n", len(a.Body))
	block.Write(a.Body)
	return w.compressed(gowarc.Response, "application/http;msgtype=response", address, block.Bytes())
}

// building is held while a record is built: the library writes a setting of the generator of its IDs each time, without a lock.
var building sync.Mutex

// build returns a record.
func build(kind gowarc.RecordType, content, address string, block []byte) (gowarc.WarcRecord, error) {
	building.Lock()
	defer building.Unlock()
	builder := gowarc.NewRecordBuilder(kind, gowarc.WithAddMissingDigest(true), gowarc.WithDefaultDigestAlgorithm("sha1"))
	builder.AddWarcHeaderTime(gowarc.WarcDate, time.Now().UTC())
	builder.AddWarcHeader(gowarc.ContentType, content)
	if address != "" {
		builder.AddWarcHeader(gowarc.WarcTargetURI, address)
	}
	builder.AddWarcHeaderInt64(gowarc.ContentLength, int64(len(block)))
	if _, err := builder.Write(block); err != nil {
		return nil, errors.Join(err, builder.Close())
	}
	record, _, err := builder.Build()
	return record, err
}

// compressed returns a record as a gzip member.
func (w *warc) compressed(kind gowarc.RecordType, content, address string, block []byte) (member []byte, err error) {
	record, err := build(kind, content, address, block)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, record.Close()) }()
	var out bytes.Buffer
	compress := w.pool.Get().(*gzip.Writer)
	defer w.pool.Put(compress)
	compress.Reset(&out)
	if _, _, err := gowarc.NewMarshaler().Marshal(compress, record, 0); err != nil {
		return nil, err
	}
	if err := compress.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
