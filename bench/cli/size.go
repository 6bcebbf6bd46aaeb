package cli

import (
	"fmt"
	"math"
	"strings"

	"github.com/dustin/go-humanize"
)

// byteSize is the value of a flag that is a size in bytes. It is written with a unit: 32MiB, 500kB or 1048576.
type byteSize int64

// Set implements [pflag.Value].
func (b *byteSize) Set(text string) error {
	size, err := humanize.ParseBytes(text)
	if err != nil || size < 1 || size > math.MaxInt64 {
		return fmt.Errorf("want at least 1 byte, such as 32MiB, 500kB or 1048576")
	}
	*b = byteSize(size)
	return nil
}

// String implements [pflag.Value].
func (b *byteSize) String() string { return strings.ReplaceAll(humanize.IBytes(uint64(*b)), " ", "") }

// Type implements [pflag.Value].
func (b *byteSize) Type() string { return "SIZE" }
