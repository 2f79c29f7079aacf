param name string
param location string
param tags object
param zoneRedundant bool
param containers string[]
param roleAssignments array
param managementPolicyRules array = []

@description('Answer inside the virtual network only; needs the subnet and the zones below.')
param isPrivate bool
param privateEndpointSubnetId string

@description('Services that get a private endpoint, each with its DNS zone.')
param services { service: string, zone: string }[]

module account 'br/public:avm/res/storage/storage-account:0.33.0' = {
  params: {
    name: name
    enableTelemetry: false
    location: location
    tags: tags
    kind: 'StorageV2'
    skuName: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
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
      containers: map(containers, container => { name: container })
    }
    managementPolicyRules: empty(managementPolicyRules) ? null : managementPolicyRules
    privateEndpoints: isPrivate
      ? map(services, one => {
          service: one.service
          subnetResourceId: privateEndpointSubnetId
          privateDnsZoneGroup: { privateDnsZoneGroupConfigs: [{ privateDnsZoneResourceId: one.zone }] }
        })
      : []
    roleAssignments: roleAssignments
  }
}

output name string = account.outputs.name
output resourceId string = account.outputs.resourceId
output endpoints object = account.outputs.serviceEndpoints
