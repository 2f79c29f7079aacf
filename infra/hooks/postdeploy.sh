#!/bin/sh
# After azd deploy: subscribes the app to the drops (once) and waits until the app says that it is well.
# Needs az, curl and the outputs of infra/main.bicep in the environment, as azd gives them to its hooks.
set -eu

: "${AZURE_FUNCTION_APP_NAME:?is not set: run azd provision, or azd env get-values}"
: "${AZURE_RESOURCE_GROUP:?is not set: run azd provision, or azd env get-values}"
: "${AZURE_EVENT_GRID_TOPIC_NAME:?is not set: run azd provision, or azd env get-values}"
: "${AZURE_DEAD_LETTER_CONTAINER_ID:?is not set: run azd provision, or azd env get-values}"
: "${SERVICE_API_URI:?is not set: run azd provision, or azd env get-values}"

# shellcheck source-path=SCRIPTDIR source=az.sh
. "$(dirname "$0")/az.sh"
need curl "install it and run azd hooks run postdeploy"

# Tests shorten the waits.
tries=${POSTDEPLOY_TRIES:-30}
pause=${POSTDEPLOY_PAUSE:-10}

# The key comes into being when the host has started with the blob extension, some moments after the deployment.
said=$(mktemp)
trap 'rm -f "$said"' EXIT
key=
try=0
while [ "$try" -lt "$tries" ]; do
  key=$(az functionapp keys list --name "$AZURE_FUNCTION_APP_NAME" --resource-group "$AZURE_RESOURCE_GROUP" \
    --subscription "$AZURE_SUBSCRIPTION_ID" --query systemKeys.blobs_extension --output tsv 2>"$said" || true)
  [ -n "$key" ] && [ "$key" != "None" ] && break
  key=
  try=$((try + 1))
  sleep "$pause"
done
if [ -z "$key" ]; then
  cat "$said" >&2
  fail "the app $AZURE_FUNCTION_APP_NAME has no key blobs_extension; did it start? Look at its log stream, then run azd deploy again"
fi

# Creating it again sets the same subscription: a second deployment changes nothing. The address holds the key, so it is not shown.
az eventgrid system-topic event-subscription create \
  --name drops \
  --resource-group "$AZURE_RESOURCE_GROUP" \
  --subscription "$AZURE_SUBSCRIPTION_ID" \
  --system-topic-name "$AZURE_EVENT_GRID_TOPIC_NAME" \
  --endpoint-type webhook \
  --endpoint "$SERVICE_API_URI/runtime/webhooks/blobs?functionName=Host.Functions.OnDrop&code=$key" \
  --included-event-types Microsoft.Storage.BlobCreated \
  --subject-begins-with /blobServices/default/containers/drops/ \
  --deadletter-identity systemassigned \
  --deadletter-identity-endpoint "$AZURE_DEAD_LETTER_CONTAINER_ID" \
  --output none
echo "$hook: drops arrive at $AZURE_FUNCTION_APP_NAME"

try=0
while [ "$try" -lt "$tries" ]; do
  if curl --silent --fail --max-time 20 --output /dev/null "$SERVICE_API_URI/api/health"; then
    echo "$hook: $SERVICE_API_URI is well"
    exit 0
  fi
  try=$((try + 1))
  sleep "$pause"
done
echo "$hook: $SERVICE_API_URI/api/health does not answer 200; it names what is wrong:" >&2
curl --silent --max-time 20 "$SERVICE_API_URI/api/health" >&2 || true
exit 1
