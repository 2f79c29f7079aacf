using FineTuneFlow.Tests;

[assembly: AssemblyFixture(typeof(Azurite))]
