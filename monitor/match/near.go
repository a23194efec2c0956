package match

// nearOp holds where its children stand at most n words apart, in either order.
type nearOp struct{ pairOp }
