import { roles } from 'roles.bicep'

@minLength(13)
param token string
param location string
param tags object

@description('cpu, t4 or a100.')
param machine string

@description('The job is there with an image of its own, which stays.')
param exists bool
param storageName string
param workspaceId string
param appPrincipalId string
param appClientId string

@description('Empty: no virtual network.')
param subnetId string

var machines = {
  cpu: { profile: 'Consumption', type: 'Consumption', cpu: '4', memory: '8Gi' }
  t4: { profile: 'gpu-t4', type: 'Consumption-GPU-NC8as-T4', cpu: '8', memory: '56Gi' }
  a100: { profile: 'gpu-a100', type: 'Consumption-GPU-NC24-A100', cpu: '24', memory: '220Gi' }
}
var chosen = machines[machine]
var jobResourceName = 'job-baseline-${token}'

// azd deploy builds the trainer's image and sets it; until then the job holds one that does nothing.
var placeholder = 'mcr.microsoft.com/azurelinux/base/core:3.0'

resource deployed 'Microsoft.App/jobs@2026-01-01' existing = if (exists) {
  name: jobResourceName
}

module identity 'br/public:avm/res/managed-identity/user-assigned-identity:0.6.0' = {
  params: {
    name: 'id-baseline-${token}'
    enableTelemetry: false
    location: location
    tags: tags
  }
}

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

// The job reads the prepared files and writes its predictions beside them; it needs no other container.
resource runs 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  name: '${storageName}/default/runs'
}

resource jobData 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, 'runs', jobResourceName, roles.storageBlobDataContributor)
  scope: runs
  properties: {
    principalId: identity.outputs.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.storageBlobDataContributor
    )
  }
}

module registry 'br/public:avm/res/container-registry/registry:0.12.1' = {
  params: {
    name: 'cr${token}'
    enableTelemetry: false
    location: location
    tags: tags
    // An image with CUDA takes six to eight gigabytes, and Basic has room for ten.
    acrSku: machine == 'cpu' ? 'Basic' : 'Standard'
    // azd pushes and the job pulls with tokens of Azure Resource Manager, which the module forbids unless told otherwise.
    azureADAuthenticationAsArmPolicyStatus: 'enabled'
    acrAdminUserEnabled: false
    exportPolicyStatus: 'enabled'
    retentionPolicyStatus: 'disabled'
    zoneRedundancy: 'Disabled'
    publicNetworkAccess: 'Enabled'
    networkRuleSetDefaultAction: 'Allow'
    roleAssignments: [
      {
        principalId: identity.outputs.principalId
        principalType: 'ServicePrincipal'
        roleDefinitionIdOrName: roles.acrPull
      }
    ]
  }
}

module environment 'br/public:avm/res/app/managed-environment:0.15.0' = {
  params: {
    name: 'cae-${token}'
    enableTelemetry: false
    location: location
    tags: tags
    zoneRedundant: false
    publicNetworkAccess: 'Enabled'
    peerTrafficEncryption: false
    // The service's own words, among them why an image was not pulled. What the container prints may quote texts and stays out.
    appLogsConfiguration: { destination: 'azure-monitor' }
    diagnosticSettings: [
      {
        workspaceResourceId: workspaceId
        logCategoriesAndGroups: [{ category: 'ContainerAppSystemLogs' }]
        metricCategories: []
      }
    ]
    infrastructureSubnetResourceId: empty(subnetId) ? null : subnetId
    workloadProfiles: machine == 'cpu'
      ? [{ name: 'Consumption', workloadProfileType: 'Consumption' }]
      : [
          { name: 'Consumption', workloadProfileType: 'Consumption' }
          { name: chosen.profile, workloadProfileType: chosen.type }
        ]
  }
}

module job 'br/public:avm/res/app/job:0.7.2' = {
  params: {
    name: jobResourceName
    enableTelemetry: false
    location: location
    tags: union(tags, { 'azd-service-name': 'baseline' })
    environmentResourceId: environment.outputs.resourceId
    workloadProfileName: chosen.profile
    triggerType: 'Manual'
    manualTriggerConfig: { parallelism: 1, replicaCompletionCount: 1 }
    // The default of half an hour would kill a training in the middle.
    replicaTimeout: 21600
    // A failed training is told from a failed image pull by the app, which decides whether to start again.
    replicaRetryLimit: 0
    managedIdentities: { userAssignedResourceIds: [identity.outputs.resourceId] }
    registries: [{ server: registry.outputs.loginServer, identity: identity.outputs.resourceId }]
    containers: [
      {
        name: 'baseline'
        image: exists ? deployed!.properties.template.containers[0].image! : placeholder
        resources: { cpu: chosen.cpu, memory: chosen.memory }
        env: [{ name: 'AZURE_CLIENT_ID', value: identity.outputs.clientId }]
      }
    ]
    roleAssignments: [
      {
        principalId: appPrincipalId
        principalType: 'ServicePrincipal'
        roleDefinitionIdOrName: roles.containerAppsJobsOperator
      }
    ]
  }
}

output jobName string = job.outputs.name
output registryEndpoint string = registry.outputs.loginServer
output appSettings object = {
  Baselines__Subscription: subscription().subscriptionId
  Baselines__ResourceGroup: resourceGroup().name
  Baselines__Job: job.outputs.name
  Baselines__Container: 'baseline'
  Baselines__Machine: machine
  Baselines__Credential: 'managedidentity'
  Baselines__ClientId: appClientId
}
