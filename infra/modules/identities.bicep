@minLength(13)
param token string
param location string
param tags object

// Everything that the product does: data, models, the scheduler, telemetry.
module app 'br/public:avm/res/managed-identity/user-assigned-identity:0.6.0' = {
  params: {
    name: 'id-app-${token}'
    enableTelemetry: false
    location: location
    tags: tags
  }
}

// What the Functions host does for itself: its package, its keys, its leases. It sees no data.
module host 'br/public:avm/res/managed-identity/user-assigned-identity:0.6.0' = {
  params: {
    name: 'id-host-${token}'
    enableTelemetry: false
    location: location
    tags: tags
  }
}

// Proves the app to the app registration that people sign in with (hooks/sign-in.sh). It has no role, and must not be used for
// anything else; the app gets it when a sign-in is set up.
module signIn 'br/public:avm/res/managed-identity/user-assigned-identity:0.6.0' = {
  params: {
    name: 'id-sign-in-${token}'
    enableTelemetry: false
    location: location
    tags: tags
  }
}

output appId string = app.outputs.resourceId
output appClientId string = app.outputs.clientId
output appPrincipalId string = app.outputs.principalId
output hostId string = host.outputs.resourceId
output hostClientId string = host.outputs.clientId
output hostPrincipalId string = host.outputs.principalId
output signInId string = signIn.outputs.resourceId
output signInClientId string = signIn.outputs.clientId
output signInPrincipalId string = signIn.outputs.principalId
