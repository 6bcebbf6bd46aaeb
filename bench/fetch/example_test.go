package fetch_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sweetspot/bench/fetch"
	"sweetspot/bench/fetch/limit"
	"sweetspot/server"
	"sweetspot/strategies"
)

// A program fetches a list, with a limit that is found while it goes, and goes on with it when it is called again.
func Example() {
	site, err := server.Start(server.Config{Delay: time.Millisecond})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer site.Close()
	folder, err := os.MkdirTemp("", "fetch")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	pool, err := strategies.Get("pool")
	if err != nil {
		fmt.Println(err)
		return
	}

	text := strings.Repeat(site.URL()+"\n", 300) + site.URL() + "nothing-here\n"
	list, err := fetch.OpenList(strings.NewReader(text), int64(len(text)), false)
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		store, err := fetch.OpenStore(filepath.Join(folder, "answers.jsonl"), list, fetch.StoreOptions{})
		if err != nil {
			fmt.Println(err)
			return
		}
		done, err := fetch.Run(context.Background(), list, store, fetch.Settings{
			Strategy: pool, Limiter: limit.NewClimber(1, 0, 64), Retries: fetch.DefaultRetries,
		}, fetch.Observer{})
		if err := store.Close(); err != nil {
			fmt.Println(err)
		}
		fmt.Println(done.Succeeded, "fetched,", done.Before, "were done before, in", done.Requests, "requests;", err)
	}
	// Output:
	// 301 fetched, 0 were done before, in 301 requests; <nil>
	// 0 fetched, 301 were done before, in 0 requests; <nil>
}
