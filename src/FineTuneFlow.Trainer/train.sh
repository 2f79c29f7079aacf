#!/bin/sh
# Trains an encoder by docs/baseline-contract.md on this machine: builds the trainer where its sources are newer, then becomes it.
# The first build downloads about 310 MB: libtorch (131) and the weights of two open encoders (2 x 83).
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=$root/.finetuneflow/trainer
stamp=$bin/.built
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Threads that wait would keep a core busy that the host needs.
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-passive}"

built() {
  [ -e "$stamp" ] && [ -z "$(find "$here" "$root/src/FineTuneFlow.Encoders" "$root/src/FineTuneFlow.Core" "$root/src/FineTuneFlow.Core.Abstractions" "$root"/Directory.* "$root/global.json" \
    \( -name bin -o -name obj \) -prune -o -type f -newer "$stamp" -print | head -n 1)" ]
}

# The host shows this while it waits; by the contract it also says that the work has begun.
tell() {
  mkdir -p "$FTF_OUTPUT"
  printf '{"stage": "%s", "step": 0, "totalSteps": 1, "at": "%s"}' "$1" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$FTF_OUTPUT/progress.json.part"
  mv "$FTF_OUTPUT/progress.json.part" "$FTF_OUTPUT/progress.json"
}

build() {
  command -v dotnet >/dev/null || { echo "The .NET SDK 10 is missing, which builds the trainer: install it from https://dot.net"; return 1; }
  echo "Building the trainer; the first time about 310 MB are downloaded."
  mkdir -p "$bin"
  touch "$bin/.began"
  # A link to each library instead of half a gigabyte of copies.
  dotnet build "$here" -c Release -o "$bin" -v quiet -clp:ErrorsOnly -nodeReuse:false -p:UseSharedCompilation=false || return 1
  mv "$bin/.began" "$stamp"
}

if ! built; then
  tell "building the trainer (about 310 MB the first time)"
  mkdir -p "$root/.finetuneflow"
  exec 9>"$root/.finetuneflow/trainer.lock"
  if command -v flock >/dev/null; then flock 9; fi
  if ! built && ! build; then
    printf '{"status": "failed", "error": "unavailable", "message": "The trainer could not be built: see the end of its log"}' >"$FTF_OUTPUT/result.json"
    exit 75
  fi
  exec 9>&-
fi

exec dotnet "$bin/FineTuneFlow.Trainer.dll"
