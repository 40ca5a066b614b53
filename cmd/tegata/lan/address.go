package lan

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/tegata-id/tegata/cmd/tegata/localca"
)

// Address returns the private address of this machine that phones of the same network
// reach: the asked one, which must be one of its own, or that by which it reaches others.
// The error says what to do.
func Address(asked string) (net.IP, error) {
	own, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("addresses of this machine: %w", err)
	}
	var all []net.IP
	for _, a := range own {
		if block, ok := a.(*net.IPNet); ok {
			all = append(all, block.IP)
		}
	}
	return choose(asked, all, outward())
}

// outward is the address from which a packet to elsewhere would leave; nil if there is no
// way. None is sent: TEST-NET-1 (RFC 5737) is nobody's.
func outward() net.IP {
	conn, err := net.Dial("udp", "192.0.2.1:9")
	if err != nil {
		return nil
	}
	defer conn.Close()
	if udp, ok := conn.LocalAddr().(*net.UDPAddr); ok {
		return udp.IP
	}
	return nil
}

// choose picks the address: asked, if it is not empty.
func choose(asked string, own []net.IP, outward net.IP) (net.IP, error) {
	if asked != "" {
		return check(asked, own)
	}
	var private []net.IP
	for _, ip := range own {
		if !usable(ip) {
			continue
		}
		if ip.Equal(outward) {
			return ip, nil
		}
		private = append(private, ip)
	}
	switch {
	case len(private) == 1:
		return private[0], nil
	case len(private) == 0:
		return nil, errors.New("this machine has no private address: join the phone's Wi-Fi")
	}
	return nil, fmt.Errorf("this machine has several private addresses: choose with --lan-address one of %s", list(private))
}

// usable says whether phones could reach the address and the local authority may vouch for
// it. Link-local ones need a zone, which browsers do not take.
func usable(ip net.IP) bool {
	return localca.Covers(ip) && !ip.IsLoopback() && !ip.IsLinkLocalUnicast()
}

func check(asked string, own []net.IP) (net.IP, error) {
	ip := net.ParseIP(asked)
	if ip == nil {
		return nil, fmt.Errorf("%q is no IP address", asked)
	}
	if !localca.Covers(ip) {
		return nil, fmt.Errorf("%s is a public address; a phone reaches this machine by a private one, such as %s", ip, or(list(own), "192.168.1.5"))
	}
	if ip.IsLoopback() { // for who wants to try it in a browser of this machine
		return ip, nil
	}
	for _, mine := range own {
		if ip.Equal(mine) {
			return ip, nil
		}
	}
	return nil, fmt.Errorf("%s is no address of this machine: it has %s", ip, or(list(own), "none that is private"))
}

// list writes the usable ones of some addresses.
func list(all []net.IP) string {
	var out []string
	for _, ip := range all {
		if usable(ip) {
			out = append(out, ip.String())
		}
	}
	return strings.Join(out, ", ")
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
