"""For each predicate of scoreboard and timeline what makes it hold, fail and, where it can, stay unclear."""

MANY, FEW, FEWEST = 40, 6, 10
RATE = (((0.6, 0.9, MANY, FEWEST)), ((0.1, 0.4, MANY, FEWEST)), ((0.6, 0.9, FEW, FEWEST)))

TURNS = {
    "forecasts-mostly-unsettled": ((97, 132), (20, 132)),
    "articles-give-no-odds": ((0,), (3,)),
    "articles-beat-even": RATE,
    "articles-beat-nothing": RATE,
    "own-dates-held": ((0.6, 0.9, MANY, FEWEST), (0.1, 0.4, MANY, FEWEST), (0.3, 0.7, MANY, FEWEST)),
    "terms-beat-chips": (
        ((0.6, 0.9), (0.1, 0.4), MANY, FEWEST),
        ((0.1, 0.4), (0.6, 0.9), MANY, FEWEST),
        ((0.6, 0.9), (0.1, 0.4), FEW, FEWEST),
    ),
    "model-beat-even": (((0.12, 0.24),), ((0.3, 0.4),), ((0.2, 0.3),)),
    "few-changes-expected": ((4.7, 16), (12.0, 16)),
    "one-side-on-paper": (((9, 50), (0, 25)), ((0, 50), (5, 25)), ((0, 50), (0, 25))),
    "more-told-than-done": ((30, 132), (100, 132)),
}
