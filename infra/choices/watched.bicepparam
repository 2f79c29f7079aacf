// People sign in, alerts and a budget are set, texts go after ninety days, and the GPU stands in another region.
using '../main.bicep'

param environmentName = 'watched'
param location = 'uksouth'
param azureOpenAILocation = 'swedencentral'
param baselineMachine = 'a100'
param baselineLocation = 'westus3'
param authClientId = '00000000-0000-0000-0000-0000000000a0'
param alertEmail = 'operator@example.com'
param monthlyBudget = 200
param budgetStart = '2026-12-01'
param keepTextsDays = 90
param principalId = '00000000-0000-0000-0000-0000000000d0'
