# shellcheck shell=sh
# Read by the other hooks: az is there, signed in, and works on the subscription that azd works on.

# Git Bash on Windows would turn a value such as /blobServices/... into a path of its own.
export MSYS_NO_PATHCONV=1

hook=$(basename "$0" .sh)

fail() { echo "$hook: $*" >&2; exit 1; }

need() { command -v "$1" >/dev/null 2>&1 || fail "$1 is not installed: $2"; }

need az "install the Azure CLI from https://aka.ms/azure-cli and run the command again"

: "${AZURE_SUBSCRIPTION_ID:?is not set: run azd provision, or azd env get-values}"

# azd and az sign in separately, and each has a subscription of its own.
az account show --subscription "$AZURE_SUBSCRIPTION_ID" --output none ||
  fail "az cannot use the subscription $AZURE_SUBSCRIPTION_ID (its answer is above): run 'az login', which is separate from 'azd auth login', with an account that sees this subscription, and run the command again"
