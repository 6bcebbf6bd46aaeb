package strategies

func init() {
	Register(pool.As("fasthttp",
		"the pool over fasthttp, reusing request and response: the fastest with a blocking client", fastHTTP))
}
