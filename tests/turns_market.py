"""For each predicate of the market part of chapter 3 what makes it hold, fail and, where it can, stay unclear."""

TURNS = {
    "inference-first": (((0.01, 0.2),), ((-0.2, -0.01),), ((-0.1, 0.1),)),
    "output-sells-out": (((1.0, 1.0),), ((0.2, 0.8),), ((0.6, 1.0),)),
    "licences-displace": (((0.1, 0.8),), ((0.95, 1.0),), ((0.1, 1.0),)),
    "half-binds-nobody": (((0.0, 0.0),), ((0.1, 0.5),), ((0.0, 0.3),)),
    "two-limits-imports": ((9e5, 1.1e6, 3e5), (1.1e6, 1.1e6, 1.1e6), (1.1e6, 1.1e6, 3e5)),
    "switching-pays": (((9e3, 1.5e4), (2e4, 2.7e4)), ((3e4, 9e4), (2e4, 2.7e4)), ((2.1e4, 9e4), (2e4, 2.7e4))),
    "makers-grew": (((0.6, 20.0),), ((-0.5, -0.1),), ((-0.1, 0.5),)),
    "squeeze-untested": (((0.01, 0.013),), ((0.2, 0.4),), ((0.01, 0.2),)),
    "without-text": ((15, 20), (5, 20)),
    "fell-clearly": (
        ([(-0.2, -0.01), (-0.1, -0.02)],),
        ([(-0.1, 0.1), (-0.1, 0.02)],),
        ([(-0.2, -0.01), (-0.1, 0.1)],),
    ),
    "rose-for-nvidia": (((0.01, 0.05),), ((-0.05, -0.01),), ((-0.04, 0.04),)),
    "few-beyond": ((1, 22), (9, 22)),
}
