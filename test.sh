#!/usr/bin/env bash
# Sets everything up on a fresh machine and runs all tests. The last line reads "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "$0")" || exit
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Build servers would outlive the tests. The compiler's is worth its while, so that one of our own is started and ended here.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false

# The profile by which .NET compiles hot code anew pays in none of the many processes that live for seconds.
export DOTNET_TieredPGO=0

# What killed processes leave in the folder of temporary files goes with it.
TMPDIR=$(mktemp -d)
export TMPDIR
touch "$TMPDIR/began"
compiler=

leave() {
  if [ -n "$compiler" ]; then kill "$compiler" 2>/dev/null; fi
  # The compiler's pipe and those of the test platform lie in /tmp whatever TMPDIR says. Of the latter those go that are of this run's time and
  # that nobody listens to.
  rm -f "/tmp/ftf-tests-$$"
  if [ -r /proc/net/unix ]; then
    find /tmp -maxdepth 1 -type s -newer "$TMPDIR/began" -regextype posix-extended -regex '/tmp/[0-9a-f]{32}' 2>/dev/null | while read -r pipe; do
      grep -q " $pipe\$" /proc/net/unix || rm -f "$pipe"
    done
  fi
  rm -rf "$TMPDIR"
}
trap leave EXIT

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
npm ci --silent --no-progress --prefix tests/openai-node || stop "npm ci failed: the OpenAI SDK for Node could not be installed."

say "Build"
sdk=$(dotnet --version)
server=$(dotnet --list-sdks | sed -n "s/^$sdk \\[\\(.*\\)\\]$/\\1/p")/$sdk/Roslyn/bincore/VBCSCompiler
if [ -x "$server" ]; then
  export UseSharedCompilation=true SharedCompilationId=ftf-tests-$$
  "$server" "-pipename:$SharedCompilationId" >/dev/null 2>&1 &
  compiler=$!
  disown
fi
dotnet build FineTuneFlow.sln -c Release -v quiet -clp:ErrorsOnly || stop "The build failed."
# As users run it: compiled ahead of time, which a test holds it to.
./ftf --version >/dev/null || stop "./ftf could not be built."
if [ -n "$compiler" ]; then kill "$compiler" 2>/dev/null; compiler=; fi

say "Tests"
log=$TMPDIR/test.log
status=0
# The pages' own: format, lint, types, and what computes in them. Their line counts like those of the other runners.
(cd src/dashboard && npm run --silent check && npx vitest run --reporter=json --outputFile="$TMPDIR/vitest.json") >"$TMPDIR/dashboard.log" 2>&1 \
  || { status=1; tail -40 "$TMPDIR/dashboard.log"; }
dotnet test --solution FineTuneFlow.sln -c Release --no-build --max-parallel-test-modules 2 2>&1 | tee "$log" || status=$?

if [ -e "$TMPDIR/vitest.json" ]; then
  node -e 'const t = JSON.parse(require("fs").readFileSync(process.argv[1])); console.log(`  succeeded: ${t.numPassedTests}\n  failed: ${t.numFailedTests}`)' "$TMPDIR/vitest.json" | tee -a "$log"
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
