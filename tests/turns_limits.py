"""For the predicate of the limits what makes it hold, fail and stay unclear."""

import math

TURNS = {
    "second-hand": ((0.1,), (0.7,), (math.nan,)),
}
