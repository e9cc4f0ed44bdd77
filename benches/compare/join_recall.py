"""Share of the exact join's pairs that the fast join finds, by cosine.

    python benches/compare/join_recall.py exact.jsonl fast.jsonl

Both are edge files of `khabar group --edges`; benches/RESULTS.md has the commands.
"""

import json
import sys


def load(path):
    with open(path, encoding="utf-8") as lines:
        rows = map(json.loads, lines)
        return {(r["id_a"], r["id_b"]): r["cosine"] for r in rows if "id_a" in r}


exact, fast = load(sys.argv[1]), load(sys.argv[2])
for cosine in (0.128, 0.16, 0.2, 0.24):
    pairs = [pair for pair, c in exact.items() if c >= cosine]
    found = sum(pair in fast for pair in pairs)
    print(f"{cosine}: {len(pairs)} pairs, share found {found / len(pairs):.4f}")
