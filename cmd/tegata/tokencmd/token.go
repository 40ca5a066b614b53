package tokencmd

// Token is the command token.
type Token struct {
	Mint    mintCmd    `cmd:"" help:"Make a token at a tegata dev, good or wrong in one thing, and print it."`
	Inspect inspectCmd `cmd:"" help:"Explain a token: every check that a server must make, in order."`
	Verify  verifyCmd  `cmd:"" help:"Verify a token as package tegata does; exit code 0 if it is good, 1 if not."`
}

// Examples opens the command's help.
func (Token) Examples() string {
	return "  tegata token mint --user hanako --age 2h\n" +
		"  tegata token inspect\n" +
		"  tegata token mint --wrong other-channel | tegata token inspect -\n" +
		"  tegata token verify --file token.txt && echo good\n"
}
