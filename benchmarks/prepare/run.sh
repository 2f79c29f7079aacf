#!/usr/bin/env bash
# Dataset preparation against the chapter's pandas steps: whole process against whole process, file to files, in one run; then ten
# times the file for linearity and memory.
#
# usage: benchmarks/prepare/run.sh [CSV]     needs hyperfine and /usr/bin/python3 with pandas
# env:   FTF    the ftf to measure (default: ./ftf, as a user runs it)
#        RUNS   runs of each command (default 7)
#        TIMES  how often the file is repeated for the large run (default 10; 0: skip)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
csv=${1:-${FINETUNEFLOW_DATA:-$root/../shared/data}/amazon_reviews_multi_en_train_part.csv}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

FTF=${FTF:-$root/ftf}
"$FTF" --version >&2
cat >"$work/recipe.json" <<'JSON'
{
  "dataset": { "text": ["review_title", "review_body"], "label": "stars", "limits": { "rows": 100000000 } },
  "candidates": [{ "name": "babbage", "model": "babbage-002", "epochs": 1 }]
}
JSON
mkdir "$work/pandas"

hyperfine --warmup 1 --runs "${RUNS:-7}" \
  -n "pandas: read, split, shuffle, drop duplicates, 3 JSONL files" "/usr/bin/python3 $root/benchmarks/prepare/pandas_pipeline.py $csv $work/pandas" \
  -n "ftf prepare: the same, cleaned, 5 JSONL files, proven disjoint" "$FTF prepare $csv --out $work/out --recipe $work/recipe.json" \
  -n "ftf check" "$FTF check $csv --recipe $work/recipe.json"

# Wall time, processor time and peak resident memory of one command.
once() {
  /usr/bin/python3 - "$@" <<'PY'
import resource, subprocess, sys, time
began = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
took = time.perf_counter() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{took:.2f} s, {used.ru_utime + used.ru_stime:.2f} s of processor, peak {used.ru_maxrss / 1024:.0f} MB")
PY
}

echo "pandas:       $(once /usr/bin/python3 "$root/benchmarks/prepare/pandas_pipeline.py" "$csv" "$work/pandas")"
echo "ftf prepare:  $(once "$FTF" prepare "$csv" --out "$work/out" --recipe "$work/recipe.json")"
if [ "${TIMES:-10}" != 0 ]; then
  /usr/bin/python3 "$root/benchmarks/prepare/grow.py" "$csv" "${TIMES:-10}" "$work/large.csv"
  echo "${TIMES:-10} times the file, $(($(stat -c %s "$work/large.csv") / 1000000)) MB"
  echo "ftf prepare:  $(once "$FTF" prepare "$work/large.csv" --out "$work/out" --recipe "$work/recipe.json")"
  echo "ftf check:    $(once "$FTF" check "$work/large.csv" --recipe "$work/recipe.json")"
fi
