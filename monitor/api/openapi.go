package api

import (
	_ "embed"
	"net/http"
)

// OpenAPI describes the Server (OpenAPI 3.1). A test holds it against the routes
// and against what they answer.
//
//go:embed openapi.json
var OpenAPI []byte

func serveOpenAPI(r *Request) error {
	return r.Send(http.StatusOK, "application/json", OpenAPI)
}
