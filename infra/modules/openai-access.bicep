import { roles } from 'roles.bicep'

param accountName string
param appPrincipalId string

resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' existing = {
  name: accountName
}

// Files, fine-tuning jobs, inference and deployments of fine-tunes. It sees no keys and cannot change the account.
resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, appPrincipalId, roles.cognitiveServicesOpenAIContributor)
  scope: account
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.cognitiveServicesOpenAIContributor
    )
  }
}

output endpoint string = 'https://${account.properties.customSubDomainName}.openai.azure.com/openai/v1/'
