"""For each predicate of the ledger what makes it hold and fail."""

TURNS = {
    "mostly-upheld": ((0.8,), (0.4,)),
}
