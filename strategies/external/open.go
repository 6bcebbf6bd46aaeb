package external

import (
	"encoding/json"
	"maps"
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
		Decode      string      `json:"decode"`
		MaxBody     int64       `json:"max_body"`
		Limit       int         `json:"limit"`
	}
	o := open{
		t.Method, [][2]string{}, append([]byte{}, t.Body...), t.Timeout.Seconds(), t.DialTimeout.Seconds(), t.DNSCache.Seconds(),
		t.Insecure, "", t.MaxBody, limit,
	}
	if t.JSON {
		o.Decode = "json"
	}
	for _, name := range slices.Sorted(maps.Keys(t.Header)) {
		for _, value := range t.Header[name] {
			if name == "User-Agent" && value == "" {
				continue // an empty value asks for no such header, as in net/http
			}
			o.Headers = append(o.Headers, [2]string{name, value})
		}
	}
	line, err := json.Marshal(map[string]open{"open": o})
	return append(line, '\n'), err
}
