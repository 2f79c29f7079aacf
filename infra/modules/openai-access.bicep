import { roles } from 'roles.bicep'

param accountName string
param appPrincipalId string

var needed = [roles.cognitiveServicesOpenAIContributor, roles.cognitiveServicesContributor]

resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' existing = {
  name: accountName
}

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in needed: {
    name: guid(account.id, appPrincipalId, role)
    scope: account
    properties: {
      principalId: appPrincipalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

output endpoint string = 'https://${account.properties.customSubDomainName}.openai.azure.com/openai/v1/'
