"""Near pairs and groups of one corpus, in one run: khabar and its peers in Python.

    pip install -r benches/compare/requirements.txt
    cargo build --release
    python benches/compare/pairs.py saudinews.jsonl.zst --sizes 2000,8000,30055

Prints a Markdown table: for each size, of the first articles of the file, CPU seconds (user and
system) and peak memory of the whole process, on one thread, reading included, and what was
found. Every tool runs in a process of its own, one after the other.

What they do is not the same, only the job is. At the same threshold (--threshold, of the cosine):
- khabar: boilerplate, n-grams, join, linkage, copies, words that tie, rows written; once cut by
  the cosine, once by the same-story probability; "pairs alone" is what `khabar bench` says of
  the stages up to the pairs and their score, which is what the next does (at the cosine its
  floor is three quarters of the threshold);
- scikit-learn + sparse_dot_topn: TfidfVectorizer (char_wb 3-5, sublinear tf), then the 100
  nearest of each at or above the threshold; no groups;
- string_grouper: its own n-grams of three characters and the same product;
- scikit-learn DBSCAN on the same rows, cosine distance up to 1 - threshold, clusters from 2 on;
- scikit-learn HDBSCAN on the same rows, cosine distance, clusters from 2 on; it has no threshold
  and finds one for each cluster;
- datasketch and rensa: MinHash (128 permutations) of runs of five characters and an LSH index; a
  Jaccard similarity, which is another, weaker relation.
A tool may take --minutes of CPU time and --memory GB of address space at each size; where it needs
more it is ended there, and the row says so. HDBSCAN is not started beyond 8,000 articles: it holds
all distances at once, of 30,055 articles 7.2 GB, and while it makes them the sparse product they
come from, another 10.8. DBSCAN goes through them in portions of 1 GB.
"""

import argparse
import io
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

KHABAR = Path("target/release/khabar")
# The most articles a tool is started on; why stands above.
MOST = {"HDBSCAN": 8000}


def read(path, n):
    """Texts of the first n articles."""
    import zstandard

    texts = []
    with open(path, "rb") as file:
        raw = zstandard.ZstdDecompressor().stream_reader(file) if path.endswith("zst") else file
        for line in io.TextIOWrapper(raw, encoding="utf-8", newline="\n"):
            if len(texts) == n:
                break
            row = json.loads(line)
            title, text = row.get("title") or "", row.get("text") or ""
            texts.append(f"{title}\n{text}" if title and text else title + text)
    return texts


def rows(texts):
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform(texts)


def sparse_dot(texts, threshold):
    from sparse_dot_topn import sp_matmul_topn

    matrix = rows(texts)
    found = sp_matmul_topn(matrix, matrix.T.tocsr(), top_n=100, threshold=threshold, n_threads=1)
    return f"{(found.nnz - len(texts)) // 2} pairs"


def string_grouper(texts, threshold):
    import pandas
    from string_grouper import match_strings

    # As it comes it drops all that is not ASCII, which leaves nothing of Arabic.
    found = match_strings(
        pandas.Series(texts),
        min_similarity=threshold,
        max_n_matches=100,
        number_of_processes=1,
        normalize_to_ascii=False,
    )
    return f"{(len(found) - len(texts)) // 2} pairs"


def dbscan(texts, threshold):
    from sklearn.cluster import DBSCAN

    labels = DBSCAN(eps=1 - threshold, min_samples=2, metric="cosine").fit(rows(texts)).labels_
    return f"{len(set(labels) - {-1})} groups"


def hdbscan(texts, _threshold):
    from sklearn.cluster import HDBSCAN

    labels = HDBSCAN(min_cluster_size=2, metric="cosine").fit(rows(texts)).labels_
    return f"{len(set(labels) - {-1})} groups"


def shingles(text):
    text = " ".join(text.split())
    return {text[i : i + 5] for i in range(max(1, len(text) - 4))}


def datasketch(texts, threshold):
    from datasketch import MinHash, MinHashLSH

    index, pairs = MinHashLSH(threshold=threshold, num_perm=128), 0
    for i, text in enumerate(texts):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([s.encode() for s in shingles(text)])
        pairs += len(index.query(sketch))
        index.insert(str(i), sketch)
    return f"{pairs} pairs"


def rensa(texts, threshold):
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=threshold, num_perm=128, num_bands=32)
    sketches, pairs = [], 0
    for i, text in enumerate(texts):
        sketch = RMinHash(num_perm=128, seed=42)
        sketch.update(list(shingles(text)))
        near = index.query(sketch)
        pairs += sum(sketch.jaccard(sketches[j]) >= threshold for j in near)
        sketches.append(sketch)
        index.insert(i, sketch)
    return f"{pairs} pairs"


TOOLS = {
    "scikit-learn + sparse_dot_topn": sparse_dot,
    "string_grouper": string_grouper,
    "DBSCAN": dbscan,
    "HDBSCAN": hdbscan,
    "datasketch": datasketch,
    "rensa": rensa,
}


def measured(command, minutes=None, memory=None):
    """CPU seconds, peak memory in bytes, and the last line of stdout; or why there are none."""

    def limit():
        if minutes:
            seconds = int(minutes * 60)
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 10))
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (int(memory * 1e9), int(memory * 1e9)))

    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        child = subprocess.Popen(command, stdout=out, stderr=errors, preexec_fn=limit)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode in (-signal.SIGXCPU, -signal.SIGKILL) and minutes:
            if used.ru_utime + used.ru_stime >= minutes * 60 - 1:
                return f"ended after {minutes:g} minutes of CPU time"
        out.seek(0)
        errors.seek(0)
        said = errors.read()
        if child.returncode != 0:
            if "MemoryError" in said and memory:
                return f"ended: needs more than {memory:g} GB"
            last = said.strip().splitlines()[-1:] or [f"status {child.returncode}"]
            print(f"{command[-1]}: {last[0]}", file=sys.stderr)
            return "failed"
        lines = out.read().splitlines()
        return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, lines[-1] if lines else ""


def khabar_input(path, n, folder):
    """A file of the first n lines."""
    import zstandard

    corpus = Path(folder) / f"{n}.jsonl"
    if not corpus.exists():
        with open(path, "rb") as file, open(corpus, "w", encoding="utf-8") as to:
            raw = zstandard.ZstdDecompressor().stream_reader(file) if path.endswith("zst") else file
            for i, line in enumerate(io.TextIOWrapper(raw, encoding="utf-8", newline="\n")):
                if i == n:
                    break
                to.write(line)
    return corpus


def khabar(path, n, threshold, score, folder):
    """Groups the first n lines."""
    corpus = khabar_input(path, n, folder)
    out = Path(folder) / "groups.jsonl"
    command = [KHABAR, "group", corpus, "--threads", "1", "-q", "-o", out, "--score", score]
    if score == "cosine":
        command += ["--threshold", str(threshold), "--floor", "1"]
    found = measured(command)
    if isinstance(found, str):
        sys.exit(f"pairs.py: khabar {found}; build it with cargo build --release")
    with open(out, encoding="utf-8") as file:
        stories = {json.loads(line)["story_id"] for line in file}
    return found[0], found[1], f"{len(stories)} stories"


def pairs_alone(path, n, threshold, score, folder):
    """CPU seconds of what sparse_dot_topn does too: from reading to the listed pairs."""
    corpus = khabar_input(path, n, folder)
    command = [KHABAR, "bench", corpus, "--parts", "1", "--threads", "1", "--repeats", "1", "-q"]
    command += ["--json", "--score", score]
    if score == "cosine":
        command += ["--threshold", str(threshold)]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode != 0:
        return "failed"
    stages = {"read", "boilerplate", "count", "weight", "join", "score"}
    runs = [run for run in json.loads(ran.stdout)["runs"] if run["stage"] in stages]
    cpu = sum(run["cpu_seconds"] for run in runs)
    return cpu, max(run["peak_bytes"] for run in runs), " + ".join(run["stage"] for run in runs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--sizes", default="2000,8000,30055")
    parser.add_argument("--threshold", type=float, default=0.5)
    parser.add_argument("--minutes", type=float, default=20, help="CPU time of a tool (default 20)")
    parser.add_argument("--memory", type=float, default=12, help="GB of a tool (default 12)")
    parser.add_argument("--tools", default=",".join(TOOLS), help="peers, of: " + ", ".join(TOOLS))
    parser.add_argument("--one", help=argparse.SUPPRESS)
    args = parser.parse_args()
    sizes = [int(n) for n in args.sizes.split(",")]
    tools = [tool for tool in args.tools.split(",") if tool]
    if unknown := set(tools) - set(TOOLS):
        parser.error(f"no such tools: {', '.join(sorted(unknown))}; there are {', '.join(TOOLS)}")
    if args.one:
        print(TOOLS[args.one](read(args.corpus, sizes[0]), args.threshold))
        return
    print("| articles | tool | CPU seconds | times khabar's | peak memory | found |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for n in sizes:
            base = None
            for score in ("cosine", "story"):
                cpu, peak, what = khabar(args.corpus, n, args.threshold, score, folder)
                base = base or cpu
                show(n, f"khabar, {score}", (cpu, peak, what), base)
                alone = pairs_alone(args.corpus, n, args.threshold, score, folder)
                show(n, f"khabar, {score}, pairs alone", alone, base)
            for tool in tools:
                if n > MOST.get(tool, n):
                    show(n, tool, "left out: all distances at once", base)
                    continue
                command = [sys.executable, __file__, args.corpus, "--sizes", str(n)]
                command += ["--threshold", str(args.threshold), "--one", tool]
                show(n, tool, measured(command, args.minutes, args.memory), base)


def show(n, tool, found, base):
    if isinstance(found, str):
        print(f"| {n} | {tool} | {found} | | | |", flush=True)
        return
    cpu, peak, what = found
    print(f"| {n} | {tool} | {cpu:.1f} | {cpu / base:.1f} | {peak / 1e9:.2f} GB | {what} |", flush=True)


if __name__ == "__main__":
    main()
