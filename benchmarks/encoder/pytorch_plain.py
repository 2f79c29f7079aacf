#!/usr/bin/python3
"""MiniLM's size written plainly in PyTorch, trained for some batches on texts of given lengths: rows a second with dynamic padding in random
order, as most notebooks do it, and with length buckets. Needs Debian's python3-torch.

usage: pytorch_plain.py LENGTHS [BATCHES] [HIDDEN LAYERS INNER HEADS]      (LENGTHS: a number a line, from `EncoderBenchmark pieces`)
"""
import random, sys, time
import torch
import torch.nn as nn
import torch.nn.functional as F

lengths = [int(line) for line in open(sys.argv[1])]
batches = int(sys.argv[2]) if len(sys.argv) > 2 else 40
H, L, I, A = (int(x) for x in sys.argv[3:7]) if len(sys.argv) > 3 else (384, 6, 1536, 12)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(H, H) for _ in range(4))
        self.a, self.b = nn.Linear(H, I), nn.Linear(I, H)
        self.n1, self.n2 = nn.LayerNorm(H), nn.LayerNorm(H)

    def forward(self, x, bias):
        b, s, _ = x.shape
        q, k, v = (f(x).view(b, s, A, H // A).transpose(1, 2) for f in (self.q, self.k, self.v))
        p = F.dropout(torch.softmax(q @ k.transpose(-1, -2) / (H // A) ** 0.5 + bias, -1), 0.1)
        x = self.n1(x + F.dropout(self.o((p @ v).transpose(1, 2).reshape(b, s, H)), 0.1))
        return self.n2(x + F.dropout(self.b(F.gelu(self.a(x))), 0.1))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.positions, self.norm = nn.Embedding(30522, H), nn.Embedding(512, H), nn.LayerNorm(H)
        self.layers, self.head = nn.ModuleList(Layer() for _ in range(L)), nn.Linear(H, 5)

    def forward(self, ids, mask):
        x = F.dropout(self.norm(self.words(ids) + self.positions.weight[: ids.shape[1]]), 0.1)
        bias = (1 - mask[:, None, None, :]) * -1e9
        for layer in self.layers:
            x = layer(x, bias)
        return self.head((x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True))


def run(order, name):
    torch.manual_seed(1)
    model = Model()
    optimiser = torch.optim.AdamW(model.parameters(), lr=8e-5)
    rows = places = 0
    started = None
    for i, batch in enumerate(order[: batches + 3]):
        if i == 3:
            started, rows, places = time.time(), 0, 0
        longest = max(batch)
        mask = torch.zeros(len(batch), longest)
        for row, length in enumerate(batch):
            mask[row, :length] = 1
        ids = torch.randint(5, 30000, (len(batch), longest))
        optimiser.zero_grad()
        F.cross_entropy(model(ids, mask), torch.randint(0, 5, (len(batch),))).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        rows += len(batch)
        places += sum(batch)
    seconds = time.time() - started
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, {name}: {rows / seconds:.2f} rows a second, {places / seconds:.0f} pieces a second", flush=True)


random.seed(1)
random.shuffle(lengths)
plain = [lengths[i : i + 16] for i in range(0, len(lengths) - 15, 16)]
bucketed = []
for i in range(0, len(lengths), 800):
    pool = sorted(lengths[i : i + 800])
    bucketed += [pool[j : j + 16] for j in range(0, len(pool), 16)]
random.shuffle(bucketed)
run(plain, "dynamic padding")
run(bucketed, "length buckets")
