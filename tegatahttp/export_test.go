package tegatahttp

// NextPath lets a fuzzer look for ways out of the website.
var NextPath = nextPath
