// Command compare measures what it costs to verify an ID token: with tegata and with four
// other Go libraries, golang-jwt, go-jose, go-oidc and jwx, each as a multiple of the bare
// cryptography. The tests beside it give all of them the list of wrong tokens.
//
// Each library is used as its own documentation recommends for this job, with every
// option that makes it stricter: see the file of its name. The list of wrong tokens is
// internal/wrongtoken; the page docs/comparison.md holds the results, and a test holds
// its table of strictness to what the libraries do.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
)

func main() {
	rounds := flag.Int("rounds", 60, "how often each library has its turn; the result is the median")
	only := flag.String("only", "", "measure only what has this in its name, such as HS256")
	flag.Parse()
	text, err := speed(context.Background(), *rounds, *only)
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
	fmt.Print(text)
}
