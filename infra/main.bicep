targetScope = 'subscription'

@minLength(1)
@maxLength(64)
@description('Name of the environment; names of resources follow from it.')
param environmentName string

// Flex Consumption and the Durable Task Scheduler are both offered in these. Sweden Central also has serverless GPUs and
// fine-tuning, so it is the first answer.
@allowed([
  'australiaeast'
  'centralus'
  'eastasia'
  'eastus2'
  'northeurope'
  'southeastasia'
  'swedencentral'
  'uksouth'
  'westus2'
])
@metadata({ azd: { type: 'location', default: 'swedencentral' } })
@description('Region of all resources but those that have a region of their own below.')
param location string

@allowed(['scheduler', 'storage'])
@description('Where Durable Functions keeps its state: the Durable Task Scheduler, or the host\'s storage account. The deployed package must be built for the same backend, as azd does.')
param durableBackend string = 'scheduler'

@allowed(['Consumption', 'Dedicated'])
@description('Sku of the Durable Task Scheduler. Consumption keeps history for 30 days at most.')
param schedulerSku string = 'Consumption'

@description('Addresses that may reach the scheduler; never empty. Its data plane asks for an Entra identity with a role from any address.')
@minLength(1)
param schedulerIpAllowlist array = ['0.0.0.0/0']

@allowed(['new', 'existing', 'none'])
@description('Azure OpenAI: make an account, use an existing one, or none (OpenAI itself or another service).')
param azureOpenAI string = 'new'

@description('existing: name of the account.')
param azureOpenAIAccount string = ''

@description('existing: its resource group, in this subscription.')
param azureOpenAIResourceGroup string = ''

@description('new: region of the account, as fine-tuning is not offered in all of them. Empty: the region of everything else.')
param azureOpenAILocation string = ''

@allowed(['none', 'cpu', 't4', 'a100'])
@description('Machine of the trainer\'s container job; none: encoders are not trained in the cloud.')
param baselineMachine string = 'none'

@description('Region of the container job, as serverless GPUs are not offered everywhere. Empty: the region of everything else.')
param baselineLocation string = ''

@description('The job has an image already, which a further provisioning keeps. azd sets it.')
param baselineExists bool = false

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

@description('Zone-redundant plan and storage, in regions with availability zones.')
param zoneRedundant bool = false

@minValue(1)
@maxValue(1000)
@description('Instances of the app at most, for each group of functions that scales by itself (HTTP, blobs, durable functions).')
param maximumInstances int = 10

@allowed([2048, 4096])
@description('Memory of an instance in MB. Serving an encoder of DistilBERT\'s size in full precision needs 4096.')
param instanceMemoryMB int = 2048

@minValue(0)
@description('Days after which drops, run files and feedback are deleted, which hold texts; 0: never. A champion\'s own files in models/ are kept.')
param keepTextsDays int = 0

@description('Client id of the app registration that people sign in to the dashboard with; empty: the dashboard refuses and only keys work. infra/hooks/sign-in.sh makes one.')
param authClientId string = ''

@description('Address that alerts are sent to; empty: no alerts.')
param alertEmail string = ''

@minValue(1)
@description('USD that runs may spend at model services in a day before alertEmail is told.')
param dailySpendUsd int = 100

@minValue(0)
@description('Monthly budget of the resource group in the subscription\'s currency; 80 and 100 per cent are told to alertEmail. 0: none.')
param monthlyBudget int = 0

@description('First day of the month in which the budget begins. Azure allows no change of it, so azd keeps the first one.')
param budgetStart string = utcNow('yyyy-MM-01')

@minValue(1)
@description('Gigabytes of logs a day at most; what is beyond is dropped until midnight UTC.')
param dailyLogsGb int = 1

@description('Object id of whoever deploys, who may then upload drops and open the scheduler\'s dashboard. Empty: nobody.')
param principalId string = deployer().objectId

@description('Further settings of the app by name, such as { Providers__azure__MaxJobs: \'2\' }. What is set by hand is gone after the next provisioning.')
param extraSettings object = {}

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var appName = 'func-${token}'
var taskHub = 'FineTuneFlow'
var openAILocation = empty(azureOpenAILocation) ? location : azureOpenAILocation
var jobLocation = empty(baselineLocation) ? location : baselineLocation
var hasOpenAIKey = !empty(openAIApiKey)
var hasWebhookSecret = !empty(openAIWebhookSecret)
var hasBaseline = baselineMachine != 'none'
var hasAlerts = !empty(alertEmail)

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identities 'modules/identities.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
  }
}

module network 'modules/network.bicep' = if (privateNetworking) {
  scope: group
  params: {
    name: 'vnet-${token}'
    token: token
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
    appPrincipalId: identities.outputs.appPrincipalId
    dailyLogsGb: dailyLogsGb
  }
}

module hostStorage 'modules/host-storage.bicep' = {
  scope: group
  params: {
    name: 'sthost${token}'
    location: location
    tags: tags
    zoneRedundant: zoneRedundant
    hostPrincipalId: identities.outputs.hostPrincipalId
    isPrivate: privateNetworking
    privateEndpointSubnetId: privateNetworking ? network!.outputs.endpointSubnetId : ''
    blobDnsZoneId: privateNetworking ? network!.outputs.blobDnsZoneId : ''
    queueDnsZoneId: privateNetworking ? network!.outputs.queueDnsZoneId : ''
    tableDnsZoneId: privateNetworking ? network!.outputs.tableDnsZoneId : ''
  }
}

module dataStorage 'modules/data-storage.bicep' = {
  scope: group
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    zoneRedundant: zoneRedundant
    keepTextsDays: keepTextsDays
    appPrincipalId: identities.outputs.appPrincipalId
    deployerPrincipalId: principalId
    isPrivate: privateNetworking
    privateEndpointSubnetId: privateNetworking ? network!.outputs.endpointSubnetId : ''
    blobDnsZoneId: privateNetworking ? network!.outputs.blobDnsZoneId : ''
    queueDnsZoneId: privateNetworking ? network!.outputs.queueDnsZoneId : ''
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
    appPrincipalId: identities.outputs.appPrincipalId
    deployerPrincipalId: principalId
  }
}

module vault 'modules/vault.bicep' = {
  scope: group
  params: {
    name: 'kv-${token}'
    location: location
    tags: tags
    appPrincipalId: identities.outputs.appPrincipalId
    openAIApiKey: openAIApiKey
    openAIWebhookSecret: openAIWebhookSecret
    isPrivate: privateNetworking
    privateEndpointSubnetId: privateNetworking ? network!.outputs.endpointSubnetId : ''
    dnsZoneId: privateNetworking ? network!.outputs.vaultDnsZoneId : ''
  }
}

module openAI 'modules/openai.bicep' = if (azureOpenAI == 'new') {
  scope: group
  params: {
    name: 'oai-${token}'
    location: openAILocation
    endpointLocation: location
    tags: tags
    appPrincipalId: identities.outputs.appPrincipalId
    isPrivate: privateNetworking
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
    appPrincipalId: identities.outputs.appPrincipalId
  }
}

module baseline 'modules/baseline.bicep' = if (hasBaseline) {
  scope: group
  params: {
    token: token
    location: jobLocation
    tags: tags
    machine: baselineMachine
    exists: baselineExists
    storageName: dataStorage.outputs.name
    workspaceId: monitoring.outputs.workspaceId
    appPrincipalId: identities.outputs.appPrincipalId
    appClientId: identities.outputs.appClientId
    subnetId: !privateNetworking
      ? ''
      : jobLocation == location
          ? network!.outputs.jobSubnetId
          : fail('PRIVATE_NETWORKING needs the trainer\'s job in the region of the network: leave BASELINE_LOCATION empty.')
  }
}

module app 'modules/app.bicep' = {
  scope: group
  params: {
    name: appName
    location: location
    tags: tags
    zoneRedundant: zoneRedundant
    appIdentityId: identities.outputs.appId
    appClientId: identities.outputs.appClientId
    hostIdentityId: identities.outputs.hostId
    hostClientId: identities.outputs.hostClientId
    signInIdentityId: identities.outputs.signInId
    signInClientId: identities.outputs.signInClientId
    authClientId: authClientId
    hostEndpoints: hostStorage.outputs.endpoints
    dataEndpoints: dataStorage.outputs.endpoints
    deploymentContainer: hostStorage.outputs.deploymentContainer
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    subnetId: privateNetworking ? network!.outputs.appSubnetId : ''
    maximumInstances: maximumInstances
    instanceMemoryMB: instanceMemoryMB
    // The scale controller is told of the storage backend's queues by host.json, and one instance is kept for their start.
    keepDurableReady: durableBackend == 'storage'
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
            DURABLE_TASK_SCHEDULER_CONNECTION_STRING: 'Endpoint=${scheduler!.outputs.endpoint};Authentication=ManagedIdentity;ClientID=${identities.outputs.appClientId}'
          }
        : {},
      azureOpenAI != 'none'
        ? {
            Providers__azure__Kind: 'azureOpenAI'
            Providers__azure__BaseAddress: azureOpenAI == 'new'
              ? openAI!.outputs.endpoint
              : openAIAccess!.outputs.endpoint
            Providers__azure__Credential: 'managedidentity'
            Providers__azure__ClientId: identities.outputs.appClientId
            Providers__azure__Deployment__Subscription: subscription().subscriptionId
            Providers__azure__Deployment__ResourceGroup: azureOpenAI == 'new' ? group.name : azureOpenAIResourceGroup
            Providers__azure__Deployment__Account: azureOpenAI == 'new' ? openAI!.outputs.name : azureOpenAIAccount
          }
        : {},
      // The vault's output, not its name: a reference must not be set before its secret and the role to read it are there.
      hasOpenAIKey
        ? {
            Providers__openai__Kind: 'openai'
            Providers__openai__Key: '@Microsoft.KeyVault(VaultName=${vault.outputs.name};SecretName=openai-api-key)'
          }
        : {},
      hasWebhookSecret
        ? {
            OpenAI__WebhookSecret: '@Microsoft.KeyVault(VaultName=${vault.outputs.name};SecretName=openai-webhook-secret)'
          }
        : {},
      hasBaseline ? baseline!.outputs.appSettings : {},
      extraSettings
    )
  }
}

module events 'modules/events.bicep' = {
  scope: group
  params: {
    name: 'evgt-${token}'
    location: location
    tags: tags
    storageName: dataStorage.outputs.name
    deadLetterContainer: dataStorage.outputs.deadLetterContainer
  }
}

module alerts 'modules/alerts.bicep' = if (hasAlerts) {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    email: alertEmail
    healthAddress: '${app.outputs.uri}/api/health'
    insightsId: monitoring.outputs.insightsId
    topicId: events.outputs.topicId
    dailySpendUsd: dailySpendUsd
    monthlyBudget: monthlyBudget
    budgetStart: budgetStart
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_FUNCTION_APP_NAME string = app.outputs.name
output AZURE_STORAGE_ACCOUNT_NAME string = dataStorage.outputs.name
output AZURE_DEAD_LETTER_CONTAINER_ID string = dataStorage.outputs.deadLetterContainerId
output AZURE_EVENT_GRID_TOPIC_NAME string = events.outputs.topicName
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = hasBaseline ? baseline!.outputs.registryEndpoint : ''
output AZURE_KEY_VAULT_NAME string = vault.outputs.name
output AZURE_SIGN_IN_IDENTITY_PRINCIPAL_ID string = identities.outputs.signInPrincipalId
output DEPLOY_BASELINE bool = hasBaseline
output DURABLE_TASK_SCHEDULER_ENDPOINT string = durableBackend == 'scheduler' ? scheduler!.outputs.endpoint : ''
output DURABLE_TASK_SCHEDULER_DASHBOARD string = durableBackend == 'scheduler' ? scheduler!.outputs.dashboard : ''
output TASKHUB_NAME string = taskHub
output SERVICE_API_URI string = app.outputs.uri
output SERVICE_BASELINE_RESOURCE_NAME string = hasBaseline ? baseline!.outputs.jobName : ''
