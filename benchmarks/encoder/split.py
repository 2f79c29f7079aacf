#!/usr/bin/env python3
"""Cuts a CSV into 60/20/20 as benchmarks/LinearBaseline/compare.py does, in the files of docs/baseline-contract.md.

usage: split.py CSV TEXT_COLUMN[,TEXT_COLUMN] LABEL_COLUMN FOLDER [ROWS]
"""
import csv, json, os, random, sys


def splits(path, columns, label, most=None):
    rows, seen = [], set()
    with open(path, newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            text = "\n\n".join(row[column] for column in columns).strip()
            key = " ".join(text.lower().split())
            if text and key not in seen:
                seen.add(key)
                rows.append((text, row[label]))
    random.Random(42).shuffle(rows)
    rows = rows[:most]
    a, b = int(len(rows) * 0.6), int(len(rows) * 0.8)
    return {"train": rows[:a], "validation": rows[a:b], "test": rows[b:]}


def write(parts, folder):
    os.makedirs(folder, exist_ok=True)

    def lines(name, rows):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    for split, rows in parts.items():
        lines(split + ".jsonl", [{"id": f"{split}-{i}", "text": text, "label": label} for i, (text, label) in enumerate(rows)])
    lines("texts.jsonl", [{"id": f"test-{i}", "text": text} for i, (text, _) in enumerate(parts["test"])])
    labels = sorted({label for rows in parts.values() for _, label in rows})
    with open(os.path.join(folder, "labels.json"), "w") as file:
        json.dump(labels, file)


if __name__ == "__main__":
    path, columns, label, folder = sys.argv[1:5]
    write(splits(path, columns.split(","), label, int(sys.argv[5]) if len(sys.argv) > 5 else None), folder)
