"""For each predicate of chapter 3 on chips, racks, supply and shares what makes it hold, fail and stay unclear."""

TURNS = {
    "eighteen-is-an-age": (((4.5, 10.5), (13.7, 16.7)), ((19, 22), (24, 28)), ((4.5, 10.5), (15, 21))),
    "lead-narrowed": (((2.5, 2.2), (1.3, 1.1)), ((2.5, 2.2), (2.6, 2.2)), ((2.5, 2.2), (1.3, 2.4))),
    "prices-are-blank": ((2, 32), (16, 32)),
    "quoted-above-the-curve": ((6.69, (8, 13)), (9.0, (8, 13))),
    "ahead-of-910c": (((1.24, 1.5),), ((0.6, 0.9),), ((0.9, 1.5),)),
    "decode-gains-less": ((1.2, 6.7), (1.4, 1.5)),
    "on-par-on-no-basis": (([(1.6, 1.7), (0.3, 0.31)], 0.1), ([(0.95, 1.05)], 0.1), ([(0.8, 1.3), (0.3, 0.31)], 0.1)),
    "official-limit-too-low": ((2e5, (8e5, 1.5e6)), (2e6, (8e5, 1.5e6)), (1e6, (8e5, 1.5e6))),
    "memory-is-the-limit": ((0.99,), (0.05,), (0.5,)),
    "millions-out-of-reach": (((4e5, 1.4e6),), ((2.5e6, 4e6),), ((1e6, 3e6),)),
    "under-half-in-2024": (((0.3, 0.38),), ((0.55, 0.6),), ((0.4, 0.6),)),
    "value-is-not-units": ((0.2, 0.39), (0.38, 0.39)),
    "forecast-leaves-a-part": (((0.1, 0.2, 0.3),), ((-0.05, 0.0, 0.04),), ((0.0, 0.1, 0.2),)),
}
