package secret

import (
	"os"
	"os/exec"
	"regexp"
)

// option matches a flag without a value.
var option = regexp.MustCompile(`^--?[a-z]+(-[a-z]+)*$`)

// Argument returns an argument of an external program as it may be shown: names of programs, of files that exist and of flags
// as they are, everything else withheld.
func Argument(word string) string {
	if option.MatchString(word) {
		return word
	}
	if _, err := os.Stat(word); err == nil {
		return word
	}
	if _, err := exec.LookPath(word); err == nil {
		return word
	}
	return Withheld
}
