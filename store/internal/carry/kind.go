package carry

import (
	"strconv"
	"strings"
)

// kind is how one kind of record is carried from one engine to another.
type kind struct {
	name string
	// key are the columns by which rows are ordered and found again. A key that is none
	// of columns, such as the order in which an engine made its rows, is its own affair
	// and is not carried: the order is, because rows arrive in it.
	key []string
	// columns are names, each with a letter for its type: t text, n number, f flag,
	// b bytes, or bytes that may be missing as NULL.
	columns string
	// only says which rows are carried; "" means all.
	only string
	// conflict says what becomes of a row whose key is there; "" leaves it.
	conflict string
}

// kinds are all kinds of records, what is referred to first.
var kinds = []kind{
	{name: "providers", key: []string{"id"}, columns: "id t, name t"},
	{
		name: "channels", key: []string{"id"},
		columns: "id t, provider_id t, name t, description t, secrets t, web f, mobile f, native_apps t, callbacks t, status n, " +
			"roles t, scopes t, bot t, id_token_alg t, second_factor f, assertion_keys t, privacy_url t, terms_url t, created_at n, version n",
	},
	{
		name: "liff_apps", key: []string{"made"},
		columns: "id t, channel_id t, description t, view_type t, endpoint_url t, served_origins t, module_mode f, qr_code f, " +
			"scopes t, bot_prompt t, permanent_link_pattern t, created_at n, version n",
	},
	{
		name: "persons", key: []string{"made"},
		columns: "id t, handle t, email t, email_key t, email_unshared f, password_hash t, display_name t, picture t, " +
			"status_message t, language t, note t, profile_plus t, created_at n, version n",
	},
	{name: "friendships", key: []string{"person_id", "bot_id"}, columns: "person_id t, bot_id t, status n"},
	{name: "user_ids", key: []string{"provider_id", "user_id"}, columns: "provider_id t, user_id t, person_id t"},
	{
		name: "grants", key: []string{"person_id", "channel_id"},
		columns: "person_id t, channel_id t, scopes t, consented_at n, email_consented_at n, email t",
	},
	{name: "sessions", key: []string{"hash"}, columns: "hash b, person_id t, auth_time n, expires_at n"},
	{
		name: "login_transactions", key: []string{"hash"},
		columns: "hash b, browser b, request t, person_id t, amr t, auth_time n, created_at n, expires_at n, used f",
	},
	{
		name: "codes", key: []string{"id"},
		columns: "id b, hash b, channel_id t, request t, person_id t, amr t, auth_time n, user_id t, scopes t, expires_at n, used f, revoked f",
	},
	{
		name: "refresh_tokens", key: []string{"id"},
		columns: "id b, hash b, channel_id t, person_id t, user_id t, scopes t, origin n, family_id b, issued_at n, expires_at n, " +
			"revoked_at n, cause t, used_at n",
	},
	{
		name: "access_tokens", key: []string{"id"},
		columns: "id b, hash b, channel_id t, person_id t, user_id t, scopes t, origin n, liff_id t, refresh_id b, family_id b, " +
			"issued_at n, expires_at n, revoked_at n, cause t",
	},
	{
		name: "channel_tokens", key: []string{"id"},
		columns: "id b, hash b, channel_id t, kind n, key_id t, issued_at n, expires_at n, revoked_at n",
	},
	{name: "assertions", key: []string{"digest"}, columns: "digest b, expires_at n"},
	{name: "admin_tokens", key: []string{"id"}, columns: "id t, name t, hash b, once f, created_at n, expires_at n"},
	{name: "password_links", key: []string{"person_id"}, columns: "person_id t, hash b, created_at n, expires_at n"},
	{name: "failures", key: []string{"id"}, columns: "id b, expires_at n"},
	{name: "key_ring", key: []string{"id"}, columns: "id n, version n, keys t"},
	{
		// Every database is made with its counters at 0.
		name: "counters", key: []string{"name"}, columns: "name t, last n", only: "name = 'event'",
		conflict: " (name) DO UPDATE SET last = excluded.last WHERE counters.last < excluded.last",
	},
	{name: "events", key: []string{"seq"}, columns: "seq n, request_id t, event t"},
}

// fields splits the columns of a kind into names and types.
func (k kind) fields() (names []string, types string) {
	for _, column := range strings.Split(k.columns, ", ") {
		name, letter, _ := strings.Cut(column, " ")
		names = append(names, name)
		types += letter
	}
	return names, types
}

// page is the statement that reads the rows after a key, which is its arguments. The
// columns of the key come first.
func (k kind) page(begin bool, limit int) string {
	names, _ := k.fields()
	key := strings.Join(k.key, ", ")
	text := "SELECT " + key + ", " + strings.Join(names, ", ") + " FROM " + k.name
	var where []string
	if k.only != "" {
		where = append(where, k.only)
	}
	if !begin {
		where = append(where, "("+key+") > ("+placeholders(len(k.key))+")")
	}
	if len(where) > 0 {
		text += " WHERE " + strings.Join(where, " AND ")
	}
	return text + " ORDER BY " + key + " LIMIT " + strconv.Itoa(limit)
}

// insert is the statement that adds one row.
func (k kind) insert() string {
	names, _ := k.fields()
	conflict := k.conflict
	if conflict == "" {
		conflict = " DO NOTHING"
	}
	return "INSERT INTO " + k.name + " (" + strings.Join(names, ", ") + ") VALUES (" + placeholders(len(names)) + ") ON CONFLICT" + conflict
}

// placeholders gives $1, $2, … $n.
func placeholders(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = "$" + strconv.Itoa(i+1)
	}
	return strings.Join(all, ", ")
}
