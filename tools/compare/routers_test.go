package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/labstack/echo/v4"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/wrongtoken"
	"github.com/tegata-id/tegata/tegatahttp"
)

// TestRouters puts the middleware of package tegatahttp into other people's routers, as
// their documentation says how standard middleware goes there: a good token comes through
// with its user, and a bad one stops before the handler.
func TestRouters(t *testing.T) {
	good, v := goodToken(t)
	protect := tegatahttp.IDToken(v)
	greet := func(w http.ResponseWriter, r *http.Request) {
		user, ok := tegatahttp.UserFrom(r.Context())
		if !ok {
			t.Error("the handler has no user")
			return
		}
		_, _ = w.Write([]byte(user.UserID))
	}

	fromChi := chi.NewRouter()
	fromChi.With(protect).Post("/me", greet)

	fromEcho := echo.New()
	fromEcho.POST("/me", echo.WrapHandler(http.HandlerFunc(greet)), echo.WrapMiddleware(protect))

	gin.SetMode(gin.ReleaseMode)
	fromGin := gin.New()
	fromGin.POST("/me", gin.WrapH(protect(http.HandlerFunc(greet))))

	for name, h := range map[string]http.Handler{"chi": fromChi, "echo": fromEcho, "gin": fromGin} {
		t.Run(name, func(t *testing.T) {
			for token, want := range map[string]int{good: 200, good[:len(good)-4] + "AAAA": 401, "": 401} {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/me", nil)
				if token != "" {
					r.Header.Set("Authorization", "Bearer "+token)
				}
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if w.Code != want || (want == 200) != (len(w.Body.String()) == 33) {
					t.Errorf("status %d %q, want %d", w.Code, w.Body, want)
				}
			}
		})
	}
}

// goodToken is the first control of the list, and a verifier that takes it.
func goodToken(t *testing.T) (string, *tegata.Verifier) {
	t.Helper()
	good := wrongtoken.Controls()[0]
	v, err := tegata.New(tegata.Config{
		ChannelID: good.Settings.Channel, Issuer: good.Settings.Issuer, Transport: newNetwork(good.Set),
		Now: func() time.Time { return good.Settings.Now },
	})
	if err != nil {
		t.Fatal(err)
	}
	return good.Token, v
}
