package lineproxy

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
)

// target is where a request wants to go.
type target struct {
	host string // an IP address, or a name in lower case without a final dot
	port string // 1 to 65535, in digits
}

func (t target) String() string { return net.JoinHostPort(t.host, t.port) }

var (
	errTarget = errors.New("the target is not HOST:PORT")
	errBody   = errors.New("CONNECT has no content")
)

// connectTarget returns the target of a CONNECT request. Whatever could be read in two
// ways is an error: another form of target, or content (RFC 9112, section 3.2.3; RFC 9110,
// section 9.3.6).
func connectTarget(r *http.Request) (target, error) {
	if r.ContentLength != 0 || len(r.TransferEncoding) > 0 {
		return target{}, errBody
	}
	if r.RequestURI != r.URL.Host || r.Host != r.URL.Host {
		return target{}, errTarget
	}
	return parseTarget(r.RequestURI)
}

// parseTarget reads HOST:PORT. The characters of the result can be put into a request of
// ours as they are.
func parseTarget(authority string) (target, error) {
	host, port, err := net.SplitHostPort(authority)
	if err != nil {
		return target{}, errTarget
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 || strconv.FormatUint(n, 10) != port {
		return target{}, errTarget
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Zone() != "" {
			return target{}, errTarget
		}
		return target{ip.String(), port}, nil
	}
	if strings.HasPrefix(authority, "[") {
		return target{}, errTarget
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if !isName(host) {
		return target{}, errTarget
	}
	return target{host, port}, nil
}

// isName says whether a host name has only labels of letters, digits, hyphen and underscore.
func isName(host string) bool {
	if len(host) > 253 {
		return false
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 {
			return false
		}
		for _, c := range []byte(label) {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}
