"""Figures as people read them."""


def significant(value: float) -> str:
    """Write two significant digits, plainly.

    >>> [significant(x) for x in (0.256, 3.14159, 41.7, 12345.0)]
    ['0.26', '3.1', '42', '12,000']
    """
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:.2g}"


def scientific(value: float) -> str:
    """Write a small number by its power of ten.

    >>> scientific(2.345e-13), scientific(0.0)
    ('2.3e-13', '0')
    """
    return f"{value:.1e}" if value else "0"


def seconds(value: float) -> str:
    """Write a time with its unit.

    >>> [seconds(x) for x in (2.5e-7, 0.0123, 4.0)]
    ['250 ns', '12 ms', '4 s']
    """
    for unit, factor in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= 0.995 * factor:
            return f"{significant(value / factor)} {unit}"
    return f"{significant(value / 1e-9)} ns"


def byte_size(value: float) -> str:
    """Write a number of bytes with its unit.

    >>> [byte_size(x) for x in (312, 4096, 3e6)]
    ['312 B', '4.1 kB', '3 MB']
    """
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= factor:
            return f"{significant(value / factor)} {unit}"
    return f"{value:.0f} B"
