package web

import (
	_ "embed"
	"net/http"
)

// openAPI describes the API (OpenAPI 3.1). A test holds it against the routes
// and against what they answer.
//
//go:embed static/openapi.json
var openAPI []byte

func (s *Server) serveOpenAPI(r *request) error {
	return r.send(http.StatusOK, "application/json", openAPI)
}
