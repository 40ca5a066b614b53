// Package tokencmd is the commands about tokens: mint asks the lab of a running `tegata dev`
// for one, inspect explains one by package inspect, verify lets package tegata decide. It
// owns where they get token, keys and expectations from; what is right or wrong about a
// token is left to those packages.
package tokencmd
