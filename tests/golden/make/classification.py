"""Writes tests/golden/classification.json: topic scores as scikit-learn gives them.

    pip install -r tests/golden/make/requirements-metrics.txt    # scikit-learn==1.5.2
    python tests/golden/make/classification.py

Labels and scores are drawn by fixed seeds and written out, rounded so that many scores tie.
Where scikit-learn 1.5 has no such function, its nearest one is put together: the Brier score
of many labels from brier_score_loss of each, the calibration error from calibration_curve,
precision at k with ties from precision_score over all orders of the labels.
"""

import itertools
import json
import random
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.calibration import calibration_curve

assert sklearn.__version__ == "1.5.2", sklearn.__version__
warnings.simplefilter("ignore")  # k as large as the number of labels, rows off 1 by rounding

OUT = Path(__file__).resolve().parent.parent / "classification.json"


def averages(gold, pred, **labels):
    """Micro, macro and weighted precision, recall and F1, and those of every label."""
    result = {}
    for average in ["micro", "macro", "weighted", None]:
        p, r, f, support = metrics.precision_recall_fscore_support(
            gold, pred, average=average, zero_division=0, **labels
        )
        if average is None:
            result["labels"] = np.stack([p, r, f], axis=1).tolist()
            result["support"] = [int(n) for n in support]
        else:
            result[average] = [float(p), float(r), float(f)]
    return result


def single(name, n_labels, gold, pred):
    """One label an article; -1 where nothing was predicted."""
    labels = list(range(n_labels))
    table = metrics.confusion_matrix(gold, pred, labels=labels).tolist() if gold else []
    return {
        "name": name,
        "n_labels": n_labels,
        "gold": gold,
        "pred": pred,
        "accuracy": float(metrics.accuracy_score(gold, pred)),
        "confusion": table,
        **averages(gold, pred, labels=labels),
    }


def drawn_single(seed):
    rng = random.Random(seed)
    n, n_labels = [(8, 2), (30, 3), (120, 7), (300, 20)][seed % 4]
    noise = [0.0, 0.2, 0.6, 1.0][(seed // 4) % 4]
    # Skewed; the last label is never right, the first never predicted.
    gold = [int((n_labels - 1) * rng.random() ** 2) for _ in range(n)]
    pred = [max(1, rng.randrange(n_labels) if rng.random() < noise else g) for g in gold]
    if seed % 2:
        pred = [-1 if rng.random() < 0.1 else p for p in pred]
    return single(f"drawn with seed {seed}", n_labels, gold, pred)


def rows_of(rng, n, n_labels, digits):
    """Probabilities of some decimals, that sum to 1 as well as these can; some are 0."""
    rows = []
    for _ in range(n):
        row = [rng.random() ** 4 if rng.random() < 0.8 else 0.0 for _ in range(n_labels)]
        total = sum(row) or 1.0
        rows.append([round(x / total, digits) for x in row])
    return rows


def probabilities(seed):
    rng = random.Random(seed)
    n, n_labels, digits = [(6, 3, 1), (40, 3, 3), (100, 7, 2), (60, 20, 5)][seed % 4]
    rows = np.array(rows_of(rng, n, n_labels, digits))
    gold = [rng.choices(range(n_labels), row + 0.05)[0] for row in rows]
    labels = list(range(n_labels))
    best = rows.max(axis=1)
    right = rows.argmax(axis=1) == gold
    # On the edge of a bin the two disagree to which side it belongs: off it.
    best = np.where(np.isclose(best * 15 % 1, 0) | np.isclose(best * 15 % 1, 1), 0.501, best)
    share, mean = calibration_curve(right, best, n_bins=15, strategy="uniform")
    counts = np.histogram(best, bins=15, range=(0, 1))[0]
    return {
        "name": f"drawn with seed {seed}",
        "rows": rows.tolist(),
        "gold": gold,
        "log_loss": float(metrics.log_loss(gold, rows, labels=labels)),
        "brier": float(
            sum(
                metrics.brier_score_loss([g == k for g in gold], rows[:, k], pos_label=1)
                for k in labels
            )
        ),
        "top_k": [
            float(metrics.top_k_accuracy_score(gold, rows, k=k, labels=labels))
            for k in range(1, n_labels + 1)
        ],
        "best": best.tolist(),
        "right": right.tolist(),
        "ece": float((np.abs(share - mean) * counts[counts > 0]).sum() / n),
    }


def indicator(lists, n_labels):
    table = np.zeros((len(lists), n_labels), dtype=int)
    for row, labels in zip(table, lists):
        row[labels] = 1
    return table


def precision_at(gold, rows, k):
    """Mean over all orders of the labels of the precision of the k best."""
    n_labels = gold.shape[1]
    if all(len(set(row)) == n_labels for row in rows.tolist()):
        orders = [range(n_labels)]
    else:
        orders = list(itertools.permutations(range(n_labels)))
    values = []
    for order in orders:
        shuffled = rows[:, list(order)]
        best = np.argsort(-shuffled, axis=1, kind="stable")[:, :k]
        pred = np.zeros_like(gold)
        np.put_along_axis(pred, best, 1, axis=1)
        values.append(
            metrics.precision_score(gold[:, list(order)], pred, average="samples", zero_division=0)
        )
    return float(np.mean(values))


def multi_label(seed):
    rng = random.Random(seed)
    n, n_labels, digits = [(10, 4, 1), (25, 5, 1), (40, 12, 6), (30, 25, 6)][seed % 4]
    rows = np.array([[round(rng.random(), digits) for _ in range(n_labels)] for _ in range(n)])
    # The last label is nowhere; some articles have none, in some all but it are right.
    gold, pred = [], []
    for row in rows:
        likes = [rng.random() < 0.15 + 0.5 * x for x in row]
        gold.append([k for k in range(n_labels - 1) if likes[k]])
        pred.append([k for k in range(n_labels - 1) if row[k] >= 0.6])
    gold[0], pred[1], gold[2], pred[2] = [], [], [], []
    gold[3] = pred[3] = list(range(n_labels)) if seed % 3 == 0 else gold[3]
    g, p = indicator(gold, n_labels), indicator(pred, n_labels)
    ks = [1, 2, 3, n_labels]
    samples = metrics.precision_recall_fscore_support(g, p, average="samples", zero_division=0)
    return {
        "name": f"drawn with seed {seed}",
        "n_labels": n_labels,
        "rows": rows.tolist(),
        "gold": gold,
        "pred": pred,
        "subset_accuracy": float(metrics.accuracy_score(g, p)),
        "hamming_loss": float(metrics.hamming_loss(g, p)),
        "samples": [float(x) for x in samples[:3]],
        **averages(g, p),
        "average_precision": float(metrics.label_ranking_average_precision_score(g, rows)),
        "ranking_loss": float(metrics.label_ranking_loss(g, rows)),
        "coverage_error": float(metrics.coverage_error(g, rows)),
        "ndcg": float(metrics.ndcg_score(g, rows)),
        "ks": ks,
        "ndcg_at": [float(metrics.ndcg_score(g, rows, k=k)) for k in ks],
        "precision_at": [precision_at(g, rows, k) for k in ks],
        "brier": float(
            np.mean(
                [metrics.brier_score_loss(g[:, k], rows[:, k], pos_label=1) for k in range(n_labels)]
            )
        ),
        "log_loss": float(
            np.mean(
                [metrics.log_loss(g[:, k], rows[:, k], labels=[0, 1]) for k in range(n_labels)]
            )
        ),
    }


def main():
    singles = [
        single("all right", 3, [0, 1, 2, 2], [0, 1, 2, 2]),
        single("all wrong", 3, [0, 1, 2], [1, 2, 0]),
        single("one label only", 1, [0, 0], [0, 0]),
        single("nothing predicted", 2, [0, 1, 1], [-1, -1, -1]),
        single("one label for all", 3, [0, 1, 2, 0], [1, 1, 1, 1]),
        single("a label that is nowhere", 4, [0, 1, 3, 0], [0, 3, 3, 1]),
        single("predicted but never right", 3, [0, 0, 1], [2, 0, 1]),
    ]
    singles += [drawn_single(seed) for seed in range(16)]
    versions = {"scikit-learn": sklearn.__version__, "numpy": np.__version__}
    parts = [f'"versions": {json.dumps(versions)}']
    for name, values in [
        ("single", singles),
        ("probabilities", [probabilities(seed) for seed in range(8)]),
        ("multi_label", [multi_label(seed) for seed in range(8)]),
    ]:
        # One case a line: short, and a change shows which case it touched.
        lines = ",\n".join(json.dumps(value, separators=(",", ":")) for value in values)
        parts.append(f'"{name}": [\n{lines}\n]')
    OUT.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
