package bench

import (
	"slices"
	"testing"

	"sweetspot/bench/optimum"
	"sweetspot/results"
)

func TestWarningsOfOptimumHaveCodesOfTheRunFile(t *testing.T) {
	for _, code := range optimum.Codes() {
		if !slices.Contains(results.Codes(), results.Code(code)) {
			t.Errorf("%s is no code of package results", code)
		}
	}
}
