package match

// beforeOp is NEAR with the left child first.
type beforeOp struct{ pairOp }
