"""The chapter's preparation steps as its notebooks do them, with pandas: read, stratified 60/20/20, shuffle, drop duplicates inside
each split, three JSONL files with prompt and completion.

usage: python3 pandas_pipeline.py CSV OUT_DIR
"""
import sys

import pandas as pd

source, out = sys.argv[1], sys.argv[2]
frame = pd.read_csv(source)
frame["prompt"] = frame["review_title"].fillna("") + "\n\n" + frame["review_body"].fillna("") + "\n\n###\n\n"
frame["completion"] = " " + frame["stars"].astype(str)

test = frame.groupby("stars", group_keys=False).sample(frac=0.2, random_state=42)
rest = frame.drop(test.index)
validation = rest.groupby("stars", group_keys=False).sample(frac=0.25, random_state=42)
train = rest.drop(validation.index)

for name, part in (("train", train), ("validation", validation), ("test", test)):
    part = part.sample(frac=1, random_state=42).drop_duplicates(subset=["prompt"])
    part[["prompt", "completion"]].to_json(f"{out}/{name}.jsonl", orient="records", lines=True, force_ascii=False)
