// Package pgtest gives tests a PostgreSQL server of their own: one for each test binary,
// on a Unix socket in a temporary folder, and a fresh database for each test. Only tests
// import it.
//
// A test binary has one line in TestMain:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m, os.Getenv("TEGATA_TEST_POSTGRES"), &server)) }
//
// where server is a package variable *pgtest.Server. Without PostgreSQL's programs it
// fails and names the package to install; it never leaves tests out.
package pgtest
