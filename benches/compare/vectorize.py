"""Times character n-gram vectorization: scikit-learn and khabar, in one run, on one core.

    pip install -r benches/compare/requirements.txt
    cargo build --release --example time_vectorize
    python benches/compare/vectorize.py CORPUS.jsonl.zst --mb 2.5

Prints a Markdown table of CPU seconds, MB/s and million n-grams/s per core, with ratios.

What is compared: char_wb 3-5, sublinear tf, smooth idf, l2, lowercase. khabar's hashed rows
(2^20 columns, weighted all the same) are set against TfidfVectorizer.transform, the nearest
thing scikit-learn has, and against its HashingVectorizer, which weighs nothing. The standard
profile folds Arabic spellings too, which scikit-learn does not. The sample is the first --mb
megabytes of UTF-8 text of the corpus, title and text joined by a newline, the same articles
for all.

scikit-learn and khabar take turns, --rounds times, every other round backwards, so that a
slow minute hits both alike; medians are shown, with the least and the greatest. As a khabar
stage takes milliseconds, each of its turns runs every stage --repeats times.

Seconds are CPU seconds (user and system), not wall time, around the one call, the texts
already in memory. khabar's come from `examples/time_vectorize.rs` on one thread.
"""

import argparse
import gc
import io
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy  # noqa: E402 (threads are fixed first)
import scipy  # noqa: E402
import sklearn  # noqa: E402
import zstandard  # noqa: E402
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer  # noqa: E402

BUCKETS = 2**20
COMMON = {"analyzer": "char_wb", "ngram_range": (3, 5)}
PROGRAM = Path("target/release/examples/time_vectorize")

# Row names, in the order of the table.
SK_FIT = "scikit-learn TfidfVectorizer.fit"
SK_TRANSFORM = "scikit-learn TfidfVectorizer.transform"
SK_FIT_TRANSFORM = "scikit-learn TfidfVectorizer.fit_transform"
SK_HASHING = "scikit-learn HashingVectorizer(2^20).transform"

# What a khabar stage is set against.
RIVALS = {
    "hashed transform": (SK_TRANSFORM, SK_HASHING),
    "hashed transform, standard profile": (SK_TRANSFORM, SK_HASHING),
    "learned fit": (SK_FIT,),
    "learned transform": (SK_TRANSFORM,),
    "learned fit_transform": (SK_FIT_TRANSFORM,),
}


class Failed(Exception):
    """What the user is told before the script ends."""


def read_texts(path, most_bytes):
    """Texts from the start of a JSON Lines file (.zst or plain), at most so many bytes."""
    texts, size = [], 0
    with open(path, "rb") as raw:
        if path.suffix == ".zst":
            raw = io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(raw))
        for number, line in enumerate(raw, 1):  # bytes: lines end at \n only
            try:
                record = json.loads(line)
            except ValueError as error:
                raise Failed(f"{path}:{number}: not JSON ({error})") from None
            fields = (record.get("title"), record.get("text"))
            text = "\n".join(field for field in fields if field)
            length = len(text.encode("utf-8"))
            if size + length > most_bytes:
                break
            if text:
                texts.append(text)
                size += length
    if not texts:
        raise Failed(f"{path}: no text in the first {most_bytes / 1e6} MB; give a larger --mb")
    return texts, size


def cpu_seconds(call):
    """The result of a call, and the CPU seconds of this process that it took."""
    gc.collect()
    start = time.process_time()
    result = call()
    return result, time.process_time() - start


def time_scikit_learn(texts):
    """One measurement of each scikit-learn row, as lists by name."""
    seconds = {}
    tfidf = TfidfVectorizer(**COMMON, sublinear_tf=True)
    _, seconds[SK_FIT] = cpu_seconds(lambda: tfidf.fit(texts))
    _, seconds[SK_TRANSFORM] = cpu_seconds(lambda: tfidf.transform(texts))
    tfidf = TfidfVectorizer(**COMMON, sublinear_tf=True)
    _, seconds[SK_FIT_TRANSFORM] = cpu_seconds(lambda: tfidf.fit_transform(texts))
    hashing = HashingVectorizer(**COMMON, n_features=BUCKETS)
    _, seconds[SK_HASHING] = cpu_seconds(lambda: hashing.transform(texts))
    return {name: [value] for name, value in seconds.items()}


def time_khabar(sample, args, work):
    """Measurements of each khabar stage, as lists by name; fills `work` by name."""
    command = [str(args.program), str(sample), "--threads", "1", "--repeats", str(args.repeats)]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    if child.returncode != 0:
        raise Failed(f"{' '.join(command)}\nended with {child.returncode}:\n{child.stderr.strip()}")
    seconds = {}
    for line in child.stdout.splitlines():
        record = json.loads(line)
        name = f"khabar {record['stage']}"
        seconds.setdefault(name, []).append(record["cpu_seconds"])
        work[name] = (record["mb"], record["ngrams"])
    return seconds


def measure(texts, sample, args, work):
    """All measurements: lists of seconds by row name."""
    kinds = [lambda: time_scikit_learn(texts), lambda: time_khabar(sample, args, work)]
    seconds = {}
    for turn in range(args.rounds):
        for kind in kinds if turn % 2 == 0 else reversed(kinds):
            for name, values in kind().items():
                seconds.setdefault(name, []).extend(values)
        print(f"round {turn + 1} of {args.rounds} done", file=sys.stderr)
    return seconds


def check_work(work, mb, ngrams):
    """khabar must have done the work counted here, unless it folds spellings."""
    for name, (its_mb, its_ngrams) in work.items():
        same_text = "standard" not in name
        if abs(its_mb / mb - 1) > 1e-6 or (same_text and its_ngrams != ngrams):
            raise Failed(
                f"{name} had {its_mb} MB and {its_ngrams:,} n-grams, "
                f"scikit-learn {mb} MB and {ngrams:,}: the two did not do the same work"
            )


def cpu_model():
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def print_table(seconds, args, work, mb, ngrams, n_texts):
    versions = [
        f"scikit-learn {sklearn.__version__}",
        f"numpy {numpy.__version__}",
        f"scipy {scipy.__version__}",
        f"Python {platform.python_version()}",
    ]
    print(
        f"Sample: {args.corpus.name}, first {n_texts:,} articles, {mb:.2f} MB of UTF-8, "
        f"{ngrams / 1e6:.2f} million n-grams. Medians (least-greatest) of {args.rounds} runs of "
        f"scikit-learn and {args.rounds * args.repeats} of khabar; one core.\n"
    )
    print(f"Machine: {cpu_model()}, {os.cpu_count()} CPUs, {platform.system()}; ", end="")
    print(f"load {os.getloadavg()[0]:.1f} at the end. {', '.join(versions)}.\n")
    print("| what | CPU seconds | MB/s | M n-grams/s | times scikit-learn's speed |")
    print("|---|---|---|---|---|")
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    ordered = [SK_FIT, SK_TRANSFORM, SK_FIT_TRANSFORM, SK_HASHING]
    ordered += [f"khabar {stage}" for stage in RIVALS]
    for name in ordered:
        values, median = seconds[name], medians[name]
        own_ngrams = work.get(name, (mb, ngrams))[1]
        ratios = ", ".join(
            f"{medians[rival] / median:.1f} x {rival.split()[1]}"
            for rival in RIVALS.get(name.removeprefix("khabar "), ())
        )
        print(
            f"| {name} | {median:.4f} ({min(values):.4f}-{max(values):.4f}) "
            f"| {mb / median:.2f} | {own_ngrams / median / 1e6:.2f} | {ratios} |"
        )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path, help="articles as .jsonl or .jsonl.zst")
    parser.add_argument("--program", type=Path, default=PROGRAM, help=f"default {PROGRAM}")
    parser.add_argument("--mb", type=float, default=2.5, help="size of the sample (default 2.5)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each (default 3)")
    parser.add_argument("--repeats", type=int, default=5, help="of khabar in a turn (default 5)")
    args = parser.parse_args()
    if args.rounds < 1 or args.repeats < 1 or args.mb <= 0:
        parser.error("--rounds, --repeats and --mb must be above 0")
    try:
        texts, size = read_texts(args.corpus, args.mb * 1e6)
        analyze = TfidfVectorizer(**COMMON).build_analyzer()
        mb, ngrams = size / 1e6, sum(len(analyze(text)) for text in texts)
        work = {}
        with tempfile.TemporaryDirectory() as folder:
            sample = Path(folder) / "sample.jsonl"
            with sample.open("w", encoding="utf-8", newline="\n") as out:
                for number, text in enumerate(texts):
                    line = json.dumps({"id": str(number), "text": text}, ensure_ascii=False)
                    out.write(line + "\n")
            seconds = measure(texts, sample, args, work)
        check_work(work, mb, ngrams)
        print_table(seconds, args, work, mb, ngrams, len(texts))
    except (Failed, OSError, ValueError) as error:
        sys.exit(f"vectorize.py: {error}")


if __name__ == "__main__":
    main()
