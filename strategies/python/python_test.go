package python

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sweetspot/strategies"
	"sweetspot/strategies/external"
)

func TestFilesAreFormattedAndCompile(t *testing.T) {
	var files []string
	for _, dir := range []string{".", "../examples"} {
		found, err := filepath.Glob(dir + "/*.py")
		if err != nil || len(found) == 0 {
			t.Fatalf("no programs in %s: %v", dir, err)
		}
		files = append(files, found...)
	}
	const width = 130 // largest length of a line, in characters
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), `"""`) {
			t.Errorf("%s does not begin with a docstring", file)
		}
		if strings.HasSuffix(string(text), "\n\n") || !strings.HasSuffix(string(text), "\n") {
			t.Errorf("%s: want one newline at the end", file)
		}
		number := 0
		for line := range strings.Lines(string(text)) {
			number++
			if line = strings.TrimSuffix(line, "\n"); strings.TrimRight(line, " \t\r") != line || strings.Contains(line, "\t") || len([]rune(line)) > width {
				t.Errorf("%s:%d: a tab, a space at the end, or over %d characters", file, number, width)
			}
		}
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("SWEETSPOT_REQUIRE") != "" {
			t.Fatal("python3 is required: apt-get install python3")
		}
		t.Skip("python3 is missing: apt-get install python3")
	}
	compile := exec.Command(python, append([]string{"-W", "error", "-c", `
import sys
for name in sys.argv[1:]:
    compile(open(name).read(), name, "exec")
`}, files...)...)
	if output, err := compile.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, output)
	}
}

func TestOpenNamesAMissingLibraryWithItsPackages(t *testing.T) {
	for libraries, want := range map[string]string{
		"nosuch":       "python-mine: no module named 'nosuch': apt install python3-nosuch, or pip install nosuch",
		"json no1 no2": "python-mine: no module named 'no1' and 'no2': apt install python3-no1 python3-no2, or pip install no1 no2",
	} {
		p := external.Program{Name: "python-mine", Command: command(libraries, "sweetspot")}
		if _, err := p.Strategy().Open(t.Context(), strategies.Target{}, 1); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestOpenNamesAMissingInterpreterWithItsPackages(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	s, err := strategies.Get("python-uvloop")
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Open(t.Context(), strategies.Target{}, 1)
	want := "apt install python3-aiohttp python3-uvloop, or Python 3.11 and pip install aiohttp uvloop"
	if err == nil || !strings.HasSuffix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v, want one line that ends with %s", err, want)
	}
}

func TestOpenReturnsATracebackWithFileAndLine(t *testing.T) {
	p := external.Program{Name: "python-mine", Command: command("json", "sweetspot")}
	p.Command = append(p.Command, "mine", "import sweetspot\n\nsweetspot.Harness(1 / 0)\n")
	_, err := p.Strategy().Open(t.Context(), strategies.Target{}, 1)
	if err == nil || !strings.Contains(err.Error(), `File "mine.py", line 3`) {
		t.Errorf("got %v, want the file and the line", err)
	}
}
