#!/usr/bin/python3
"""Tails and quantiles of the chi-square distribution by scipy, and the index and p-value of 60 random pairs of samples.

    /usr/bin/python3 generate_chi_square.py        (Debian: python3-scipy)

writes chi-square.json beside this script. The population stability index is computed here from its definition, with half a row
added to every group on both sides; its p-value is scipy's.
"""
import json
import os

import numpy as np
import scipy
from scipy.stats import chi2


def stability(reference, sample):
    kept = (reference > 0) | (sample > 0)
    reference, sample = reference[kept], sample[kept]
    m, n, k = int(reference.sum()), int(sample.sum()), len(reference)
    q, p = (reference + 0.5) / (m + 0.5 * k), (sample + 0.5) / (n + 0.5 * k)
    index = float(((p - q) * np.log(p / q)).sum())
    return index, float(chi2.sf(index / (1 / n + 1 / m), k - 1))


def main():
    rng = np.random.default_rng(20261129)
    tails, quantiles, samples = [], [], []
    for degrees in [1, 2, 3, 4, 9, 10, 19, 50, 76, 100, 250]:
        for share in [0.01, 0.3, 0.9, 1.0, 1.2, 2.0, 4.0]:
            x = degrees * share
            tails.append([x, degrees, float(chi2.sf(x, degrees))])
        for p in [0.99, 0.5, 0.1, 0.05, 0.01, 0.001, 1e-6]:
            quantiles.append([p, degrees, float(chi2.isf(p, degrees))])
    while len(samples) < 60:
        k = int(rng.integers(2, 12))
        reference = rng.multinomial(int(rng.choice([20, 300, 10_000])), rng.dirichlet(np.ones(k)))
        sample = rng.multinomial(int(rng.choice([5, 200, 5_000])), rng.dirichlet(np.ones(k) * 3))
        if ((reference > 0) | (sample > 0)).sum() > 1:
            samples.append([reference.tolist(), sample.tolist(), *stability(reference, sample)])

    lists = {"tails": tails, "quantiles": quantiles, "samples": samples}
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "chi-square.json"), "w") as f:
        f.write('{"madeBy":' + json.dumps({"scipy": scipy.__version__, "numpy": np.__version__}) + ",\n")
        f.write(",\n".join(f'"{name}":' + json.dumps(values, separators=(",", ":")) for name, values in lists.items()) + "}\n")


if __name__ == "__main__":
    main()
