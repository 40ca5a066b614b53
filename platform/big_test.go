package platform_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tegata-id/tegata/store/postgres/pgtest"
)

// bigSize is how many live tokens the large store of a benchmark has.
func bigSize() int {
	if os.Getenv("TEGATA_SOAK") != "" {
		return 1_000_000
	}
	return 20_000
}

// bigConns is over how many connections a benchmark sends: a node that waits between two
// requests spends more on waking up than on answering.
const bigConns = 16

// bigDatabase starts a server of PostgreSQL that syncs the disk at every commit, as the one
// of the tests does not.
func bigDatabase(b *testing.B) *pgtest.Server {
	b.Helper()
	s, err := pgtest.Start(os.Getenv("TEGATA_TEST_POSTGRES"), "-c", "fsync=on", "-c", "shared_buffers=1GB", "-c", "max_wal_size=4GB")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Stop(); err != nil {
			b.Error(err)
		}
	})
	return s
}

// engines are the stores under a node, and how each is told of one with some tokens.
var engines = []string{"memory", "sqlite", "postgres", "postgres-lease"}

// nodeOn fills a store with tokens and starts a node on it, in a process that has not
// filled anything, except in memory.
func nodeOn(b *testing.B, engine string, db *pgtest.Server, tokens int) (n *node, url string) {
	b.Helper()
	if engine == "memory" {
		return startBig(b, nodeConfig{Engine: engine, Tokens: tokens}), ""
	}
	c := nodeConfig{Engine: engine, Where: filepath.Join(b.TempDir(), "big.db"), Tokens: tokens, Fill: true}
	if engine != "sqlite" {
		c.Engine, c.Where = "postgres", db.Database(b)
	}
	filled := startBig(b, c)
	c.Fill, c.Tokens = false, 0
	if engine == "postgres-lease" {
		c.Cache = 100_000
	}
	if c.Engine == "postgres" {
		maintain(b, c.Where)
	}
	n = startBig(b, c)
	n.Filling = filled.Filling
	return n, c.Where
}

// maintain does what PostgreSQL would do by itself some minutes after the store was filled.
func maintain(b *testing.B, url string) {
	b.Helper()
	c, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close(context.WithoutCancel(b.Context()))
	for _, sql := range []string{"VACUUM ANALYZE", "CHECKPOINT"} {
		if _, err := c.Exec(b.Context(), sql); err != nil {
			b.Fatal(err)
		}
	}
}

// backends tells the CPU time, in nanoseconds, of the processes of PostgreSQL that serve a
// database; 0 where there is none, or where it runs on another machine.
func backends(b *testing.B, url string) (total int64) {
	if url == "" || !strings.HasPrefix(url, "postgres://") {
		return 0
	}
	c, err := pgx.Connect(b.Context(), url)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close(context.WithoutCancel(b.Context()))
	rows, err := c.Query(b.Context(), "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	if err != nil {
		b.Fatal(err)
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		b.Fatal(err)
	}
	for _, pid := range pids {
		text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil {
			return 0
		}
		// After the name, in brackets, the 12th and the 13th field are hundredths of seconds.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		for _, f := range fields[11:13] {
			n, _ := strconv.ParseInt(f, 10, 64)
			total += n * 10_000_000
		}
	}
	return total
}

// verifyRequests are requests of GET verify, in an order in which neighbours lie far apart.
func verifyRequests(tokens []string) [][]byte {
	tokens = slices.Clone(tokens)
	rand.Shuffle(len(tokens), func(i, j int) { tokens[i], tokens[j] = tokens[j], tokens[i] })
	requests := make([][]byte, len(tokens))
	for i, token := range tokens {
		requests[i] = get("/oauth2/v2.1/verify?access_token=" + token)
	}
	return requests
}

// BenchmarkVerifyManyTokens: GET verify of a node whose store has one live token against one
// whose store has 20,000, in a soak 1,000,000. The requests go to both in turn; "x" is the
// median of how many times more CPU the node with many takes, and "MB" what it takes of
// memory in a process that did not fill the store. The CPU time of PostgreSQL is apart.
func BenchmarkVerifyManyTokens(b *testing.B) {
	db := bigDatabase(b)
	for _, engine := range engines {
		b.Run(engine, func(b *testing.B) {
			one, _ := nodeOn(b, engine, db, 1)
			many, url := nodeOn(b, engine, db, bigSize())
			send := [2]func(int){
				apart(b, load{one.Addr, verifyRequests(one.Filling.Tokens), bigConns}),
				apart(b, load{many.Addr, verifyRequests(many.Filling.Tokens), bigConns}),
			}
			// Each token once, so that what may be in memory is.
			send[0](1000)
			send[1](len(many.Filling.Tokens))
			measureInTurn(b, [2]*node{one, many}, send, url)
		})
	}
}

// measureInTurn sends batches to two nodes in turn and reports what they took.
func measureInTurn(b *testing.B, nodes [2]*node, send [2]func(int), url string) {
	const batch = 1024
	var total [2]int64
	var ratios []float64
	var database int64
	n := 0
	for b.Loop() {
		var spent [2]int64
		for side := range nodes {
			before, dbBefore := nodes[side].spent(b).CPU, int64(0)
			if side == 1 {
				dbBefore = backends(b, url)
			}
			send[side](batch)
			spent[side] = nodes[side].spent(b).CPU - before
			total[side] += spent[side]
			if side == 1 {
				database += backends(b, url) - dbBefore
			}
		}
		ratios = append(ratios, float64(spent[1])/float64(spent[0]))
		n += batch
	}
	slices.Sort(ratios)
	b.ReportMetric(float64(total[0])/float64(n), "cpu-ns/one")
	b.ReportMetric(float64(total[1])/float64(n), "cpu-ns/many")
	b.ReportMetric(ratios[len(ratios)/2], "x")
	b.ReportMetric(float64(nodes[1].spent(b).RSS)/1e6, "MB")
	if database > 0 {
		b.ReportMetric(float64(database)/float64(n), "postgres-ns")
	}
	b.ReportMetric(0, "ns/op") // it says nothing: both sides and their clients share the machine
}
