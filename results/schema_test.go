package results_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sweetspot/results"
	"sweetspot/results/compare"
	"sweetspot/results/stat"
)

// sections are the headings of SCHEMA.md under which a type's fields are documented.
var sections = map[string]reflect.Type{
	"The run":        reflect.TypeFor[results.Run](),
	"Bundled server": reflect.TypeFor[results.Bundled](),
	"Machine":        reflect.TypeFor[results.Machine](),
	"Member":         reflect.TypeFor[results.Member](),
	"Settings":       reflect.TypeFor[results.Settings](),
	"Trial":          reflect.TypeFor[results.Trial](),
	"Agent":          reflect.TypeFor[results.Agent](),
	"Second":         reflect.TypeFor[results.Second](),
	"Latency":        reflect.TypeFor[results.Latency](),
	"Conclusion":     reflect.TypeFor[results.Conclusion](),
	"Summary":        reflect.TypeFor[results.Summary](),
	"Projection":     reflect.TypeFor[results.Projection](),
	"Optimum":        reflect.TypeFor[results.Optimum](),
	"Peak":           reflect.TypeFor[results.PeakLimit](),
	"Versus":         reflect.TypeFor[results.Versus](),
	"Target":         reflect.TypeFor[results.Target](),
	"Law":            reflect.TypeFor[results.Law](),
	"Rate":           reflect.TypeFor[results.Rate](),
	"Comparison":     reflect.TypeFor[compare.Comparison](),
	"Component":      reflect.TypeFor[stat.Component](),
	"Floor":          reflect.TypeFor[compare.Floor](), "Origin": reflect.TypeFor[compare.Origin](),
	"At":          reflect.TypeFor[results.At](),
	"Change":      reflect.TypeFor[compare.Change](),
	"Gated":       reflect.TypeFor[compare.Gated](),
	"Shift":       reflect.TypeFor[compare.Shift](),
	"WarningCode": reflect.TypeFor[results.WarningCode](),
}

// codesSection is the heading of SCHEMA.md under which the codes of warnings are documented, and not fields.
const codesSection = "Codes of warnings"

// row is a field's row in the schema: its name, its type, its unit, which may be empty, and its meaning, which may not.
var row = regexp.MustCompile("^\\| `([a-z0-9_]+)` \\| ([^|]+) \\|(?: [^|]+)? \\| [^|]+ \\|$")

func TestSchemaDocumentsEveryFieldOfTheTypes(t *testing.T) {
	text, err := os.ReadFile("SCHEMA.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string][]string{}
	section := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if heading, found := strings.CutPrefix(line, "## "); found {
			section = heading
		}
		if !strings.HasPrefix(line, "| `") || section == codesSection {
			continue
		}
		cells := row.FindStringSubmatch(line)
		if cells == nil {
			t.Errorf("%s: want a name, a type, a unit or none, and a meaning: %s", section, line)
			continue
		}
		documented[section] = append(documented[section], cells[1]+": "+cells[2])
	}
	want := map[string][]string{}
	for name, of := range sections {
		for _, field := range reflect.VisibleFields(of) {
			if field.IsExported() && !field.Anonymous {
				want[name] = append(want[name], described(field))
			}
		}
	}
	if diff := cmp.Diff(want, documented); diff != "" {
		t.Errorf("SCHEMA.md differs from the types (-types +SCHEMA.md):\n%s", diff)
	}
}

func TestSchemaListsEveryCodeAndVerdict(t *testing.T) {
	text, err := os.ReadFile("SCHEMA.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "## "+codesSection+"\n")
	section, _, _ = strings.Cut(section, "\n# ")
	var documented []results.Code
	for line := range strings.Lines(section) {
		if code, found := strings.CutPrefix(line, "| `"); found {
			documented = append(documented, results.Code(code[:strings.Index(code, "`")]))
		}
	}
	if diff := cmp.Diff(results.Codes(), documented); diff != "" {
		t.Errorf("SCHEMA.md differs from results.Codes() (-codes +SCHEMA.md):\n%s", diff)
	}
	for _, verdict := range results.Verdicts() {
		if !strings.Contains(string(text), "`"+string(verdict)+"`") {
			t.Errorf("SCHEMA.md does not name the verdict %s", verdict)
		}
	}
}

// described says how the schema names a field and its type.
func described(f reflect.StructField) string {
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	text := name + ": " + typeName(f.Type)
	switch {
	case strings.HasPrefix(options, "omit"):
		text += ", optional"
	case f.Type.Kind() == reflect.Pointer:
		text += " or null"
	}
	return text
}

func typeName(t reflect.Type) string {
	if t == reflect.TypeFor[results.Warning]() { // in words
		return "string"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return typeName(t.Elem())
	case reflect.Slice, reflect.Array:
		return "list of " + typeName(t.Elem())
	case reflect.Map:
		return "map of " + typeName(t.Key()) + " to " + typeName(t.Elem())
	case reflect.Struct:
		for name, documented := range sections {
			if documented == t {
				return "object: " + name
			}
		}
		return "an object without a section"
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "boolean"
	case reflect.Float64:
		return "number"
	}
	return "integer"
}

// The lines of a file hold no field that the sections do not.
func TestSchemaDocumentsEveryLineOfAFile(t *testing.T) {
	for i := range reflect.TypeFor[results.Line]().NumField() {
		if of := reflect.TypeFor[results.Line]().Field(i).Type.Elem(); strings.HasSuffix(typeName(of), "section") {
			t.Errorf("%v has no section in SCHEMA.md", of)
		}
	}
}

// The rows of the latencies are those of the table of figures, in its order.
func TestSchemaDocumentsLatenciesAsTheTableOfFiguresDoes(t *testing.T) {
	text, err := os.ReadFile("SCHEMA.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "## Latency\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var got []string
	for line := range strings.Lines(section) {
		if strings.HasPrefix(line, "| `") {
			cells := strings.Split(line, " | ")
			got = append(got, cells[0]+" | "+strings.TrimSuffix(strings.TrimSpace(cells[3]), " |"))
		}
	}
	want := []string{}
	for _, f := range results.Latencies() {
		want = append(want, "| `"+f.Name+"` | "+f.Doc)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-figures +SCHEMA.md)\n%s", diff)
	}
}
