param name string
param location string
param tags object
param zoneRedundant bool

@description('Identity of the product: data, models, scheduler, telemetry.')
param appIdentityId string
param appClientId string

@description('Identity of the Functions host: package, keys, leases.')
param hostIdentityId string
param hostClientId string

@description('Identity that proves the app to its app registration; empty without a sign-in.')
param signInIdentityId string
param signInClientId string

@description('Client id of the app registration; empty: nobody signs in, and the dashboard refuses.')
param authClientId string
param hostEndpoints object
param dataEndpoints object
param deploymentContainer string
param applicationInsightsConnectionString string
param subnetId string
param maximumInstances int
param instanceMemoryMB int

@description('Keep one instance for durable functions, which a storage backend cannot wake in time.')
param keepDurableReady bool
param settings object

var hasSignIn = !empty(authClientId)

module plan 'br/public:avm/res/web/serverfarm:0.7.0' = {
  params: {
    name: 'plan-${name}'
    enableTelemetry: false
    location: location
    // Without azd's tag of the service: an older azd would find two resources of that name.
    tags: tags
    kind: 'functionapp'
    skuName: 'FC1'
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

module site 'br/public:avm/res/web/site:0.24.0' = {
  params: {
    name: name
    enableTelemetry: false
    location: location
    tags: union(tags, { 'azd-service-name': 'api' })
    kind: 'functionapp,linux'
    serverFarmResourceId: plan.outputs.resourceId
    managedIdentities: {
      userAssignedResourceIds: concat([appIdentityId, hostIdentityId], hasSignIn ? [signInIdentityId] : [])
    }
    keyVaultAccessIdentityResourceId: appIdentityId
    virtualNetworkSubnetResourceId: empty(subnetId) ? null : subnetId
    clientAffinityEnabled: false
    httpsOnly: true
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${hostEndpoints.blob}${deploymentContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: hostIdentityId
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstances
        alwaysReady: keepDurableReady ? [{ name: 'durable', instanceCount: 1 }] : []
        // host.json's own limit of requests at once is not read on Flex Consumption.
        triggers: { http: { perInstanceConcurrency: 16 } }
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
    configs: concat(
      [
        {
          name: 'appsettings'
          // What an earlier choice set must not stay: the host would keep the old backend or a provider whose key is gone.
          retainCurrentAppSettings: false
          properties: union(
            settings,
            {
              AZURE_CLIENT_ID: appClientId
              // The dashboard answers at the app's root.
              AzureWebJobsDisableHomepage: 'true'
              AzureWebJobsStorage__blobServiceUri: hostEndpoints.blob
              AzureWebJobsStorage__queueServiceUri: hostEndpoints.queue
              AzureWebJobsStorage__tableServiceUri: hostEndpoints.table
              AzureWebJobsStorage__credential: 'managedidentity'
              AzureWebJobsStorage__clientId: hostClientId
              Datasets__blobServiceUri: dataEndpoints.blob
              Datasets__queueServiceUri: dataEndpoints.queue
              Datasets__credential: 'managedidentity'
              Datasets__clientId: appClientId
              APPLICATIONINSIGHTS_CONNECTION_STRING: applicationInsightsConnectionString
              APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${appClientId};Authorization=AAD'
            },
            hasSignIn
              ? {
                  OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: signInClientId
                  WEBSITE_AUTH_AAD_ALLOWED_TENANTS: tenant().tenantId
                }
              : {}
          )
        }
      ],
      hasSignIn
        ? [
            {
              name: 'authsettingsV2'
              properties: {
                platform: { enabled: true, runtimeVersion: '~1' }
                // Programs come with a function key, Event Grid and OpenAI with proofs of their own, and health is open. So the
                // platform lets everybody through, and the app itself refuses its pages to whoever has not signed in.
                globalValidation: {
                  requireAuthentication: false
                  unauthenticatedClientAction: 'AllowAnonymous'
                  redirectToProvider: 'azureactivedirectory'
                }
                httpSettings: {
                  requireHttps: true
                  routes: { apiPrefix: '/.auth' }
                  forwardProxy: { convention: 'NoProxy' }
                }
                identityProviders: {
                  azureActiveDirectory: {
                    enabled: true
                    registration: {
                      clientId: authClientId
                      clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'
                      openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
                    }
                    validation: {
                      allowedAudiences: [authClientId, 'api://${authClientId}']
                      defaultAuthorizationPolicy: { allowedPrincipals: {} }
                    }
                  }
                }
                login: { tokenStore: { enabled: false } }
              }
            }
          ]
        : []
    )
  }
}

output name string = site.outputs.name
output uri string = 'https://${site.outputs.defaultHostname}'
