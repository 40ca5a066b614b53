package simulator

import "github.com/tegata-id/tegata/internal/control"

// ScriptPlace returns where the script belongs in a page.
func ScriptPlace(page []byte) (int, bool) { return scriptPlace(page) }

// AmendPolicy returns a policy as the proxy of a simulator at base would send it, and the
// nonce that the script must carry.
func (s *Simulator) AmendPolicy(text string) (policy, nonce string) {
	p := &proxy{sim: s, platform: s.cfg.Platform.BaseURL}
	out, nonce := p.amendPolicy(parsePolicy(text))
	return writePolicy(out), nonce
}

// Masked replaces tokens in text.
func Masked(text string) string { return masked(text) }

// ParsedPolicy reads a policy and writes it again, as the proxy of a platform at
// http://localhost:4800 would send it.
func ParsedPolicy(text string) (policy, nonce string) {
	s := &Simulator{cfg: Config{Platform: control.NewClient("http://localhost:4800", "")}}
	return s.AmendPolicy(text)
}
