// Package python registers the strategies over Python's HTTP libraries: requests, aiohttp, httpx and pycurl. Each is a short
// program in this folder. Importing the package registers them under names such as "python-aiohttp". They need python3, 3.11
// or newer, and the library; the error of Open says what to install.
//
// Package external runs the programs. The module sweetspot.py, with sweetspot_threads.py and sweetspot_async.py, is their side
// of its protocol. Other programs in Python can be based on it.
package python

import (
	"embed"
	"strings"

	"sweetspot/strategies"
	"sweetspot/strategies/external"
)

// The programs are files, so that they can be read, and run by hand with alone.py. They are passed to python3 as arguments, so
// that no program must be installed or written to disk.
//
//go:embed *.py
var files embed.FS

// resetUnderTLS: Python's blocking TLS takes a reset for the end of the connection (until 3.11.3 at least).
var resetUnderTLS = map[string][]strategies.Class{
	"closes: by a reset within the body": {strategies.Reset, strategies.Truncated},
}

// chunksOfCurl: libcurl ignores the extensions of chunks, however long, and accepts lines between chunks that end in LF.
var chunksOfCurl = map[string][]strategies.Class{
	"chunks: a size that ends in LF":     {strategies.OK},
	"chunks: an extension of a megabyte": {strategies.OK},
	"chunks: extensions without end":     {strategies.Timeout},
}

// fewHeaders: aiohttp before 3.9 accepts up to 128 headers.
var fewHeaders = map[string][]strategies.Class{
	"heads: 150 headers":            {strategies.Malformed},
	"chunks: a trailer without end": {strategies.Truncated}, // if aiohttp sees the end of the connection before that of what it takes
}

// noAnswers: the library takes no answer for another one.
var noAnswers = map[string][]strategies.Class{}

// noHTTPSProxy: neither requests nor aiohttp's connections can have TLS within TLS.
var noHTTPSProxy = []strategies.Setting{strategies.HTTPSProxySetting}

func init() {
	for _, p := range []struct {
		external.Program
		libraries string   // the libraries that it imports, separated by spaces
		modules   []string // files of this folder, the program itself last
	}{
		{
			external.Program{
				Name: "python-requests", MaxInFlight: 1,
				Traits: strategies.Traits{Cannot: noHTTPSProxy, Stateless: true, Answers: resetUnderTLS},
				Doc:    "Python's requests.get in a loop, each request on a new connection: how most programs begin",
			},
			"requests", []string{"sweetspot_http", "sweetspot_redirect", "sweetspot_reach", "sweetspot", "sweetspot_threads", "with_urllib3", "with_requests", "python_requests"},
		},
		{
			external.Program{
				Name: "python-requests-session", MaxInFlight: 1,
				Traits: strategies.Traits{Cannot: noHTTPSProxy, Answers: resetUnderTLS},
				Doc:    "a session of Python's requests in a loop: the connection is kept, one request at a time",
			},
			"requests", []string{"sweetspot_http", "sweetspot_redirect", "sweetspot_reach", "sweetspot", "sweetspot_threads", "with_urllib3", "with_requests", "python_requests_session"},
		},
		{
			external.Program{
				Name:   "python-threads",
				Traits: strategies.Traits{Cannot: noHTTPSProxy, Answers: resetUnderTLS},
				Doc:    "a queue and as many Python threads as the limit, over one session of requests: for code that blocks",
			},
			"requests", []string{"sweetspot_http", "sweetspot_redirect", "sweetspot_reach", "sweetspot", "sweetspot_threads", "with_urllib3", "with_requests", "python_threads"},
		},
		{
			external.Program{
				Name:   "python-aiohttp",
				Traits: strategies.Traits{Cannot: noHTTPSProxy, ShortHeaders: true, Answers: fewHeaders},
				Doc:    "aiohttp with a semaphore around each request: the article's choice, and asyncio's usual one",
			},
			"aiohttp", []string{"sweetspot_http", "sweetspot_redirect", "sweetspot_reach", "sweetspot", "sweetspot_async", "with_aiohttp", "python_aiohttp"},
		},
		{
			external.Program{
				Name:   "python-uvloop",
				Traits: strategies.Traits{Cannot: noHTTPSProxy, ShortHeaders: true, Answers: fewHeaders},
				Doc:    "the same as python-aiohttp on uvloop's event loop: two more lines for a faster loop",
			},
			"aiohttp uvloop", []string{"sweetspot_http", "sweetspot_redirect", "sweetspot_reach", "sweetspot", "sweetspot_async", "with_aiohttp", "python_aiohttp", "python_uvloop"},
		},
		{
			external.Program{
				Name:   "python-httpx",
				Traits: strategies.Traits{LosesEarly: true, Answers: noAnswers},
				Doc:    "httpx with a semaphore around each request: asyncio with an interface like that of requests",
			},
			"httpx", []string{"sweetspot_http", "sweetspot_redirect", "sweetspot_reach", "sweetspot", "sweetspot_async", "with_httpx", "python_httpx"},
		},
		{
			external.Program{
				Name: "python-httpx-unbounded", ClientLimits: true,
				Traits: strategies.Traits{OnePool: true, LosesEarly: true, Answers: noAnswers},
				Doc:    "httpx without a semaphore, the limit left to its connection pool: latency includes the wait for a connection",
			},
			"httpx", []string{"sweetspot_http", "sweetspot_redirect", "sweetspot_reach", "sweetspot", "sweetspot_async", "with_httpx", "python_httpx_unbounded"},
		},
		{
			external.Program{
				Name:   "python-pycurl",
				Traits: strategies.Traits{URLName: true, Retries: true, LosesEarly: true, Answers: chunksOfCurl},
				Doc:    "libcurl's CurlMulti driven directly from Python, with reused handles: the fastest in Python, and the most code",
			},
			"pycurl", []string{"sweetspot_http", "sweetspot_redirect", "sweetspot_reach", "sweetspot", "python_pycurl"},
		},
	} {
		p.Command = command(p.libraries, p.modules...)
		p.Install = "apt install python3-" + strings.ReplaceAll(p.libraries, " ", " python3-") + ", or Python 3.11 and pip install " + p.libraries
		strategies.Register(p.Strategy())
	}
}

// command returns the command that runs the last of the modules. If a library is missing, the program says which, and how to
// install it.
func command(libraries string, modules ...string) []string {
	words := []string{"python3", "-c", source("start"), libraries}
	for _, module := range modules {
		words = append(words, module, source(module))
	}
	return words
}

func source(module string) string {
	text, err := files.ReadFile(module + ".py")
	if err != nil {
		panic(err) // cannot happen: the file is embedded
	}
	return string(text)
}
