package main

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tegata-id/tegata/cmd/tegata/lan"
	"github.com/tegata-id/tegata/cmd/tegata/localca"
	"github.com/tegata-id/tegata/cmd/tegata/trust"
	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/simulator"
)

// lanFlags let phones of the same network in.
type lanFlags struct {
	LAN        bool   `name:"lan" help:"Let phones of the same Wi-Fi in: each app at a port of this machine's private address, by TLS, for who knows the pairing code. The demo passwords and secrets are random then." env:"TEGATA_LAN"`
	LANAddress string `name:"lan-address" help:"Private address of this machine, if it has several." env:"TEGATA_LAN_ADDRESS" placeholder:"IP"`
	LANPort    int    `name:"lan-port" help:"Port of the page by which a phone comes to trust this machine. By default ${default}. The next one is the platform's, then come the apps'. 0: free ones." env:"TEGATA_LAN_PORT" default:"4880" placeholder:"PORT"`
}

// lanPort is --lan-port when nobody gives it.
const lanPort = 4880

// devLAN is what `tegata dev --lan` has more.
type devLAN struct {
	ip        net.IP
	authority *localca.Authority
	tls       *tls.Config
	gate      *lan.Gate
	next      int // port of the next app; 0: a free one
	guide     net.Listener
	platform  net.Listener
	base      string // of the platform, for phones
	guideURL  string
	apps      atomic.Pointer[[]lan.App] // set once the simulator serves them
}

// openLAN opens the address for phones; nil without --lan.
func openLAN(c devCmd, out streams) (*devLAN, error) {
	if !c.LAN {
		if c.LANAddress != "" {
			return nil, &failure{exitUsage, errors.New("--lan-address without --lan"), "add --lan"}
		}
		if c.LANPort != lanPort {
			return nil, &failure{exitUsage, errors.New("--lan-port without --lan"), "add --lan"}
		}
		return nil, nil
	}
	if host, _, err := net.SplitHostPort(c.Listen); err != nil || host != "localhost" && !net.ParseIP(host).IsLoopback() {
		return nil, &failure{exitUsage, fmt.Errorf("--lan with --listen %s", c.Listen), "leave --listen on 127.0.0.1: phones have ports of their own"}
	}
	if c.LANPort < 0 || c.LANPort > 65000 {
		return nil, &failure{exitUsage, fmt.Errorf("--lan-port %d", c.LANPort), "give a port up to 65000, or 0"}
	}
	l := &devLAN{next: c.LANPort}
	var err error
	if l.ip, err = lan.Address(c.LANAddress); err != nil {
		return nil, &failure{exitUsage, fmt.Errorf("--lan: %w", err), "give a private address of this machine, or none to have it found; tegata dev without --lan needs no network"}
	}
	folders, err := userFolders()
	if err != nil {
		return nil, err
	}
	if l.authority, _, err = trust.Open(folders, time.Now()); err != nil {
		return nil, err
	}
	if l.tls, err = l.authority.Server(l.ip, time.Now); err != nil {
		return nil, err
	}
	if l.guide, err = l.listen(); err != nil {
		return nil, err
	}
	if l.platform, err = l.listen(); err != nil {
		return nil, errors.Join(err, l.close())
	}
	l.guideURL, l.base = "http://"+localhost(l.guide.Addr())+"/", "https://"+localhost(l.platform.Addr())
	l.gate = lan.NewGate(lan.GateConfig{Base: l.base, Apps: l.listed, Now: time.Now, Fresh: func(code string) {
		// Nothing is left to do if standard error is gone.
		_, _ = fmt.Fprintf(out.err, "a phone was paired, or somebody guessed; the next phone's pairing code is %s\n", spaced(code))
	}})
	return l, nil
}

// listen opens the next port, or a free one if that is taken.
func (l *devLAN) listen() (net.Listener, error) {
	if l.next != 0 {
		at := net.JoinHostPort(l.ip.String(), strconv.Itoa(l.next))
		l.next++
		if opened, err := net.Listen("tcp", at); err == nil {
			return opened, nil
		}
	}
	opened, err := net.Listen("tcp", net.JoinHostPort(l.ip.String(), "0"))
	if err != nil {
		return nil, &failure{exitConfig, fmt.Errorf("--lan: %w", err), "name another address of this machine with --lan-address"}
	}
	return opened, nil
}

// listed are the apps that a phone can open.
func (l *devLAN) listed() []lan.App {
	if all := l.apps.Load(); all != nil {
		return *all
	}
	return nil
}

// bases are the base URLs by which phones reach the platform; none without --lan.
func (l *devLAN) bases() []string {
	if l == nil {
		return nil
	}
	return []string{l.base}
}

// door is how the simulator serves the apps to phones; nil without --lan.
func (l *devLAN) door() *simulator.Door {
	if l == nil {
		return nil
	}
	return &simulator.Door{
		Platform: l.base,
		Listen: func(string) (net.Listener, error) {
			opened, err := l.listen()
			if err != nil {
				return nil, err
			}
			return tls.NewListener(opened, l.tls), nil
		},
		Front: l.gate.App,
	}
}

// serveLAN begins to answer phones: h is the platform.
func (s *devServer) serveLAN(h http.Handler, env *control.Env) {
	l := s.lan
	names := map[string]control.EnvLIFFApp{}
	for _, a := range env.LIFFApps {
		names[a.LIFFID] = a
	}
	var all []lan.App
	for _, served := range s.simulator.Served() {
		a := names[served.LIFFID]
		path := strings.TrimPrefix(a.EndpointURL, served.Upstream)
		all = append(all, lan.App{Name: a.Description, Origin: served.Outer, URL: served.Outer + path})
	}
	l.apps.Store(&all)
	guide, listener := l.guide, l.platform
	l.guide, l.platform = nil, nil
	s.servers.Serve(guide, lan.Authority(l.authority, l.base), nil)
	s.servers.Serve(listener, l.gate.Platform(h), l.tls)
}

// announce says how a phone comes in: two codes to scan, if w is for a terminal, and the
// same as text.
func (l *devLAN) announce(w io.Writer, terminal bool) error {
	var b strings.Builder
	start := l.base + lan.Path + "?code=" + l.gate.Code()
	steps := []struct{ text, url string }{
		{"1. Once per phone: let it trust this machine. Compare what it shows with\n   SHA-256 " + l.authority.Fingerprint(), l.guideURL},
		{"2. Pair it by the code " + spaced(l.gate.Code()) + ", and open an app.", start},
	}
	b.WriteString("\nphones in this network\n")
	for _, step := range steps {
		fmt.Fprintf(&b, "\n%s\n   %s\n", step.text, step.url)
		if !terminal {
			continue
		}
		drawn, err := lan.QR(step.url)
		if err != nil {
			return err
		}
		b.WriteString(drawn)
	}
	b.WriteString("\nEverybody in this network can ask; only paired phones get your apps and the login page.\n" +
		"Browsers of this machine trust the same addresses after `tegata trust install`.\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// close closes what no server has.
func (l *devLAN) close() error {
	if l == nil {
		return nil
	}
	var errs []error
	for _, opened := range []net.Listener{l.guide, l.platform} {
		if opened != nil {
			errs = append(errs, opened.Close())
		}
	}
	return errors.Join(errs...)
}

// secretly replaces what everybody knows of the demo world.
func secretly(seed *platform.Seed) {
	for i := range seed.Channels {
		seed.Channels[i].Secret = randomHex()
	}
	password := typable()
	for i := range seed.Users {
		seed.Users[i].Password, seed.Users[i].PasswordHash = password, ""
	}
}

// randomHex returns 32 hexadecimal digits, the form of a channel secret.
func randomHex() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails (crypto/rand)
	return fmt.Sprintf("%x", raw)
}

// typable returns a password of 60 random bits that is typed easily on a phone.
func typable() string {
	const letters = "abcdefghjkmnpqrstuvwxyz023456789" // 32, of which none look alike
	var raw [12]byte
	_, _ = rand.Read(raw[:]) // never fails (crypto/rand)
	var b strings.Builder
	for i, r := range raw {
		if i == 4 || i == 8 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[r%32])
	}
	return b.String()
}

// isTerminal says whether w is shown to a person at once.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// spaced writes a code in two groups.
func spaced(code string) string { return code[:4] + " " + code[4:] }
