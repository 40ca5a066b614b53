package lan

import (
	"net"
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	ips := func(all ...string) []net.IP {
		out := make([]net.IP, 0, len(all))
		for _, s := range all {
			out = append(out, net.ParseIP(s))
		}
		return out
	}
	own := ips("127.0.0.1", "::1", "192.168.1.5", "172.17.0.1", "fe80::1", "203.0.113.9")
	for _, c := range []struct {
		name, asked string
		own         []net.IP
		outward     string
		want        string // an address, or a part of the error
	}{
		{"the way out", "", own, "192.168.1.5", "192.168.1.5"},
		{"the way out is public", "", own, "203.0.113.9", "--lan-address one of 192.168.1.5, 172.17.0.1"},
		{"no way out, one address", "", ips("127.0.0.1", "10.0.0.7"), "", "10.0.0.7"},
		{"IPv6 alone", "", ips("::1", "fd00::2", "fe80::1"), "", "fd00::2"},
		{"no network", "", ips("127.0.0.1", "::1", "fe80::1"), "", "join the phone's Wi-Fi"},
		{"asked", "172.17.0.1", own, "192.168.1.5", "172.17.0.1"},
		{"asked for this machine alone", "127.0.0.1", own, "", "127.0.0.1"},
		{"asked for another machine's", "192.168.1.6", own, "", "is no address of this machine: it has 192.168.1.5, 172.17.0.1"},
		{"asked for a public one", "203.0.113.9", own, "", "is a public address"},
		{"asked for a name", "laptop.local", own, "", "is no IP address"},
	} {
		ip, err := choose(c.asked, c.own, net.ParseIP(c.outward))
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = ip.String()
		}
		if got != c.want && (err == nil || !strings.Contains(got, c.want)) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
