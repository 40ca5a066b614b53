// Package setting has the settings of `tegata serve`: their names, which are the same in
// the YAML file, the environment and the flags; which of these counts (flag, then
// environment, then file, then the default) and which one gave a value; and what is
// refused before anything is opened. It leaves to others what a setting does.
//
// The name tls.cert in the file is TEGATA_TLS_CERT in the environment and --tls-cert as
// a flag; baseUrl is TEGATA_BASE_URL and --base-url.
package setting
