package lab

// ReadFile lets a fuzzer read files.
func ReadFile(data []byte) (*File, error) { return readFile(data) }
