"""The functions of scipy.special as SymPy expressions."""

from collections.abc import Callable
from typing import Any, NoReturn

import sympy
from scipy import special
from sympy import exp, log, pi, sqrt

from ..errors import UnsupportedFunction
from .sympy_functions import Abs, Cbrt, Expit, Expm1, Log1p, Partial, RealFunction, Sign, Where, declare, flat


def _unknown(function: str, argument: str) -> Partial:
    def refuse(*x: Any) -> NoReturn:
        raise UnsupportedFunction(
            f"scipy.special.{function} has no formula for its derivative by {argument}: keep {argument} constant, or "
            f"use the method 'central_difference'."
        )

    return refuse


def _declare(name: str, *partials: Partial) -> Any:
    return declare(name, f"scipy.special.{name}", *partials)


def _bessel(name: str, partial: Partial, *, sign: int, numbered: str) -> Any:
    """Make a Bessel function f of order v, of which f₋ₙ = signⁿ · fₙ for whole n (DLMF 10.4.1, 10.27.1, 10.27.3).

    Args:
        name: in scipy.special.
        partial: the derivative by the argument.
        sign: 1 or -1.
        numbered: the function of order 0 or 1 in scipy.special, as in "j{}"; CuPy has no others.
    """

    class Bessel(RealFunction):
        """A function of the order and a number."""

        source = f"scipy.special.{name}"
        partials = (_unknown(name, "the order v"), partial)
        nargs = 2

        @classmethod
        def eval(cls, order: Any, x: Any) -> Any:
            """Take whole orders as positive."""
            return sign**order * cls(-order, x) if order.is_Integer and order < 0 else None

        def _numpycode(self, printer: Any) -> str:
            order, x = self.args
            if order in (0, 1):
                return f"scipy.special.{numbered.format(order)}({printer._print(x)})"
            return super()._numpycode(printer)

    Bessel.__name__ = Bessel.__qualname__ = name
    return Bessel


LogExpit: Any = _declare("log_expit", lambda x: Expit(-x))
Logit: Any = _declare("logit", lambda x: 1 / (x * (1 - x)))
XLogY: Any = _declare("xlogy", lambda x, y: log(y), lambda x, y: x / y)
XLog1pY: Any = _declare("xlog1py", lambda x, y: Log1p(y), lambda x, y: x / (1 + y))
Entr: Any = _declare("entr", lambda x: -1 - log(x))
RelEntr: Any = _declare("rel_entr", lambda x, y: 1 + log(x / y), lambda x, y: -x / y)
KlDiv: Any = _declare("kl_div", lambda x, y: log(x / y), lambda x, y: 1 - x / y)

Erfi: Any = _declare("erfi", lambda x: 2 * exp(x**2) / sqrt(pi))
ErfInv: Any = _declare("erfinv", lambda x: sqrt(pi) / 2 * exp(ErfInv(x) ** 2))
ErfcInv: Any = _declare("erfcinv", lambda x: -sqrt(pi) / 2 * exp(ErfcInv(x) ** 2))
Erfcx: Any = _declare("erfcx", lambda x: 2 * x * Erfcx(x) - 2 / sqrt(pi))
Ndtr: Any = _declare("ndtr", lambda x: exp(-(x**2) / 2) / sqrt(2 * pi))
Ndtri: Any = _declare("ndtri", lambda x: sqrt(2 * pi) * exp(Ndtri(x) ** 2 / 2))
LogNdtr: Any = _declare("log_ndtr", lambda x: sqrt(2 / pi) / Erfcx(-x / sqrt(2)))

Zeta: Any = _declare("zeta", _unknown("zeta", "s"), lambda s, q: -s * Zeta(s + 1, q))
Digamma: Any = _declare("digamma", lambda x: Zeta(2, x))  # the trigamma function (DLMF 25.11.12)
GammaLn: Any = _declare("gammaln", Digamma)
Gamma: Any = _declare("gamma", lambda x: Gamma(x) * Digamma(x))
GammaSign: Any = _declare("gammasgn", flat)
Beta: Any = _declare(
    "beta",
    lambda a, b: Beta(a, b) * (Digamma(a) - Digamma(a + b)),
    lambda a, b: Beta(a, b) * (Digamma(b) - Digamma(a + b)),
)
BetaLn: Any = _declare("betaln", lambda a, b: Digamma(a) - Digamma(a + b), lambda a, b: Digamma(b) - Digamma(a + b))


def _gamma_density(a: Any, x: Any) -> Any:
    return exp((a - 1) * log(x) - x - GammaLn(a))


def _beta_density(a: Any, b: Any, x: Any) -> Any:
    return exp((a - 1) * log(x) + (b - 1) * Log1p(-x) - BetaLn(a, b))


GammaInc: Any = _declare("gammainc", _unknown("gammainc", "a"), _gamma_density)
GammaIncC: Any = _declare("gammaincc", _unknown("gammaincc", "a"), lambda a, x: -_gamma_density(a, x))
BetaInc: Any = _declare("betainc", _unknown("betainc", "a"), _unknown("betainc", "b"), _beta_density)
BetaIncC: Any = _declare(
    "betaincc",
    _unknown("betaincc", "a"),
    _unknown("betaincc", "b"),
    lambda a, b, x: -_beta_density(a, b, x),
)

Exp1: Any = _declare("exp1", lambda x: -exp(-x) / x)
Expi: Any = _declare("expi", lambda x: exp(x) / x)
Expn: Any = _declare("expn", _unknown("expn", "n"), lambda n, x: -Expn(n - 1, x))
Hyp1f1: Any = _declare(
    "hyp1f1", _unknown("hyp1f1", "a"), _unknown("hyp1f1", "b"), lambda a, b, x: a / b * Hyp1f1(a + 1, b + 1, x)
)
Exprel: Any = _declare("exprel", lambda x: Hyp1f1(2, 3, x) / 2)
Cosm1: Any = _declare("cosm1", lambda x: -sympy.sin(x))

Jv: Any = _bessel("jv", lambda v, x: (Jv(v - 1, x) - Jv(v + 1, x)) / 2, sign=-1, numbered="j{}")
Yv: Any = _bessel("yv", lambda v, x: (Yv(v - 1, x) - Yv(v + 1, x)) / 2, sign=-1, numbered="y{}")
Iv: Any = _bessel("iv", lambda v, x: (Iv(v - 1, x) + Iv(v + 1, x)) / 2, sign=1, numbered="i{}")
Kv: Any = _bessel("kv", lambda v, x: -(Kv(v - 1, x) + Kv(v + 1, x)) / 2, sign=1, numbered="k{}")
Ive: Any = _bessel(
    "ive", lambda v, x: (Ive(v - 1, x) + Ive(v + 1, x)) / 2 - Sign(x) * Ive(v, x), sign=1, numbered="i{}e"
)
Kve: Any = _bessel("kve", lambda v, x: Kve(v, x) - (Kve(v - 1, x) + Kve(v + 1, x)) / 2, sign=1, numbered="k{}e")


def _huber(delta: Any, r: Any) -> Any:
    return Where(sympy.Le(Abs(r), delta, evaluate=False), r**2 / 2, delta * (Abs(r) - delta / 2))


SPECIAL: dict[Any, Callable[..., Any]] = {
    special.j0: lambda x: Jv(0, x),
    special.j1: lambda x: Jv(1, x),
    special.y0: lambda x: Yv(0, x),
    special.y1: lambda x: Yv(1, x),
    special.i0: lambda x: Iv(0, x),
    special.i1: lambda x: Iv(1, x),
    special.k0: lambda x: Kv(0, x),
    special.k1: lambda x: Kv(1, x),
    special.i0e: lambda x: Ive(0, x),
    special.i1e: lambda x: Ive(1, x),
    special.k0e: lambda x: Kve(0, x),
    special.k1e: lambda x: Kve(1, x),
    special.jv: Jv,
    special.yv: Yv,
    special.yn: Yv,
    special.iv: Iv,
    special.ive: Ive,
    special.kv: Kv,
    special.kn: Kv,
    special.kve: Kve,
    special.erf: sympy.erf,
    special.erfc: sympy.erfc,
    special.erfi: Erfi,
    special.erfinv: ErfInv,
    special.erfcinv: ErfcInv,
    special.erfcx: Erfcx,
    special.ndtr: Ndtr,
    special.ndtri: Ndtri,
    special.log_ndtr: LogNdtr,
    special.gamma: Gamma,
    special.gammaln: GammaLn,
    special.loggamma: GammaLn,
    special.gammasgn: GammaSign,
    special.digamma: Digamma,
    special._ufuncs._zeta: Zeta,
    special.beta: Beta,
    special.betaln: BetaLn,
    special.gammainc: GammaInc,
    special.gammaincc: GammaIncC,
    special.betainc: BetaInc,
    special.betaincc: BetaIncC,
    special.exp1: Exp1,
    special.expi: Expi,
    special.expn: Expn,
    special.exprel: Exprel,
    special.hyp1f1: Hyp1f1,
    special.expit: Expit,
    special.log_expit: LogExpit,
    special.logit: Logit,
    special.xlogy: XLogY,
    special.xlog1py: XLog1pY,
    special.entr: Entr,
    special.rel_entr: RelEntr,
    special.kl_div: KlDiv,
    special.huber: _huber,
    special.pseudo_huber: lambda delta, r: delta**2 * (sqrt(1 + (r / delta) ** 2) - 1),
    special.cbrt: Cbrt,
    special.exp2: lambda x: 2**x,
    special.exp10: lambda x: 10**x,
    special.expm1: Expm1,
    special.log1p: Log1p,
    special.cosm1: Cosm1,
}
