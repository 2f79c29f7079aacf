using FineTuneFlow.Core.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.DurableTask.Testing;
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
        if (storage is not null)
        {
            StorageHost kept = await StorageHost.StartAsync(storage, register, Configure);
            return (kept, kept.Client);
        }

        DurableTaskTestHost host = await DurableTaskTestHost.StartAsync(
            register, new DurableTaskTestHostOptions { Port = TestHosts.FreePort(), ConfigureServices = Configure });
        return (host, host.Client);
    }

    private static void Configure(IServiceCollection services)
    {
        var converter = new JsonDataConverter(FlowJson.Compact);
        services.Configure<DurableTaskWorkerOptions>(options => options.DataConverter = converter);
        services.Configure<DurableTaskClientOptions>(options => options.DataConverter = converter);
    }
}
