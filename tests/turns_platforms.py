"""For each predicate of platforms, listings and power what makes it hold, fail and, where it can, stay unclear."""

import math

UNKNOWN = (math.nan, math.nan)

TURNS = {
    "ai-iaas-parts-opposite": ((2.19, -0.14), (2.19, 0.05)),
    "cloud-base-restated": (
        ((9.9e9, 10.1e9), (9.15e9, 9.25e9)), ((9.1e9, 9.2e9), (9.25e9, 9.3e9)), ((9.1e9, 9.3e9), (9.15e9, 9.25e9)),
    ),
    "narrow-definition-decides": (
        ((0.70, 0.71), (0.19, 0.2)), ((0.70, 0.71), (0.6, 0.62)), ((0.6, 0.8), (0.3, 0.4)),
    ),
    "domestic-cloud-concentrates": (
        ((0.60, 0.62), (0.70, 0.71)), ((0.72, 0.74), (0.70, 0.71)), (UNKNOWN, (0.70, 0.71)),
    ),
    "cloud-concentrates": (
        ((0.60, 0.62), (0.70, 0.71)), ((0.725, 0.735), (0.595, 0.625)), ((0.595, 0.625), (0.53, 0.73)),
    ),
    "collection-untested": ((1,), (5,)),
    "paid-faster-than-sold": (
        ((37, 38), (6, 7), (498, 579)), ((37, 38), (30, 31), (498, 579)), ((37, 38), (6, 7), (300, 579)),
    ),
    "price-against-sales": ((-0.31, 0.69), (0.2, 0.69)),
    "work-decides-electricity": (((1.6, 2.2), (0.2, 0.34)), ((0.8, 0.9), (0.2, 0.34)), ((0.9, 2.2), (0.2, 0.34))),
    "band-suits-h200": (
        ((1.24, 1.5), (0.23, 2.2), (1.3, 1.5)), ((0.9, 1.5), (0.23, 2.2), (1.3, 1.5)), ((1.3, 1.5),) * 3,
    ),
    "rebate-overcompensates": (((0.65, 0.75),), ((1.1, 1.3),), ((0.9, 1.2),)),
    "rebate-is-small": (((0.01, 0.18),), ((0.3, 0.5),), ((0.1, 0.3),)),
    "grid-carries-chips": (((27e6, 540e6), (2e6, 4e6)), ((0.5e6, 1e6), (2e6, 4e6)), ((1e6, 9e6), (2e6, 4e6))),
    "halls-bind": (((0.5e6, 1e6), (2e6, 4e6)), ((5e6, 26e6), (2e6, 4e6)), ((0.5e6, 26e6), (2e6, 4e6))),
}  # fmt: skip
