package match

// sentOp holds where its children stand in one sentence.
type sentOp struct{ pairOp }
