"""For each predicate of the panel what makes it hold, fail and, where it can, stay unclear."""

TURNS = {
    "few-measured": ((5, 18), (9, 18)),
    "licences-outran-chips": (("triggered", "quiet"), ("triggered", "triggered"), ("watch", "quiet")),
    "pairing-unwritten": ((0, 0), (1, 1), (0, 2)),
    "services-grow": (("borne out",), ("not borne out",), ("undecided",)),
    "control-unplannable": (("not borne out",), ("borne out",), ("cannot be told",)),
    "theses-open": ((1, 7), (4, 7)),
    "rules-matter-little": ((0.05, 0.2), (0.3, 0.5), (0.05, 0.3)),
}
