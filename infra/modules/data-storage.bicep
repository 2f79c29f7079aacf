import { roles } from 'roles.bicep'

param name string
param location string
param tags object
param zoneRedundant bool
param keepTextsDays int
param appPrincipalId string

@description('Empty: nobody but the app may read and write data.')
param deployerPrincipalId string

@description('Answer inside the virtual network only; needs the subnet and the zones below.')
param isPrivate bool
param privateEndpointSubnetId string
param blobDnsZoneId string
param queueDnsZoneId string

var deadLetters = 'dead-letters'

module account 'storage-account.bicep' = {
  params: {
    name: name
    location: location
    tags: tags
    zoneRedundant: zoneRedundant
    containers: ['drops', 'runs', 'models', 'feedback', 'recipes', deadLetters]
    isPrivate: isPrivate
    privateEndpointSubnetId: privateEndpointSubnetId
    services: [
      { service: 'blob', zone: blobDnsZoneId }
      { service: 'queue', zone: queueDnsZoneId }
    ]
    managementPolicyRules: keepTextsDays == 0
      ? []
      : [
          {
            name: 'texts'
            enabled: true
            type: 'Lifecycle'
            definition: {
              filters: {
                blobTypes: ['blockBlob', 'appendBlob']
                prefixMatch: ['drops/', 'runs/', 'feedback/', '${deadLetters}/']
              }
              actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: keepTextsDays } } }
            }
          }
        ]
    roleAssignments: concat(
      map(
        // The blob trigger keeps what it could not deliver in a queue of this account.
        [roles.storageBlobDataContributor, roles.storageQueueDataContributor],
        role => { principalId: appPrincipalId, principalType: 'ServicePrincipal', roleDefinitionIdOrName: role }
      ),
      // Without a principal type: a person runs azd up, a service principal runs the workflow.
      empty(deployerPrincipalId)
        ? []
        : [{ principalId: deployerPrincipalId, roleDefinitionIdOrName: roles.storageBlobDataContributor }]
    )
  }
}

output name string = account.outputs.name
output endpoints object = account.outputs.endpoints
output deadLetterContainer string = deadLetters
output deadLetterContainerId string = '${account.outputs.resourceId}/blobServices/default/containers/${deadLetters}'
