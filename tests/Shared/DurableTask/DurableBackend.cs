using FineTuneFlow.Core.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Tests.DurableTask;

/// <summary>A worker over one of the two backends that are here, with the app's JSON.</summary>
internal static class DurableBackend
{
    /// <param name="storage">A storage account as the durable backend; null: the one in memory of the test package.</param>
    /// <param name="register">Orchestrations and activities.</param>
    public static async Task<(IAsyncDisposable Host, DurableTaskClient Client)> StartAsync(string? storage, Action<DurableTaskRegistry> register)
    {
        DurableHost host = storage is null ? await DurableHost.InMemoryAsync(register, Configure) : await DurableHost.OnStorageAsync(storage, register, Configure);
        return (host, host.Client);
    }

    private static void Configure(IServiceCollection services)
    {
        var converter = new JsonDataConverter(FlowJson.Compact);
        services.Configure<DurableTaskWorkerOptions>(options => options.DataConverter = converter);
        services.Configure<DurableTaskClientOptions>(options => options.DataConverter = converter);
    }
}
