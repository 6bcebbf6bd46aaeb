package external

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"sweetspot/strategies"
)

// openMessage returns the line that opens a target.
func openMessage(t strategies.Target, limit int) ([]byte, error) {
	type open struct {
		Method      string      `json:"method"`
		Headers     [][2]string `json:"headers"`
		Body        []byte      `json:"body"`
		Timeout     float64     `json:"timeout"`
		DialTimeout float64     `json:"dial_timeout"`
		DNSCache    float64     `json:"dns_cache"`
		Insecure    bool        `json:"insecure"`
		Varied      bool        `json:"varied,omitempty"`
		Proxy       string      `json:"proxy,omitempty"`
		Cert        string      `json:"cert,omitempty"`
		Key         string      `json:"key,omitempty"`
		CACert      string      `json:"cacert,omitempty"`
		UnixSocket  string      `json:"unix_socket,omitempty"`
		ConnectTo   []string    `json:"connect_to,omitempty"`
		Follow      int         `json:"follow,omitempty"`
		Decode      string      `json:"decode"`
		MaxBody     int64       `json:"max_body"`
		Limit       int         `json:"limit"`
	}
	o := open{
		Method: t.Method, Headers: headerLines(t.Header), Body: append([]byte{}, t.Body...), Timeout: t.Timeout.Seconds(),
		DialTimeout: t.DialTimeout.Seconds(), DNSCache: t.DNSCache.Seconds(), Insecure: t.Insecure, Varied: t.Varied,
		Follow: t.Follow, MaxBody: t.MaxBody, Limit: limit,
	}
	if r := t.Route; !r.IsZero() {
		o.UnixSocket = r.UnixSocket
		if r.Proxy != nil {
			o.Proxy = r.Proxy.String()
		}
		if r.KeyPair != nil {
			o.Cert, o.Key = r.KeyPair.CertFile, r.KeyPair.KeyFile
		}
		if r.Authorities != nil {
			o.CACert = r.Authorities.File
		}
		for _, d := range r.Detours {
			o.ConnectTo = append(o.ConnectTo, d.String())
		}
	}
	if t.JSON {
		o.Decode = "json"
	}
	line, err := json.Marshal(map[string]open{"open": o})
	return append(line, '\n'), err
}

// headerLines returns the names and values of a header, sorted by name.
func headerLines(header http.Header) [][2]string {
	lines := [][2]string{}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			if name == "User-Agent" && value == "" {
				continue // an empty value asks for no such header, as in net/http
			}
			lines = append(lines, [2]string{name, value})
		}
	}
	return lines
}

// appendMessages appends the messages of requests to a line as a JSON array: null for a request that sends what the target says.
func appendMessages(line []byte, t strategies.Target, own []*strategies.Message) []byte {
	type message struct {
		Method  string      `json:"method"`
		Headers [][2]string `json:"headers"`
		Body    []byte      `json:"body"`
	}
	messages := make([]*message, len(own))
	for i, o := range own {
		if o != nil {
			m := t.Message(o)
			messages[i] = &message{m.Method, headerLines(m.Header), append([]byte{}, m.Body...)}
		}
	}
	encoded, _ := json.Marshal(messages) // never fails for strings
	return append(line, encoded...)
}
