#!/bin/sh
# After azd provision: settings with which the app on this machine works on the deployed data and scheduler.
set -eu
file=${LOCAL_SETTINGS:-local.settings.json}

if [ -z "${DURABLE_TASK_SCHEDULER_ENDPOINT:-}" ]; then
  echo "postprovision: no scheduler was deployed, so $file is left as it is"
  exit 0
fi
: "${AZURE_STORAGE_ACCOUNT_NAME:?is not set: run azd provision, or azd env get-values}"
: "${TASKHUB_NAME:?is not set: run azd provision, or azd env get-values}"

# Somebody's own settings may hold keys that stand nowhere else.
if [ -e "$file" ] && ! grep -q '"Made by azd provision' "$file"; then
  echo "postprovision: $file holds settings of your own and is left as it is. To get those of the deployment, move it away and run 'azd hooks run postprovision'"
  exit 0
fi

umask 077
cat > "$file" <<SETTINGS
{
  "//": "Made by azd provision, and made anew by the next one. Remove this line to keep your changes.",
  "IsEncrypted": false,
  "Values": {
    "FUNCTIONS_WORKER_RUNTIME": "dotnet-isolated",
    "AzureWebJobsStorage": "UseDevelopmentStorage=true",
    "Datasets__blobServiceUri": "https://$AZURE_STORAGE_ACCOUNT_NAME.blob.core.windows.net/",
    "Datasets__queueServiceUri": "https://$AZURE_STORAGE_ACCOUNT_NAME.queue.core.windows.net/",
    "DURABLE_TASK_SCHEDULER_CONNECTION_STRING": "Endpoint=$DURABLE_TASK_SCHEDULER_ENDPOINT;Authentication=DefaultAzure",
    "TASKHUB_NAME": "$TASKHUB_NAME",
    "NightlySchedule": "0 0 2 * * *",
    "DefaultProvider": "simulator",
    "Providers__simulator__Kind": "simulator",
    "Providers__simulator__BaseAddress": "http://127.0.0.1:7072/v1/"
  }
}
SETTINGS
echo "postprovision: $file now works on the deployed data and task hub. Stop the deployed app before you start one here: both would take each other's work"
