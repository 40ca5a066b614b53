// Package fault makes answers of the platform go wrong, by rules, and remembers what the
// platform was asked. It stands around every endpoint of LINE's API; the endpoints know
// nothing of it. A rule says which answers it is about and what befalls them; every
// answer that one has touched names it in the event log. The named troubles are rules
// too, or changes of the state. Who may make rules is left to package lab.
package fault
