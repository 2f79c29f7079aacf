#!/usr/bin/env bash
# Rows a second of one epoch of DistilBERT's size on made-up reviews of real lengths, on this machine's GPU; beside it Hugging Face's
# Trainer on the same rows and device, where transformers is installed. Reports the chapter's figures for comparison.
#   benchmarks/encoder/gpu.sh [ROWS] [BATCH]          172839 rows in batches of 128
# The trainer is built with -p:Torch=cuda, whose libraries come from the public NuGet registry (several GB). DEVICE=cpu tries the script itself.
set -euo pipefail
cd "$(dirname "$0")/../.."
rows=${1:-172839} batch=${2:-128} device=${DEVICE:-gpu}
work=${WORK:-$(mktemp -d)}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
torch=cuda; [ "$device" = cpu ] && torch=cpu
dotnet build src/FineTuneFlow.Trainer -c Release -v quiet -clp:ErrorsOnly -p:Torch=$torch -o "$work/trainer"
dotnet build benchmarks/encoder/EncoderBenchmark -c Release -v quiet -clp:ErrorsOnly
bench=benchmarks/encoder/EncoderBenchmark/bin/Release/net10.0/EncoderBenchmark.dll
[ -e "$work/distilbert/model.safetensors" ] || dotnet $bench distilbert "$work/distilbert"
[ -e "$work/data/train.jsonl" ] || dotnet $bench reviews "$work/data" "$rows"
nvidia-smi --query-gpu=name,memory.total --format=csv,noheader 2>/dev/null || true
rm -rf "$work/out"
FTF_RUN_ID=benchmark FTF_BASELINE=distilbert FTF_MODEL=$work/distilbert FTF_EPOCHS=1 FTF_SEED=1 FTF_BATCH_SIZE=$batch FTF_LEARNING_RATE=0.00005 FTF_DEVICE=$device \
  FTF_CHECKPOINT_SECONDS=86400 FTF_TRAIN=$work/data/train.jsonl FTF_VALIDATION=$work/data/validation.jsonl FTF_TEXTS=$work/data/texts.jsonl FTF_LABELS=$work/data/labels.json \
  FTF_OUTPUT=$work/out dotnet "$work/trainer/FineTuneFlow.Trainer.dll"
python3 - "$work/out/result.json" <<'P'
import json, sys
result = json.load(open(sys.argv[1]))
rows, seconds = result["trainRows"], result["trainSeconds"]
print(f"FineTuneFlow trainer on {result['device']}, {result['hyperparameters']['precision']}: {rows / seconds:.4g} rows a second, {result['tokensPerSecond']:.0f} pieces a second, {seconds:.1f} s an epoch of {rows} rows")
print(f"172,839 rows would take {172839 * seconds / rows:.1f} s (the chapter, a T4: 123 rows a second, 1,405 s)")
P
if python3 -c "import transformers, torch" 2>/dev/null; then
  python3 benchmarks/encoder/hf_trainer.py "$work/distilbert" "$work/data" "$batch" "$device"
else
  echo "transformers is not installed here: Hugging Face's Trainer was not run beside it"
fi
