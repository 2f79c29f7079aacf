#!/usr/bin/python3
"""Scores 240 random tables with scikit-learn and statsmodels, as fixtures for the metrics tests.

    /usr/bin/python3 generate_fixtures.py        (Debian: python3-sklearn, python3-statsmodels)

writes metrics.json and tests.json beside this script. A table is a list of true labels and answers as digits of base 36, "-"
standing for "no answer"; shapes: random, tied, labels missing from truth or answers, one row, all wrong, perfect, unanswered.
Every second row is scored as a slice too, and latencies have their percentiles. Probabilities are made from an integer weight by row and label, so that they need few characters and are exact.
"""
import json
import math
import os
import warnings

import numpy as np
import sklearn
import statsmodels
from sklearn.metrics import (accuracy_score, balanced_accuracy_score, cohen_kappa_score, confusion_matrix, f1_score, log_loss,
                             mean_absolute_error, precision_recall_fscore_support)
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

warnings.filterwarnings("ignore")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
FLOOR = 1e-6
SLICE_SCORES = ["accuracy", "macroF1", "weightedF1", "balancedAccuracy", "oneOffAccuracy", "goodVersusBad", "meanAbsoluteError",
                "quadraticKappa", "logLoss", "brierScore"]


def table(rng, shape):
    k = int(rng.integers(2, 8))
    n = 1 if shape == "one row" else int(rng.integers(2, 60))
    truth = rng.integers(0, k, n)
    if shape == "labels missing":
        truth = rng.integers(0, max(1, k - 1), n)
    if shape == "one label":
        truth[:] = rng.integers(0, k)
    answers = np.where(rng.random(n) < 0.6, truth, rng.integers(0, k, n))
    if shape == "perfect":
        answers = truth.copy()
    if shape == "all wrong":
        answers = (truth + rng.integers(1, k, n)) % k
    if shape == "constant answer":
        answers[:] = rng.integers(0, k)
    if shape == "unanswered":
        answers[rng.random(n) < 0.3] = k
    if shape == "nothing answered":
        answers[:] = k
    if shape == "tied":
        truth = np.repeat(np.arange(k), 4)
        answers = np.tile(np.arange(k), 4)[: len(truth)]
    return k, truth, answers


def finite(x):
    return None if x is None or not math.isfinite(x) else float(x)


def score(k, truth, answers, weights):
    n = len(truth)
    present = sorted(set(truth.tolist()) | (set(answers.tolist()) - {k}))
    placed = np.where(answers == k, np.where(truth * 2 >= k - 1, 0, k - 1), answers)
    good = (k + 1) // 2
    out = {
        "accuracy": accuracy_score(truth, answers),
        "macroF1": f1_score(truth, answers, labels=present, average="macro", zero_division=0),
        "weightedF1": f1_score(truth, answers, labels=present, average="weighted", zero_division=0),
        "balancedAccuracy": balanced_accuracy_score(truth, answers),
        "oneOffAccuracy": float(np.mean((np.abs(truth - answers) <= 1) & (answers < k))),
        "goodVersusBad": float(np.mean(((truth >= good) == (answers >= good)) & (answers < k))),
        "meanAbsoluteError": mean_absolute_error(truth, placed),
        "quadraticKappa": finite(cohen_kappa_score(truth, placed, labels=list(range(k)), weights="quadratic")),
        "confusion": confusion_matrix(truth, answers, labels=list(range(k + 1)))[:k].tolist(),
        "wilson": list(proportion_confint(int((truth == answers).sum()), n, 0.05, "wilson")),
    }
    p, r, f, _ = precision_recall_fscore_support(truth, answers, labels=list(range(k)), zero_division=0)
    out["precision"], out["recall"], out["f1"] = p.tolist(), r.tolist(), f.tolist()
    if weights is not None:
        probabilities = weights / weights.sum(axis=1, keepdims=True)
        unanswered = answers == k
        probabilities = np.where(unanswered[:, None], 1.0 / k, probabilities)
        # Only the true label's probability is floored; scikit-learn gives the same wherever nothing needs the floor.
        out["logLoss"] = float(np.mean([-math.log(max(FLOOR, row[t])) for t, row in zip(truth, probabilities)]))
        if (probabilities >= FLOOR).all():
            out["logLoss"] = float(log_loss(truth, probabilities, labels=list(range(k))))
        onehot = np.eye(k)[truth]
        out["brierScore"] = float(np.mean(((probabilities - onehot) ** 2).sum(axis=1)))
        out["ece"] = ece(truth, answers, probabilities, k)
    return out


def ece(truth, answers, probabilities, k):
    rows = [i for i in range(len(truth)) if answers[i] < k]
    if not rows:
        return None
    confidence = np.array([probabilities[i][answers[i]] for i in rows])
    right = np.array([answers[i] == truth[i] for i in rows], dtype=float)
    bins = np.minimum(9, (confidence * 10).astype(int))
    return float(sum(abs((confidence[bins == b] - right[bins == b]).sum()) for b in range(10)) / len(rows))


def main():
    rng = np.random.default_rng(20240501)
    shapes = ["random", "random", "labels missing", "one row", "all wrong", "perfect", "tied", "unanswered", "constant answer",
              "one label", "nothing answered", "random"]
    tables = []
    for i in range(240):
        shape = shapes[i % len(shapes)]
        k, truth, answers = table(rng, shape)
        weights = None
        if i % 2 == 0 and (answers < k).any():
            # Weights that are never on the edge of a reliability bin by rounding: primes as denominators.
            weights = rng.integers(0, 36, (len(truth), k)).astype(float)
            for row, answer in zip(weights, answers):
                row[min(answer, k - 1)] += 1
                if row.sum() % 2 == 0 or row.sum() % 5 == 0:
                    row[min(answer, k - 1)] += next(a for a in range(1, 10) if (row.sum() + a) % 2 and (row.sum() + a) % 5)
        case = {
            "shape": shape, "k": k,
            "truth": "".join(DIGITS[t] for t in truth),
            "answers": "".join("-" if a == k else DIGITS[a] for a in answers),
        }
        if weights is not None:
            case["weights"] = [[int(w) for w in row] for row in weights]
        case["expected"] = score(k, truth, answers, weights)
        # Every second row as a slice; a generator of its own, so that what is added here changes no table.
        part = score(k, truth[::2], answers[::2], None if weights is None else weights[::2])
        case["expected"]["slice"] = {name: part[name] for name in SLICE_SCORES if part.get(name) is not None}
        latency = np.random.default_rng(i).integers(20, 3000, len(truth))
        case["latency"] = latency.tolist()
        case["expected"]["percentiles"] = np.percentile(latency, [50, 90, 95, 99]).tolist()
        tables.append(case)

    tests = {"mcnemar": [], "wilson": [], "holm": []}
    for _ in range(100):
        b, c = (int(x) for x in rng.integers(0, int(rng.choice([3, 20, 300, 5000])), 2))
        tests["mcnemar"].append([b, c, float(mcnemar([[10, b], [c, 10]], exact=True).pvalue)])
    for _ in range(60):
        n = int(rng.choice([1, 5, 40, 1000, 1000000]))
        x = int(rng.integers(0, n + 1))
        a = float(rng.choice([0.01, 0.05, 0.1]))
        tests["wilson"].append([x, n, a, *(float(v) for v in proportion_confint(x, n, a, "wilson"))])
    for _ in range(40):
        p = np.round(rng.random(int(rng.integers(1, 12))) ** 3, 6)
        tests["holm"].append([p.tolist(), multipletests(p, method="holm")[1].tolist()])

    made_by = {"scikit-learn": sklearn.__version__, "statsmodels": statsmodels.__version__, "numpy": np.__version__}
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "metrics.json"), "w") as f:
        f.write('{"madeBy":' + json.dumps(made_by) + ',"tables":[\n' + ",\n".join(json.dumps(t, separators=(",", ":")) for t in tables) + "\n]}\n")
    with open(os.path.join(here, "tests.json"), "w") as f:
        f.write('{"madeBy":' + json.dumps(made_by) + "," + ",\n".join(f'"{k}":' + json.dumps(v, separators=(",", ":")) for k, v in tests.items()) + "}\n")


if __name__ == "__main__":
    main()
