#!/usr/bin/python3
"""Reference figures of what the library's statistics are made of, by scipy.

    /usr/bin/python3 generate_statistics.py        (Debian: python3-scipy)

writes statistics.json beside this script. BCa intervals: scipy.stats.bootstrap is given fixed replicates (bootstrap_result with
n_resamples=0), so that nothing about them is left to chance. Random numbers: the published C code of xoshiro256** and SplitMix64,
in Python's whole numbers.
"""
import json
import os
from types import SimpleNamespace

import numpy as np
import scipy
from scipy.stats import binom, binomtest, bootstrap, norm


def bca(sample, replicates, alpha, one_by_one=None):
    """scipy's interval of a mean (or of another statistic) for replicates that are already there."""
    statistic = one_by_one or (lambda x, axis: np.mean(x, axis=axis))
    before = SimpleNamespace(bootstrap_distribution=np.asarray(replicates, dtype=float))
    low, high = bootstrap((sample,), statistic, n_resamples=0, bootstrap_result=before, method="BCa", confidence_level=1 - alpha, vectorized=True).confidence_interval
    left_out = [float(np.mean(np.delete(sample, i))) for i in range(len(sample))]
    # Jackknife: Efron and Tibshirani 1993, 14.15 and 11.5.
    off = np.mean(left_out) - np.array(left_out)
    return {
        "estimate": float(np.mean(sample)), "leftOut": left_out, "replicates": [float(r) for r in replicates], "alpha": alpha,
        "low": float(low), "high": float(high),
        "acceleration": float((off**3).sum() / (6 * (off**2).sum() ** 1.5)),
        "standardError": float(np.sqrt((len(sample) - 1) / len(sample) * (off**2).sum())),
    }


def p_value(estimate, replicates):
    """Twice the share on the far side of zero, the sample itself counted in; the normal tail where fewer than ten lie there."""
    r = np.asarray(replicates)
    far = min(np.count_nonzero(r <= 0), np.count_nonzero(r >= 0))
    counted = min(1.0, 2 * (far + 1) / (len(r) + 1))
    return counted if far >= 10 or r.std() == 0 else min(counted, 2 * norm.sf(abs(estimate) / r.std()))


def wilson(k, n, alpha):
    interval = binomtest(k, n).proportion_ci(confidence_level=1 - alpha, method="wilson")
    return [float(interval.low), float(interval.high)]


def rotl(x, k):
    return ((x << k) | (x >> (64 - k))) & (2**64 - 1)


def split_mix(state):
    state = (state + 0x9E3779B97F4A7C15) % 2**64
    z = state
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
    return state, z ^ (z >> 31)


class Stream:
    """One of the streams of a seed: which state it starts from is ours, what follows is the published generator."""

    def __init__(self, seed, stream):
        state = seed ^ rotl(stream * 0xD1342543DE82EF95 % 2**64, 32) ^ stream
        self.s = []
        for _ in range(4):
            state, z = split_mix(state)
            self.s.append(z)

    def next(self):
        s = self.s
        number = rotl(s[1] * 5 % 2**64, 7) * 9 % 2**64
        t = (s[1] << 17) % 2**64
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 45)
        return number

    def uniform(self):
        return (self.next() >> 11) / 2**53

    def whole(self, below):
        return (self.next() >> 32) * below >> 32


def first_numbers(seed, stream, count):
    source = Stream(seed, stream)
    return [source.next() for _ in range(count)]


def required(first, second, alpha, power):
    """Connor 1987, equation 3."""
    discordant, difference = first + second, first - second
    root = norm.isf(alpha / 2) * np.sqrt(discordant) + norm.ppf(power) * np.sqrt(discordant - difference**2)
    return float(np.ceil(root**2 / difference**2))


def bonett_price(b, c, n, alpha):
    """Bonett and Price 2012, Laplace's one added to both discordant cells."""
    p, q = (b + 1) / (n + 2), (c + 1) / (n + 2)
    half = norm.isf(alpha / 2) * np.sqrt((p + q - (p - q) ** 2) / (n + 2))
    return [max(-1.0, p - q - half), min(1.0, p - q + half)]


def main():
    rng = np.random.default_rng(18)
    intervals = []
    for sample in [
        np.round(rng.lognormal(0, 1, 25), 3),
        np.round(-rng.lognormal(0, 1, 25), 3),
        rng.integers(0, 4, 30).astype(float),
        np.round(rng.normal(5, 1, 12), 3),
        np.array([0, 0, 0, 1, 1, 0, 0, 0, 0, 5, 0, 0, 0, 0, 1], dtype=float),
    ]:
        replicates = [rng.choice(sample, len(sample)).mean() for _ in range(199)]
        for alpha in [0.05, 0.1, 0.4]:
            intervals.append(bca(sample, replicates, alpha))
    # All replicates on one side of the estimate, and half of them equal to it (a statistic of few values).
    sample = rng.integers(0, 2, 20).astype(float)
    intervals.append(bca(sample, np.concatenate([np.full(60, sample.mean()), sample.mean() + np.arange(1, 41) / 100, sample.mean() - np.arange(1, 21) / 100]), 0.05))

    p_values = []
    for centre, spread in [(0.0, 1.0), (0.5, 1.0), (1.5, 1.0), (2.5, 1.0), (4.0, 1.0), (-4.0, 1.0), (-1.9, 1.0), (12.0, 1.0)]:
        replicates = np.round(rng.normal(centre, spread, 200), 2)
        p_values.append([centre, replicates.tolist(), float(p_value(centre, replicates))])
    # Exactly nine and exactly ten on the far side, zeros among them, and no spread at all.
    for far in [9, 10]:
        replicates = np.concatenate([-np.arange(far) / 10, 1 + np.arange(191) / 100])
        p_values.append([1.9, replicates.tolist(), float(p_value(1.9, replicates))])
        p_values.append([-1.9, (-replicates).tolist(), float(p_value(-1.9, replicates))])
    p_values.append([0.5, [0.5] * 40, float(p_value(0.5, [0.5] * 40))])
    p_values.append([0.0, [0.0] * 40, 1.0])

    z = [0, 1e-9, 0.1, 0.5, 1, 1.2815515655446004, 1.959963984540054, 3, 5, 7.07, 7.0710678, 7.0710679, 7.2, 8, 12, 20, 30, 36.9]
    p = [1e-300, 1e-100, 1e-20, 1.3e-11, 1.4e-11, 1e-8, 1e-4, 0.01, 0.025, 0.0749, 0.0751, 0.2, 0.4, 0.5, 0.6, 0.9249, 0.9251, 0.975, 0.999, 1 - 1e-9]
    values = [1.5, 2.0, 2.0, 3.25, 7.0, 8.5, 8.5, 9.0, 20.0]
    lists = {
        "bca": intervals,
        "pValues": p_values,
        "cdf": [[s * x, float(norm.cdf(s * x))] for x in z for s in (1, -1)],
        "quantiles": [[x, float(norm.ppf(x))] for x in p],
        "percentiles": [values, [[q, float(np.percentile(values, 100 * q))] for q in [0, 0.01, 0.1, 0.125, 0.33, 0.5, 0.77, 0.99, 1]]],
        "mcnemar": [[b, c, float(binomtest(b, b + c, 0.5).pvalue) if b + c else 1.0] for b, c in [(0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (0, 6), (6, 0), (1, 9), (7, 8), (8, 8), (9, 8), (15, 0), (0, 16), (16, 0), (15, 16), (20, 50), (120, 90), (1000, 1100), (1, 400)]],
        "wilson": [[k, n, a, *wilson(k, n, a)] for k, n in [(0, 1), (1, 1), (0, 40), (40, 40), (1, 40), (39, 40), (13, 40), (500, 1000), (999999, 1000000)] for a in (0.05, 0.1)],
        "pairedDifference": [[b, c, n, a, *map(float, bonett_price(b, c, n, a))] for b, c, n in [(0, 0, 10), (3, 1, 10), (60, 40, 500), (0, 100, 100), (100, 0, 100), (1, 0, 1)] for a in (0.05, 0.1)],
        "requiredRows": [[f, s, a, w, required(f, s, a, w)] for f, s in [(0.12, 0.08), (0.08, 0.12), (0.3, 0.1), (0.02, 0.01), (0.5, 0.0)] for a, w in [(0.05, 0.8), (0.01, 0.9)]],
        "logFactorials": [[n, float(scipy.special.gammaln(n + 1))] for n in [0, 1, 2, 3, 10, 14, 15, 16, 17, 20, 100, 5000, 10**9]],
        "f1": [[tp, fp, fn, a, *[float(2 * b / (1 + b)) for b in wilson(tp, tp + fp + fn, a)]] for tp, fp, fn in [(5, 3, 2), (0, 4, 4), (10, 0, 0), (70, 20, 35)] for a in (0.05, 0.1)],
        "binomials": [[n, q, [float(binom.pmf(k, n, q)) for k in range(n + 1)]] for n, q in [(6, 0.3), (30, 0.32), (30, 0.35), (30, 0.7), (60, 0.5), (45, 0.9), (200, 0.06)]],
        "random": [[seed, stream, [str(x) for x in first_numbers(seed, stream, 6)]] for seed, stream in [(0, 0), (42, 0), (42, 1), (2**63 + 11, 977)]],
    }
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "statistics.json"), "w") as f:
        f.write('{"madeBy":' + json.dumps({"scipy": scipy.__version__, "numpy": np.__version__}) + ",\n")
        f.write(",\n".join(f'"{name}":' + json.dumps(values, separators=(",", ":")) for name, values in lists.items()) + "}\n")


if __name__ == "__main__":
    main()
