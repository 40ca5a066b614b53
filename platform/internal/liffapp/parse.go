package liffapp

import (
	"errors"

	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
)

// parseChange reads the body of POST and PUT strictly: one JSON object, names in their
// exact case and once. Members that are not LINE's are ignored, for its own libraries
// may be newer than ours; null is as if the member was not given (our choices). The
// error names the member at fault.
func parseChange(body []byte) (wire.LIFFChange, error) {
	var c wire.LIFFChange
	err := jose.ScanObject(body, func(name string, v jose.Value) error {
		switch name {
		case "view":
			return readObject(name, v, func() { c.View = new(wire.LIFFViewChange) }, func(member string, v jose.Value) error {
				switch member {
				case "type":
					return read("view.type", v, "a string", jose.Value.String, &c.View.Type)
				case "url":
					return read("view.url", v, "a string", jose.Value.String, &c.View.URL)
				case "moduleMode":
					return read("view.moduleMode", v, "true or false", jose.Value.Bool, &c.View.ModuleMode)
				}
				return nil
			})
		case "features":
			return readObject(name, v, func() { c.Features = new(wire.LIFFFeaturesChange) }, func(member string, v jose.Value) error {
				switch member {
				case "ble":
					return read("features.ble", v, "true or false", jose.Value.Bool, &c.Features.BLE)
				case "qrCode":
					return read("features.qrCode", v, "true or false", jose.Value.Bool, &c.Features.QRCode)
				}
				return nil
			})
		case "description":
			return read(name, v, "a string", jose.Value.String, &c.Description)
		case "permanentLinkPattern":
			return read(name, v, "a string", jose.Value.String, &c.PermanentLinkPattern)
		case "scope":
			return read(name, v, "an array of strings", jose.Value.Strings, &c.Scope)
		case "botPrompt":
			return read(name, v, "a string", jose.Value.String, &c.BotPrompt)
		}
		return nil
	})
	if err != nil {
		var e *oauth2.Error
		if errors.As(err, &e) {
			return wire.LIFFChange{}, e
		}
		return wire.LIFFChange{}, invalid("body", err.Error(), "one JSON object, each name once")
	}
	return c, nil
}

// read takes a member of one type.
func read[T any](name string, v jose.Value, expected string, get func(jose.Value) (T, error), into **T) error {
	if v.Kind() == jose.Null {
		return nil
	}
	value, err := get(v)
	if err != nil {
		return invalid(name, string(v.Raw()), expected)
	}
	*into = &value
	return nil
}

// readObject takes a member that is an object itself.
func readObject(name string, v jose.Value, begin func(), member func(string, jose.Value) error) error {
	switch v.Kind() {
	case jose.Null:
		return nil
	case jose.Object:
		begin()
		return jose.ScanObject(v.Raw(), member)
	}
	return invalid(name, string(v.Raw()), "a JSON object")
}
