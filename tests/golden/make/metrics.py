"""Writes tests/golden/metrics.json: clustering and pair scores as scikit-learn gives them.

    pip install -r tests/golden/make/requirements-metrics.txt    # scikit-learn==1.5.2
    python tests/golden/make/metrics.py

Three kinds of cases: labelings written out (by hand and by fixed seeds), large labelings
given by a recipe that the test repeats in whole-number arithmetic, and judged pairs.
"""

import json
import random
from pathlib import Path

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.metrics.cluster import contingency_matrix, pair_confusion_matrix

assert sklearn.__version__ == "1.5.2", sklearn.__version__

OUT = Path(__file__).resolve().parent.parent / "metrics.json"

HAND_MADE = {
    "empty": ([], []),
    "one article": ([0], [5]),
    "two singles": ([0, 1], [1, 0]),
    "three singles": ([0, 1, 2], [2, 0, 1]),
    "four singles": ([0, 1, 2, 3], [0, 1, 2, 3]),
    "one story of two, found": ([0, 0], [9, 9]),
    "one story of two, split": ([0, 0], [0, 1]),
    "two singles, joined": ([0, 1], [0, 0]),
    "one heap on both sides": ([0] * 7, [3] * 7),
    "one heap predicted for all singles": (list(range(6)), [0] * 6),
    "all singles predicted for one heap": ([0] * 6, list(range(6))),
    "one heap predicted for three stories": ([0, 0, 1, 1, 1, 2], [0] * 6),
    "all singles predicted for three stories": ([0, 0, 1, 1, 1, 2], [0, 1, 2, 3, 4, 5]),
    "equal up to names": ([0, 0, 1, 1, 2], [4, 4, 0, 0, 7]),
    "worse than chance": ([0, 0, 1, 1], [0, 1, 0, 1]),
    "independent": ([0, 0, 0, 1, 1, 1, 2, 2, 2], [0, 1, 2, 0, 1, 2, 0, 1, 2]),
    "one article astray": ([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 1]),
    "two stories merged": ([0, 0, 1, 1, 2, 2, 3], [0, 0, 0, 0, 1, 1, 2]),
    "one story split": ([0, 0, 0, 0, 1, 2], [0, 0, 1, 1, 2, 3]),
    "singles but one pair, the wrong one": (
        list(range(8)) + [8, 8],
        [0, 0] + list(range(1, 9)),
    ),
    "a giant false story": ([i // 3 for i in range(60)], [0 if i < 40 else i for i in range(60)]),
}


def drawn(seed):
    """Seeded labelings from independent to nearly equal, of many sizes and shapes."""
    rng = random.Random(seed)
    n = [5, 12, 40, 150, 400, 900][seed % 6]
    k = max(2, [n // 2, n // 5, 8, 3][seed % 4])
    noise = [0.0, 0.05, 0.2, 0.5, 1.0][seed % 5]
    # Skewed sizes, as of news: few large stories, many small.
    gold = [min(int(k * rng.random() ** 2), k - 1) for _ in range(n)]
    pred = [rng.randrange(k) if rng.random() < noise else (g * 7 + 3) % k for g in gold]
    return gold, pred


def recipe(n, k, noise_percent, seed):
    """Large labelings from a linear congruential generator, to be repeated by the test."""
    x = seed
    gold, pred = [], []
    for _ in range(n):
        draws = []
        for _ in range(3):
            x = (x * 6364136223846793005 + 1442695040888963407) % 2**64
            draws.append(x >> 33)
        story = draws[0] % k
        gold.append(story)
        pred.append(draws[2] % k if draws[1] % 100 < noise_percent else story)
    return gold, pred


def scores(gold, pred):
    (_, false_positives), (false_negatives, true_positives) = pair_confusion_matrix(gold, pred)
    homogeneity, completeness, v_measure = metrics.homogeneity_completeness_v_measure(gold, pred)
    all_singles = len(set(gold)) == len(set(pred)) == len(gold) > 1
    if len(gold):
        table = contingency_matrix(gold, pred, sparse=True)
        purity = float(table.max(axis=0).sum() / len(gold))
        inverse_purity = float(table.max(axis=1).sum() / len(gold))
    else:
        purity = inverse_purity = 1.0
    return {
        # Ordered pairs, as scikit-learn counts them: each twice.
        "pairs": [int(true_positives), int(false_positives), int(false_negatives)],
        "ari": float(metrics.adjusted_rand_score(gold, pred)),
        # 0 / 0 in scikit-learn, decided by rounding: left to the definition of the crate.
        "ami": None if all_singles else float(metrics.adjusted_mutual_info_score(gold, pred)),
        "nmi": float(metrics.normalized_mutual_info_score(gold, pred)),
        "homogeneity": float(homogeneity),
        "completeness": float(completeness),
        "v_measure": float(v_measure),
        "purity": purity,
        "inverse_purity": inverse_purity,
        "n_gold_stories": len(set(gold)),
        "n_pred_stories": len(set(pred)),
    }


def judged_pairs(seed):
    """Judged pairs over articles with stories and copies, and scikit-learn's P, R, F1."""
    rng = random.Random(seed)
    n = 30
    rows = []
    for i in range(n):
        copy = rng.choice([None, None, f"c{rng.randrange(4)}"])
        rows.append([f"a{i}", f"s{rng.randrange(4)}", copy])
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n) if rng.random() < 0.3]
    labels = [rng.choices([0, 1, 2], [5, 3, 2])[0] for _ in pairs]
    missing = set(rng.sample(range(n), 4))

    def predicted(column):
        return [
            a not in missing
            and b not in missing
            and rows[a][column] is not None
            and rows[a][column] == rows[b][column]
            for a, b in pairs
        ]

    def prf(gold, pred):
        p, r, f, _ = metrics.precision_recall_fscore_support(gold, pred, average="binary")
        return [float(p), float(r), float(f)]

    same, copies = predicted(1), predicted(2)
    is_copy = [label == 2 for label in labels]
    return {
        "name": f"drawn with seed {seed}",
        "pairs": [[f"a{a}", f"a{b}", label] for (a, b), label in zip(pairs, labels)],
        "rows": [row for i, row in enumerate(rows) if i not in missing],
        "same": prf([label >= 1 for label in labels], same),
        "copy": prf(is_copy, copies),
        "copies_in_story": float(metrics.recall_score(is_copy, same)),
        "n_missing": len(missing & {i for pair in pairs for i in pair}),
    }


def main():
    labelings = dict(HAND_MADE)
    labelings.update({f"drawn with seed {seed}": drawn(seed) for seed in range(24)})
    cases = [
        {"name": name, "gold": gold, "pred": pred, **scores(gold, pred)}
        for name, (gold, pred) in labelings.items()
    ]
    recipes = [
        {"n": n, "k": k, "noise_percent": noise, "seed": seed, **scores(*recipe(n, k, noise, seed))}
        for n, k, noise, seed in [(3000, 40, 30, 1), (3000, 1500, 20, 2), (30000, 10000, 10, 3)]
    ]
    pairs = [judged_pairs(seed) for seed in range(4)]
    # One case a line: short, and a change shows which case it touched.
    versions = {"scikit-learn": sklearn.__version__, "numpy": np.__version__}
    parts = [f'"versions": {json.dumps(versions)}']
    for name, values in [("labelings", cases), ("recipes", recipes), ("pairs", pairs)]:
        lines = ",\n".join(json.dumps(value, separators=(",", ":")) for value in values)
        parts.append(f'"{name}": [\n{lines}\n]')
    OUT.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
