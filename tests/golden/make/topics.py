"""Writes tests/golden/topics.json: linear models, naive Bayes and calibration by scikit-learn.

    pip install -r tests/golden/make/requirements-metrics.txt    # scikit-learn==1.5.2
    python tests/golden/make/topics.py

Scores of every text, biases, and every seventh weight of each label. All models are run until
they no longer move, so that what is compared is the optimum and not the way there.
"""

import json
import random
from pathlib import Path

import numpy as np
import scipy.sparse as sp
import sklearn
from sklearn.calibration import _SigmoidCalibration
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

assert sklearn.__version__ == "1.5.2", sklearn.__version__

OUT = Path(__file__).resolve().parent.parent / "topics.json"

TEXTS = [
    (0, "فاز فريق المرفأ على القلعة بهدفين في نهائي الكأس"),
    (0, "سجل المهاجم هدف الفوز في الدقيقة الأخيرة من المباراة"),
    (0, "المدرب يعلن تشكيلة المنتخب لمباراة الغد"),
    (0, "تأجيل مباراة القمة بسبب الأمطار"),
    (0, "The harbour team won the cup after extra time"),
    (0, "Coach names squad for the final match on Sunday"),
    (0, "Late goal sends the village club into the second round"),
    (1, "ارتفعت أسعار النفط بعد قرار خفض الإنتاج"),
    (1, "البنك المركزي يرفع سعر الفائدة ربع نقطة"),
    (1, "انخفاض الدولار أمام سلة العملات في ختام التعاملات"),
    (1, "Oil prices rose after producers cut output"),
    (1, "The central bank raised its key rate by a quarter point"),
    (1, "Shares of the shipping company fell in early trading"),
    (2, "مجلس الأمن يعقد اجتماعا طارئا لبحث الهدنة"),
    (2, "الرئيس يستقبل وزير الخارجية ويبحث معه الانتخابات"),
    (2, "البرلمان يصوت على قانون الانتخابات الجديد"),
    (2, "Parliament votes on the new election law"),
    (2, "The foreign minister met the president to discuss the truce"),
    (2, "Council calls an emergency session after the vote"),
    (2, "Minister resigns over the price of the new stadium"),
]
# Lists for the same texts: some have two, one has none.
LISTS = [[y] for y, _ in TEXTS]
LISTS[19] = [0, 1, 2]
LISTS[8] = [1, 2]
LISTS[3] = []

vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
X = vectorizer.fit_transform([t for _, t in TEXTS])
y = np.array([y for y, _ in TEXTS])
lists = np.array([[int(k in l) for k in range(3)] for l in LISTS])
models = []


def add(name, loss, c, labels, coef, intercept, balanced=False):
    coef, intercept = np.atleast_2d(coef), np.atleast_1d(intercept)
    models.append(
        {
            "name": name,
            "loss": loss,
            "c": c,
            "balanced": balanced,
            "labels": labels,
            "scores": (X @ coef.T + intercept).tolist(),
            "bias": intercept.tolist(),
            "weights": coef[:, ::7].tolist(),
        }
    )


SURE = {"tol": 1e-12, "max_iter": 1_000_000}
TWO = np.minimum(y, 1)
for c in [0.1, 1.0, 30.0]:
    for labels, of in [("three", y), ("two", TWO)]:
        for loss in ["squared_hinge", "hinge"]:
            m = LinearSVC(C=c, loss=loss, random_state=0, **SURE).fit(X, of)
            add(f"LinearSVC {loss} C={c} {labels}", loss, c, labels, m.coef_, m.intercept_)
    m = LinearSVC(C=c, class_weight="balanced", **SURE).fit(X, y)
    add(f"LinearSVC balanced C={c}", "squared_hinge", c, "three", m.coef_, m.intercept_, True)
    m = LinearSVC(C=c, class_weight="balanced", **SURE).fit(X, TWO)
    add(f"LinearSVC balanced C={c} two", "squared_hinge", c, "two", m.coef_, m.intercept_, True)
    m = OneVsRestClassifier(LinearSVC(C=c, **SURE)).fit(X, lists)
    w, b = [np.vstack([getattr(e, k) for e in m.estimators_]) for k in ["coef_", "intercept_"]]
    add(f"LinearSVC C={c} lists", "squared_hinge", c, "lists", w, b[:, 0])
    m = OneVsRestClassifier(LogisticRegression(C=c, solver="liblinear", **SURE)).fit(X, y)
    w, b = [np.vstack([getattr(e, k) for e in m.estimators_]) for k in ["coef_", "intercept_"]]
    add(f"LogisticRegression liblinear C={c}", "logistic", c, "three", w, b[:, 0])
    # Its solver does not punish the bias: a column of ones does.
    ones = sp.hstack([X, np.ones((len(y), 1))]).tocsr()
    m = LogisticRegression(C=c, solver="newton-cg", fit_intercept=False, **SURE).fit(ones, y)
    add(f"LogisticRegression softmax C={c}", "multinomial", c, "three", m.coef_[:, :-1], m.coef_[:, -1])

bayes = ComplementNB(alpha=0.5).fit(X, y)
rng = random.Random(5)
curves = []
for n in [1, 2, 7, 60, 400]:
    # Scores with ties, truths that follow them loosely.
    z = [round(rng.gauss(0, 1.5), 1 if n > 7 else 2) for _ in range(n)]
    t = [int(rng.random() < 1 / (1 + np.exp(-2 * s))) for s in z]
    if n in (1, 60):
        t[0] = 1
    at = [-9.0, -1.03, -0.5, 0.0, 0.25, 0.77, 1.96, 9.0]
    # In 32 bits as khabar's scores are, so that the same ones tie.
    z32, at32 = np.array(z, dtype=np.float32), np.array(at, dtype=np.float32)
    iso = IsotonicRegression(out_of_bounds="clip", y_min=0, y_max=1).fit(z32.astype(float), t)
    case = {"z": z, "t": t, "at": at, "isotonic": iso.predict(at32.astype(float)).tolist()}
    if 0 < sum(t) < n:
        sig = _SigmoidCalibration().fit(z32.astype(float), np.array(t))
        case["sigmoid"] = sig.predict(at32.astype(float)).tolist()
    curves.append(case)

OUT.write_text(
    json.dumps(
        {
            "texts": [t for _, t in TEXTS],
            "three": y.tolist(),
            "two": TWO.tolist(),
            "lists": LISTS,
            "models": models,
            "bayes": {"alpha": 0.5, "scores": (X @ bayes.feature_log_prob_.T).tolist()},
            "curves": curves,
        },
        ensure_ascii=False,
        indent=None,
        separators=(",", ":"),
    )
    + "\n"
)
