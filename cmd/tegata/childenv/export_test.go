package childenv

// NoProxy returns what the command gets for the user's NO_PROXY.
func NoProxy(own string, names []string) string {
	e := environment{Config: Config{Names: names}, own: map[string]string{"NO_PROXY": own}, set: map[string]string{}}
	e.proxies()
	return e.set["NO_PROXY"]
}
