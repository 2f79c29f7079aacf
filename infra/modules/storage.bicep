import { roles } from 'roles.bicep'

param name string
param location string
param tags object
param appPrincipalId string

@description('Empty: the account answers on its public address.')
param privateEndpointSubnetId string
param blobDnsZoneId string
param queueDnsZoneId string
param tableDnsZoneId string

var isPrivate = !empty(privateEndpointSubnetId)
var deploymentContainerName = 'app-package'
var services = [
  { service: 'blob', zone: blobDnsZoneId }
  { service: 'queue', zone: queueDnsZoneId }
  { service: 'table', zone: tableDnsZoneId }
]

module account 'br/public:avm/res/storage/storage-account:0.33.0' = {
  params: {
    name: name
    enableTelemetry: false
    location: location
    tags: tags
    kind: 'StorageV2'
    skuName: 'Standard_LRS'
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      // Event Grid reads the account's events as a trusted service.
      bypass: 'AzureServices'
    }
    blobServices: {
      // A deleted report or drop can be brought back for a week.
      deleteRetentionPolicyEnabled: true
      deleteRetentionPolicyDays: 7
      containerDeleteRetentionPolicyEnabled: true
      containerDeleteRetentionPolicyDays: 7
      containers: [
        { name: deploymentContainerName }
        { name: 'drops' }
        { name: 'runs' }
        { name: 'models' }
        { name: 'feedback' }
        { name: 'recipes' }
      ]
    }
    privateEndpoints: isPrivate
      ? map(services, one => {
          service: one.service
          subnetResourceId: privateEndpointSubnetId
          privateDnsZoneGroup: { privateDnsZoneGroupConfigs: [{ privateDnsZoneResourceId: one.zone }] }
        })
      : []
    roleAssignments: [
      {
        principalId: appPrincipalId
        principalType: 'ServicePrincipal'
        roleDefinitionIdOrName: roles.storageBlobDataOwner
      }
      {
        principalId: appPrincipalId
        principalType: 'ServicePrincipal'
        roleDefinitionIdOrName: roles.storageQueueDataContributor
      }
      {
        principalId: appPrincipalId
        principalType: 'ServicePrincipal'
        roleDefinitionIdOrName: roles.storageTableDataContributor
      }
    ]
  }
}

output name string = account.outputs.name
output resourceId string = account.outputs.resourceId
output endpoints object = account.outputs.serviceEndpoints
output deploymentContainer string = deploymentContainerName
