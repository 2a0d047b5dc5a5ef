"""Rules of scipy.special, whose import takes long: imported when a function without a row is first met.

Formulas are from the NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov.
"""

from . import bessel, entropy, error, gamma, integrals, logistic, repeated

__all__ = ["bessel", "entropy", "error", "gamma", "integrals", "logistic", "repeated"]
