// Package router is the dispatcher: routes, the checks and headers that every
// request needs, CORS, the request ID, which base URL a request came through, and
// the turning of a handler's error into an answer and an event. Endpoint packages
// mount their routes on its Mux and cannot forget any of this.
package router
