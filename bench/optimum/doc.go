// Package optimum finds the best concurrency limit from measured trials.
package optimum
