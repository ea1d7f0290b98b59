"""For each predicate of the two layers what makes it hold, fail and, where it can, stay unclear."""

TURNS = {
    "both-stacks-in-the-mix": (((0.1, 0.4),), ((0.0, 0.01),), ((0.0, 0.3),)),
    "an-import-is-ordered": (((0.1, 0.4),), ((0.0, 0.01),), ((0.0, 0.4),)),
    "imported-stack-trains": (((0.1, 0.9),), ((-0.8, -0.1),), ((-0.8, 0.9),)),
    "layers-do-different-work": (((0.5, 0.9),), ((0.01, 0.05),), ((0.05, 0.9),)),
    "odds-move-rentals": (((0.1, 0.4),), ((-0.4, -0.1),), ((-0.3, 0.4),)),
    "less-tail-costs-more": ((5500, 3000), (1000, 3000)),
    "both-layers-gain": (((0.1, 0.4),), ((0.0, 0.04),), ((0.02, 0.4),)),
    "foresight-beats-portability": (((3e3, 7e3), (4e2, 2e3)), ((1e2, 3e2), (4e2, 2e3)), ((3e3, 7e3), (4e2, 5e3))),
    "one-rate-fits": ((10, (7, 21), 0.9, (0.8, 0.97)), (3, (7, 21), 0.99, (0.8, 0.97)), (3, (7, 21), 0.9, (0.8, 0.97))),
    "claim-needs-fast-recovery": (((1.1, 6.1), 10), ((12, 20), 10), ((1.1, 20), 10)),
    "mean-understates-credits": (((0.01, 0.05),), ((-0.2, -0.1),), ((-0.2, 0.05),)),
    "a-nine-costs-more-below": (((0.01, 0.05),), ((-0.02, 0.0),), ((0.0, 0.05),)),
    "vendors-claim-more": (((0.56, 0.7), (0.3, 0.55)), ((0.2, 0.25), (0.3, 0.55)), ((0.4, 0.6), (0.3, 0.55))),
}  # fmt: skip
