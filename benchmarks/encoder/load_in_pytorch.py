#!/usr/bin/python3
"""Loads a trained encoder's folder as a stranger would: config.json and model.safetensors under Hugging Face's names, read with nothing but PyTorch, and
compares its logits with those of the exported model. Needs Debian's python3-torch.

usage: load_in_pytorch.py MODEL_FOLDER ANSWERS        (ANSWERS: from `EncoderBenchmark logits MODEL_FOLDER texts.jsonl`)
"""
import json, math, os, struct, sys
import torch
import torch.nn.functional as F

folder = sys.argv[1]
config = json.load(open(os.path.join(folder, "config.json")))
with open(os.path.join(folder, "model.safetensors"), "rb") as file:
    header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    data = file.read()
weights = {}
for name, entry in header.items():
    if name != "__metadata__":
        assert entry["dtype"] == "F32", name
        a, b = entry["data_offsets"]
        weights[name] = torch.frombuffer(bytearray(data[a:b]), dtype=torch.float32).reshape(entry["shape"])
used = set()


def weight(name):
    used.add(name)
    return weights[name]


def linear(x, name):
    return F.linear(x, weight(name + ".weight"), weight(name + ".bias"))


def norm(x, name, eps):
    return F.layer_norm(x, x.shape[-1:], weight(name + ".weight"), weight(name + ".bias"), eps)


def encoder(ids):
    kind = config["model_type"]
    distil = kind == "distilbert"
    heads, layers = (config["n_heads"], config["n_layers"]) if distil else (config["num_attention_heads"], config["num_hidden_layers"])
    eps = 1e-12 if distil else config["layer_norm_eps"]
    # A checkpoint of the plain model has no prefix; the classes with a classifier have.
    root = kind + "." if kind + ".embeddings.word_embeddings.weight" in weights else ""
    names = (["attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin", "sa_layer_norm", "ffn.lin1", "ffn.lin2", "output_layer_norm"] if distil else
             ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "attention.output.LayerNorm",
              "intermediate.dense", "output.dense", "output.LayerNorm"])
    x = weight(root + "embeddings.word_embeddings.weight")[ids] + weight(root + "embeddings.position_embeddings.weight")[: len(ids)]
    if not distil:
        x = x + weight(root + "embeddings.token_type_embeddings.weight")[0]
    x = norm(x, root + "embeddings.LayerNorm", eps)
    for i in range(layers):
        at = root + ("transformer" if distil else "encoder") + f".layer.{i}."
        q, k, v = (linear(x, at + name).view(len(ids), heads, -1).transpose(0, 1) for name in names[:3])
        mixed = (torch.softmax(q @ k.transpose(1, 2) / math.sqrt(q.shape[-1]), -1) @ v).transpose(0, 1).reshape(len(ids), -1)
        x = norm(linear(mixed, at + names[3]) + x, at + names[4], eps)
        x = norm(linear(F.gelu(linear(x, at + names[5])), at + names[6]) + x, at + names[7], eps)
    if config.get("finetuneflow", {}).get("pooling") == "mean":
        pooled = F.relu(linear(x.mean(0), "pre_classifier")) if distil else x.mean(0)
    else:
        pooled = F.relu(linear(x[0], "pre_classifier")) if distil else torch.tanh(linear(x[0], root + "pooler.dense"))
    return linear(pooled, "classifier")


largest, rows, same = 0.0, 0, 0
with torch.no_grad():
    for line in open(sys.argv[2]):
        row = json.loads(line)
        logits = encoder(torch.tensor(row["ids"]))
        theirs = torch.tensor(row["logits"])
        largest = max(largest, (logits - theirs).abs().max().item())
        same += int(logits.argmax() == theirs.argmax())
        rows += 1
labels = [config["id2label"][str(i)] for i in range(len(config["id2label"]))]
print(f"{config['architectures'][0]}, labels {labels}: {rows} texts, largest difference of a logit {largest:.1e}, {same} of {rows} labels alike, "
      f"weights without use: {sorted(set(weights) - used) or 'none'}")
sys.exit(0 if rows and largest < 1e-4 and same == rows else 1)
