#!/usr/bin/python3
"""Training MiniLM's size by the trainer and by the same model written plainly in PyTorch (pytorch_plain.py), in turns in one run, on the same rows and threads.

usage: beside_pytorch.py TRAINER.dll EncoderBenchmark.dll DATA_FOLDER MODEL_FOLDER [ROUNDS] [THREADS]
DATA_FOLDER: from split.py; MODEL_FOLDER: any trained MiniLM, for its tokenizer. The trainer's start and end are taken out of account by the difference of a
longer and a shorter training. Needs Debian's python3-torch and libopenblas0:
without the latter PyTorch multiplies with a library that is many times slower, and nothing is compared.
"""
import json, os, re, statistics, subprocess, sys, tempfile, time

if not os.path.exists("/etc/alternatives/libblas.so.3-x86_64-linux-gnu") or "openblas" not in os.path.realpath("/etc/alternatives/libblas.so.3-x86_64-linux-gnu"):
    sys.exit("Install libopenblas0 first: apt-get install libopenblas0")
here = os.path.dirname(os.path.abspath(__file__))
trainer, bench, data, model = sys.argv[1:5]
rounds = int(sys.argv[5]) if len(sys.argv) > 5 else 3
threads = sys.argv[6] if len(sys.argv) > 6 else "1"
SHORT, LONG, BATCH = 3, 12, 16
env = os.environ | {"OMP_NUM_THREADS": threads, "OMP_WAIT_POLICY": "passive"}
lines = open(f"{data}/train.jsonl").readlines()[: LONG * BATCH]
folder = tempfile.mkdtemp()
texts = f"{folder}/train-{LONG}.jsonl"
open(texts, "w").writelines(lines)
lengths = subprocess.run(["dotnet", bench, "pieces", model, texts, "256"], check=True, capture_output=True, text=True).stdout
open(f"{folder}/lengths", "w").write(lengths)
# The shorter training has every fourth row of the sorted lengths, so that its texts are as long on average.
order = sorted(range(len(lines)), key=[int(n) for n in lengths.split()].__getitem__)
short = [lines[i] for i in sorted(order[LONG // SHORT // 2 :: LONG // SHORT])]
open(f"{folder}/train-{SHORT}.jsonl", "w").writelines(short)
open(f"{folder}/none.jsonl", "w").close()
open(f"{folder}/few.jsonl", "w").write(json.dumps({"id": "1", "text": "good"}) + "\n")


def ours(batches, name):
    out = f"{folder}/{name}-{batches}"
    settings = {
        "FTF_RUN_ID": "speed", "FTF_BASELINE": "b", "FTF_MODEL": "all-MiniLM-L6-v2", "FTF_EPOCHS": "1", "FTF_SEED": "1", "FTF_DEVICE": "cpu", "FTF_OUTPUT": out, "FTF_BATCH_SIZE": str(BATCH),
        "FTF_TRAIN": f"{folder}/train-{batches}.jsonl", "FTF_VALIDATION": f"{folder}/none.jsonl", "FTF_TEXTS": f"{folder}/few.jsonl", "FTF_LABELS": f"{data}/labels.json"}
    subprocess.run(["dotnet", trainer], check=True, env=env | settings, stdout=subprocess.DEVNULL)
    result = json.load(open(out + "/result.json"))
    return result["trainRows"], result["trainSeconds"]


speeds = {"trainer": [], "PyTorch, length buckets": [], "PyTorch, dynamic padding": []}
started = time.time()
for turn in range(rounds):
    (few, begun), (many, ended) = ours(SHORT, turn), ours(LONG, turn)
    speeds["trainer"].append((many - few) / (ended - begun))
    print(f"round {turn + 1}, {time.time() - started:.0f} s: trainer {few} rows in {begun:.1f} s, {many} in {ended:.1f} s", flush=True)
    told = subprocess.run(["/usr/bin/python3", f"{here}/pytorch_plain.py", f"{folder}/lengths", str(LONG - 3)], check=True, env=env, capture_output=True, text=True).stdout
    for name in ("length buckets", "dynamic padding"):
        speeds["PyTorch, " + name].append(float(re.search(name + r": ([\d.]+) rows", told)[1]))
    print(f"round {turn + 1}, {time.time() - started:.0f} s: " + ", ".join(f"{name} {values[-1]:.2f}" for name, values in speeds.items()) + " rows a second", flush=True)
for name, values in speeds.items():
    print(f"{name}: median {statistics.median(values):.2f} rows a second, {statistics.median(a / b for a, b in zip(speeds['trainer'], values)):.2f} times as fast is the trainer (median of the rounds' ratios)")
