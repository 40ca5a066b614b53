package authorize

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/page"
	"github.com/tegata-id/tegata/platform/internal/router"
)

// refuse sends a fault to the callback and records why.
func (s *Endpoints) refuse(w http.ResponseWriter, r *http.Request, a ask, e *oauth2.Error) error {
	code := e.Code
	if a.req.Native {
		// LINE's iOS SDK knows access_denied and server_error in lower case only.
		code = strings.ToLower(code)
	}
	fields := []page.Field{{Name: "error", Value: code}, {Name: "error_description", Value: e.Description}}
	if a.req.State != "" {
		fields = append(fields, page.Field{Name: "state", Value: a.req.State})
	}
	if a.req.LIFFID != "" {
		fields = append(fields, page.Field{Name: wire.ParamLIFFOAuth2Error, Value: "true"})
	}
	router.From(r.Context()).Refuse(r.Context(), e)
	return s.send(w, r, a, fields)
}

// succeed sends the code to the callback. friend is friendship_status_changed, or empty
// if adding a friend was not offered.
func (s *Endpoints) succeed(w http.ResponseWriter, r *http.Request, a ask, personID, code, friend string) error {
	if s.Spoil != nil {
		code, a.req.State = s.Spoil(r, a.req, personID, code)
	}
	return s.answer(w, r, a, code, friend)
}

// answer sends a code to the callback, with what belongs to it.
func (s *Endpoints) answer(w http.ResponseWriter, r *http.Request, a ask, code, friend string) error {
	fields := make([]page.Field, 0, 5)
	fields = append(fields, page.Field{Name: "code", Value: code}, page.Field{Name: "state", Value: a.req.State})
	if friend != "" {
		fields = append(fields, page.Field{Name: "friendship_status_changed", Value: friend})
	}
	if a.req.LIFFID != "" {
		fields = append(fields,
			page.Field{Name: wire.ParamLIFFClientID, Value: a.channel.ID},
			page.Field{Name: wire.ParamLIFFRedirectURI, Value: a.req.RedirectURI})
	}
	return s.send(w, r, a, fields)
}

// send carries parameters to the callback in the response mode of the request.
func (s *Endpoints) send(w http.ResponseWriter, r *http.Request, a ask, fields []page.Field) error {
	mode := a.req.ResponseMode
	if mode == modeQueryJWT || mode == modeFormPostJWT {
		token, err := s.signed(r, a, fields)
		if err != nil {
			return err
		}
		fields = []page.Field{{Name: "response", Value: token}}
	}
	if mode == modeFormPost || mode == modeFormPostJWT {
		return s.showFormPost(w, r, a, fields)
	}
	var query strings.Builder
	query.Grow(256)
	for i, f := range fields {
		if i > 0 {
			query.WriteByte('&')
		}
		query.WriteString(f.Name)
		query.WriteByte('=')
		query.WriteString(url.QueryEscape(f.Value))
	}
	seeOther(w, appendParams(a.req.RedirectURI, query.String()))
	return nil
}

// signed puts the parameters into a signed response (JARM §2.1): issuer, audience and
// expiry, then the parameters as strings.
func (s *Endpoints) signed(r *http.Request, a ask, fields []page.Field) (string, error) {
	var claims bytes.Buffer
	claims.WriteString(`{"iss":`)
	quoteJSON(&claims, s.Issuer(router.From(r.Context()).Base))
	claims.WriteString(`,"aud":`)
	quoteJSON(&claims, a.channel.ID)
	claims.WriteString(`,"exp":`)
	claims.WriteString(strconv.FormatInt(s.Now().Add(responseLife).Unix(), 10))
	for _, f := range fields {
		claims.WriteByte(',')
		quoteJSON(&claims, f.Name)
		claims.WriteByte(':')
		quoteJSON(&claims, f.Value)
	}
	claims.WriteByte('}')
	token, err := s.Issue.SignResponse(a.channel, claims.Bytes())
	if err != nil {
		return "", fmt.Errorf("sign authorization response: %w", err)
	}
	return token, nil
}

func quoteJSON(b *bytes.Buffer, text string) {
	data, err := json.Marshal(text)
	if err != nil { // a string: cannot happen
		data = []byte(`""`)
	}
	b.Write(data)
}

// seeOther redirects by 303, so that a browser never posts a password again (RFC 9700
// §4.12). The location is made of checked parts.
func seeOther(w http.ResponseWriter, location string) {
	h := w.Header()
	h["Location"] = []string{location}
	h["Cache-Control"] = []string{"no-store"}
	h["Content-Length"] = []string{"0"}
	w.WriteHeader(http.StatusSeeOther)
}
