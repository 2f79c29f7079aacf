using FineTuneFlow.Tests;

[assembly: AssemblyFixture(typeof(Azurite))]

namespace FineTuneFlow.Durable.Conformance;

public sealed class EmbeddedClientTests : ClientConformance
{
    protected override EngineUnderTest Engine() => new EmbeddedUnderTest();
}

public sealed class EmbeddedContextTests : ContextConformance
{
    protected override EngineUnderTest Engine() => new EmbeddedUnderTest();
}

/// <summary>Durable Functions as the scheduler drives it: the worker, client and protocol of its own test package.</summary>
public sealed class FunctionsClientTests : ClientConformance
{
    protected override EngineUnderTest Engine() => new DurableFunctionsUnderTest();
}

public sealed class FunctionsContextTests : ContextConformance
{
    protected override EngineUnderTest Engine() => new DurableFunctionsUnderTest();
}

/// <summary>The same over the backend that the app has without a scheduler.</summary>
public sealed class StorageFunctionsClientTests(Azurite azurite) : ClientConformance
{
    protected override EngineUnderTest Engine() => new DurableFunctionsUnderTest(azurite.ConnectionString);
}

public sealed class StorageFunctionsContextTests(Azurite azurite) : ContextConformance
{
    protected override EngineUnderTest Engine() => new DurableFunctionsUnderTest(azurite.ConnectionString);
}
