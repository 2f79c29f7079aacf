using Microsoft.Azure.Functions.Worker;

namespace FineTuneFlow.Functions.AppTests.Product;

/// <summary>What a function sees of its call: here its services and nothing else.</summary>
internal sealed class CallContext(IServiceProvider services) : FunctionContext
{
    public override string InvocationId { get; } = Guid.NewGuid().ToString();

    public override string FunctionId => throw Unused();

    public override TraceContext TraceContext => throw Unused();

    public override BindingContext BindingContext => throw Unused();

    public override RetryContext RetryContext => throw Unused();

    public override IServiceProvider InstanceServices { get; set; } = services;

    public override FunctionDefinition FunctionDefinition => throw Unused();

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override IInvocationFeatures Features => throw Unused();

    private static NotSupportedException Unused() => new("the app's functions do not ask for it");
}
