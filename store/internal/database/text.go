package database

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// ErrText is the refusal of text that one of the engines could not keep, so that all
// of them keep the same.
var ErrText = errors.New("text is not UTF-8, or holds a zero byte")

// Keepable says whether all engines can keep some texts.
func Keepable(texts ...string) bool {
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			return false
		}
	}
	return true
}

// KeepableArgs says whether all engines can keep the texts among the arguments of a
// statement. What is no string is not looked at.
func KeepableArgs(args []any) bool {
	for _, a := range args {
		if s, ok := a.(string); ok && !Keepable(s) {
			return false
		}
	}
	return true
}
