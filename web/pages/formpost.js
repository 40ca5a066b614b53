// Posts the form at once (OAuth 2.0 Form Post Response Mode). Without script the
// button does it.
document.getElementById("post").submit();
