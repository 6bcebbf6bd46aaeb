package network

import (
	"slices"
	"testing"
)

func TestAddressesAlternateBetweenTheFamilies(t *testing.T) {
	for _, order := range []struct{ given, want []string }{
		{[]string{"::1", "::2", "::3", "1.1.1.1"}, []string{"::1", "1.1.1.1", "::2", "::3"}},
		{[]string{"1.1.1.1", "2.2.2.2", "::1"}, []string{"1.1.1.1", "::1", "2.2.2.2"}},
		{[]string{"1.1.1.1"}, []string{"1.1.1.1"}},
		{nil, []string{}},
	} {
		if got := interleave(order.given); !slices.Equal(got, order.want) {
			t.Errorf("interleave(%v) = %v, want %v", order.given, got, order.want)
		}
	}
}
