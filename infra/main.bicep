targetScope = 'subscription'

@minLength(1)
@maxLength(64)
@description('Name of the environment; names of resources follow from it.')
param environmentName string

@minLength(1)
@description('Region of all resources. Flex Consumption, the Durable Task Scheduler and, where chosen, the GPU must be there.')
param location string

@allowed(['scheduler', 'storage'])
@description('Where Durable Functions keeps its state: the Durable Task Scheduler, or the storage account.')
param durableBackend string = 'scheduler'

@allowed(['Consumption', 'Dedicated'])
@description('Sku of the Durable Task Scheduler. Consumption keeps history for 30 days at most.')
param schedulerSku string = 'Consumption'

@description('Addresses that may reach the scheduler; never empty.')
@minLength(1)
param schedulerIpAllowlist array = ['0.0.0.0/0']

@allowed(['new', 'existing', 'none'])
@description('Azure OpenAI: make an account, use an existing one, or none (OpenAI itself or another service).')
param azureOpenAI string = 'new'

@description('existing: name of the account.')
param azureOpenAIAccount string = ''

@description('existing: its resource group, in this subscription.')
param azureOpenAIResourceGroup string = ''

@description('new: region of the account, as fine-tuning is not offered in all of them.')
param azureOpenAILocation string = location

@allowed(['none', 'cpu', 't4', 'a100'])
@description('Machine of the baseline\'s container job; none: no container baseline.')
param baselineMachine string = 'none'

@secure()
@description('API key of OpenAI; empty: no provider of that name. Kept in Key Vault.')
param openAIApiKey string = ''

@secure()
@description('Secret of OpenAI\'s webhook (whsec_...); empty: webhooks are refused. Kept in Key Vault.')
param openAIWebhookSecret string = ''

@description('When the night\'s retraining runs: six NCRONTAB fields, UTC.')
param nightlySchedule string = '0 0 2 * * *'

@description('Storage, vault and Azure OpenAI answer inside a virtual network only. The app itself stays reachable, as Event Grid and webhooks call it.')
param privateNetworking bool = false

@minValue(1)
@maxValue(1000)
@description('Instances of the app at most.')
param maximumInstances int = 10

@description('Further settings of the app by name, such as { Providers__azure__MaxJobs: \'2\' }. What is set by hand is gone after the next provisioning.')
param extraSettings object = {}

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var appName = 'func-${token}'
var storageName = 'st${token}'
var vaultName = 'kv-${token}'
var taskHub = 'FineTuneFlow'
var hasOpenAIKey = !empty(openAIApiKey)
var hasWebhookSecret = !empty(openAIWebhookSecret)
var hasBaseline = baselineMachine != 'none'

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module appIdentity 'br/public:avm/res/managed-identity/user-assigned-identity:0.6.0' = {
  scope: group
  params: {
    name: 'id-app-${token}'
    enableTelemetry: false
    location: location
    tags: tags
  }
}

module network 'modules/network.bicep' = if (privateNetworking) {
  scope: group
  params: {
    name: 'vnet-${token}'
    location: location
    tags: tags
  }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    appPrincipalId: appIdentity.outputs.principalId
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    name: storageName
    location: location
    tags: tags
    appPrincipalId: appIdentity.outputs.principalId
    privateEndpointSubnetId: privateNetworking ? network!.outputs.endpointSubnetId : ''
    blobDnsZoneId: privateNetworking ? network!.outputs.blobDnsZoneId : ''
    queueDnsZoneId: privateNetworking ? network!.outputs.queueDnsZoneId : ''
    tableDnsZoneId: privateNetworking ? network!.outputs.tableDnsZoneId : ''
  }
}

module scheduler 'modules/scheduler.bicep' = if (durableBackend == 'scheduler') {
  scope: group
  params: {
    name: 'dts-${token}'
    location: location
    tags: tags
    sku: schedulerSku
    ipAllowlist: schedulerIpAllowlist
    taskHub: taskHub
    appPrincipalId: appIdentity.outputs.principalId
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  params: {
    name: vaultName
    location: location
    tags: tags
    appPrincipalId: appIdentity.outputs.principalId
    openAIApiKey: openAIApiKey
    openAIWebhookSecret: openAIWebhookSecret
    privateEndpointSubnetId: privateNetworking ? network!.outputs.endpointSubnetId : ''
    dnsZoneId: privateNetworking ? network!.outputs.vaultDnsZoneId : ''
  }
}

module openAI 'modules/openai.bicep' = if (azureOpenAI == 'new') {
  scope: group
  params: {
    name: 'oai-${token}'
    location: azureOpenAILocation
    endpointLocation: location
    tags: tags
    appPrincipalId: appIdentity.outputs.principalId
    privateEndpointSubnetId: privateNetworking ? network!.outputs.endpointSubnetId : ''
    dnsZoneId: privateNetworking ? network!.outputs.openAIDnsZoneId : ''
  }
}

module openAIAccess 'modules/openai-access.bicep' = if (azureOpenAI == 'existing') {
  // The name must be a valid one even where the module is not deployed.
  scope: resourceGroup(empty(azureOpenAIResourceGroup) ? group.name : azureOpenAIResourceGroup)
  params: {
    accountName: empty(azureOpenAIAccount)
      ? fail('AZURE_OPENAI is existing: set AZURE_OPENAI_ACCOUNT to the account\'s name, and AZURE_OPENAI_RESOURCE_GROUP to its resource group.')
      : azureOpenAIAccount
    appPrincipalId: appIdentity.outputs.principalId
  }
}

module baseline 'modules/baseline.bicep' = if (hasBaseline) {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    machine: baselineMachine
    storageName: storage.outputs.name
    workspaceId: monitoring.outputs.workspaceId
    appPrincipalId: appIdentity.outputs.principalId
    appClientId: appIdentity.outputs.clientId
    subnetId: privateNetworking ? network!.outputs.jobSubnetId : ''
  }
}

module app 'modules/app.bicep' = {
  scope: group
  params: {
    name: appName
    location: location
    tags: union(tags, { 'azd-service-name': 'api' })
    identityId: appIdentity.outputs.resourceId
    identityClientId: appIdentity.outputs.clientId
    storageEndpoints: storage.outputs.endpoints
    deploymentContainer: storage.outputs.deploymentContainer
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    subnetId: privateNetworking ? network!.outputs.appSubnetId : ''
    maximumInstances: maximumInstances
    settings: union(
      {
        TASKHUB_NAME: taskHub
        NightlySchedule: nightlySchedule
        DefaultProvider: azureOpenAI != 'none'
          ? 'azure'
          : hasOpenAIKey
              ? 'openai'
              : fail('AZURE_OPENAI is none and OPENAI_API_KEY is empty: the app would have no provider. Set one of them.')
      },
      durableBackend == 'scheduler'
        ? {
            DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${scheduler!.outputs.endpoint};Authentication=ManagedIdentity;ClientID=${appIdentity.outputs.clientId}'
          }
        : {
            AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureStorage'
            AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: 'AzureWebJobsStorage'
          },
      azureOpenAI != 'none'
        ? {
            Providers__azure__Kind: 'azureOpenAI'
            Providers__azure__BaseAddress: azureOpenAI == 'new'
              ? openAI!.outputs.endpoint
              : openAIAccess!.outputs.endpoint
            Providers__azure__Credential: 'managedidentity'
            Providers__azure__ClientId: appIdentity.outputs.clientId
            Providers__azure__Deployment__Subscription: subscription().subscriptionId
            Providers__azure__Deployment__ResourceGroup: azureOpenAI == 'new' ? group.name : azureOpenAIResourceGroup
            Providers__azure__Deployment__Account: azureOpenAI == 'new' ? openAI!.outputs.name : azureOpenAIAccount
          }
        : {},
      hasOpenAIKey
        ? {
            Providers__openai__Kind: 'openai'
            Providers__openai__Key: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=openai-api-key)'
          }
        : {},
      hasWebhookSecret
        ? {
            OpenAI__WebhookSecret: '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=openai-webhook-secret)'
          }
        : {},
      hasBaseline ? baseline!.outputs.appSettings : {},
      extraSettings
    )
  }
}

module events 'br/public:avm/res/event-grid/system-topic:0.7.0' = {
  scope: group
  params: {
    name: 'evgt-${token}'
    enableTelemetry: false
    location: location
    tags: tags
    source: storage.outputs.resourceId
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP_NAME string = app.outputs.name
output AZURE_STORAGE_ACCOUNT_NAME string = storage.outputs.name
output AZURE_EVENT_GRID_TOPIC_NAME string = events.outputs.name
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = hasBaseline ? baseline!.outputs.registryEndpoint : ''
output AZURE_KEY_VAULT_NAME string = vault.outputs.name
output SERVICE_API_URI string = app.outputs.uri
output SERVICE_BASELINE_RESOURCE_NAME string = hasBaseline ? baseline!.outputs.jobName : ''
