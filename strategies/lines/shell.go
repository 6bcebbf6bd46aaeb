package lines

import (
	"errors"
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// split returns the words of a command as bash reads them, with $'…' as browsers write what has quotes or control characters. What a
// shell would replace, such as $HOME or `ls`, is an error.
func split(command string) ([]string, error) {
	var words []string
	for word, err := range syntax.NewParser(syntax.Variant(syntax.LangBash)).WordsSeq(strings.NewReader(command)) {
		if syntax.IsIncomplete(err) {
			return nil, errors.New("a quote that is not closed: want the whole command, in one line or with a backslash at the end of each line but the last")
		}
		var wrong syntax.ParseError
		if errors.As(err, &wrong) {
			return nil, fmt.Errorf("%s: want each text with such a character in '…'", wrong.Text)
		}
		if err != nil {
			return nil, err
		}
		text, err := plain(word.Parts)
		if err != nil {
			return nil, err
		}
		words = append(words, text)
	}
	return words, nil
}

// plain returns the text that the parts of a word stand for.
func plain(parts []syntax.WordPart) (string, error) {
	var text strings.Builder
	for _, part := range parts {
		piece, err := "", error(nil)
		switch part := part.(type) {
		case *syntax.Lit:
			piece = unescape(part.Value, "")
		case *syntax.SglQuoted:
			if piece = part.Value; part.Dollar {
				piece, _, err = expand.Format(nil, piece, nil)
				piece, _, _ = strings.Cut(piece, "\x00") // where a shell ends it too
			}
		case *syntax.DblQuoted:
			piece, err = quoted(part.Parts)
		default:
			err = errReplaced
		}
		if err != nil {
			return "", err
		}
		text.WriteString(piece)
	}
	return text.String(), nil
}

var errReplaced = errors.New("a text that a shell would replace, such as $x: want it in '…'")

// quoted returns the text of parts in double quotes.
func quoted(parts []syntax.WordPart) (string, error) {
	var text strings.Builder
	for _, part := range parts {
		lit, is := part.(*syntax.Lit)
		if !is {
			return "", errReplaced
		}
		text.WriteString(unescape(lit.Value, "$`\"\\\n"))
	}
	return text.String(), nil
}

// unescape removes the backslashes before characters of the set, or before any if it is empty. A line that goes on loses its end too.
func unescape(text, set string) string {
	var plain strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && (set == "" || strings.IndexByte(set, text[i+1]) >= 0) {
			if i++; text[i] == '\n' {
				continue
			}
		}
		plain.WriteByte(text[i])
	}
	return plain.String()
}
