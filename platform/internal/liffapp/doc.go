// Package liffapp answers for LIFF apps: the LIFF server API by which channels keep
// them, the LIFF URLs that open them, and the context and feature tokens that the
// LIFF SDK asks for when it starts.
package liffapp
