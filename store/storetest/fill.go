package storetest

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// filled makes a record in which every field is set, each to something of its own,
// so that a field that an engine forgets or mixes up is seen. Records of different
// seeds differ in every field but booleans. A field of a type that is not known here
// fails the test: whoever adds such a field teaches this function.
func filled[T any](t testing.TB, seed int) T {
	t.Helper()
	var record T
	f := filler{TB: t, seed: seed}
	f.fill(reflect.ValueOf(&record).Elem(), "")
	return record
}

type filler struct {
	testing.TB
	seed, count int
}

// text is what engines may stumble over: quotes, separators, other scripts, line
// ends, backslashes.
const text = "\"a', b;\\%_\n日本語 🎫 é"

func (f *filler) fill(v reflect.Value, path string) {
	f.count++
	if v.Type() == reflect.TypeFor[time.Time]() {
		// From elsewhere, to see that it comes back in UTC.
		zone := time.FixedZone("JST", 9*60*60)
		v.Set(reflect.ValueOf(start.Add(time.Duration(f.seed*10_000+f.count) * time.Second).In(zone)))
		return
	}
	if v.Type() == reflect.TypeFor[time.Duration]() {
		v.SetInt(int64(time.Duration(f.seed*1000+f.count) * time.Second))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("%s%s-%d-%d", strings.ToLower(path), text, f.seed, f.count))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(f.seed*1000 + f.count))
	case reflect.Uint8:
		v.SetUint(uint64(1 + (f.seed+f.count)%200))
	case reflect.Array:
		for i := range v.Len() {
			v.Index(i).SetUint(uint64(1 + (f.seed*31+f.count*7+i)%255))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 3))
		for i := range 3 {
			f.fill(v.Index(i), path)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 3 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(key, path)
			f.fill(value, path)
			v.SetMapIndex(key, value)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), path)
	case reflect.Struct:
		for i := range v.NumField() {
			f.fill(v.Field(i), path+"."+v.Type().Field(i).Name)
		}
	default:
		f.Fatalf("storetest cannot fill field %s of type %s", path, v.Type())
	}
}

// spoil changes everything that a record shares with its copies: the elements of its
// slices and maps, and what its pointers lead to.
func spoil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			spoil(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i))
			v.Index(i).SetZero()
		}
		// What lies behind the end may belong to a neighbour.
		if full := v.Slice(0, v.Cap()); full.Len() > v.Len() {
			full.Index(v.Len()).SetZero()
		}
	case reflect.Map:
		v.Clear()
	case reflect.Pointer:
		if !v.IsNil() {
			spoil(v.Elem())
			v.Elem().SetZero()
		}
	}
}
