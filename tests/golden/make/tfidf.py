"""Writes tests/golden/tfidf.json: TF-IDF rows as scikit-learn gives them.

    pip install -r tests/golden/make/requirements-metrics.txt    # scikit-learn==1.5.2
    python tests/golden/make/tfidf.py

Small corpora of hard texts, each under many settings. A matrix is written as columns and
values, row after row; names of columns as one string joined by U+0000, which no text has.
`max_features` cuts where neighbours in frequency differ: scikit-learn cuts ties by an
unstable sort, so what it keeps of equally frequent n-grams depends on the machine.
"""

import itertools
import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

assert sklearn.__version__ == "1.5.2", sklearn.__version__

OUT = Path(__file__).resolve().parent.parent / "tfidf.json"

CORPORA = {
    "arabic": [
        "طلبت روسيا عقد اجتماع لمجلس الأمن",
        "روسيا تطلب عقد اجتماع لمجلس الأمن الدولي",
        "هطول أمطار غزيرة على الرياض، والأمطار مستمرة",
        "قالَ الوزيرُ إنَّ الأسعـــار ستنخفض ١٢٪",
    ],
    "english": [
        "The council met on Monday; the council will meet again.",
        "Rain again, and again rain: the rain in the hills.",
        "THE COUNCIL DID NOT MEET",
    ],
    "mixed": [
        "وقّعت Apple عقدا مع شركة TSMC في 2015",
        "Apple signed a deal 😀😀 with شركة",
        "👩‍👩‍👧 e\u0301 é ｆｕｌｌ ﻻ 中文 新聞",
    ],
    "degenerate": ["", " ", " \t\n\r ", "a", "b c", "a b a b a", "i I ii", "....", "\u00a0x\u3000"],
    # Everything Python's \s holds, alone, in runs, at the ends.
    "white space": [
        "one\u0085two\u2028three\u2029four",
        "\u001cfive\u001d\u001esix\u001f",
        "seven\u200b\u200beight \u00a0 nine\u202f\u205f\u3000ten\u1680eleven",
        "twelve\x0b\x0cthirteen\u2000\u200afourteen\u180efifteen\ufeff",
        "x\u0085\u2028y \u001c z",
    ],
    "case": [
        "STRASSE Straße ẞ ß",
        "İstanbul ISTANBUL ıstanbul istanbul",
        "ΣΊΣΥΦΟΣ ΟΔΥΣΣΕΥΣ Σ ΑΣ ΑΣ. σς",
        "Ǆ ǅ ǆ ÀÉÎ Ω K Å 𐐀 Ა",
    ],
}
RANGES = [(1, 1), (1, 3), (2, 2), (3, 5), (4, 6), (5, 8)]


def settings():
    """Every analyzer and range on every corpus, the other switches in rotation."""
    switches = itertools.cycle(
        itertools.product([True, False], ["l2", "l1", None], [True, False], [True, True, False])
    )
    for corpus, analyzer, ngram_range in itertools.product(CORPORA, ["char", "char_wb"], RANGES):
        sublinear_tf, norm, smooth_idf, lowercase = next(switches)
        yield corpus, {
            "analyzer": analyzer,
            "ngram_range": ngram_range,
            "sublinear_tf": sublinear_tf,
            "norm": norm,
            "smooth_idf": smooth_idf,
            "lowercase": lowercase,
            "min_df": 1,
            "max_df": 1.0,
            "max_features": None,
        }
    # All switches on one corpus.
    for sublinear_tf, norm, smooth_idf, lowercase in itertools.product(
        [True, False], ["l2", "l1", None], [True, False], [True, False]
    ):
        yield "english", {
            "analyzer": "char_wb",
            "ngram_range": (3, 5),
            "sublinear_tf": sublinear_tf,
            "norm": norm,
            "smooth_idf": smooth_idf,
            "lowercase": lowercase,
            "min_df": 2,
            "max_df": 1.0,
            "max_features": None,
        }
    # Limits: counts and shares, whole and broken numbers of documents.
    for corpus, min_df, max_df, max_features in itertools.product(
        ["arabic", "english", "degenerate"],
        [1, 2, 0.3, 0.5],
        [1.0, 0.5, 0.7, 3],
        [None, 5, 12],
    ):
        for analyzer, ngram_range in [("char", (1, 3)), ("char_wb", (2, 2))]:
            yield corpus, {
                "analyzer": analyzer,
                "ngram_range": ngram_range,
                "sublinear_tf": True,
                "norm": "l2",
                "smooth_idf": True,
                "lowercase": True,
                "min_df": min_df,
                "max_df": max_df,
                "max_features": max_features,
            }


def without_ties(texts, setting):
    """The largest cut of at most `max_features` that no two equal frequencies straddle."""
    wanted = setting["max_features"]
    counting = {k: setting[k] for k in ["analyzer", "ngram_range", "lowercase", "min_df", "max_df"]}
    counts = CountVectorizer(**counting).fit_transform(texts)
    totals = np.sort(np.asarray(counts.sum(axis=0)).ravel())[::-1]
    for cut in range(min(wanted, len(totals) - 1), 0, -1):
        if totals[cut - 1] > totals[cut]:
            return cut
    return None


def case(corpus, setting):
    texts = CORPORA[corpus]
    try:
        if setting["max_features"] is not None:
            cut = without_ties(texts, setting)
            if cut is None:
                return None
            setting = {**setting, "max_features": cut}
        vectorizer = TfidfVectorizer(**setting)
        rows = vectorizer.fit_transform(texts)
    except ValueError as error:
        if setting["max_features"] is not None:
            return None
        return {"corpus": corpus, **setting, "error": str(error)}
    rows.sort_indices()
    return {
        "corpus": corpus,
        **setting,
        "names": "\0".join(vectorizer.get_feature_names_out()),
        "indptr": rows.indptr.tolist(),
        "indices": rows.indices.tolist(),
        "data": [float(f"{v:.8g}") for v in rows.data],
    }


cases = []
for corpus, setting in settings():
    made = case(corpus, setting)
    if made is not None and made not in cases:
        cases.append(made)
text = ",\n".join(json.dumps(c, ensure_ascii=False, separators=(",", ":")) for c in cases)
corpora = json.dumps(CORPORA, ensure_ascii=False, indent=1)
OUT.write_text(f'{{"corpora": {corpora},\n"cases": [\n{text}\n]}}\n', encoding="utf-8")
print(len(cases), "cases,", sum("error" in c for c in cases), "errors,", OUT.stat().st_size, "bytes")
