package fault

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/store"
)

// maxRead bounds how much of a body is looked at, in bytes. A longer one is passed on
// as it is.
const maxRead = 16 << 10

// secret has the parameters whose values are not for the log of requests.
var secret = map[string]bool{
	"code": true, "access_token": true, "refresh_token": true, "id_token": true, "token": true, "userAccessToken": true,
	"client_secret": true, "client_assertion": true, "code_verifier": true, "password": true, "loginState": true,
	"ott": true,
}

// sent is what a request carries. It is kept as it came, since most of it is never asked
// for.
type sent struct {
	query, media string
	body         []byte // nil if it is longer than is looked at
}

// values returns the parameters of query and body; the query goes first.
func (s sent) values() url.Values {
	all, err := url.ParseQuery(s.query)
	if err != nil {
		all = url.Values{} // the endpoint refuses it
	}
	media, _, _ := strings.Cut(s.media, ";")
	switch strings.ToLower(strings.TrimSpace(media)) {
	case "application/x-www-form-urlencoded":
		if posted, err := url.ParseQuery(string(s.body)); err == nil {
			for name, values := range posted {
				all[name] = append(all[name], values...)
			}
		}
	case "application/json":
		var members map[string]any
		if json.Unmarshal(s.body, &members) == nil {
			for name, value := range members {
				if text, ok := value.(string); ok {
					all.Add(name, text)
				}
			}
		}
	}
	return all
}

// params are what the log of requests shows: secrets by their length.
func (s sent) params() map[string]string {
	all := s.values()
	out := make(map[string]string, len(all))
	for name, values := range all {
		text := strings.Join(values, " ")
		if secret[name] && text != "" {
			text = "(" + strconv.Itoa(len(text)) + " bytes)"
		}
		out[name] = text
	}
	return out
}

// asked is a request as far as rules look at it.
type asked struct {
	set      *Set
	r        *http.Request
	endpoint string
	sent     sent

	resolved        bool // whether what follows is known
	form            url.Values
	channel, person string
}

// read looks at a request and leaves its body to be read again.
func (s *Set) read(r *http.Request, endpoint string) *asked {
	a := &asked{set: s, r: r, endpoint: endpoint, sent: sent{query: r.URL.RawQuery}}
	if r.Body == nil || r.Body == http.NoBody {
		return a
	}
	head, err := io.ReadAll(io.LimitReader(r.Body, maxRead+1))
	rest := r.Body
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), failing{err}, rest), rest}
	if len(head) <= maxRead && err == nil {
		a.sent.media, a.sent.body = r.Header.Get("Content-Type"), head
	}
	return a
}

// failing gives an error where the body broke off; nothing if there was none.
type failing struct{ err error }

// Read implements io.Reader.
func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

// replaceForm gives the request another form body.
func (a *asked) replaceForm(form url.Values) {
	body := form.Encode()
	a.r.Body, a.r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
}

// resolve finds out which channel and which person a request is about, by whatever it
// carries. Nothing is believed for more than the choice of a rule.
func (a *asked) resolve() {
	if a.resolved {
		return
	}
	a.resolved, a.form = true, a.sent.values()
	a.byParams()
	a.byToken()
	a.byLogin()
}

func (a *asked) byParams() {
	user, _, _ := a.r.BasicAuth()
	for _, id := range []string{a.form.Get("client_id"), a.form.Get("loginChannelId"), user} {
		a.about(id, "")
	}
	for _, id := range []string{a.form.Get("app_id"), a.form.Get("liffId"), a.r.PathValue("liffID")} {
		channel, _, _ := strings.Cut(id, "-")
		a.about(channel, "")
	}
}

// byToken looks at the tokens and codes of the request.
func (a *asked) byToken() {
	ctx, issued := a.r.Context(), a.set.cfg.Issue
	_, bearer, _ := strings.Cut(a.r.Header.Get("Authorization"), " ")
	for _, raw := range []string{bearer, a.form.Get("access_token"), a.form.Get("userAccessToken"), a.form.Get("token")} {
		if t, err := issued.AccessRecord(ctx, raw); raw != "" && err == nil {
			a.about(t.ChannelID, t.PersonID)
		}
	}
	if raw := a.form.Get("code"); raw != "" {
		if c, err := issued.Code(ctx, raw); err == nil {
			a.about(c.Request.ChannelID, c.Who.PersonID)
		}
	}
	for _, raw := range []string{a.form.Get("refresh_token"), a.form.Get("token")} {
		if t, err := issued.RefreshToken(ctx, raw); raw != "" && err == nil {
			a.about(t.ChannelID, t.PersonID)
		}
	}
	if userID := subjectOf(a.form.Get("id_token")); userID != "" {
		if c, err := a.set.cfg.Store.Channel(ctx, a.channel); err == nil {
			if person, err := a.set.cfg.Store.PersonOf(ctx, c.ProviderID, userID); err == nil {
				a.about("", person)
			}
		}
	}
}

// byLogin looks at the login transaction, at who logs in, and at the session.
func (a *asked) byLogin() {
	ctx, st := a.r.Context(), a.set.cfg.Store
	if hash, ok := login.HashSecret(a.form.Get("loginState")); ok {
		if t, err := st.Transaction(ctx, hash, a.set.cfg.Now().UTC()); err == nil {
			a.about(t.Request.ChannelID, t.Who.PersonID)
		}
	}
	for _, name := range []string{a.form.Get("persona"), a.form.Get("email")} {
		if p, err := st.PersonByLogin(ctx, strings.ToLower(strings.TrimSpace(name))); name != "" && err == nil {
			a.about("", p.ID)
		}
	}
	if a.person != "" {
		return
	}
	switch session, err := a.set.cfg.Session(a.r); {
	case errors.Is(err, store.ErrNotFound):
	case err == nil:
		a.about("", session.PersonID)
	}
}

// about takes over what is not known yet.
func (a *asked) about(channel, person string) {
	if a.channel == "" {
		a.channel = channel
	}
	if a.person == "" {
		a.person = person
	}
}

// subjectOf returns the sub that a JWT claims, or the empty string.
func subjectOf(raw string) string {
	payload, err := jsonPart(strings.Split(raw, "."), 1)
	if err != nil {
		return ""
	}
	var claims struct {
		Subject string `json:"sub"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		return ""
	}
	return claims.Subject
}

// jsonPart decodes one of the three parts of a JWT.
func jsonPart(parts []string, at int) ([]byte, error) {
	if len(parts) != 3 {
		return nil, errors.New("no JWT")
	}
	return base64.RawURLEncoding.DecodeString(parts[at])
}
