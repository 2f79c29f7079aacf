// Durable Functions over the host's storage account, no data role for whoever deploys.
using '../main.bicep'

param environmentName = 'storage-backend'
param location = 'swedencentral'
param durableBackend = 'storage'
param principalId = ''
param budgetStart = '2026-12-01'
