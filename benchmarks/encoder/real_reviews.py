#!/usr/bin/python3
"""Fine-tuned MiniLM against the linear model on real reviews: the same rows, 60/20/20, a paired test for each seed of the training.

usage: real_reviews.py DATA_FOLDER WORK_FOLDER [SET:SEED ...]      all of k9, amazon and amazon-train with 42, 43, 44
Builds the trainer and the linear model; what WORK_FOLDER holds of an earlier call is not trained again. Needs python3-scipy.
TRAINER names a trainer that is built already, THREADS limits its cores.
"""
import json, math, os, subprocess, sys
from scipy.stats import binomtest
from split import splits, write

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
SETS = {
    "k9": ("app_reviews_k9_wordpress.csv", ["review"], "star", None),
    "amazon": ("amazon_reviews_multi_en_dev.csv", ["review_title", "review_body"], "stars", None),
    # As many as the dev part has, drawn from the training file.
    "amazon-train": ("amazon_reviews_multi_en_train_part.csv", ["review_title", "review_body"], "stars", 5000),
}


def build(project, folder):
    if not os.path.exists(os.path.join(folder, os.path.basename(project) + ".dll")):
        subprocess.run(["dotnet", "build", os.path.join(ROOT, project), "-c", "Release", "-v", "quiet", "-clp:ErrorsOnly", "-o", folder], check=True)
    return folder


def train(trainer, data, out, seed):
    result = os.path.join(out, "result.json")
    if not (os.path.exists(result) and json.load(open(result))["status"] == "succeeded"):
        settings = {
            "FTF_RUN_ID": "real", "FTF_BASELINE": out, "FTF_MODEL": "all-MiniLM-L6-v2", "FTF_EPOCHS": "2", "FTF_SEED": str(seed), "FTF_DEVICE": "cpu", "FTF_OUTPUT": out,
            "FTF_TRAIN": f"{data}/train.jsonl", "FTF_VALIDATION": f"{data}/validation.jsonl", "FTF_TEXTS": f"{data}/texts.jsonl", "FTF_LABELS": f"{data}/labels.json",
            "OMP_WAIT_POLICY": "passive", "OMP_NUM_THREADS": os.environ.get("THREADS", str(os.cpu_count())),
        }
        subprocess.run(["dotnet", trainer], check=True, env=os.environ | settings, stdout=sys.stderr)
    return json.load(open(result))


def main():
    data, work, wanted = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3:] or [f"{name}:{seed}" for name in SETS for seed in (42, 43, 44)]
    trainer = os.environ.get("TRAINER") or os.path.join(build("src/FineTuneFlow.Trainer", f"{work}/trainer"), "FineTuneFlow.Trainer.dll")
    linear = os.path.join(build("benchmarks/LinearBaseline", f"{work}/linear"), "LinearBaseline.dll")
    print("| data | seed | linear | MiniLM | log loss of linear | of MiniLM | MiniLM alone right | linear alone right | p (McNemar, exact) | training |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |", flush=True)
    for name, seed in (one.split(":") for one in wanted):
        file, columns, label, most = SETS[name]
        folder = f"{work}/{name}"
        parts = splits(os.path.join(data, file), columns, label, most)
        write(parts, folder)
        lines = json.loads(subprocess.run(["dotnet", linear, folder, f"{folder}/linear.json"], check=True, capture_output=True, text=True).stdout)
        linear_right = json.load(open(f"{folder}/linear.json"))
        result = train(trainer, folder, f"{folder}/out-{seed}", seed)
        answers = {row["id"]: row["probabilities"] for row in map(json.loads, open(f"{folder}/out-{seed}/predictions.jsonl"))}
        truth = [label for _, label in parts["test"]]
        given = [answers[f"test-{i}"] for i in range(len(truth))]
        right = [max(p, key=p.get) == label for p, label in zip(given, truth)]
        loss = sum(-math.log(max(p[label], 1e-12)) for p, label in zip(given, truth)) / len(truth)
        ours = sum(a and not b for a, b in zip(right, linear_right))
        theirs = sum(b and not a for a, b in zip(right, linear_right))
        p = binomtest(ours, ours + theirs).pvalue
        print(f"| {name}, {len(truth)} rows to judge by | {seed} | {100 * lines['accuracy']:.1f} | {100 * sum(right) / len(right):.1f} | {lines['logLoss']:.3f} | {loss:.3f} | {ours} | {theirs} "
              f"| {p:.2g} | {result['trainSeconds']:.0f} s, {result['tokensPerSecond']:.0f} pieces a second |", flush=True)


if __name__ == "__main__":
    main()
