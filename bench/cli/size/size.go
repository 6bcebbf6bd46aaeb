// Package size reads sizes in bytes with a unit.
package size

import (
	"fmt"
	"math"
	"strings"

	"github.com/dustin/go-humanize"
)

// Bytes is the value of a flag that is a size in bytes. It is written with a unit: 32MiB, 500kB or 1048576.
type Bytes int64

// Set implements [pflag.Value].
func (b *Bytes) Set(text string) error {
	size, err := humanize.ParseBytes(text)
	if err != nil || size < 1 || size > math.MaxInt64 {
		return fmt.Errorf("want at least 1 byte, such as 32MiB, 500kB or 1048576")
	}
	*b = Bytes(size)
	return nil
}

// String implements [pflag.Value].
func (b *Bytes) String() string { return strings.ReplaceAll(humanize.IBytes(uint64(*b)), " ", "") }

// Type implements [pflag.Value].
func (b *Bytes) Type() string { return "SIZE" }
