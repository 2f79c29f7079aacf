import { roles } from 'roles.bicep'

param name string
param location string
param tags object
param appPrincipalId string

@secure()
param openAIApiKey string

@secure()
param openAIWebhookSecret string

@description('Empty: the vault answers on its public address, to those with a role.')
param privateEndpointSubnetId string
param dnsZoneId string

var isPrivate = !empty(privateEndpointSubnetId)

module vault 'br/public:avm/res/key-vault/vault:0.14.0' = {
  params: {
    name: name
    enableTelemetry: false
    location: location
    tags: tags
    sku: 'standard'
    enableRbacAuthorization: true
    enableVaultForDeployment: false
    enableVaultForTemplateDeployment: false
    enableVaultForDiskEncryption: false
    softDeleteRetentionInDays: 7
    // So that azd down can remove it for good.
    enablePurgeProtection: false
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      bypass: 'AzureServices'
    }
    secrets: concat(
      empty(openAIApiKey) ? [] : [{ name: 'openai-api-key', value: openAIApiKey }],
      empty(openAIWebhookSecret) ? [] : [{ name: 'openai-webhook-secret', value: openAIWebhookSecret }]
    )
    privateEndpoints: isPrivate
      ? [
          {
            subnetResourceId: privateEndpointSubnetId
            privateDnsZoneGroup: { privateDnsZoneGroupConfigs: [{ privateDnsZoneResourceId: dnsZoneId }] }
          }
        ]
      : []
    roleAssignments: [
      {
        principalId: appPrincipalId
        principalType: 'ServicePrincipal'
        roleDefinitionIdOrName: roles.keyVaultSecretsUser
      }
    ]
  }
}

output name string = vault.outputs.name
