param token string
param location string
param tags object
param email string
param healthAddress string
param insightsId string
param topicId string
param dailySpendUsd int
param monthlyBudget int
param budgetStart string

resource receivers 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'finetuneflow'
    enabled: true
    emailReceivers: [{ name: 'operator', emailAddress: email, useCommonAlertSchema: true }]
  }
}

// Names of metrics as Workflow/Observability/FlowTelemetry.cs writes them; a test compares them.
var rules = [
  {
    name: 'run-failed'
    title: 'A run failed'
    severity: 2
    window: 'PT1H'
    query: 'customMetrics | where name == "finetuneflow.runs" and tostring(customDimensions["outcome"]) == "Failed" | project timestamp, value'
  }
  {
    name: 'stuck-behind-a-limit'
    title: 'A service gives no more today: a daily cap or a quota is used up'
    severity: 3
    window: 'PT1H'
    query: 'customMetrics | where name == "finetuneflow.throttles" and tostring(customDimensions["kind"]) in ("DailyCapReached", "QuotaExhausted") | project timestamp, value'
  }
  {
    name: 'money'
    title: 'More than ${dailySpendUsd} USD were spent in a day'
    severity: 2
    window: 'P1D'
    query: 'customMetrics | where name == "finetuneflow.cost" | summarize spent = sum(valueSum) by bin(timestamp, 1d) | where spent > ${dailySpendUsd}'
  }
]

resource queries 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: 'finetuneflow-${rule.name}-${token}'
    location: location
    tags: tags
    properties: {
      displayName: rule.title
      enabled: true
      severity: rule.severity
      scopes: [insightsId]
      evaluationFrequency: rule.window == 'P1D' ? 'PT1H' : 'PT15M'
      windowSize: rule.window
      criteria: {
        allOf: [{ query: rule.query, timeAggregation: 'Count', operator: 'GreaterThan', threshold: 0 }]
      }
      autoMitigate: false
      actions: { actionGroups: [receivers.id] }
    }
  }
]

resource deliveries 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'finetuneflow-drops-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Event Grid could not tell the app of a drop: it lies in the container dead-letters.'
    severity: 1
    enabled: true
    scopes: [topicId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead-lettered'
          metricName: 'DeadLetteredCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [{ actionGroupId: receivers.id }]
  }
}

resource availability 'Microsoft.Insights/webtests@2022-06-15' = {
  name: 'finetuneflow-health-${token}'
  location: location
  // The portal shows the test with the component that this tag names.
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'finetuneflow-health-${token}'
    Name: 'The app is well'
    Enabled: true
    // A scaled-in app is started by each look, so it is not asked from many places.
    Frequency: 900
    Timeout: 60
    Kind: 'standard'
    RetryEnabled: true
    Locations: [{ Id: 'emea-nl-ams-azr' }, { Id: 'us-va-ash-azr' }]
    Request: { RequestUrl: healthAddress, HttpVerb: 'GET', ParseDependentRequests: false }
    ValidationRules: { ExpectedHttpStatusCode: 200, SSLCheck: true, SSLCertRemainingLifetimeCheck: 7 }
  }
}

resource unwell 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'finetuneflow-health-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'GET /api/health does not answer 200; its body names what is wrong.'
    severity: 1
    enabled: true
    scopes: [availability.id, insightsId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT30M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: availability.id
      componentId: insightsId
      failedLocationCount: 2
    }
    actions: [{ actionGroupId: receivers.id }]
  }
}

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = if (monthlyBudget > 0) {
  name: 'finetuneflow-${token}'
  properties: {
    category: 'Cost'
    amount: monthlyBudget
    timeGrain: 'Monthly'
    timePeriod: { startDate: budgetStart }
    notifications: {
      nearly: { enabled: true, operator: 'GreaterThan', threshold: 80, thresholdType: 'Actual', contactEmails: [email] }
      spent: { enabled: true, operator: 'GreaterThan', threshold: 100, thresholdType: 'Actual', contactEmails: [email] }
      foreseen: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: [email]
      }
    }
  }
}
