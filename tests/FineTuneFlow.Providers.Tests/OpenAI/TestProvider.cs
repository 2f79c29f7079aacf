using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Tests.Wire;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.OpenAI;

internal static class TestProvider
{
    public const string Key = "sk-test-0123456789";

    public static OpenAIProvider For(Uri address, ProviderKind kind = ProviderKind.OpenAI, Func<ProviderOptions, ProviderOptions>? change = null)
    {
        var options = new ProviderOptions { Name = "p", Kind = kind, BaseAddress = address, Key = Key, PriceKey = "openai" };
        return new OpenAIProvider(change?.Invoke(options) ?? options, TimeProvider.System);
    }

    public static OpenAIProvider For(WireServer server, ProviderKind kind = ProviderKind.OpenAI, Func<ProviderOptions, ProviderOptions>? change = null) =>
        For(server.Address, kind, change);
}
