// OpenAI itself, by key and webhook; the trainer on processors, with an image that stays.
using '../main.bicep'

param environmentName = 'openai-only'
param location = 'westus2'
param azureOpenAI = 'none'
param openAIApiKey = 'not-a-key'
param openAIWebhookSecret = 'not-a-secret'
param baselineMachine = 'cpu'
param baselineExists = true
param principalId = '00000000-0000-0000-0000-0000000000d0'
param budgetStart = '2026-12-01'
