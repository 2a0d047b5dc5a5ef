"""The logistic function, its inverse and its logarithm."""

from scipy import special

from ..table import elementwise

# 1 - y would lose all digits from x = 37 on; expit(-x) has them.
elementwise(special.expit, lambda t, y, x: t * (y * special.expit(-x)))
elementwise(special.log_expit, lambda t, y, x: t * special.expit(-x))
elementwise(special.logit, lambda t, y, x: t * (1 / x / (1 - x)))
