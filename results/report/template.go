package report

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
)

//go:embed page.html
var pageText string

//go:embed page.css
var style string

//go:embed echarts/echarts.min.js
var library string

// The page's own script, in the order in which its parts need one another.
var script = "(() => {\n'use strict';\n" + part("words") + part("charts") + part("curves") + part("rows") + part("page") + "})();\n"

//go:embed js
var parts embed.FS

func part(name string) string {
	text, err := parts.ReadFile("js/" + name + ".js")
	if err != nil {
		panic(err) // it is embedded
	}
	return string(text)
}

// What comes with the library has to say whose it is wherever it goes.
//
//go:embed echarts/LICENSE-zrender
var zrenderLicence string

//go:embed echarts/LICENSE-d3
var d3Licence string

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"style":    func() template.CSS { return template.CSS(style + paletteCSS()) },
	"library":  func() template.JS { return template.JS(library) },
	"script":   func() template.JS { return template.JS(script) },
	"licences": func() string { return "zrender: " + zrenderLicence + "\nd3: " + d3Licence },
	"policy":   policy,
	"percent":  func(share float64) string { return fmt.Sprintf("%.0f", 100*share) },
}).Parse(pageText))

// policy is the page's content security policy: nothing but its own two scripts runs, and it asks nobody for anything, but
// for the server that it came from while a run is under way. A string from outside that got past the escaping would
// find nothing to run.
func policy(p *page) string {
	connect := "'none'"
	if p.Progress != nil {
		connect = "'self'"
	}
	return fmt.Sprintf("default-src 'none'; script-src %s %s; style-src 'unsafe-inline'; img-src data:; connect-src %s; base-uri 'none'; form-action 'none'",
		hashed(library), hashed(script), connect)
}

func hashed(script string) string {
	sum := sha256.Sum256([]byte(script))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// A hue is a colour on a light ground and on a dark one.
type hue struct{ light, dark string }

// palette tells lines apart, neighbours also for those who see few colours (after Okabe and Ito, darkened or lightened
// until thin lines of them stand out).
var palette = []hue{
	{"#0b64b0", "#5aa9f0"}, {"#c9480a", "#ff9257"}, {"#0b7d5d", "#3ecf9f"}, {"#8a3fa8", "#c795e8"}, {"#94700a", "#e3c04f"},
	{"#b83268", "#ff86b3"}, {"#117f93", "#58cfe2"}, {"#5b6b16", "#b3c95a"}, {"#74563c", "#cfa98a"}, {"#4d5aa8", "#9aa7ff"},
}

// paletteCSS declares the palette for the page.
func paletteCSS() string {
	var light, dark strings.Builder
	for i, h := range palette {
		fmt.Fprintf(&light, "--c%d:%s;", i, h.light)
		fmt.Fprintf(&dark, "--c%d:%s;", i, h.dark)
	}
	return fmt.Sprintf(":root{%s}\n@media screen and (prefers-color-scheme:dark){:root:not(.printing){%s}}\n", light.String(), dark.String())
}
