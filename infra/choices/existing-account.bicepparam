// An Azure OpenAI account that is there already, and a larger instance.
using '../main.bicep'

param environmentName = 'existing-account'
param location = 'northeurope'
param azureOpenAI = 'existing'
param azureOpenAIAccount = 'oai-there'
param azureOpenAIResourceGroup = 'rg-there'
param instanceMemoryMB = 4096
param extraSettings = { Providers__azure__MaxJobs: '2' }
param principalId = '00000000-0000-0000-0000-0000000000d0'
param budgetStart = '2026-12-01'
