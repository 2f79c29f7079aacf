using DurableTask.AzureStorage;
using DurableTask.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing.Sidecar;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Tests.DurableTask;

/// <summary>As the test package's host, over a backend of the test's choice: the package's own in memory, or the one that the app has without a
/// scheduler, queues, tables and blobs of a storage account. The latter's limits are real: sizes of messages and of table rows, names of
/// instances.</summary>
internal sealed class DurableHost : IAsyncDisposable
{
    private readonly WebApplication _sidecar;
    private readonly IHost _worker;
    private readonly GrpcChannel _channel;
    private readonly Func<Task> _end;

    private DurableHost(WebApplication sidecar, IHost worker, GrpcChannel channel, Func<Task> end) => (_sidecar, _worker, _channel, _end) = (sidecar, worker, channel, end);

    public DurableTaskClient Client => _worker.Services.GetRequiredService<DurableTaskClient>();

    public static Task<DurableHost> InMemoryAsync(Action<DurableTaskRegistry> register, Action<IServiceCollection> configure)
    {
        var backend = new InMemoryOrchestrationService();
        PromptBackend prompt = PromptBackend.Over(backend);
        return StartAsync((IOrchestrationService)prompt, backend, register, configure, () =>
        {
            prompt.Dispose();
            return Task.CompletedTask;
        });
    }

    public static async Task<DurableHost> OnStorageAsync(string connectionString, Action<DurableTaskRegistry> register, Action<IServiceCollection> configure)
    {
        var backend = new AzureStorageOrchestrationService(new AzureStorageOrchestrationServiceSettings
        {
            TaskHubName = $"t{Guid.NewGuid():N}"[..20],
            StorageAccountClientProvider = new StorageAccountClientProvider(connectionString),
            PartitionCount = 1,
            MaxQueuePollingInterval = TimeSpan.FromMilliseconds(100),
        });
        await backend.CreateIfNotExistsAsync();
        PlainEvents plain = PlainEvents.Over(backend);
        DurableHost host = await StartAsync((IOrchestrationService)plain, backend, register, configure, async () =>
        {
            await backend.StopAsync(isForced: true);
            await backend.DeleteAsync();
        });
        await plain.Started.WaitAsync(TimeSpan.FromSeconds(60));
        return host;
    }

    private static async Task<DurableHost> StartAsync(
        IOrchestrationService backend, IOrchestrationServiceClient client, Action<DurableTaskRegistry> register, Action<IServiceCollection> configure, Func<Task> end)
    {
        int port = TestHosts.FreePort();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(backend).AddSingleton(client).AddSingleton<TaskHubGrpcServer>();
        WebApplication sidecar = builder.Build();
        sidecar.MapGrpcService<TaskHubGrpcServer>();
        await sidecar.StartAsync();

        GrpcChannel channel = GrpcChannel.ForAddress($"http://127.0.0.1:{port}");
        HostApplicationBuilder host = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        host.Services.AddLogging();
        host.Services.AddDurableTaskWorker(tasks => tasks.AddTasks(register).UseGrpc(channel));
        host.Services.AddDurableTaskClient(client => client.UseGrpc(channel).RegisterDirectly());
        configure(host.Services);
        IHost worker = host.Build();
        await worker.StartAsync();
        return new DurableHost(sidecar, worker, channel, end);
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.StopAsync();
        _worker.Dispose();
        _channel.Dispose();
        await _sidecar.DisposeAsync();
        await _end();
    }
}
