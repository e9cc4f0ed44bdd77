"""Topic models on one labelled set, in one run: khabar, scikit-learn, fastText.

    pip install -r benches/compare/requirements.txt
    cargo build --release
    python benches/compare/topics.py khaleej.jsonl.zst --test dev
    python benches/compare/topics.py 20ng.jsonl.zst --test test
    python benches/compare/topics.py masakhanews-train.jsonl.zst --test dev --by-language

Prints a Markdown table: accuracy on the `split` named by --test, learned from all others;
expected calibration error (15 equal-width bins of the best topic's probability); share right
among the 90 % most confident; CPU seconds (user and system) of the whole process, reading
included; peak memory. With --by-language accuracy and calibration error are means over
languages: khabar learns one model of all, the others one a language.

scikit-learn's two models stand on the same n-grams (char_wb 3-5, sublinear tf, in at least two
documents). LinearSVC has no probabilities, so no calibration error; its largest decision value
orders its articles. LogisticRegression is one against the rest (liblinear, dual), as
multinomial takes many times as long. fastText has words and pairs of words, 25 epochs at .5,
the usual setting for small sets, on one thread. khabar runs with all it does by default:
families, folds, a path of C, calibration. --html keep is given to it, so that all read the same
text.
"""

import argparse
import io
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

KHABAR = Path("target/release/khabar")
NAMES = ("LinearSVC", "LogisticRegression", "fastText")


def read(path, test):
    """Texts, topics and languages, those learned from and those measured on."""
    import zstandard

    parts = {False: ([], [], []), True: ([], [], [])}
    with open(path, "rb") as packed:
        raw = zstandard.ZstdDecompressor().stream_reader(packed)
        for line in io.TextIOWrapper(raw, encoding="utf-8", newline="\n"):
            row = json.loads(line)
            title, text = row.get("title") or "", row.get("text") or ""
            topic = row.get("topic") or row.get("label")
            part = parts[row.get("split") == test]
            part[0].append(f"{title}\n{text}" if title and text else title + text)
            part[1].append(topic)
            part[2].append(row.get("lang") or "")
    return parts[False], parts[True]


def linear(name, train, test):
    """Best topics, how sure of them, and whether that is a probability."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2)
    rows = vectorizer.fit_transform(train[0])
    svm = name == "LinearSVC"
    model = LinearSVC(C=1) if svm else LogisticRegression(C=10, solver="liblinear", dual=True)
    if not svm:
        from sklearn.multiclass import OneVsRestClassifier

        model = OneVsRestClassifier(model)
    model.fit(rows, train[1])
    found = vectorizer.transform(test[0])
    scores = model.decision_function(found) if svm else model.predict_proba(found)
    return list(model.classes_[scores.argmax(axis=1)]), list(scores.max(axis=1)), not svm


def plain(text):
    """As fastText's own tutorial does: small letters, punctuation apart."""
    return " ".join(re.sub(r"([^\w\s]|_)", r" \1 ", text.lower()).split())


def fasttext_(train, test):
    import fasttext

    with tempfile.NamedTemporaryFile("w", suffix=".ft", encoding="utf-8") as lines:
        rows = list(zip(train[0], train[1]))
        # It learns in the order of the file: topic by topic it would forget all but the last.
        random.Random(0).shuffle(rows)
        for text, topic in rows:
            lines.write("__label__" + topic + " " + plain(text) + "\n")
        lines.flush()
        model = fasttext.train_supervised(
            lines.name, epoch=25, lr=0.5, wordNgrams=2, minCount=2, thread=1, verbose=0
        )
    # The wrapper's own predict fails with numpy 2.
    found = [model.f.predict(plain(text) + "\n", 1, 0.0, "strict")[0] for text in test[0]]
    return [label[len("__label__"):] for _, label in found], [min(p, 1.0) for p, _ in found], True


def calibration_error(sure, right):
    bins = defaultdict(list)
    for p, ok in zip(sure, right):
        bins[min(int(p * 15), 14)].append((p, ok))
    gap = lambda rows: abs(sum(p for p, _ in rows) - sum(ok for _, ok in rows))
    return sum(gap(rows) for rows in bins.values()) / len(right)


def surest(sure, right):
    order = sorted(range(len(right)), key=lambda i: -sure[i])[: round(0.9 * len(right))]
    return sum(right[i] for i in order) / len(order)


def judge(path, test_split, name, by_language):
    """Runs in a process of its own, so that memory and time are its own."""
    train, test = read(path, test_split)
    run = fasttext_ if name == "fastText" else lambda a, b: linear(name, a, b)
    groups = sorted(set(test[2])) if by_language else [None]
    accuracy, error, sure_right = [], [], []
    for group in groups:
        pick = lambda part: [
            list(column) for column in zip(*(row for row in zip(*part) if group in (None, row[2])))
        ]
        tags, sure, is_probability = run(pick(train), pick(test))
        right = [tag == gold for tag, gold in zip(tags, pick(test)[1])]
        accuracy.append(sum(right) / len(right))
        sure_right.append(surest(sure, right))
        if is_probability:
            error.append(calibration_error(sure, right))
    mean = lambda values: sum(values) / len(values) if values else None
    used = resource.getrusage(resource.RUSAGE_SELF)
    return mean(accuracy), mean(error), mean(sure_right), used.ru_utime + used.ru_stime, used.ru_maxrss


def khabar(path, test_split, by_language, more):
    with tempfile.TemporaryDirectory() as folder:
        command = [KHABAR, "train", path, "--validate-split", test_split, "--html", "keep", "--json"]
        command += [*more, "-o", Path(folder) / "m.khabar", "--quiet"]
        with open(Path(folder) / "out.json", "wb") as out:
            child = subprocess.Popen(command, stdout=out)
            _, status, used = os.wait4(child.pid, 0)
        if status:
            sys.exit("khabar failed")
        found = json.loads((Path(folder) / "out.json").read_text())["validated"]
    scores = found["scores"]
    accuracy, error = scores["accuracy"], scores["probabilities"]["ece"]
    if by_language:
        mean = lambda key: sum(row[key] for row in found["languages"]) / len(found["languages"])
        accuracy, error = mean("accuracy"), mean("ece")
    sure = next((row["accuracy"] for row in scores["coverage"] if row["share"] == 0.9), None)
    return accuracy, error, sure, used.ru_utime + used.ru_stime, used.ru_maxrss


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus")
    parser.add_argument("--test", required=True, help="the split to measure on")
    parser.add_argument("--by-language", action="store_true")
    parser.add_argument("--khabar", default="", help="more flags for khabar train")
    parser.add_argument("--only", choices=NAMES, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.only:
        print(json.dumps(judge(args.corpus, args.test, args.only, args.by_language)))
        return
    rows = [("khabar train", khabar(args.corpus, args.test, args.by_language, args.khabar.split()))]
    for name in NAMES:
        again = [sys.executable, __file__, args.corpus, "--test", args.test, "--only", name]
        again += ["--by-language"] if args.by_language else []
        done = subprocess.run(again, check=True, capture_output=True, text=True)
        rows.append((name, json.loads(done.stdout.strip().splitlines()[-1])))
    print("| model | accuracy | calibration error | right among the surest 90 % | CPU seconds | peak memory |")
    print("|---|---|---|---|---|---|")
    shown = lambda value: "" if value is None else f"{value:.4f}"
    for name, (accuracy, error, sure, cpu, peak) in rows:
        print(f"| {name} | {shown(accuracy)} | {shown(error)} | {shown(sure)} | {cpu:.1f} | {peak / 1e6:.2f} GB |")


if __name__ == "__main__":
    main()
