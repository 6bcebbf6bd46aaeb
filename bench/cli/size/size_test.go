package size

import "testing"

func TestSetReadsUnits(t *testing.T) {
	for text, want := range map[string]Bytes{"32MiB": 32 << 20, "500kB": 500_000, "1048576": 1 << 20, "1 GiB": 1 << 30} {
		var got Bytes
		if err := got.Set(text); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "-1", "32Mb/s", "a lot", "NaN", "99999999999999999999", "9223372036854775808"} {
		var got Bytes
		if got.Set(text) == nil {
			t.Errorf("%q is accepted as %d, want an error", text, got)
		}
	}
}
