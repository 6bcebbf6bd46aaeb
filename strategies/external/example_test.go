package external_test

import (
	"context"
	"fmt"

	"sweetspot/strategies"
	"sweetspot/strategies/external"
)

// A program in Python as a strategy. Greet says at once whether it can run here.
func ExampleProgram() {
	program, err := external.Program{
		Name:    "mine",
		Command: []string{"python3", "../examples/client.py"},
		Install: "apt install python3",
	}.Greet(context.Background())
	if err != nil {
		fmt.Println(err) // it says what to install
		return
	}
	session, err := program.Strategy().Open(context.Background(), strategies.Target{}, 60)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer session.Close()
	fmt.Println("made by", session.(strategies.Versioned).Version())
}
