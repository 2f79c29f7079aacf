// Everything behind a virtual network, zone-redundant, with a T4 beside it.
using '../main.bicep'

param environmentName = 'private-network'
param location = 'swedencentral'
param privateNetworking = true
param zoneRedundant = true
param baselineMachine = 't4'
param schedulerSku = 'Dedicated'
param principalId = '00000000-0000-0000-0000-0000000000d0'
param budgetStart = '2026-12-01'
