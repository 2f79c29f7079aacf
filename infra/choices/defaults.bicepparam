// What azd up makes when nothing is chosen.
using '../main.bicep'

param environmentName = 'defaults'
param location = 'swedencentral'
param principalId = '00000000-0000-0000-0000-0000000000d0'
param budgetStart = '2026-12-01'
