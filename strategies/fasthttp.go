package strategies

func init() {
	Register(pool.As("fasthttp",
		"the pool over fasthttp, reusing request and response: the fastest of the blocking clients", FastHTTP))
}
