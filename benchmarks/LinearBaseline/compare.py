#!/usr/bin/env python3
"""The linear baseline beside scikit-learn's TF-IDF and logistic regression, on the same rows in one run.

usage: benchmarks/LinearBaseline/compare.py DATA_FOLDER      (needs scikit-learn; builds the C# side in Release)
"""
import csv, json, os, random, subprocess, sys, tempfile, time
from collections import Counter

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.pipeline import make_union

HERE = os.path.dirname(os.path.abspath(__file__))
SETS = {
    "app_reviews_k9_wordpress.csv": (["review"], "star"),
    "amazon_reviews_multi_en_dev.csv": (["review_title", "review_body"], "stars"),
    "banking77_train.csv": (["text"], "category"),
}


def splits(path, columns, label):
    rows, seen = [], set()
    with open(path, newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            text = "\n\n".join(row[column] for column in columns).strip()
            key = " ".join(text.lower().split())
            if text and key not in seen:
                seen.add(key)
                rows.append((text, row[label]))
    random.Random(42).shuffle(rows)
    a, b = int(len(rows) * 0.6), int(len(rows) * 0.8)
    return {"train": rows[:a], "validation": rows[a:b], "test": rows[b:]}


def sklearn_figures(vectoriser, parts):
    start = time.time()
    train = vectoriser.fit_transform([text for text, _ in parts["train"]])
    model = LogisticRegression(max_iter=1000).fit(train, [label for _, label in parts["train"]])
    seconds = time.time() - start
    truth = [label for _, label in parts["test"]]
    p = model.predict_proba(vectoriser.transform([text for text, _ in parts["test"]]))
    return accuracy_score(truth, model.classes_[p.argmax(1)]), log_loss(truth, p, labels=model.classes_), seconds


def main():
    subprocess.run(["dotnet", "build", "-c", "Release", "-v", "q", HERE], check=True, stdout=subprocess.DEVNULL)
    words = lambda: TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    characters = lambda: TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2)
    print("| data | model | accuracy | log loss | training |\n| --- | --- | --- | --- | --- |")
    for name, (columns, label) in SETS.items():
        parts = splits(os.path.join(sys.argv[1], name), columns, label)
        with tempfile.TemporaryDirectory() as folder:
            for split, rows in parts.items():
                with open(os.path.join(folder, split + ".jsonl"), "w") as file:
                    file.writelines(json.dumps({"text": t, "label": l}) + "\n" for t, l in rows)
            out = subprocess.run(["dotnet", os.path.join(HERE, "bin/Release/net10.0/LinearBaseline.dll"), folder], check=True, capture_output=True, text=True)
        ours = json.loads(out.stdout)
        truth = [label for _, label in parts["test"]]
        print(f"| {name} | majority class | {Counter(truth).most_common(1)[0][1] / len(truth):.4f} | | |")
        models = {"TF-IDF words 1-2": words()}
        if len(set(truth)) < 20:
            models["TF-IDF words 1-2, characters 3-5"] = make_union(words(), characters())
        for title, vectoriser in models.items():
            accuracy, loss, seconds = sklearn_figures(vectoriser, parts)
            print(f"| | scikit-learn, {title} | {accuracy:.4f} | {loss:.4f} | {seconds:.1f} s |")
        print(f"| | LinearBaseline | {ours['accuracy']:.4f} | {ours['logLoss']:.4f} | {ours['trainSeconds']:.1f} s |", flush=True)


if __name__ == "__main__":
    main()
