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
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed echarts/echarts.min.js
var echartsJS string

// pageJS is the page's own script. Its parts are in an order in which each uses only earlier ones while it loads.
var pageJS = "(() => {\n'use strict';\n" + scriptPart("format") + scriptPart("charts") + scriptPart("curves") + scriptPart("rows") + scriptPart("copy") + scriptPart("page") + "})();\n"

//go:embed js
var scriptFiles embed.FS

func scriptPart(name string) string {
	text, err := scriptFiles.ReadFile("js/" + name + ".js")
	if err != nil {
		panic(err) // impossible: the file is embedded
	}
	return string(text)
}

// The licences of zrender and d3, parts of ECharts, demand that their texts accompany every copy, so each page contains them.
//
//go:embed echarts/LICENSE-zrender
var zrenderLicence string

//go:embed echarts/LICENSE-d3
var d3Licence string

var templates = template.Must(template.New("").Funcs(template.FuncMap{
	"style":    func() template.CSS { return template.CSS(pageCSS + paletteCSS()) },
	"library":  func() template.JS { return template.JS(echartsJS) },
	"script":   func() template.JS { return template.JS(pageJS) },
	"licences": func() string { return "zrender: " + zrenderLicence + "\nd3: " + d3Licence },
	"policy":   policy,
	"percent":  func(share float64) string { return fmt.Sprintf("%.0f", 100*share) },
}).Parse(pageHTML))

// policy returns the page's content security policy. Only the page's own two scripts can run. The page can make no requests,
// except to its own server while a run is in progress. If a foreign string got past the escaping, the browser would not
// execute it.
func policy(p *page) string {
	connect := "'none'"
	if p.Progress != nil {
		connect = "'self'"
	}
	return fmt.Sprintf("default-src 'none'; script-src %s %s; style-src 'unsafe-inline'; img-src data:; connect-src %s; base-uri 'none'; form-action 'none'",
		hashSource(echartsJS), hashSource(pageJS), connect)
}

// hashSource returns the source expression that allows a script in a content security policy.
func hashSource(script string) string {
	sum := sha256.Sum256([]byte(script))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// A colourPair is a colour for a light background and for a dark one.
type colourPair struct{ light, dark string }

// palette has the colours of lines. Readers with colour blindness can distinguish neighbouring colours: the palette is based on
// that of Okabe and Ito, made darker or lighter so that thin lines have enough contrast.
var palette = []colourPair{
	{"#0b64b0", "#5aa9f0"}, {"#c9480a", "#ff9257"}, {"#0b7d5d", "#3ecf9f"}, {"#8a3fa8", "#c795e8"}, {"#94700a", "#e3c04f"},
	{"#b83268", "#ff86b3"}, {"#117f93", "#58cfe2"}, {"#5b6b16", "#b3c95a"}, {"#74563c", "#cfa98a"}, {"#4d5aa8", "#9aa7ff"},
}

// paletteCSS returns the palette as CSS variables --c0, --c1 and so on.
func paletteCSS() string {
	var light, dark strings.Builder
	for i, h := range palette {
		fmt.Fprintf(&light, "--c%d:%s;", i, h.light)
		fmt.Fprintf(&dark, "--c%d:%s;", i, h.dark)
	}
	return fmt.Sprintf(":root{%s}\n@media screen and (prefers-color-scheme:dark){:root:not(.printing){%s}}\n", light.String(), dark.String())
}
