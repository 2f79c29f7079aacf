import { roles } from 'roles.bicep'

param name string
param location string

@description('Region of the private endpoint, which is that of its network.')
param endpointLocation string
param tags object
param appPrincipalId string
param privateEndpointSubnetId string
param dnsZoneId string

var isPrivate = !empty(privateEndpointSubnetId)

module account 'br/public:avm/res/cognitive-services/account:0.18.0' = {
  params: {
    name: name
    enableTelemetry: false
    location: location
    tags: tags
    kind: 'OpenAI'
    sku: 'S0'
    customSubDomainName: name
    disableLocalAuth: true
    restrictOutboundNetworkAccess: false
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: isPrivate ? 'Deny' : 'Allow'
    }
    privateEndpoints: isPrivate
      ? [
          {
            location: endpointLocation
            subnetResourceId: privateEndpointSubnetId
            privateDnsZoneGroup: { privateDnsZoneGroupConfigs: [{ privateDnsZoneResourceId: dnsZoneId }] }
          }
        ]
      : []
    roleAssignments: [
      {
        // Files, fine-tuning jobs, inference.
        principalId: appPrincipalId
        principalType: 'ServicePrincipal'
        roleDefinitionIdOrName: roles.cognitiveServicesOpenAIContributor
      }
      {
        // Deployments of fine-tunes, made for an evaluation and removed after it.
        principalId: appPrincipalId
        principalType: 'ServicePrincipal'
        roleDefinitionIdOrName: roles.cognitiveServicesContributor
      }
    ]
  }
}

output name string = account.outputs.name
output endpoint string = 'https://${name}.openai.azure.com/openai/v1/'
