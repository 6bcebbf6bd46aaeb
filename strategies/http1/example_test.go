package http1_test

import (
	"fmt"

	"sweetspot/strategies/http1"
)

// A response arrives in two pieces. The second contains the beginning of the next response too, which does not belong to the
// first: the caller feeds it to the parser after Reset.
func ExampleParser() {
	parser := http1.Parser{KeepBelow: 1000}
	for _, piece := range []string{
		"HTTP/1.1 200 OK\r\nContent-Le",
		"ngth: 5\r\n\r\nhelloHTTP/1.1 404",
	} {
		n, done, err := parser.Feed([]byte(piece))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%d of %d bytes, done: %v\n", n, len(piece), done)
	}
	fmt.Printf("%d %s\n", parser.Status(), parser.Body())
	// Output:
	// 27 of 27 bytes, done: false
	// 16 of 28 bytes, done: true
	// 200 hello
}
