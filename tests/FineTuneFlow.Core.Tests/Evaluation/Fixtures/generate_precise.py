#!/usr/bin/python3
"""Reference figures to the last digits of a double, by mpmath with fifty digits.

    /usr/bin/python3 generate_precise.py        (Debian: python3-mpmath)

writes precise.json beside this script. scipy's own figures are good to twelve digits or so: too few to tell a constant that is off
in its fourth digit where it hardly counts. The points lie on both sides of the places at which the code goes from one formula to
another.
"""
import json
import os

import mpmath
from mpmath import mp, mpf

mp.dps = 50


def normal_quantile(p):
    """By Newton's steps on ln P, from the asymptotic start; the p of a double is taken exactly."""
    p = mpf(p)
    lower = min(p, 1 - p)
    if lower == mpf(0.5):
        return mpf(0)
    z = mpmath.findroot(lambda z: mpmath.log(mpmath.ncdf(z)) - mpmath.log(lower), -mpmath.sqrt(-2 * mpmath.log(lower)) + (0.5 if lower > 1e-3 else 0))
    return z if p < 0.5 else -z


def chi_tail(x, degrees):
    return mpmath.gammainc(mpf(degrees) / 2, mpf(x) / 2, mpmath.inf, regularized=True)


def chi_quantile(p, degrees):
    low, high = mpf(0), mpf(1)
    while chi_tail(high, degrees) > p:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if chi_tail(middle, degrees) > p else (low, middle)
    return low


def stirling_tail(k):
    k = mpf(k)
    return mpmath.loggamma(k + 1) - (mpmath.log(2 * mpmath.pi) / 2 + (k + mpf(1) / 2) * mpmath.log(k + 1) - (k + 1))


def main():
    ps = [1e-300, 1e-15, 1e-14, 1e-13, 1.3e-11, 1.4e-11, 1e-9, 1e-7, 1e-4, 0.01, 0.0749, 0.075, 0.0751, 0.2, 0.4, 0.5, 0.6, 0.9249, 0.925, 0.9251, 0.975, 0.999]
    tails = [(x * d, d) for d in (1, 2, 3, 7, 40, 151) for x in (0.01, 0.5, 0.95, 1, 1.3)] + [
        (d + 2 + off, d) for d in (1, 2, 3, 7, 40, 151) for off in (-1.5, -0.01, 0, 0.01, 1.5, 6, 30)]
    lists = {
        "normalQuantiles": [[p, float(normal_quantile(p))] for p in ps],
        "chiSquareTails": [[x, d, float(chi_tail(x, d))] for x, d in tails],
        "chiSquareQuantiles": [[p, d, float(chi_quantile(p, d))] for d in (1, 2, 5, 60, 700) for p in (0.999, 0.6, 0.05, 1e-9)],
        "stirlingTails": [[k, float(stirling_tail(k))] for k in [*range(12), 20, 40, 100, 5000]],
        "logFactorials": [[n, float(mpmath.loggamma(n + 1))] for n in [*range(2, 22), 30, 60]],
    }
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "precise.json"), "w") as f:
        f.write('{"madeBy":' + json.dumps({"mpmath": mpmath.__version__}) + ",\n")
        f.write(",\n".join(f'"{name}":' + json.dumps(values, separators=(",", ":")) for name, values in lists.items()) + "}\n")


if __name__ == "__main__":
    main()
