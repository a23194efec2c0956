// Package deploy holds the pages that go along with the program.
package deploy

import _ "embed"

// Language is LANGUAGE.md, the reference of the watch language, in Markdown.
//
//go:embed LANGUAGE.md
var Language string
