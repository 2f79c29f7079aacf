import { roles } from 'roles.bicep'

param name string
param location string
param tags object
param appPrincipalId string

@secure()
param openAIApiKey string

@secure()
param openAIWebhookSecret string

@description('Answer inside the virtual network only; needs the subnet and the zones below.')
param isPrivate bool
param privateEndpointSubnetId string
param dnsZoneId string

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

resource openAIKey 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(openAIApiKey)) {
  name: '${name}/openai-api-key'
  properties: { value: openAIApiKey }
  dependsOn: [vault]
}

resource webhookSecret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(openAIWebhookSecret)) {
  name: '${name}/openai-webhook-secret'
  properties: { value: openAIWebhookSecret }
  dependsOn: [vault]
}

output name string = vault.outputs.name
