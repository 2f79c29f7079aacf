#!/usr/bin/env bash
# Sets everything up on a fresh machine and runs all tests. The last line reads "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "$0")" || exit
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Build servers would outlive the tests.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false

# What killed processes leave in the folder of temporary files goes with it.
TMPDIR=$(mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

say() { printf '== %s\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; echo "0 passed, 1 failed, 0 skipped"; exit 1; }

command -v dotnet >/dev/null || stop "The .NET SDK 10 is missing: install it from https://dot.net and run ./test.sh again."
command -v npm >/dev/null || stop "Node.js with npm is missing (for the storage emulator Azurite): install Node 20 or newer and run ./test.sh again."

if ! command -v chromium >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  say "Installing chromium (for the tests that open the report)"
  { apt-get update && apt-get install -y --no-install-recommends chromium; } >"$TMPDIR/apt.log" 2>&1 || { tail -3 "$TMPDIR/apt.log"; say "chromium could not be installed; its tests are skipped"; }
fi

say "Storage emulator"
npm ci --silent --no-progress || stop "npm ci failed: Azurite could not be installed."

say "Build"
dotnet build FineTuneFlow.Local.slnf -c Release -v quiet -clp:ErrorsOnly || stop "The build failed."

say "Tests"
log=$TMPDIR/test.log
status=0
dotnet test --solution FineTuneFlow.Local.slnf -c Release --no-build --max-parallel-test-modules 2 2>&1 | tee "$log" || status=$?

# The Functions app: only where its packages can be had. The scheduler's extension of the host is the one that registries lack
# most; no code calls it, so without it everything but the deployment's package is the same.
say "Azure Functions app"
app=tests/FineTuneFlow.Functions.AppTests
scheduler=true
dotnet restore $app -v quiet >/dev/null 2>&1 || { scheduler=false; dotnet restore $app -v quiet -p:DurableTaskScheduler=false >/dev/null 2>&1; } || scheduler=missing
if [ $scheduler = missing ]; then
  echo "The Functions app was not built: its packages (Microsoft.Azure.Functions.Worker.*) cannot be restored from this machine's registry. Its sources were checked by FineTuneFlow.Functions.Tests."
elif dotnet build $app -c Release -v quiet -clp:ErrorsOnly --no-restore -p:DurableTaskScheduler=$scheduler; then
  dotnet test --project $app -c Release --no-build 2>&1 | tee -a "$log" || status=$?
  echo "The Functions app was restored, built and tested$([ $scheduler = true ] || echo ", without the Durable Task Scheduler's extension, which this machine's registry lacks")."
else
  status=1
  echo "The Functions app does not build."
fi

count() { sed 's/\x1b\[[0-9;]*m//g' "$log" | awk -v key="$1:" '$1 == key { n += $2 } END { print n + 0 }'; }
passed=$(count succeeded) failed=$(count failed) skipped=$(count skipped)
if [ "$skipped" -gt 0 ]; then
  say "Skipped (each says why)"
  sed 's/\x1b\[[0-9;]*m//g' "$log" | grep -E '^ *skipped ' | head -40
fi
# A runner that crashed without counting a failure is one.
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
if [ "$passed" -eq 0 ]; then failed=$((failed + 1)); fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
