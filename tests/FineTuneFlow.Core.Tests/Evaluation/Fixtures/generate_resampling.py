#!/usr/bin/python3
"""What a seed draws, by implementations of their own of the published algorithms.

    /usr/bin/python3 generate_resampling.py        (Debian: python3-scipy)

writes resampling.json beside this script. A report of yesterday has to come out the same today, so draws are compared one by one.
Binomial draws of few expected successes: the smallest k whose distribution function, by scipy, is above the uniform number. The
others: BTRS of W. Hoermann, "The generation of binomial random variates", J. Statistical Computation and Simulation 46, 1993, accepted
by the ratio of the probabilities themselves (the gamma function of Python, no table and no series). Intervals: scipy's BCa for
the replicates that were drawn.
"""
import json
import math
import os

import numpy as np
import scipy
from generate_statistics import Stream, bca
from scipy.stats import binom


def log_mass(k, n, p):
    """ln P(X = k) but for the binomial coefficient's n!, which ratios do not need."""
    return k * math.log(p) + (n - k) * math.log1p(-p) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


CUMULATED = {}


def binomial(stream, n, p):
    if n == 0 or p == 0:
        return 0
    if p > 0.5:
        return n - binomial(stream, n, 1 - p)
    if n * p < 10:
        if (n, p) not in CUMULATED:
            CUMULATED[n, p] = binom.cdf(np.arange(n + 1), n, p)
        return int(np.searchsorted(CUMULATED[n, p], stream.uniform(), side="right"))
    deviation = math.sqrt(n * p * (1 - p))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * p
    most_likely = math.floor((n + 1) * p)
    while True:
        u = stream.uniform() - 0.5
        v = stream.uniform()
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + (n * p + 0.5)) if us else -1
        if us >= 0.07 and v <= 0.92 - 4.2 / b:
            return k
        if 0 <= k <= n:
            height = v * (2.83 + 5.1 / b) * deviation / (a / us**2 + b)
            if math.log(height) <= log_mass(k, n, p) - log_mass(most_likely, n, p):
                return k


def resample(stream, counts):
    """Rows themselves where there are fewer than twelve a cell, else one binomial a cell, those of most rows first."""
    weights = [0] * len(counts)
    rows = sum(counts)
    if rows < 12 * len(counts):
        cells = [cell for cell, count in enumerate(counts) for _ in range(count)]
        for _ in range(rows):
            weights[cells[stream.whole(rows)]] += 1
        return weights
    left, rest = rows, rows
    for cell in sorted(range(len(counts)), key=lambda cell: (-counts[cell], cell)):
        if counts[cell]:
            weights[cell] = binomial(stream, left, counts[cell] / rest)
            left -= weights[cell]
            rest -= counts[cell]
    return weights


def values_of(kind, n):
    if kind == "spread":
        return [((i * i) % 997) / 8 - 20 for i in range(n)]
    return [float(i % 10) for i in range(n)]


def mean_bootstrap(kind, n, seed, resamples, alpha):
    values = np.array(values_of(kind, n))
    if n > 512:
        place = ((values - values.min()) * (511 / (values.max() - values.min()))).astype(int)
        used = sorted(set(place.tolist()))
        counts = [int((place == group).sum()) for group in used]
        means = [float(values[place == group].mean()) for group in used]
        sample = np.repeat(means, counts)
    else:
        counts, means, sample = [1] * n, values.tolist(), values
    replicates = []
    for r in range(resamples):
        weights = resample(Stream(seed, r), counts)
        replicates.append(sum(w * m for w, m in zip(weights, means)) / n)
    case = {"kind": kind, "count": n, "seed": seed, "alpha": alpha, "mean": float(values.mean()), "replicates": replicates}
    if resamples >= 20:
        two, one = bca(sample, replicates, alpha), bca(sample, replicates, 2 * alpha)
        case |= {"low": two["low"], "high": two["high"], "oneSidedLow": one["low"], "oneSidedHigh": one["high"]}
    return case


def pinned(draw, seed, stream, skip, count):
    source = Stream(seed, stream)
    for _ in range(skip):
        draw(source)
    return [seed, stream, skip, [draw(source) for _ in range(count)]]


def first_stream(wanted, n, p):
    stream = 0
    while binomial(Stream(1, stream), n, p) != wanted:
        stream += 1
    return stream


def main():
    # A draw that is rejected or accepted wrongly moves all that follow it: what is compared are the draws after many others.
    binomials = []
    for n, p, skip in [
        (1, 0.3, 50), (6, 0.3, 50), (19, 0.5, 50), (30, 0.33, 50), (45, 0.9, 50), (2000, 0.004, 50), (30, 0.5, 20_000), (18, 0.52, 50), (40, 0.52, 5_000),
        (20, 0.5, 20_000), (21, 0.5, 20_000), (25, 0.43, 20_000), (60, 0.5, 20_000), (200, 0.06, 20_000), (1000, 0.4, 5_000), (100_000, 0.25, 5_000), (1_000_000, 0.001, 5_000),
    ]:
        binomials.append([n, p, *pinned(lambda source: binomial(source, n, p), 77, n, skip, 6)])
    # None and all: of twenty throws of a coin one in a million.
    for wanted in (0, 20):
        binomials.append([20, 0.5, *pinned(lambda source: binomial(source, 20, 0.5), 1, first_stream(wanted, 20, 0.5), 0, 3)])

    cells = []
    for counts in [[20, 9, 6], [20, 9, 7], [3, 3, 30, 3, 9], [15, 15, 15, 0, 40], [0, 24, 0], [500, 300, 200], [1, 2, 3, 4], [7]]:
        cells.append([counts, *pinned(lambda source: resample(source, counts), 5, len(counts), 40, 3)])

    lists = {
        "binomials": binomials,
        "resamples": cells,
        "means": [
            mean_bootstrap("spread", 2, 9, 30, 0.05), mean_bootstrap("spread", 3, 9, 1, 0.05), mean_bootstrap("spread", 50, 11, 60, 0.1),
            mean_bootstrap("spread", 512, 42, 40, 0.05), mean_bootstrap("spread", 513, 42, 40, 0.05), mean_bootstrap("digits", 2000, 3, 60, 0.05),
        ],
    }
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "resampling.json"), "w") as f:
        f.write('{"madeBy":' + json.dumps({"scipy": scipy.__version__, "numpy": np.__version__}) + ",\n")
        f.write(",\n".join(f'"{name}":' + json.dumps(values, separators=(",", ":")) for name, values in lists.items()) + "}\n")


if __name__ == "__main__":
    main()
