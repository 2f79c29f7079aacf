import { roles } from 'roles.bicep'

param token string
param location string
param tags object
param appPrincipalId string
param dailyLogsGb int

module workspace 'br/public:avm/res/operational-insights/workspace:0.16.1' = {
  params: {
    name: 'log-${token}'
    enableTelemetry: false
    location: location
    tags: tags
    dataRetention: 30
    dailyQuotaGb: string(dailyLogsGb)
  }
}

module insights 'br/public:avm/res/insights/component:0.8.0' = {
  params: {
    name: 'appi-${token}'
    enableTelemetry: false
    location: location
    tags: tags
    workspaceResourceId: workspace.outputs.resourceId
    disableLocalAuth: true
    // The module would keep callers' addresses.
    disableIpMasking: false
    roleAssignments: [
      {
        principalId: appPrincipalId
        principalType: 'ServicePrincipal'
        roleDefinitionIdOrName: roles.monitoringMetricsPublisher
      }
    ]
  }
}

// The runs at a glance: outcomes, durations, money, throttling, the newest failures.
resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'finetuneflow-runs')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'FineTuneFlow runs'
    category: 'workbook'
    sourceId: insights.outputs.resourceId
    serializedData: loadTextContent('../workbook.json')
  }
}

output workspaceId string = workspace.outputs.resourceId
output insightsId string = insights.outputs.resourceId
output connectionString string = insights.outputs.connectionString
