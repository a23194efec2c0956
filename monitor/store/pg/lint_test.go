package pg

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// unfenced are the functions that use connections past the fence: what is a
// daemon's own, what takes and keeps a term, and what only reads.
var unfenced = []string{"Open", "Close", "Prepare", "usable", "Lead", "compareClocks", "renew", "send", "read",
	"Announce", "Depart", "Daemons", "Ask", "Claim", "Deliver", "Dump"}

var transaction = regexp.MustCompile(`(?i)^\s*(BEGIN|START\s+TRANSACTION|SAVEPOINT|COMMIT|ROLLBACK)\b`)

// Nothing begins a transaction of several round trips, in which a stopped process
// would hold its locks, and only these functions write without the fence.
func TestWritesAreFenced(t *testing.T) {
	fset := token.NewFileSet()
	paths, err := filepath.Glob("*.go")
	if err != nil || len(paths) < 5 {
		t.Fatal(paths, err)
	}
	var using []string
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			fn, _ := d.(*ast.FuncDecl)
			ast.Inspect(d, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.SelectorExpr:
					if strings.HasPrefix(n.Sel.Name, "Begin") {
						t.Errorf("%s: %s begins a transaction of several round trips", fset.Position(n.Pos()), n.Sel.Name)
					}
					if name := n.Sel.Name; fn != nil && (name == "pool" || name == "lease") {
						if using = append(using, fn.Name.Name); !slices.Contains(unfenced, fn.Name.Name) {
							t.Errorf("%s: %s uses a connection past the fence; write by session.send, read by session.read", fset.Position(n.Pos()), fn.Name.Name)
						}
					}
				case *ast.BasicLit:
					if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil && transaction.MatchString(text) {
						t.Errorf("%s: %s", fset.Position(n.Pos()), text)
					}
				}
				return true
			})
		}
	}
	for _, name := range unfenced {
		if !slices.Contains(using, name) {
			t.Errorf("%s uses no connection past the fence: take it out of the list", name)
		}
	}
}
