"""Repeats a CSV's rows with changed texts, so that none is a duplicate.

usage: python3 grow.py CSV TIMES OUT
"""
import csv
import sys

source, times, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
csv.field_size_limit(1 << 30)
with open(source, newline="", encoding="utf-8") as f:
    rows = list(csv.reader(f))
header, rows = rows[0], rows[1:]
body = header.index("review_body")
with open(out, "w", newline="", encoding="utf-8") as f:
    writer = csv.writer(f)
    writer.writerow(header)
    for time in range(times):
        for row in rows:
            changed = list(row)
            changed[body] = f"{row[body]} {time}"
            writer.writerow(changed)
