// Package envfile writes what an app needs to know into its dotenv file: a marked block,
// which the next start replaces, under the names that the app's framework reads. What
// people have written there stays as it is. Values are the caller's.
package envfile
