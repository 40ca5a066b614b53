package page

import (
	"encoding/json"
	"testing/fstest"

	"github.com/tegata-id/tegata/web"
)

// What the tests of package page_test look at from inside.
var (
	FormSource   = formSource
	WebOrigin    = webOrigin
	ShownPicture = shownPicture
	Visible      = visible
)

// Part and Compared are how an error page shows values.
type (
	Part     = part
	Compared = compared
)

// Compare is what an error page says of a value that is not registered.
func Compare(given string, registered []string) ([]Part, []Compared, int) {
	c := compare(given, registered)
	return c.Given, c.Registered, c.More
}

// Messages returns the messages by language and key.
func Messages() (map[string]map[string]string, error) {
	all, err := readCatalogues(web.Pages)
	out := map[string]map[string]string{}
	for tag, c := range all {
		out[tag] = c
	}
	return out, err
}

// NewWith is New with other messages.
func NewWith(cfg Config, messages map[string]map[string]string) (*Renderer, error) {
	files := fstest.MapFS{}
	for tag, m := range messages {
		text, err := json.Marshal(m)
		if err != nil {
			return nil, err
		}
		files["locales/"+tag+".json"] = &fstest.MapFile{Data: text}
	}
	all, err := readCatalogues(files)
	if err != nil {
		return nil, err
	}
	return newRenderer(cfg, web.Pages, all)
}

// Style returns the style sheet that pages load.
func Style() (string, error) {
	text, err := styles(web.Pages)
	return string(text), err
}
