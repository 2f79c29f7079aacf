import { roles } from 'roles.bicep'

param name string
param location string
param tags object
param zoneRedundant bool
param hostPrincipalId string

@description('Answer inside the virtual network only; needs the subnet and the zones below.')
param isPrivate bool
param privateEndpointSubnetId string
param blobDnsZoneId string
param queueDnsZoneId string
param tableDnsZoneId string

var deploymentContainerName = 'app-package'

// The host's own account: the app's code, the function keys, leases and, where Durable Functions keeps its state in storage,
// that state. It holds no data, and the identity that reaches the data cannot write here.
module account 'storage-account.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    zoneRedundant: zoneRedundant
    containers: [deploymentContainerName]
    isPrivate: isPrivate
    privateEndpointSubnetId: privateEndpointSubnetId
    services: [
      { service: 'blob', zone: blobDnsZoneId }
      { service: 'queue', zone: queueDnsZoneId }
      { service: 'table', zone: tableDnsZoneId }
    ]
    roleAssignments: map(
      [roles.storageBlobDataOwner, roles.storageQueueDataContributor, roles.storageTableDataContributor],
      role => { principalId: hostPrincipalId, principalType: 'ServicePrincipal', roleDefinitionIdOrName: role }
    )
  }
}

output endpoints object = account.outputs.endpoints
output deploymentContainer string = deploymentContainerName
