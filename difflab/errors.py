"""Errors as sentences: what was wrong, where, and what to write instead."""


class DifflabError(Exception):
    """Base of every error that difflab raises on purpose."""


class InvalidArgument(DifflabError, ValueError):
    """An argument has the wrong type, shape, dtype or value."""


class UnsupportedFunction(DifflabError, TypeError):
    """A NumPy function, or one of its options, has no derivative rule here."""


class NotDifferentiable(DifflabError, TypeError):
    """Code asked for something that would silently cut the derivative (`float(x)`, say)."""


class UnsupportedOperator(DifflabError, TypeError):
    """A method was asked for an operator that it does not declare."""


class PreparationMismatch(DifflabError, ValueError):
    """Prepared derivatives met another shape, dtype or structure than they were prepared for."""


class DeviceUnavailable(DifflabError, RuntimeError):
    """A device was asked for that this machine cannot use."""


class DataUnavailable(DifflabError, RuntimeError):
    """A data set could not be downloaded, or is not what was published."""


class ReplayMismatch(DifflabError):
    """A compiled trace gives other results than the code that it was taken of."""
