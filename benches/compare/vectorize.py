"""Times character n-gram vectorization: khabar and its peers, in one run, on one core.

    pip install -r benches/compare/requirements.txt
    cargo build --release --example time_vectorize
    cargo build --release --manifest-path benches/compare/rust/Cargo.toml
    python benches/compare/vectorize.py CORPUS.jsonl.zst --mb 2.5 \\
        --rust benches/compare/rust/target/release/peers

Prints a Markdown table of CPU seconds, MB/s, million n-grams/s and peak memory, and how many
times as fast khabar is. Without --rust the Rust crates vtext and linfa-preprocessing are left out.

What is compared: char_wb 3-5, lowercase; of a fit and a transform each by itself. The sample is
the first --mb megabytes of UTF-8 text of the corpus, title and text joined by a newline, the
same articles for all. What is done with the n-grams is not alike:
- khabar and scikit-learn's TfidfVectorizer: sublinear tf, smooth idf, l2. khabar's hashed rows
  (2^20 columns, weighted all the same) are set against TfidfVectorizer.transform, the nearest
  thing scikit-learn has, and against its HashingVectorizer, which weighs nothing but scales
  to unit length. The standard profile folds Arabic spellings too, which no other does.
- vtext (Rust): counts only, in integers. It has windows of a fixed number of characters across
  words ("own windows": 3, 4 and 5, one vectorizer each); for char_wb it is given a tokenizer.
- linfa-preprocessing (Rust): counts times idf, no more. It has words and runs of words, no
  characters ("own words": its default, words of two letters and more, NFKD); for char_wb it is
  given the same tokenizer. Both get text in lower case and with single spaces, off the clock.
Their n-grams for char_wb are scikit-learn's one for one: the script ends where the numbers of
n-grams, or of values other than 0 beside a vocabulary, differ.

Every row is a process of its own. They take turns, --rounds times, every other round
backwards, so that a slow minute hits all alike; medians are shown, with the least and the
greatest. As the Rust ones take milliseconds, each of their turns runs the call --repeats times.

Seconds are CPU seconds (user and system), not wall time, around the one call, the texts
already in memory. khabar's come from `examples/time_vectorize.rs` on one thread. Memory is the
most the process had (VmHWM), the texts and Python itself included; in brackets what it was before
the call, of a transform with what was fitted. Linux only.
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
import tomllib
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

# Rows of scikit-learn.
SK_FIT = "scikit-learn TfidfVectorizer.fit"
SK_TRANSFORM = "scikit-learn TfidfVectorizer.transform"
SK_FIT_TRANSFORM = "scikit-learn TfidfVectorizer.fit_transform"
SK_HASHING = "scikit-learn HashingVectorizer(2^20).transform"

# Each peer's rows in the order of the table, and the khabar stages they are set against.
SCIKIT_LEARN = {
    SK_FIT: ["learned fit"],
    SK_TRANSFORM: ["hashed transform", "learned transform"],
    SK_FIT_TRANSFORM: ["learned fit_transform"],
    SK_HASHING: ["hashed transform"],
}
RUST = {
    "vtext HashingVectorizer(2^20).transform": ["hashed transform"],
    "vtext HashingVectorizer(2^20).transform, own windows": [],
    "vtext CountVectorizer.fit": ["learned fit"],
    "vtext CountVectorizer.transform": ["learned transform"],
    "vtext CountVectorizer.fit_transform": ["learned fit_transform"],
    "linfa-preprocessing TfIdfVectorizer.fit": ["learned fit"],
    "linfa-preprocessing TfIdfVectorizer.transform": ["hashed transform", "learned transform"],
    "linfa-preprocessing TfIdfVectorizer.fit, own words": [],
    "linfa-preprocessing TfIdfVectorizer.transform, own words": [],
}
KHABAR = [
    "hashed transform",
    "hashed transform, standard profile",
    "learned fit",
    "learned transform",
    "learned fit_transform",
]
# Rows that have other n-grams than the rest, and say so.
OTHER_NGRAMS = ("standard profile", "own windows", "own words")


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


def peak_bytes():
    """The most resident memory of this process so far."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise Failed("/proc/self/status has no VmHWM")


def run_scikit_learn(name, sample):
    """Times one row of scikit-learn in this process and prints what it took."""
    with sample.open(encoding="utf-8", newline="\n") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    tfidf = TfidfVectorizer(**COMMON, sublinear_tf=True)
    if name == SK_TRANSFORM:
        tfidf.fit(texts)
    calls = {
        SK_FIT: lambda: tfidf.fit(texts),
        SK_TRANSFORM: lambda: tfidf.transform(texts),
        SK_FIT_TRANSFORM: lambda: tfidf.fit_transform(texts),
        SK_HASHING: lambda: HashingVectorizer(**COMMON, n_features=BUCKETS).transform(texts),
    }
    before = peak_bytes()
    result, seconds = cpu_seconds(calls[name])
    values = getattr(result, "nnz", None)
    peak = {"before_bytes": before, "peak_bytes": peak_bytes()}
    print(json.dumps({"cpu_seconds": seconds, "values": values, **peak}))


def measured(command):
    """The JSON objects that a command printed."""
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    if child.returncode != 0:
        raise Failed(f"{' '.join(command)}\nended with {child.returncode}:\n{child.stderr.strip()}")
    return [json.loads(line) for line in child.stdout.splitlines()]


def commands(sample, args):
    """The command of each row, by name, in the order of the table."""
    own = [sys.executable, __file__, str(sample), "--one"]
    found = {name: [*own, name] for name in SCIKIT_LEARN}
    if args.rust:
        found |= {name: [str(args.rust), name, str(sample), str(args.repeats)] for name in RUST}
    khabar = [str(args.program), str(sample), "--threads", "1", "--repeats", str(args.repeats)]
    return found | {f"khabar {stage}": [*khabar, "--stage", stage] for stage in KHABAR}


def measure(sample, args):
    """All measurements: lists of records by row name."""
    rows = commands(sample, args)
    records = {name: [] for name in rows}
    for turn in range(args.rounds):
        for name in rows if turn % 2 == 0 else reversed(rows):
            records[name] += measured(rows[name])
        print(f"round {turn + 1} of {args.rounds} done", file=sys.stderr)
    return records


def check_work(records, mb, ngrams):
    """All must have done the work counted here, but for rows that say otherwise."""
    values = records[SK_TRANSFORM][0]["values"]
    for name, its in records.items():
        if not its:
            raise Failed(f"{name}: nothing was measured")
        for record in its:
            its_mb, its_ngrams = record.get("mb", mb), record.get("ngrams", ngrams)
            same = not name.endswith(OTHER_NGRAMS)
            if abs(its_mb / mb - 1) > 1e-6 or (same and its_ngrams != ngrams):
                raise Failed(
                    f"{name} had {its_mb} MB and {its_ngrams:,} n-grams, "
                    f"scikit-learn {mb} MB and {ngrams:,}: they did not do the same work"
                )
            hashed = "2^20" in name
            if same and not hashed and record.get("values") not in (None, values):
                raise Failed(
                    f"{name} made {record['values']:,} values other than 0, "
                    f"scikit-learn {values:,}: they did not do the same work"
                )


def cpu_model():
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def rust_versions():
    """The crates' versions as they stand in the lock file beside this script."""
    lock = Path(__file__).parent / "rust" / "Cargo.lock"
    packages = tomllib.loads(lock.read_text(encoding="utf-8"))["package"]
    wanted = ("vtext", "linfa-preprocessing")
    return [f"{p['name']} {p['version']}" for p in packages if p["name"] in wanted]


def print_table(records, args, mb, ngrams, n_texts):
    versions = [
        f"scikit-learn {sklearn.__version__}",
        f"numpy {numpy.__version__}",
        f"scipy {scipy.__version__}",
        f"Python {platform.python_version()}",
    ]
    if args.rust:
        versions += rust_versions()
    print(
        f"Sample: {args.corpus.name}, first {n_texts:,} articles, {mb:.2f} MB of UTF-8, "
        f"{ngrams / 1e6:.2f} million n-grams. Medians (least-greatest) of {args.rounds} runs of "
        f"scikit-learn, {args.rounds * args.repeats} of the rest; one core.\n"
    )
    print(f"Machine: {cpu_model()}, {os.cpu_count()} CPUs, {platform.system()}; ", end="")
    print(f"load {os.getloadavg()[0]:.1f} at the end. {', '.join(versions)}.\n")
    print(
        "| what | CPU seconds | MB/s | M n-grams/s | peak memory, MB (before) "
        "| khabar's speed in times this |"
    )
    print("|---|---|---|---|---|---|")
    seconds = {name: [r["cpu_seconds"] for r in its] for name, its in records.items()}
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    rivals = SCIKIT_LEARN | RUST
    for name, values in seconds.items():
        median, own_ngrams = medians[name], records[name][0].get("ngrams", ngrams)
        peak = max(record["peak_bytes"] for record in records[name])
        before = min(record["before_bytes"] for record in records[name])
        ratios = ", ".join(
            f"{median / medians[f'khabar {stage}']:.1f} ({stage})" for stage in rivals.get(name, ())
        )
        print(
            f"| {name} | {median:.4f} ({min(values):.4f}-{max(values):.4f}) "
            f"| {mb / median:.2f} | {own_ngrams / median / 1e6:.2f} "
            f"| {peak / 1e6:.0f} ({before / 1e6:.0f}) | {ratios} |"
        )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path, help="articles as .jsonl or .jsonl.zst")
    parser.add_argument("--program", type=Path, default=PROGRAM, help=f"default {PROGRAM}")
    parser.add_argument("--rust", type=Path, help="the program of benches/compare/rust")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--mb", type=float, default=2.5, help="size of the sample (default 2.5)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each (default 3)")
    parser.add_argument("--repeats", type=int, default=5, help="of Rust calls in a turn (default 5)")
    args = parser.parse_args()
    if args.rounds < 1 or args.repeats < 1 or args.mb <= 0:
        parser.error("--rounds, --repeats and --mb must be above 0")
    if args.one:
        run_scikit_learn(args.one, args.corpus)
        return
    try:
        texts, size = read_texts(args.corpus, args.mb * 1e6)
        analyze = TfidfVectorizer(**COMMON).build_analyzer()
        mb, ngrams = size / 1e6, sum(len(analyze(text)) for text in texts)
        with tempfile.TemporaryDirectory() as folder:
            sample = Path(folder) / "sample.jsonl"
            with sample.open("w", encoding="utf-8", newline="\n") as out:
                for number, text in enumerate(texts):
                    line = json.dumps({"id": str(number), "text": text}, ensure_ascii=False)
                    out.write(line + "\n")
            records = measure(sample, args)
        check_work(records, mb, ngrams)
        print_table(records, args, mb, ngrams, len(texts))
    except (Failed, OSError, ValueError) as error:
        sys.exit(f"vectorize.py: {error}")


if __name__ == "__main__":
    main()
