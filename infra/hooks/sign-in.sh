#!/bin/sh
# Lets people sign in to the dashboard: makes the app registration (once) that trusts the app's sign-in identity, and tells azd of
# it. It is run by hand after azd up (docs/deploy.md), by somebody who may register applications.
set -eu

: "${AZURE_ENV_NAME:?is not set: run it as docs/deploy.md says}"
: "${AZURE_SIGN_IN_IDENTITY_PRINCIPAL_ID:?is not set: run azd provision first}"
: "${SERVICE_API_URI:?is not set: run azd provision first}"

# shellcheck source-path=SCRIPTDIR source=az.sh
. "$(dirname "$0")/az.sh"
need azd "install it from https://aka.ms/azd"

name="FineTuneFlow $AZURE_ENV_NAME"
tenant=$(az account show --subscription "$AZURE_SUBSCRIPTION_ID" --query tenantId --output tsv)

id=${AUTH_CLIENT_ID:-}
if [ -z "$id" ]; then
  id=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --enable-id-token-issuance true \
    --web-redirect-uris "$SERVICE_API_URI/.auth/login/aad/callback" --query appId --output tsv) ||
    fail "the app registration could not be made: you need the role Application Developer, or somebody who has it"
  az ad sp create --id "$id" --output none
fi

# Only people who are assigned to it may sign in.
az ad sp update --id "$id" --set appRoleAssignmentRequired=true

# No secret: the app shows a token of its own identity instead.
if [ -z "$(az ad app federated-credential list --id "$id" --query "[?name=='finetuneflow'].name" --output tsv)" ]; then
  az ad app federated-credential create --id "$id" --output none --parameters "{
    \"name\": \"finetuneflow\",
    \"issuer\": \"https://login.microsoftonline.com/$tenant/v2.0\",
    \"subject\": \"$AZURE_SIGN_IN_IDENTITY_PRINCIPAL_ID\",
    \"audiences\": [\"api://AzureADTokenExchange\"]
  }"
fi

azd env set AUTH_CLIENT_ID "$id"
echo "$hook: '$name' is ready. Assign people to it (Entra ID, Enterprise applications, $name, Users and groups), then run azd provision"
