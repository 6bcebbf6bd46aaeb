package article

// A Batch is a number of requests that a strategy makes at a limit, timed as a whole. It is one row of the table of the
// article's clients.
type Batch struct {
	Strategy string
	Limit    int
	Requests int64
}

// The profiles of the bundled servers on which batches are measured.
const (
	ArticleServer = "article" // like the article's server, which is the bottleneck
	InstantServer = "instant" // answers at once, so that the client is the bottleneck
)

// published is a batch with what the article says about it.
type published struct {
	Batch
	generation string  // the name of the group of clients to which the article, or this page, assigns the client
	seconds    float64 // 0 if the article gives no time
	costly     bool    // takes too long on the server like the article's, so that it is measured on the other server only
}

// publishedBatches are the article's batches in its order, with Go strategies beside them. The article says:
//
//	1  requests in a loop: 40 requests in 2.8 s, 70 ms each.
//	2  requests.session() in a pool of threads: with 40 threads 40 in 365 ms; with 100 threads 4,000 in 8 s.
//	3  aiohttp, a semaphore around each request: 40 in 100 ms; 4,000 at limit 100 in 1.574 s, 393 microseconds each.
//	   All 4,000 in flight at once: nearly 3 times slower. Swept: best right around 60.
//	-  httpx, with the semaphore and without: both strictly slower than aiohttp. pycurl: fast, but slower than aiohttp.
//	   uvloop: no faster to speak of, but steadier, never above 2.1 s where asyncio reached 3 s.
//	4  "Know of a faster implementation of an HTTP library that is stateful and works locally? Let me know!"
//	-  All 36^4 codes would take 11 minutes with generation 3 and 48 with threads.
var publishedBatches = []published{
	{Batch: Batch{"python-requests", 1, 40}, generation: "1", seconds: 2.8},
	{Batch: Batch{"python-requests-session", 1, 40}, generation: "1"},
	{Batch: Batch{"python-threads", 40, 40}, generation: "2", seconds: 0.365},
	{Batch: Batch{"python-aiohttp", 40, 40}, generation: "3", seconds: 0.100},
	{Batch: Batch{"sequential", 1, 40}, generation: "Go"},
	{Batch: Batch{"semaphore", 40, 40}, generation: "Go"},
	{Batch: Batch{"fasthttp", 40, 40}, generation: "Go"},
	{Batch: Batch{"eventloop", 40, 40}, generation: "Go"},

	{Batch: Batch{"python-requests", 1, 1000}, generation: "1", costly: true},
	{Batch: Batch{"python-requests-session", 1, 1000}, generation: "1", costly: true},
	{Batch: Batch{"python-threads", 100, 1000}, generation: "2"},
	{Batch: Batch{"python-aiohttp", 100, 1000}, generation: "3"},
	{Batch: Batch{"sequential", 1, 1000}, generation: "Go", costly: true},
	{Batch: Batch{"eventloop", 100, 1000}, generation: "Go"},

	{Batch: Batch{"python-threads", 100, 4000}, generation: "2", seconds: 8},
	{Batch: Batch{"python-aiohttp", 100, 4000}, generation: "3", seconds: 1.574},
	{Batch: Batch{"python-aiohttp", 4000, 4000}, generation: "3"},
	{Batch: Batch{"python-uvloop", 100, 4000}, generation: "3"},
	{Batch: Batch{"python-uvloop", 4000, 4000}, generation: "3", costly: true},
	{Batch: Batch{"python-httpx", 100, 4000}, generation: "httpx"},
	{Batch: Batch{"python-httpx-unbounded", 100, 4000}, generation: "httpx"},
	{Batch: Batch{"python-pycurl", 100, 4000}, generation: "pycurl"},
	{Batch: Batch{"semaphore", 100, 4000}, generation: "Go"},
	{Batch: Batch{"semaphore", 4000, 4000}, generation: "Go"},
	{Batch: Batch{"fasthttp", 100, 4000}, generation: "Go"},
	{Batch: Batch{"eventloop", 100, 4000}, generation: "Go"},
}

// largestBatch is the size of the article's largest batch. All longer times are projected from it.
const largestBatch = 4000

// What the article says in addition to its batches.
const (
	publishedBest    = 60        // the best size of the semaphore
	publishedAllIn   = 3         // with 4,000 in flight aiohttp takes nearly this many times as long as with 100
	publishedAIOHTTP = 11 * 60.0 // seconds that all 36^4 codes would take with generation 3
	publishedThreads = 48 * 60.0 // the same with threads
	title            = "Writing fast async HTTP requests in Python"
)

// Batches returns the batches to measure on the bundled server with a profile, in the order of the table.
func Batches(profile string) []Batch {
	var batches []Batch
	for _, p := range publishedBatches {
		if !p.costly || profile == InstantServer {
			batches = append(batches, p.Batch)
		}
	}
	return batches
}
