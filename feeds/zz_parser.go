package feeds

// parser is Parse, for the fetching half.
func parser() func([]byte, ParseOptions) (Document, error) { return Parse }
