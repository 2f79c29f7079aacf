#!/bin/sh
# Before azd provision: what a first deployment would otherwise find out after minutes, and the choices that follow from others.
set -eu
# shellcheck source-path=SCRIPTDIR source=az.sh
. "$(dirname "$0")/az.sh"
need azd "install it from https://aka.ms/azd"

machine=${BASELINE_MACHINE:-none}
case "$machine" in
  none) deploy=false torch=cpu ;;
  cpu) deploy=true torch=cpu ;;
  t4 | a100) deploy=true torch=cuda ;;
  *) fail "BASELINE_MACHINE is '$machine': use none, cpu, t4 or a100 (azd env set BASELINE_MACHINE t4)" ;;
esac

# azure.yaml builds and deploys the trainer's image only where there is a job for it, with the libraries of its machine.
azd env set DEPLOY_BASELINE "$deploy"
azd env set TRAINER_TORCH "$torch"

# A budget keeps the month it began in.
[ -n "${BUDGET_START:-}" ] || azd env set BUDGET_START "$(date -u +%Y-%m-01)"

# Container Apps' provider delegates subnets and makes jobs; a new subscription does not have it registered.
if [ "$deploy" = true ] || [ "${PRIVATE_NETWORKING:-false}" = true ]; then
  echo "$hook: registering the provider Microsoft.App (some minutes the first time)"
  az provider register --namespace Microsoft.App --subscription "$AZURE_SUBSCRIPTION_ID" --wait ||
    fail "the provider Microsoft.App could not be registered: somebody with the role Contributor on the subscription has to run 'az provider register --namespace Microsoft.App --wait'"
fi
