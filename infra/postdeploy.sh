#!/bin/sh
# After azd deploy: subscribes the app to the drops (once) and waits until the app says that it is well.
# Needs az, curl and the outputs of infra/main.bicep in the environment, as azd gives them to its hooks.
set -eu

: "${AZURE_FUNCTION_APP_NAME:?is not set: run azd provision, or azd env get-values}"
: "${AZURE_RESOURCE_GROUP:?is not set: run azd provision, or azd env get-values}"
: "${AZURE_EVENT_GRID_TOPIC_NAME:?is not set: run azd provision, or azd env get-values}"
: "${SERVICE_API_URI:?is not set: run azd provision, or azd env get-values}"

# Tests shorten the waits.
tries=${POSTDEPLOY_TRIES:-30}
pause=${POSTDEPLOY_PAUSE:-10}

need() {
  command -v "$1" >/dev/null 2>&1 || { echo "postdeploy: $1 is not installed" >&2; exit 1; }
}
need az
need curl

# The key comes into being when the host has started with the blob extension, some moments after the deployment.
key=
try=0
while [ "$try" -lt "$tries" ]; do
  key=$(az functionapp keys list --name "$AZURE_FUNCTION_APP_NAME" --resource-group "$AZURE_RESOURCE_GROUP" \
    --query systemKeys.blobs_extension --output tsv 2>/dev/null || true)
  [ -n "$key" ] && [ "$key" != "None" ] && break
  key=
  try=$((try + 1))
  sleep "$pause"
done
if [ -z "$key" ]; then
  echo "postdeploy: the app $AZURE_FUNCTION_APP_NAME has no key blobs_extension; did it start? Look at its log stream, then run azd deploy again" >&2
  exit 1
fi

# Creating it again sets the same subscription: a second deployment changes nothing. The address holds the key, so it is not shown.
az eventgrid system-topic event-subscription create \
  --name drops \
  --resource-group "$AZURE_RESOURCE_GROUP" \
  --system-topic-name "$AZURE_EVENT_GRID_TOPIC_NAME" \
  --endpoint-type webhook \
  --endpoint "$SERVICE_API_URI/runtime/webhooks/blobs?functionName=Host.Functions.OnDrop&code=$key" \
  --included-event-types Microsoft.Storage.BlobCreated \
  --subject-begins-with /blobServices/default/containers/drops/ \
  --output none
echo "postdeploy: drops arrive at $AZURE_FUNCTION_APP_NAME"

try=0
while [ "$try" -lt "$tries" ]; do
  if curl --silent --fail --max-time 20 --output /dev/null "$SERVICE_API_URI/api/health"; then
    echo "postdeploy: $SERVICE_API_URI is well"
    exit 0
  fi
  try=$((try + 1))
  sleep "$pause"
done
echo "postdeploy: $SERVICE_API_URI/api/health does not answer 200; it names what is wrong:" >&2
curl --silent --max-time 20 "$SERVICE_API_URI/api/health" >&2 || true
exit 1
