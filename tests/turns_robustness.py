"""For the predicate of what matters what makes it hold, fail and stay unclear."""

TURNS = {
    "one-unknown-dominates": (((0.8, 0.9), (0.1, 0.2)), ((0.1, 0.2), (0.3, 0.4)), ((0.3, 0.5), (0.4, 0.45))),
}
