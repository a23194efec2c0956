package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The limits that keep a part readable as a whole.
const (
	mostPackageLines   = 5500
	medianPackageLines = 700
	mostFunctionLines  = 60
	mostMethods        = 45
	mostFields         = 25
)

// A sourceCode is the parsed source of one package, without its tests.
type sourceCode struct {
	lines int
	files []*ast.File
}

// tree parses every package of the project, by its folder.
func tree(t *testing.T) (*token.FileSet, map[string]*sourceCode) {
	t.Helper()
	fset, packages := token.NewFileSet(), map[string]*sourceCode{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "../.." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir, _ := filepath.Rel("../..", filepath.Dir(path)) // both relative: it cannot fail
		p := packages[dir]
		if p == nil {
			p = &sourceCode{}
			packages[dir] = p
		}
		p.files = append(p.files, f)
		p.lines += fset.File(f.Pos()).LineCount()
		return nil
	})
	if err != nil || len(packages) < 10 {
		t.Fatalf("%d packages: %v", len(packages), err)
	}
	return fset, packages
}

// Packages are small enough to be read in one go, most of them in an hour.
func TestPackagesAreSmall(t *testing.T) {
	_, packages := tree(t)
	var sizes []int
	for dir, p := range packages {
		if sizes = append(sizes, p.lines); p.lines > mostPackageLines {
			t.Errorf("%s has %d lines, more than %d: cut it", dir, p.lines, mostPackageLines)
		}
	}
	slices.Sort(sizes)
	if median := sizes[len(sizes)/2]; median > medianPackageLines {
		t.Errorf("the median package has %d lines, more than %d", median, medianPackageLines)
	}
}

// A function fits on a screen, or nearly.
func TestFunctionsAreShort(t *testing.T) {
	fset, packages := tree(t)
	for _, p := range packages {
		for _, f := range p.files {
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok {
					if n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line + 1; n > mostFunctionLines {
						t.Errorf("%s: %s has %d lines, more than %d", fset.Position(fn.Pos()), fn.Name.Name, n, mostFunctionLines)
					}
				}
			}
		}
	}
}

// No type is a package in disguise.
func TestTypesAreSmall(t *testing.T) {
	_, packages := tree(t)
	for dir, p := range packages {
		methods, fields := map[string]int{}, map[string]int{}
		for _, f := range p.files {
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncDecl:
					if n.Recv != nil {
						methods[receiver(n.Recv.List[0].Type)]++
					}
				case *ast.TypeSpec:
					if st, ok := n.Type.(*ast.StructType); ok {
						fields[n.Name.Name] = fieldCount(st)
					}
				}
				return true
			})
		}
		for name, n := range methods {
			if n > mostMethods {
				t.Errorf("%s: %s has %d methods, more than %d", dir, name, n, mostMethods)
			}
		}
		for name, n := range fields {
			if n > mostFields {
				t.Errorf("%s: %s has %d fields, more than %d", dir, name, n, mostFields)
			}
		}
	}
}

// receiver returns the name of a method's type.
func receiver(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.StarExpr:
		return receiver(x.X)
	case *ast.IndexExpr:
		return receiver(x.X)
	case *ast.IndexListExpr:
		return receiver(x.X)
	case *ast.Ident:
		return x.Name
	}
	return ""
}

// fieldCount counts the fields of a struct, an embedded one as one.
func fieldCount(st *ast.StructType) (n int) {
	for _, f := range st.Fields.List {
		n += max(1, len(f.Names))
	}
	return n
}

// retired are names that only this project knew, and what the field says
// instead. A word that is stored or sent keeps its spelling in json tags, which
// are no names.
var retired = map[string]string{
	"ration": "quotaConn, applyBudget", "ballast": "reserve", "residence": "pageAdvice", "desk": "server", "errand": "handler", "errands": "handlers",
	"exits": "channels", "rooms": "components", "furnish": "build", "remind": "restorePauses", "hangups": "reloadOnSignal",
	"overhear": "captureLog", "misc": "what it does", "tale": "pollLog", "polltale": "pollLog", "litter": "garbage", "headroom": "limit",
	"boundMemory": "tuneGC", "quieten": "pauseHost", "Succeed": "Inherit", "obey": "limits", "detour": "redirected", "abridge": "what it does",
	"standIn": "what it does", "namesakes": "what it does", "astray": "what it does", "uncover": "what it does", "undate": "what it does",
	"hollow": "what it does", "keybook": "keyIndex", "darkness": "outageCause", "newcomer": "newItem", "askAgain": "backoff", "ladder": "backoff",
	"sift": "triage", "hush": "quietHours", "keepGate": "storeBreaker", "Inert": "Sanitize", "Abilities": "Capabilities", "Unclear": "Unknown",
	"Doubted": "Doubtful", "Broken": "Down", "capitalled": "upper", "scanodd": "specialTokens", "sieve": "bloom", "begun": "prefixHits",
	"shelf": "storyCache", "Blind": "CoverageGap", "witness": "crashGuard", "Witness": "CrashGuard", "rehearse": "dryRun", "rehearsal": "dryRun",
	"span32": "Range", "notePlaces": "entryPlaces",
}

// The words of the field, one meaning each: names that were retired do not
// come back.
func TestRetiredNamesStayAway(t *testing.T) {
	fset, packages := tree(t)
	for _, p := range packages {
		for _, f := range p.files {
			for _, id := range declared(f) {
				if instead, ok := retired[id.Name]; ok {
					t.Errorf("%s: %s: say %s", fset.Position(id.Pos()), id.Name, instead)
				}
			}
		}
	}
}

// declared lists the names that a file declares.
func declared(f *ast.File) (names []*ast.Ident) {
	ids := func(list []ast.Expr) {
		for _, x := range list {
			if id, ok := x.(*ast.Ident); ok {
				names = append(names, id)
			}
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			names = append(names, n.Name)
		case *ast.TypeSpec:
			names = append(names, n.Name)
		case *ast.ValueSpec:
			names = append(names, n.Names...)
		case *ast.Field:
			names = append(names, n.Names...)
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				ids(n.Lhs)
			}
		case *ast.RangeStmt:
			if n.Tok == token.DEFINE {
				ids([]ast.Expr{n.Key, n.Value})
			}
		}
		return true
	})
	return names
}
