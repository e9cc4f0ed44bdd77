"""Times character n-gram vectorization: scikit-learn and khabar, in one run, on one core.

    pip install -r benches/compare/requirements.txt
    cargo build --release
    python benches/compare/vectorize.py CORPUS.jsonl.zst --khabar target/release/khabar

Prints a Markdown table of CPU seconds, MB/s and million n-grams/s per core, with ratios.

What is compared: char_wb 3-5, sublinear tf, smooth idf, l2, lowercase; and 2^20 hashed
columns (there scikit-learn's HashingVectorizer, which weighs nothing, is the other side).
The sample is the first --mb megabytes of UTF-8 text of the corpus, title and text joined by
a newline, the same articles for all. Every measurement is repeated --repeats times, all
kinds in turn and every other round backwards, so that a slow minute hits all alike; medians
are shown, with the least and the greatest.

Seconds are CPU seconds (user and system), not wall time. scikit-learn's are taken in its
process around the one call, the texts already in memory. khabar's are given twice: of the
whole process on one thread (start, reading JSON, vectorizing, writing the .npz), and of its
stages alone as `khabar vectorize --timings` reports them on stderr, one JSON object a line:
{"stage": "transform", "cpu_seconds": 0.1, "mb": 20.0, "ngrams": 21000000}.
Only the stages compare like with like; the whole process does more than scikit-learn does.
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
FLAGS = ["--html", "keep", "--profile", "none", "--lowercase",
         "--analyzer", "char_wb", "--ngram-range", "3,5"]

# Row names, in the order of the table.
SK_FIT = "scikit-learn TfidfVectorizer.fit"
SK_TRANSFORM = "scikit-learn TfidfVectorizer.transform"
SK_FIT_TRANSFORM = "scikit-learn TfidfVectorizer.fit_transform"
SK_HASHING = "scikit-learn HashingVectorizer(2^20).transform"

# What a khabar stage is set against, by (hashed, stage).
RIVALS = {
    (False, "fit"): SK_FIT,
    (False, "transform"): SK_TRANSFORM,
    (False, "fit_transform"): SK_FIT_TRANSFORM,
    (False, "whole process"): SK_FIT_TRANSFORM,
    (True, "transform"): SK_HASHING,
    (True, "fit_transform"): SK_HASHING,
    (True, "whole process"): SK_HASHING,
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
    """One measurement of each scikit-learn row."""
    seconds = {}
    tfidf = TfidfVectorizer(**COMMON, sublinear_tf=True)
    _, seconds[SK_FIT] = cpu_seconds(lambda: tfidf.fit(texts))
    _, seconds[SK_TRANSFORM] = cpu_seconds(lambda: tfidf.transform(texts))
    tfidf = TfidfVectorizer(**COMMON, sublinear_tf=True)
    _, seconds[SK_FIT_TRANSFORM] = cpu_seconds(lambda: tfidf.fit_transform(texts))
    hashing = HashingVectorizer(**COMMON, n_features=BUCKETS)
    _, seconds[SK_HASHING] = cpu_seconds(lambda: hashing.transform(texts))
    return seconds


def run_counting_cpu(command):
    """Runs a child; its CPU seconds and its stderr. Its stdout must be empty or unneeded."""
    with tempfile.TemporaryFile() as err:
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)  # of this one child alone
        child.returncode = os.waitstatus_to_exitcode(status)
        err.seek(0)
        talk = err.read().decode("utf-8", "replace")
    if child.returncode != 0:
        raise Failed(f"{' '.join(command)}\nended with {child.returncode}:\n{talk.strip()}")
    return usage.ru_utime + usage.ru_stime, talk


def stage_lines(talk):
    """The timing objects among the lines of stderr."""
    for line in talk.splitlines():
        if line.startswith("{"):
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if "stage" in record and "cpu_seconds" in record:
                yield record


def khabar_name(hashed, stage):
    return f"khabar {'2^20 hashed' if hashed else 'learned vocabulary'}, {stage}"


def time_khabar(binary, sample, folder, work, rivals, notes):
    """One measurement of each khabar row; fills `rivals` and, on the way, `notes`."""
    seconds = {}
    for hashed in (False, True):
        command = [str(binary), "vectorize", str(sample), "-o", str(folder / "vectors.npz")]
        command += [*FLAGS, "--sublinear-tf", "--threads", "1", "--timings"]
        command += ["--hashed", str(BUCKETS)] if hashed else []
        whole, talk = run_counting_cpu(command)
        stages = {"whole process": whole}
        for record in stage_lines(talk):
            stage = record["stage"]
            stages[stage] = stages.get(stage, 0.0) + record["cpu_seconds"]
            for key, ours in work.items():
                theirs = record.get(key)
                if theirs and abs(theirs / ours - 1) > 0.01:
                    name = khabar_name(hashed, stage)
                    notes.add(f"{name}: reports {theirs:,} {key}, counted here {ours:,}")
        if len(stages) == 1:
            notes.add("khabar printed no timings of stages: only whole processes are shown.")
        for stage, value in stages.items():
            name = khabar_name(hashed, stage)
            seconds[name] = value
            rivals[name] = RIVALS.get((hashed, stage))
    return seconds


def measure(texts, sample, folder, args, work):
    """All measurements: seconds by row name, the rivals of rows, and notes."""
    kinds = [lambda: time_scikit_learn(texts)]
    rivals, notes = {}, set()
    if args.khabar:
        kinds.append(lambda: time_khabar(args.khabar, sample, folder, work, rivals, notes))
    seconds = {}
    for repeat in range(args.repeats):
        for kind in kinds if repeat % 2 == 0 else reversed(kinds):
            for name, value in kind().items():
                seconds.setdefault(name, []).append(value)
        print(f"round {repeat + 1} of {args.repeats} done", file=sys.stderr)
    return seconds, rivals, sorted(notes)


def cpu_model():
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def khabar_version(binary):
    return subprocess.run(
        [str(binary), "--version"], capture_output=True, text=True, check=False
    ).stdout.strip() or "khabar (version unknown)"


def print_table(seconds, rivals, notes, args, work, n_texts):
    versions = [
        f"scikit-learn {sklearn.__version__}",
        f"numpy {numpy.__version__}",
        f"scipy {scipy.__version__}",
        f"Python {platform.python_version()}",
    ]
    if args.khabar:
        versions.insert(0, khabar_version(args.khabar))
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(
        f"Sample: {args.corpus.name}, first {n_texts:,} articles, {work['mb']:.2f} MB of UTF-8, "
        f"{work['ngrams'] / 1e6:.2f} million n-grams (char_wb 3-5). "
        f"Median of {args.repeats} (least-greatest), one core.\n"
    )
    print(f"Machine: {cpu_model()}, {os.cpu_count()} CPUs, {platform.system()}; ", end="")
    print(f"load {load:.1f} at the end. {', '.join(versions)}.\n")
    print("| what | CPU seconds | MB/s | M n-grams/s | times scikit-learn |")
    print("|---|---|---|---|---|")
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, values in seconds.items():
        # A stage may be too short for the clock.
        median = max(medians[name], 1e-9)
        rival = rivals.get(name)
        ratio = f"{medians[rival] / median:.1f} x {rival.split()[1]}" if rival else ""
        print(
            f"| {name} | {median:.3f} ({min(values):.3f}-{max(values):.3f}) "
            f"| {work['mb'] / median:.2f} | {work['ngrams'] / median / 1e6:.2f} | {ratio} |"
        )
    for note in notes:
        print(f"\n{note}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path, help="articles as .jsonl or .jsonl.zst")
    parser.add_argument("--khabar", type=Path, help="the release binary; without, only the rest")
    parser.add_argument("--mb", type=float, default=10.0, help="size of the sample (default 10)")
    parser.add_argument("--repeats", type=int, default=5, help="rounds (default 5)")
    args = parser.parse_args()
    if args.repeats < 1 or args.mb <= 0:
        parser.error("--repeats and --mb must be above 0")
    try:
        texts, size = read_texts(args.corpus, args.mb * 1e6)
        analyze = TfidfVectorizer(**COMMON).build_analyzer()
        work = {"mb": size / 1e6, "ngrams": sum(len(analyze(text)) for text in texts)}
        with tempfile.TemporaryDirectory() as folder:
            # Uncompressed, and no more than the sample: reading is not what is measured.
            sample = Path(folder) / "sample.jsonl"
            with sample.open("w", encoding="utf-8", newline="\n") as out:
                for number, text in enumerate(texts):
                    line = json.dumps({"id": str(number), "text": text}, ensure_ascii=False)
                    out.write(line + "\n")
            seconds, rivals, notes = measure(texts, sample, Path(folder), args, work)
        print_table(seconds, rivals, notes, args, work, len(texts))
    except (Failed, OSError) as error:
        sys.exit(f"vectorize.py: {error}")


if __name__ == "__main__":
    main()
