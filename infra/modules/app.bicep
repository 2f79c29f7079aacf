param name string
param location string
param tags object
param identityId string
param identityClientId string
param storageEndpoints object
param deploymentContainer string
param applicationInsightsConnectionString string
param subnetId string
param maximumInstances int
param settings object

module plan 'br/public:avm/res/web/serverfarm:0.7.0' = {
  params: {
    name: 'plan-${name}'
    enableTelemetry: false
    location: location
    tags: tags
    kind: 'functionapp'
    skuName: 'FC1'
    reserved: true
    zoneRedundant: false
  }
}

module site 'br/public:avm/res/web/site:0.24.0' = {
  params: {
    name: name
    enableTelemetry: false
    location: location
    tags: tags
    kind: 'functionapp,linux'
    serverFarmResourceId: plan.outputs.resourceId
    managedIdentities: { userAssignedResourceIds: [identityId] }
    keyVaultAccessIdentityResourceId: identityId
    virtualNetworkSubnetResourceId: empty(subnetId) ? null : subnetId
    clientAffinityEnabled: false
    httpsOnly: true
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storageEndpoints.blob}${deploymentContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        // Datasets are streamed: ten times the largest sample is prepared in 300 MB.
        instanceMemoryMB: 2048
        maximumInstanceCount: maximumInstances
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
    }
    siteConfig: {
      alwaysOn: false
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
    }
    basicPublishingCredentialsPolicies: [
      { name: 'ftp', allow: false }
      { name: 'scm', allow: false }
    ]
    configs: [
      {
        name: 'appsettings'
        // What an earlier choice set must not stay: the host would keep the old backend or a provider whose key is gone.
        retainCurrentAppSettings: false
        properties: union(settings, {
          AZURE_CLIENT_ID: identityClientId
          AzureWebJobsStorage__blobServiceUri: storageEndpoints.blob
          AzureWebJobsStorage__queueServiceUri: storageEndpoints.queue
          AzureWebJobsStorage__tableServiceUri: storageEndpoints.table
          AzureWebJobsStorage__credential: 'managedidentity'
          AzureWebJobsStorage__clientId: identityClientId
          Datasets__blobServiceUri: storageEndpoints.blob
          Datasets__queueServiceUri: storageEndpoints.queue
          Datasets__credential: 'managedidentity'
          Datasets__clientId: identityClientId
          APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnectionString
          APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
        })
      }
    ]
  }
}

output name string = site.outputs.name
output uri string = 'https://${site.outputs.defaultHostname}'
