package page

// App is who asks: the channel, as people see it.
type App struct {
	Name       string
	Provider   string
	PrivacyURL string // empty: not shown
	TermsURL   string
	Developing bool // a test app, which only its testers can use
}

// Person is somebody as the pages show them.
type Person struct {
	Handle  string
	Name    string
	Picture string // URL; empty: initials are drawn
	Note    string // what is special about a persona; empty: nothing
}

// LoginError says why a login was refused, never whether the account exists.
type LoginError string

// The ways in which a login is refused.
const (
	LoginFailed  LoginError = "failed"  // e-mail address or password is wrong
	LoginMissing LoginError = "missing" // a field is empty
	LoginBusy    LoginError = "busy"    // too many attempts, or too many logins at once
)

// LoginReason says why somebody who has a session is asked again.
type LoginReason string

// The reasons for asking again.
const (
	ReasonMaxAge LoginReason = "max_age" // the app wants a more recent login
	ReasonPrompt LoginReason = "prompt"  // the app wants a new login
)

// Login is the login page. With Continue it offers the session's person and a link
// to the form; without, the form itself and, in development, the personas.
type Login struct {
	App      App
	Action   string // where the forms post to, a path
	Token    string // hidden field loginState, which binds the form to its transaction
	Continue *Person
	// OtherURL is the link "use another account"; set with Continue.
	OtherURL  string
	CancelURL string // link back to the app; empty: not shown
	Email     string // what was typed before
	Error     LoginError
	Reason    LoginReason
	Personas  []Person // development only
	// Elsewhere says that another machine asks, where development shows no personas.
	Elsewhere bool
	// Status is the HTTP status; zero means 200.
	Status int
}

// ConsentItem is one line of the consent page.
type ConsentItem struct {
	Scope    string
	Value    string // what is shared today, in the user's own data; empty: not said
	Optional bool   // has a check box named scope; else it is shared with the rest
	Checked  bool
}

// AddFriend is the offer to add the channel's official account as a friend.
type AddFriend struct {
	Name    string
	Blocked bool // the user has blocked it: the box unblocks
	Checked bool
}

// Consent is the consent page. No items means that only the user ID is shared.
type Consent struct {
	App    App
	Action string
	Token  string
	Person Person // who is logged in
	Items  []ConsentItem
	Friend *AddFriend // box named add_friend; nil: not offered
}

// Friend is the further page of bot_prompt=aggressive; its buttons are decision=add
// and decision=skip.
type Friend struct {
	App    App
	Action string
	Token  string
	Friend AddFriend
}

// PasswordError says why a new password was not taken.
type PasswordError string

// The ways in which a new password is not taken.
const (
	PasswordShort  PasswordError = "short"
	PasswordLong   PasswordError = "long"
	PasswordPlain  PasswordError = "plain"  // easy to guess
	PasswordDiffer PasswordError = "differ" // the two entries are not the same
	PasswordBusy   PasswordError = "busy"   // too many passwords are hashed at once
)

// Password is the page on which somebody sets a password, by fields password and repeat.
// Done and Over are what comes after it: it is set, or the link is good no more.
type Password struct {
	Name    string // of the person; empty when Over
	Account string // what the person logs in by
	Action  string // where the form posts to, a path
	Error   PasswordError
	Done    bool
	Over    bool
	// Status is the HTTP status; zero means 200.
	Status int
}

// Error is a page for a fault that must not be sent to the callback URL.
type Error struct {
	Status int
	// Message is the sentence that LINE shows for this fault, where it is known.
	Message string
	// The rest is shown in development only.
	Check      string
	Given      string
	Registered []string // what Given was compared with; differing characters are marked
	Fix        string
}

// FormPost carries parameters to the callback by a form that posts itself
// (OAuth 2.0 Form Post Response Mode). Without script there is a button.
type FormPost struct {
	App    App
	Action string // the redirect URI
	Fields []Field
}

// Field is one parameter of FormPost.
type Field struct{ Name, Value string }

// LIFFOpen is the page of a LIFF URL. Its script adds the URL's fragment to
// liff.state and goes on; without script a link and a refresh do, without fragment.
type LIFFOpen struct {
	// Endpoint is the endpoint URL, with liff.referrer if there is one, without
	// liff.state.
	Endpoint string
	// Rest is what followed the LIFF ID in the URL: path and query, as sent.
	Rest string
	// Fallback is the whole target without the fragment.
	Fallback string
}
