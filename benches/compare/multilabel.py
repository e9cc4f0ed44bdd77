"""Several topics an article: khabar, scikit-learn and fastText on the same folds.

    pip install -r benches/compare/requirements.txt
    cargo build --release && cargo build --release --example folds
    python benches/compare/multilabel.py reuters-multilabel.jsonl.zst

Prints a Markdown table: micro- and macro-F1 over all articles, each tagged by a model that was
learned from the other folds; CPU seconds (user and system) of all of a row. The folds are those
that `khabar train` makes (seed 0): no near-copy, and no article of the same title, is on both
sides. Topics of fewer than --min-articles articles are left out, and articles that have no other.

What is chosen, is chosen without the fold that is measured on: of the other four, each is scored
by models of the remaining three (for khabar by four folds of its own making).
scikit-learn's rows are LinearSVC, one against the rest, on the same n-grams (char_wb 3-5,
sublinear tf, in at least two documents):
- at 0: what has a decision value above 0, which is what LinearSVC itself says;
- one bar: the bar, the same for all topics, of best micro-F1;
- a bar a topic: that of its best F1, or the one bar where a topic has fewer than 20 articles.
LogisticRegression (one against the rest, --C-logistic, the same n-grams) and fastText (one against
the rest, pairs of words, 25 epochs) are cut at .5 alone, which is what their probabilities say.
Of several --C each of the three takes the best. A bar from scores out of fold is at home in
models of three folds and is used in one of four: the same goes for khabar's.
"""

import argparse
import io
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

KHABAR = Path("target/release/khabar")
FOLDS = Path("target/release/examples/folds")
RARE = 20


def read(path, least):
    """Articles with their topics of at least `least` articles, by id, in the order of the file."""
    import zstandard

    with open(path, "rb") as packed:
        raw = zstandard.ZstdDecompressor().stream_reader(packed)
        rows = [json.loads(line) for line in io.TextIOWrapper(raw, encoding="utf-8", newline="\n")]
    seen = Counter(topic for row in rows for topic in set(row["topics"]))
    for row in rows:
        row["topics"] = sorted({topic for topic in row["topics"] if seen[topic] >= least})
        row.pop("topic", None)
    return [row for row in rows if row["topics"]]


def text_of(row):
    title, text = row.get("title") or "", row.get("text") or ""
    return f"{title}\n{text}" if title and text else title + text


def f1(right, wrong, missed):
    return 2 * right / max(2 * right + wrong + missed, 1)


def score(gold, found, names):
    """Micro- and macro-F1 of two lists of sets."""
    counts = {name: [0, 0, 0] for name in names}
    for want, have in zip(gold, found):
        for name in want & have:
            counts[name][0] += 1
        for name in have - want:
            counts[name][1] += 1
        for name in want - have:
            counts[name][2] += 1
    micro = f1(*(sum(column) for column in zip(*counts.values())))
    return micro, sum(f1(*row) for row in counts.values()) / len(names)


def cpu_seconds(whose):
    """User and system time so far, of this process or of its ended children."""
    used = resource.getrusage(whose)
    return used.ru_utime + used.ru_stime


def ngrams():
    """What the rows of scikit-learn are made of."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2)


def khabar(rows, fold_of, more, folder):
    """The topics khabar gives each article, by models of the other folds."""
    found, cpu = {}, 0.0
    for fold in sorted(set(fold_of.values())):
        learn, tag = folder / "learn.jsonl", folder / "tag.jsonl"
        with open(learn, "w", encoding="utf-8") as a, open(tag, "w", encoding="utf-8") as b:
            for row in rows:
                row = {k: v for k, v in row.items() if k != "split"}
                if fold_of[row["id"]] == fold:
                    b.write(json.dumps(dict(row, topics=[]), ensure_ascii=False) + "\n")
                else:
                    a.write(json.dumps(row, ensure_ascii=False) + "\n")
        model, tags = folder / "m.khabar", folder / "tags.jsonl"
        keep = ["--html", "keep", "--quiet"]
        train = [KHABAR, "train", learn, "--multi-label", "--folds", "4", *keep, *more, "-o", model]
        before = cpu_seconds(resource.RUSAGE_CHILDREN)
        subprocess.run(train, check=True, stdout=subprocess.DEVNULL)
        subprocess.run([KHABAR, "tag", tag, "-m", model, "-o", tags, *keep], check=True)
        cpu += cpu_seconds(resource.RUSAGE_CHILDREN) - before
        for line in tags.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found[row["id"]] = {t["label"] for t in row["topics"] if t.get("chosen")}
    return found, cpu


def best_bar(scores, truth):
    """The bar of best F1, half way between two scores; `truth` is 0 or 1 a score."""
    import numpy

    order = numpy.argsort(-scores, kind="stable")
    scores, truth = scores[order], truth[order]
    right = numpy.cumsum(truth)
    f = 2 * right / (numpy.arange(len(truth)) + 1 + truth.sum())
    f[:-1][scores[1:] == scores[:-1]] = -1
    at = int(f.argmax())
    return (scores[at] + scores[min(at + 1, len(scores) - 1)]) / 2, f[at]


def scikit(rows, fold_of, names, cs):
    """The same of LinearSVC, for each way to set a bar."""
    import numpy
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.svm import LinearSVC

    texts = numpy.array([text_of(row) for row in rows], dtype=object)
    has = numpy.array([[name in set(row["topics"]) for name in names] for row in rows], dtype=int)
    folds = numpy.array([fold_of[row["id"]] for row in rows])
    found = {"at 0": {}, "one bar": {}, "a bar a topic": {}}
    taken = {name: [] for name in found}

    def scores(learn, measure, truth, c):
        # A topic that three folds have no article of is never given.
        some = truth.sum(axis=0) > 0
        model = OneVsRestClassifier(LinearSVC(C=c)).fit(learn, truth[:, some])
        out = numpy.full((measure.shape[0], len(names)), -9.0)
        out[:, some] = model.decision_function(measure)
        return out

    for fold in sorted(set(folds)):
        outer = folds != fold
        vectorizer = ngrams()
        learn = vectorizer.fit_transform(texts[outer])
        measure = vectorizer.transform(texts[~outer])
        truth, inner = has[outer], folds[outer]
        best = {}
        for c in cs:
            z = numpy.empty(truth.shape)
            for other in sorted(set(inner)):
                rest = inner != other
                z[~rest] = scores(learn[rest], learn[~rest], truth[rest], c)
            shared = best_bar(z.ravel(), truth.ravel())[0]
            own = numpy.array([
                best_bar(z[:, k], truth[:, k])[0] if truth[:, k].sum() >= RARE else shared
                for k in range(len(names))
            ])
            final = scores(learn, measure, truth, c)
            for way, bars in (("at 0", 0.0), ("one bar", shared), ("a bar a topic", own)):
                hit = z > bars
                micro = f1((hit & (truth > 0)).sum(), (hit & (truth == 0)).sum(),
                           (~hit & (truth > 0)).sum())
                if way not in best or micro > best[way][0]:
                    best[way] = (micro, final > bars, c)
        for way, (_, hit, c) in best.items():
            taken[way].append(c)
            for i, row in zip(numpy.flatnonzero(~outer), hit):
                found[way][rows[i]["id"]] = {names[k] for k in numpy.flatnonzero(row)}
    print("C taken:", taken, file=sys.stderr)
    return found


def logistic(learn, measure, names, c):
    """The topics of at least .5 by logistic regression."""
    import numpy
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    vectorizer = ngrams()
    rows = vectorizer.fit_transform([text_of(row) for row in learn])
    has = numpy.array([[name in row["topics"] for name in names] for row in learn], dtype=int)
    some = numpy.flatnonzero(has.sum(axis=0))
    model = OneVsRestClassifier(LogisticRegression(C=c, solver="liblinear", dual=True))
    sure = model.fit(rows, has[:, some]).predict_proba(
        vectorizer.transform([text_of(row) for row in measure])
    )
    return [{names[some[k]] for k in numpy.flatnonzero(row >= 0.5)} for row in sure]


def fasttext_(learn, measure, names, _):
    """The topics of at least .5 by fastText."""
    import fasttext

    from topics import plain

    # Names may hold white space; it learns in the order of the file.
    label = {name: f"__label__{k}" for k, name in enumerate(names)}
    learn = random.Random(0).sample(learn, len(learn))
    with tempfile.NamedTemporaryFile("w", suffix=".ft", encoding="utf-8") as lines:
        for row in learn:
            said = " ".join(label[name] for name in row["topics"])
            lines.write(f"{said} {plain(text_of(row))}\n")
        lines.flush()
        model = fasttext.train_supervised(
            lines.name, loss="ova", epoch=25, lr=0.5, wordNgrams=2, minCount=2, thread=1, verbose=0
        )
    # The wrapper's own predict fails with numpy 2.
    found = [model.f.predict(plain(text_of(row)) + "\n", -1, 0.5, "strict") for row in measure]
    return [{names[int(said[len("__label__"):])] for _, said in row} for row in found]


def fold_by_fold(way, rows, fold_of, names, c):
    """What one of the two says of each article, learned from the other folds."""
    found = {}
    for fold in sorted(set(fold_of.values())):
        learn = [row for row in rows if fold_of[row["id"]] != fold]
        measure = [row for row in rows if fold_of[row["id"]] == fold]
        found |= zip((row["id"] for row in measure), way(learn, measure, names, c))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpus")
    parser.add_argument("--min-articles", type=int, default=5)
    parser.add_argument("--C", default="1", help="of LinearSVC; several apart by commas")
    parser.add_argument("--khabar", default="", help="more flags for khabar train")
    parser.add_argument("--C-logistic", type=float, default=10, help="of LogisticRegression")
    models = ("khabar", "LinearSVC", "LogisticRegression", "fastText")
    parser.add_argument("--only", choices=models)
    args = parser.parse_args()
    rows = read(args.corpus, args.min_articles)
    names = sorted({topic for row in rows for topic in row["topics"]})
    gold = [set(row["topics"]) for row in rows]
    table = []
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        corpus = folder / "all.jsonl"
        corpus.write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
        )
        lines = subprocess.run([FOLDS, corpus], check=True, capture_output=True, text=True).stdout
        fold_of = {id_: int(fold) for id_, fold in (line.split("\t") for line in lines.split("\n") if line)}
        if args.only in (None, "khabar"):
            found, cpu = khabar(rows, fold_of, args.khabar.split(), folder)
            table.append(("khabar train", found, f"{cpu:.1f}"))
        if args.only in (None, "LinearSVC"):
            before = cpu_seconds(resource.RUSAGE_SELF)
            ways = scikit(rows, fold_of, names, [float(c) for c in args.C.split(",")])
            cpu = cpu_seconds(resource.RUSAGE_SELF) - before
            for way, found in ways.items():
                table.append((f"LinearSVC, {way}", found, f"{cpu:.1f}"))
        for name, way in (("LogisticRegression", logistic), ("fastText", fasttext_)):
            if args.only in (None, name):
                before = cpu_seconds(resource.RUSAGE_SELF)
                found = fold_by_fold(way, rows, fold_of, names, args.C_logistic)
                cpu = cpu_seconds(resource.RUSAGE_SELF) - before
                table.append((f"{name}, cut at .5", found, f"{cpu:.1f}"))
    print(f"{len(rows)} articles, {len(names)} topics\n")
    print("| model | micro-F1 | macro-F1 | CPU seconds |")
    print("|---|---|---|---|")
    for name, found, cpu in table:
        micro, macro = score(gold, [found.get(row["id"], set()) for row in rows], names)
        print(f"| {name} | {micro:.4f} | {macro:.4f} | {cpu} |")


if __name__ == "__main__":
    main()
