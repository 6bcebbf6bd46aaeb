package strategies

import (
	"embed"
	"strings"
)

// The programs are files so that they can be read like any other, and run by hand with python/alone.py. They go to
// python3 in its arguments, so that none has to be installed or written to disk.
//
//go:embed python/*.py
var pythonFiles embed.FS

func init() {
	for _, p := range []struct {
		Program
		libraries string   // that it imports
		modules   []string // of ours, the program itself last
	}{
		{
			Program{
				Name: "python-requests", Most: 1, Anew: true, Tidies: true, Lenient: true,
				Doc: "Python's requests.get in a loop, each request on a new connection: what everybody begins with",
			},
			"requests", []string{"sweetspot", "sweetspot_threads", "with_requests", "python_requests"},
		},
		{
			Program{
				Name: "python-requests-session", Most: 1, Tidies: true, Lenient: true,
				Doc: "a session of Python's requests in a loop: the connection is kept, one request at a time",
			},
			"requests", []string{"sweetspot", "sweetspot_threads", "with_requests", "python_requests_session"},
		},
		{
			Program{
				Name: "python-threads", Tidies: true, Lenient: true,
				Doc: "a queue and as many Python threads as the limit over one session of requests: when code must block",
			},
			"requests", []string{"sweetspot", "sweetspot_threads", "with_requests", "python_threads"},
		},
		{
			Program{
				Name: "python-aiohttp", ShortHeads: true,
				Doc: "aiohttp with a semaphore around each request: the article's choice, and asyncio's usual one",
			},
			"aiohttp", []string{"sweetspot", "sweetspot_async", "python_aiohttp"},
		},
		{
			Program{
				Name: "python-uvloop", ShortHeads: true,
				Doc: "the same as python-aiohttp on uvloop's event loop: two lines more for a cheaper loop",
			},
			"aiohttp uvloop", []string{"sweetspot", "sweetspot_async", "python_aiohttp", "python_uvloop"},
		},
		{
			Program{
				Name: "python-httpx", Tidies: true, Lenient: true,
				Doc: "httpx with a semaphore around each request: asyncio with an interface like that of requests",
			},
			"httpx", []string{"sweetspot", "sweetspot_async", "with_httpx", "python_httpx"},
		},
		{
			Program{
				Name: "python-httpx-unbounded", Leaves: true, Tidies: true, Lenient: true,
				Doc: "httpx with no semaphore, the limit left to its pool of connections: latency includes the wait for one",
			},
			"httpx", []string{"sweetspot", "sweetspot_async", "with_httpx", "python_httpx_unbounded"},
		},
		{
			Program{
				Name: "python-pycurl", Repeats: true,
				Doc: "libcurl's CurlMulti driven by hand from Python, with reused handles: the fastest there, and the most work",
			},
			"pycurl", []string{"sweetspot", "python_pycurl"},
		},
	} {
		p.Command = pythonCommand(p.libraries, p.modules...)
		p.Install = "apt install python3-" + strings.ReplaceAll(p.libraries, " ", " python3-") + ", or Python 3.11 and pip install " + p.libraries
		Register(p.Strategy())
	}
}

// pythonCommand returns the command that runs the last of the modules. Where a library is missing it says which, and how
// to install it.
func pythonCommand(libraries string, modules ...string) []string {
	command := []string{"python3", "-c", pythonSource("start"), libraries}
	for _, module := range modules {
		command = append(command, module, pythonSource(module))
	}
	return command
}

func pythonSource(module string) string {
	source, err := pythonFiles.ReadFile("python/" + module + ".py")
	if err != nil {
		panic(err) // a file that is not in this package
	}
	return string(source)
}
