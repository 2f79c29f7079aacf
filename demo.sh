#!/usr/bin/env bash
# Sets everything up on a fresh machine and runs the chapter's experiment on a made-up sample, or on the CSV given.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)

missing=()
if ! command -v dotnet >/dev/null; then
  missing+=(".NET SDK 10 (https://dot.net)")
elif ! (cd "$root" && dotnet --version >/dev/null 2>&1); then
  missing+=(".NET SDK 10 (https://dot.net); found $(cd / && dotnet --version 2>/dev/null || echo another one)")
fi
if [ ${#missing[@]} -gt 0 ]; then
  printf 'The demo needs:\n' >&2
  printf '  - %s\n' "${missing[@]}" >&2
  exit 2
fi
exec "$root/ftf" demo "$@"
