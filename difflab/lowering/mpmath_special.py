"""The functions of scipy.special on mpmath numbers."""

from collections.abc import Callable
from typing import Any

from scipy import special


def special_functions(ctx: Any) -> dict[Any, Callable[..., Any]]:
    """Give what each function does to numbers of a context; poles raise ValueError or ZeroDivisionError."""
    return {**_bessel(ctx), **_error(ctx), **_gamma(ctx), **_integrals(ctx), **_entropy(ctx), **_elementary(ctx)}


def _bessel(ctx: Any) -> dict[Any, Callable[..., Any]]:
    return {
        special.j0: lambda x: ctx.besselj(0, x),
        special.j1: lambda x: ctx.besselj(1, x),
        special.y0: lambda x: ctx.bessely(0, x),
        special.y1: lambda x: ctx.bessely(1, x),
        special.i0: lambda x: ctx.besseli(0, x),
        special.i1: lambda x: ctx.besseli(1, x),
        special.k0: lambda x: ctx.besselk(0, x),
        special.k1: lambda x: ctx.besselk(1, x),
        special.i0e: lambda x: ctx.besseli(0, x) * ctx.exp(-abs(x)),
        special.i1e: lambda x: ctx.besseli(1, x) * ctx.exp(-abs(x)),
        special.k0e: lambda x: ctx.besselk(0, x) * ctx.exp(x),
        special.k1e: lambda x: ctx.besselk(1, x) * ctx.exp(x),
        special.jv: ctx.besselj,
        special.yv: ctx.bessely,
        special.yn: ctx.bessely,
        special.iv: ctx.besseli,
        special.ive: lambda v, x: ctx.besseli(v, x) * ctx.exp(-abs(x)),
        special.kv: ctx.besselk,
        special.kn: ctx.besselk,
        special.kve: lambda v, x: ctx.besselk(v, x) * ctx.exp(x),
    }


def _error(ctx: Any) -> dict[Any, Callable[..., Any]]:
    return {
        special.erf: ctx.erf,
        special.erfc: ctx.erfc,
        special.erfi: ctx.erfi,
        special.erfinv: ctx.erfinv,
        special.erfcinv: lambda x: ctx.erfinv(1 - x),
        special.erfcx: lambda x: ctx.exp(x * x) * ctx.erfc(x),
        special.ndtr: ctx.ncdf,
        special.ndtri: lambda x: ctx.sqrt(2) * ctx.erfinv(2 * x - 1),
        special.log_ndtr: lambda x: ctx.log(ctx.ncdf(x)),
    }


def _gamma(ctx: Any) -> dict[Any, Callable[..., Any]]:
    return {
        special.gamma: ctx.gamma,
        special.gammaln: lambda x: ctx.log(abs(ctx.gamma(x))),
        special.loggamma: ctx.loggamma,
        special.gammasgn: lambda x: ctx.sign(ctx.gamma(x)),
        special.digamma: ctx.digamma,
        special._ufuncs._zeta: ctx.zeta,
        special.beta: ctx.beta,
        special.betaln: lambda a, b: ctx.log(abs(ctx.beta(a, b))),
        special.gammainc: lambda a, x: ctx.gammainc(a, 0, x, regularized=True),
        special.gammaincc: lambda a, x: ctx.gammainc(a, x, ctx.inf, regularized=True),
        special.betainc: lambda a, b, x: ctx.betainc(a, b, 0, x, regularized=True),
        special.betaincc: lambda a, b, x: ctx.betainc(a, b, x, 1, regularized=True),
    }


def _integrals(ctx: Any) -> dict[Any, Callable[..., Any]]:
    return {
        special.exp1: ctx.e1,
        special.expi: ctx.ei,
        special.expn: ctx.expint,
        special.exprel: lambda x: ctx.expm1(x) / x if x else ctx.one,
        special.hyp1f1: ctx.hyp1f1,
    }


def _entropy(ctx: Any) -> dict[Any, Callable[..., Any]]:
    def xlogy(x: Any, y: Any) -> Any:
        return x * ctx.log(y) if x else ctx.zero

    def huber(delta: Any, r: Any) -> Any:
        return r * r / 2 if abs(r) <= delta else delta * (abs(r) - delta / 2)

    return {
        special.xlogy: xlogy,
        special.xlog1py: lambda x, y: x * ctx.log1p(y) if x else ctx.zero,
        special.entr: lambda x: ctx.ninf if x < 0 else -xlogy(x, x),
        special.rel_entr: lambda x, y: xlogy(x, x / y),
        special.kl_div: lambda x, y: xlogy(x, x / y) - x + y,
        special.huber: huber,
        special.pseudo_huber: lambda delta, r: delta**2 * (ctx.sqrt(1 + (r / delta) ** 2) - 1),
    }


def _elementary(ctx: Any) -> dict[Any, Callable[..., Any]]:
    return {
        special.expit: lambda x: 1 / (1 + ctx.exp(-x)),
        special.log_expit: lambda x: -ctx.log1p(ctx.exp(-x)),
        special.logit: lambda x: ctx.log(x / (1 - x)),
        special.cbrt: lambda x: ctx.sign(x) * ctx.cbrt(abs(x)),
        special.exp2: lambda x: ctx.mpf(2) ** x,
        special.exp10: lambda x: ctx.mpf(10) ** x,
        special.expm1: ctx.expm1,
        special.log1p: ctx.log1p,
        special.cosm1: lambda x: -2 * ctx.sin(x / 2) ** 2,
    }
