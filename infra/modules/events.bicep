import { roles } from 'roles.bicep'

param name string
param location string
param tags object
param storageName string
param deadLetterContainer string

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageName
}

// The subscription of the app to the drops is made after the deployment (hooks/postdeploy.sh): it needs a key that exists only then.
module topic 'br/public:avm/res/event-grid/system-topic:0.7.0' = {
  params: {
    name: name
    enableTelemetry: false
    location: location
    tags: tags
    source: storage.id
    topicType: 'Microsoft.Storage.StorageAccounts'
    managedIdentities: { systemAssigned: true }
  }
}

resource deadLetters 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  name: '${storageName}/default/${deadLetterContainer}'
}

// Deliveries that failed for a day are kept here, where an alert sees them; without it they would vanish.
resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(storage.id, deadLetterContainer, name, roles.storageBlobDataContributor)
  scope: deadLetters
  properties: {
    principalId: topic.outputs.systemAssignedMIPrincipalId!
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.storageBlobDataContributor
    )
  }
}

output topicName string = topic.outputs.name
output topicId string = topic.outputs.resourceId
