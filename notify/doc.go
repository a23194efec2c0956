// Package notify carries notices from the outbox to their destinations: at
// least once, in order, politely.
//
// It does not know why a notice was made. Packages slack, email, webhook and
// console are its ways out.
//
// # The states of a notice
//
// A notice is a row of the outbox. A Deliverer moves it, each arrow being one
// durable transaction:
//
//	pending ----> inflight ----> sent           the far end accepted: there is a receipt
//	   ^  ^          | | |
//	   |  |          | | '-----> dead           it refused this notice for good
//	   |  '----------' |
//	   |   a definite  |  no answer, or the program ended before one came
//	   |   failure     v
//	   |            unknown ---> sent           asked: it is there
//	   '--------------' |
//	    asked: it is    '------> unconfirmed    nobody can tell, and it was sent again
//	    not there, or nobody can
//	    tell and it is sent again
//
//	pending ----> folded    another notice tells it: a card, or a newer edit
//	pending ----> dead      7 days old
//	unknown ----> unconfirmed   7 days old
//
// The remaining arrows are not a Deliverer's: Requeue, Drop and Park draw them
// (TestOrders).
//
//	dead, unconfirmed, parked ----> pending      an operator orders another try
//	pending, unknown, parked  ----> dead         an operator drops it
//	pending, unknown, inflight ---> parked       its destination left the configuration
//	parked ----> pending, unknown                its destination is back
//
// Where a row waits, its reason says why: quiet hours, a budget, the last
// failure. decide is the decision as a pure function, apply what an outcome
// makes of a row, breaker what is known of the destination as a whole.
//
// # What holds whatever happens
//
// Five promises, each with the test that fails without it. The tests named
// Crashes and Mutants are one model of a program that ends at any moment.
//
//  1. An alert and its notices commit with the item that caused them, or none
//     does. That is package monitor's to keep; here, a card commits with the
//     notices that it tells, or none does (TestCrashes under a budget; mutant
//     "folds into a card that is never written"; notifytest "writes all rows
//     or none").
//  2. A notice leaves the outbox only with a receipt, a permanent refusal, its
//     age or an operator's order: it is never silently lost (TestCrashes;
//     mutant "takes a lost answer for a yes"; TestDeliverOutlastsAnOutage).
//  3. No byte leaves before the claim is durable (mutant "sends before the
//     claim is on disk"), so what a crash cut off is Unknown afterwards and
//     not sent blindly again (TestInflightAtStartIsUnknown; mutant "sends what
//     was under way at a crash again"). Where the destination can be asked
//     there is one copy. Where it cannot, there is at most one more than
//     attempts whose outcome nobody knows: an answer that was lost is followed
//     by one copy, an attempt that a crash cut off by one as well, up to the
//     eleventh, and an answer that says no and is not to be trusted by as many
//     as it takes (TestLostAnswers, TestCrashesInARow; mutants "tries again
//     where an answer was lost" and "resends without end"). All copies carry
//     the same key.
//  4. Order per destination and story: a reply follows its parent, and of one
//     story one message is under way at a time (TestRepliesFollowTheirParent,
//     TestOneOfAStoryAtATime; mutant "sends replies before their parent").
//  5. One destination delays no other and no poll: each has a Deliverer of its
//     own, which nobody waits for (TestOneDelaysNoOther; TestShutdownIsHonest
//     bounds even its end; TestPoisonedNotice and TestDownDestination hold
//     that one notice or one fault stops no more than it must).
//
// And what waits ends, at the latest by its age (TestDecideWhatGoes "too
// old"); counters and revisions never go back (notifytest, and the model's
// disk, which checks each write). The model's long form is
//
//	go test ./notify -run 'Crashes|Mutants' -sim 1500
//
// # Peace for people
//
// Nothing is dropped to keep the peace: it is held, with its reason in the
// row, or folded into a card that lists or counts it (TestFoldKeepsEverything).
// Quiet hours hold all but high priority, digests and edits; more than five
// that waited come as one card. Over its budget a destination gets one card
// more, and then one whenever there is room. People also get one card in place
// of what piled up in an outage or came in one burst. Of all that waits, high
// priority goes first.
package notify
