package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// loggers are the fields that keep a server from logging to the terminal.
var loggers = map[string]string{"http.Server": "ErrorLog", "fasthttp.Server": "Logger"}

// No library logs to the terminal: every server says where its log goes, and nothing but the command touches the standard logger.
func TestNoServerLogsToTheTerminal(t *testing.T) {
	servers := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "strategies/strategytest/") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			made, is := n.(*ast.CompositeLit)
			if !is {
				return true
			}
			kind, _ := made.Type.(*ast.SelectorExpr)
			if kind == nil {
				return true
			}
			room, _ := kind.X.(*ast.Ident)
			if room == nil || loggers[room.Name+"."+kind.Sel.Name] == "" {
				return true
			}
			servers++
			if want := loggers[room.Name+"."+kind.Sel.Name]; !sets(made, want) {
				t.Errorf("%s: a server without %s: want one that discards its log", path, want)
			}
			return true
		})
		return nil
	})
	if err != nil || servers < 2 {
		t.Errorf("%d servers found, want at least two (%v)", servers, err)
	}
}

// sets reports whether a composite literal sets the field.
func sets(made *ast.CompositeLit, field string) bool {
	for _, element := range made.Elts {
		if pair, is := element.(*ast.KeyValueExpr); is {
			if name, is := pair.Key.(*ast.Ident); is && name.Name == field {
				return true
			}
		}
	}
	return false
}
