import { roles } from 'roles.bicep'

param name string
param location string

@description('Region of the private endpoint, which is that of its network.')
param endpointLocation string
param tags object
param appPrincipalId string
@description('Answer inside the virtual network only; needs the subnet and the zones below.')
param isPrivate bool
param privateEndpointSubnetId string
param dnsZoneId string

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
        // Files, fine-tuning jobs, inference and deployments of fine-tunes. It sees no keys and cannot change the account.
        principalId: appPrincipalId
        principalType: 'ServicePrincipal'
        roleDefinitionIdOrName: roles.cognitiveServicesOpenAIContributor
      }
    ]
  }
}

output name string = account.outputs.name
output endpoint string = 'https://${name}.openai.azure.com/openai/v1/'
