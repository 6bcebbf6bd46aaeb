package fetch

import (
	"fmt"
	"mime"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// filesPerFolder is how many bodies a folder has: some file systems are slow with more.
const filesPerFolder = 10_000

// keepBody writes the body of an answer to its file, and appends the file's name to the members of the line.
func (s *Store) keepBody(members []byte, t *task, kind string, body []byte) ([]byte, error) {
	folder := filepath.Join(s.bodies, fmt.Sprintf("%04d", t.index/filesPerFolder))
	name := filepath.Join(folder, fileName(t.index, t.job.URL, kind))
	err := os.WriteFile(name, body, 0o666)
	if os.IsNotExist(err) {
		if err = os.MkdirAll(folder, 0o777); err == nil {
			err = os.WriteFile(name, body, 0o666)
		}
	}
	if err != nil {
		return members, fatal{err}
	}
	return appendMember(members, "file", filepath.ToSlash(name)), nil
}

// mostName is the length of the part of a name that comes from the URL: with the rest it fits every file system.
const mostName = 60

// fileName returns a name for a body that every file system permits and no other body has, whether or not case counts: the index,
// and letters and digits of the end of the URL's path.
func fileName(index int64, address, kind string) string {
	last := ""
	if u, err := url.Parse(address); err == nil {
		last = path.Base(u.Path)
	}
	extension := path.Ext(last)
	stem := plain(strings.TrimSuffix(last, extension))
	if extension = plain(strings.TrimPrefix(extension, ".")); extension == "" {
		extension = extensionOf(kind)
	}
	name := fmt.Sprint(index)
	if stem != "" {
		name += "-" + stem
	}
	if extension != "" {
		name += "." + extension
	}
	return name
}

// plain returns the text with only letters, digits and single dashes, in lower case.
func plain(text string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(text) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			dash = false
			b.WriteRune(r)
		} else {
			dash = true
		}
		if b.Len() >= mostName {
			break
		}
	}
	return b.String()
}

// extensionOf returns the extension of files with a Content-Type: the same on every machine, whatever it has installed.
func extensionOf(kind string) string {
	media, _, _ := mime.ParseMediaType(kind)
	switch {
	case isJSON(kind):
		return "json"
	case media == "text/html":
		return "html"
	case media == "text/plain":
		return "txt"
	case media == "application/xml", media == "text/xml":
		return "xml"
	}
	return ""
}

// A fatal error ends the fetch: its cause is on this machine, so that another request would have the same.
type fatal struct{ error }

func (f fatal) Unwrap() error { return f.error }
