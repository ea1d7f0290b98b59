"""For each predicate of chapter 1 what makes it hold, fail and, where it can, stay unclear."""

import math

TURNS = {
    "days-moved-little": (((119, 104), (119, 108)), ((119, 104), (160, 150)), ((119, 104), (119, 130))),
    "hundred-odd-days": (((104, 119),), ((60, 80),), ((90, 119),)),
    "commitments-outgrew-cost": (((4.2, 4.3), (10, 11)), ((10, 11), (4, 5)), ((4, 6), (5, 7))),
    "plan-explains-little": (((0.01, 0.04),), ((0.2, 0.4),), ((0.05, 0.2),)),
    "charge-is-small": (((3e8, 4e8), (2e9, 6e9)), ((3e9, 4e9), (2e9, 4e9)), ((1e9, 2e9), (1e9, 6e9))),
    "earlier-charge-was-larger": (((4e9, 5e9), (3e8, 4e8)), ((1e8, 2e8), (3e8, 4e8)), ((1e8, 5e8), (3e8, 4e8))),
    "no-bill-in-force": ((4,), (5,)),
    "few-were-delivered": (((1e4, 2e4), (4e5, math.nan)), ((3e5, 4e5), (4e5, 5e5)), ((1e4, 3e5), (4e5, math.nan))),
    "plan-was-unlikely": (((0.02, 0.35),), ((0.6, 0.9),), ((0.3, 0.7),)),
    "nothing-by-june-was-likely": (((0.6, 0.9),), ((0.1, 0.4),), ((0.2, 0.8),)),
    "holding-pays": (((0.1, 0.3), 0.44), ((0.5, 0.9), 0.44), ((0.1, 0.9), 0.44)),
    "new-wafers-pay": (((0.0, 0.1), 0.16), ((0.2, 0.8), 0.16), ((0.0, 0.8), 0.16)),
    "terms-rest-on-reports": ((1, 20), (15, 20)),
}
