package storetest

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tegata-id/tegata/store"
)

// BenchRowSize fills a store with many records of the kinds of which there are most, with
// what they hold in a real one, and tells what one of each takes: in bytes of its table and
// of its indexes. size says how large a table and its indexes are.
func BenchRowSize(b *testing.B, many int, to store.Copyable, size func(kind string) (table, indexes int64)) {
	for _, k := range commonRows {
		b.Run(k.kind, func(b *testing.B) {
			random := rand.NewChaCha8([32]byte{1})
			begin := b.Elapsed()
			for first := 0; first < many; first += rowsAtOnce {
				rows := make([]store.Row, 0, rowsAtOnce)
				for n := first; n < min(first+rowsAtOnce, many); n++ {
					rows = append(rows, k.row(drawer{random, n, many}))
				}
				if err := to.Import(b.Context(), k.kind, rows); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(many)/(b.Elapsed()-begin).Seconds(), "rows/s")
			table, indexes := size(k.kind)
			b.ReportMetric(float64(table)/float64(many), "B/table")
			b.ReportMetric(float64(indexes)/float64(many), "B/indexes")
			b.ReportMetric(float64(table+indexes)/float64(many), "B/row")
			b.ReportMetric(0, "ns/op")
		})
	}
}

const rowsAtOnce = 5000

// drawer draws what stands in the columns of row n of many.
type drawer struct {
	random  *rand.ChaCha8
	n, many int
}

func (d drawer) bytes(n int) []byte {
	b := make([]byte, n)
	_, _ = d.random.Read(b) // never fails
	return b
}

// at is a time within 30 days, rising with n.
func (d drawer) at() time.Time {
	return start.Add(30 * 24 * time.Hour * time.Duration(d.n) / time.Duration(d.many))
}

// orderedID is an ID as tokens have them: a time, then randomness.
func (d drawer) orderedID() []byte {
	id := d.bytes(16)
	binary.BigEndian.PutUint64(id, uint64(d.at().UnixMilli())<<16|uint64(binary.BigEndian.Uint16(id)))
	return id
}

// person is one of a fifth as many persons as there are rows, in no order.
func (d drawer) person() string {
	return fmt.Sprintf("p%032x", uint64(d.n)*2654435761%uint64(max(1, d.many/5)))
}

func (d drawer) userID() string { return fmt.Sprintf("U%x", d.bytes(16)) }

func (d drawer) ends(days int) int64 { return d.at().AddDate(0, 0, days).UnixMicro() }

const (
	sizedScopes  = `["profile","openid"]`
	sizedRequest = `{"channel_id":"2000000001","liff_id":"","native":false,"redirect_uri":"https://shop.example.com/callback",` +
		`"response_mode":"query","scopes":["profile","openid"],"state":"0123456789abcdef0123456789abcdef","nonce":"0123456789abcdef",` +
		`"challenge":"0123456789abcdef0123456789abcdef0123456789a","prompt":"","has_max_age":false,"max_age_ns":0,"ui_locales":"ja-JP",` +
		`"bot_prompt":"","initial_amr":"","keep_amr":false,"disable_auto_login":false,"optional_redirect_uri":""}`
	sizedPlus = `{"given_name":"","given_name_pronunciation":"","middle_name":"","family_name":"","family_name_pronunciation":"",` +
		`"gender":"","birthdate":"","phone_number":"","address":null}`
	sizedPassword = `$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`
	sizedEvent    = `{"time":1772600767000000,"kind":"refused","route":"GET /oauth2/v2.1/verify","status":400,"channel_id":"","person_id":"",` +
		`"code":"invalid_request","message":"access token expired","check":"the access token has expired","given":"","expected":"","fix":"refresh it"}`
)

// commonRows are the kinds of which a store has many, and what a record of each holds.
var commonRows = []struct {
	kind string
	row  func(drawer) store.Row
}{
	{"access_tokens", func(d drawer) store.Row {
		family := d.orderedID()
		return store.Row{
			d.orderedID(), d.bytes(32), shop, d.person(), d.userID(), sizedScopes, int64(0), "", family, family,
			d.at().UnixMicro(), d.ends(30), int64(0), "",
		}
	}},
	{"refresh_tokens", func(d drawer) store.Row {
		id := d.orderedID()
		return store.Row{
			id, d.bytes(32), shop, d.person(), d.userID(), sizedScopes, int64(0), id, d.at().UnixMicro(), d.ends(90), int64(0), "", int64(0),
		}
	}},
	{"codes", func(d drawer) store.Row {
		return store.Row{
			d.orderedID(), d.bytes(32), shop, sizedRequest, d.person(), `["pwd"]`, d.at().UnixMicro(), d.userID(), sizedScopes,
			d.ends(1), false, false,
		}
	}},
	{"login_transactions", func(d drawer) store.Row {
		return store.Row{d.bytes(32), d.bytes(32), sizedRequest, "", "[]", int64(0), d.at().UnixMicro(), d.ends(1), false}
	}},
	{"sessions", func(d drawer) store.Row { return store.Row{d.bytes(32), d.person(), d.at().UnixMicro(), d.ends(30)} }},
	{"persons", func(d drawer) store.Row {
		id := fmt.Sprintf("p%032x", d.n)
		email := fmt.Sprintf("person-%d@example.com", d.n)
		return store.Row{
			id, "", email, email, false, sizedPassword, "山田 花子", "https://profile.example.com/" + id, "", "ja", "", sizedPlus,
			d.at().UnixMicro(), int64(1),
		}
	}},
	{"user_ids", func(d drawer) store.Row { return store.Row{"10", d.userID(), fmt.Sprintf("p%032x", d.n)} }},
	{"grants", func(d drawer) store.Row {
		return store.Row{fmt.Sprintf("p%032x", d.n), shop, sizedScopes, d.at().UnixMicro(), int64(0), ""}
	}},
	{"events", func(d drawer) store.Row { return store.Row{int64(d.n + 1), fmt.Sprintf("%x", d.bytes(8)), sizedEvent} }},
}
