using DurableTask.AzureStorage;
using DurableTask.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing.Sidecar.Grpc;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Tests.DurableTask;

/// <summary>As the test package's host, over the backend that the app has without a scheduler: queues, tables and blobs of a storage
/// account. Its limits are real: sizes of messages and of table rows, names of instances.</summary>
internal sealed class StorageHost : IAsyncDisposable
{
    private readonly AzureStorageOrchestrationService _backend;
    private readonly WebApplication _sidecar;
    private readonly IHost _worker;
    private readonly GrpcChannel _channel;

    private StorageHost(AzureStorageOrchestrationService backend, WebApplication sidecar, IHost worker, GrpcChannel channel) =>
        (_backend, _sidecar, _worker, _channel) = (backend, sidecar, worker, channel);

    public DurableTaskClient Client => _worker.Services.GetRequiredService<DurableTaskClient>();

    public static async Task<StorageHost> StartAsync(string connectionString, Action<DurableTaskRegistry> register, Action<IServiceCollection> configure)
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
        int port = TestHosts.FreePort();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton((IOrchestrationService)plain).AddSingleton<IOrchestrationServiceClient>(backend).AddSingleton<TaskHubGrpcServer>();
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
        await plain.Started.WaitAsync(TimeSpan.FromSeconds(60));
        return new StorageHost(backend, sidecar, worker, channel);
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.StopAsync();
        _worker.Dispose();
        _channel.Dispose();
        await _sidecar.DisposeAsync();
        await _backend.StopAsync(isForced: true);
        await _backend.DeleteAsync();
    }
}
