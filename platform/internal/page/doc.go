// Package page renders what people see: login, consent, errors, and the small pages
// that carry a browser on (form_post, LIFF URLs). It owns languages, headers of
// pages and the template set of package web. It decides nothing: an endpoint says
// what to show by one of the structs of this package.
//
// Every page works without script and stands under a strict Content-Security-Policy;
// no page loads anything from an outside host but a person's picture that lies there.
package page
