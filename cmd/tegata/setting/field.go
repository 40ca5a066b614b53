package setting

import (
	"fmt"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// field is one setting of a Config.
type field struct {
	name   string // in the file, such as tls.cert
	secret string // "", "all", or "url" whose password is secret
	noFlag bool
	value  reflect.Value
}

// fields returns every setting of c, in the order of the struct.
func fields(c *Config) []field { return walk(reflect.ValueOf(c).Elem(), "") }

func walk(v reflect.Value, prefix string) []field {
	var all []field
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		name, _, _ := strings.Cut(tag.Get("yaml"), ",")
		if v.Field(i).Kind() == reflect.Struct {
			all = append(all, walk(v.Field(i), prefix+name+".")...)
			continue
		}
		all = append(all, field{name: prefix + name, secret: tag.Get("secret"), noFlag: tag.Get("kong") == "-", value: v.Field(i)})
	}
	return all
}

// flag is the name of the setting's flag, without dashes.
func (f field) flag() string {
	var b strings.Builder
	for _, c := range f.name {
		switch {
		case c == '.':
			b.WriteByte('-')
		case unicode.IsUpper(c):
			b.WriteByte('-')
			b.WriteRune(unicode.ToLower(c))
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// env is the name of the setting's variable in the environment.
func (f field) env() string {
	if f.name == "masterKey.value" {
		return EnvMasterKey
	}
	return "TEGATA_" + strings.ToUpper(strings.ReplaceAll(f.flag(), "-", "_"))
}

// EnvMasterKey is the variable that may hold the master key itself.
const EnvMasterKey = "TEGATA_MASTER_KEY"

// set reads a value from text, as the environment has it. Lists are divided by commas.
func (f field) set(text string) error {
	switch v := f.value.Addr().Interface().(type) {
	case *string:
		*v = text
	case *[]string:
		*v = nil
		for _, one := range strings.Split(text, ",") {
			if one = strings.TrimSpace(one); one != "" {
				*v = append(*v, one)
			}
		}
	case *int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%q is no number", text)
		}
		*v = n
	case *time.Duration:
		d, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("%q is no duration such as 20s", text)
		}
		*v = d
	default:
		return fmt.Errorf("settings of type %T are not read", v)
	}
	return nil
}

// shown returns the value for people, without secrets.
func (f field) shown() any {
	v := f.value.Interface()
	s, _ := v.(string)
	switch {
	case f.secret == "all" && s != "":
		return "(set)"
	case f.secret == "url" && strings.Contains(s, "://"):
		u, err := url.Parse(s)
		if err != nil {
			return "(a URL that cannot be read)"
		}
		q := u.Query()
		for name := range q {
			if strings.Contains(strings.ToLower(name), "password") {
				q.Set(name, "xxxxx")
			}
		}
		u.RawQuery = q.Encode()
		return u.Redacted()
	case f.secret == "url" && strings.Contains(s, "password="):
		return "(key=value, with a password)"
	}
	if d, ok := v.(time.Duration); ok {
		return d.String()
	}
	return v
}
