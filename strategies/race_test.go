//go:build race

package strategies_test

// raced tells that the race detector is on. It sees nothing of a program in another language, whose tests are most of the
// time that the tests take.
const raced = true
