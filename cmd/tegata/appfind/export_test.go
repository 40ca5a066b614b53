package appfind

// Title returns the title of a page.
func Title(body []byte) string { return title(body) }
