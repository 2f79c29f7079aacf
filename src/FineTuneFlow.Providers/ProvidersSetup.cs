using FineTuneFlow.Core.Costs;
using FineTuneFlow.Providers.AzureOpenAI;
using FineTuneFlow.Providers.BlobStorage;
using FineTuneFlow.Providers.ContainerJobs;
using FineTuneFlow.Providers.Costs;
using FineTuneFlow.Providers.FileStorage;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FineTuneFlow.Providers;

/// <summary>Puts the adapters behind their ports.</summary>
public static class ProvidersSetup
{
    /// <summary>Registers <see cref="IBlobStore"/>, <see cref="IProviders"/>, <see cref="IModelDeployments"/> and
    /// <see cref="ModelThrottle"/> from settings.</summary>
    /// <exception cref="Core.Failures.FlowException">InvalidInput: a setting is wrong; told here, at start.</exception>
    public static IServiceCollection AddFineTuneFlowProviders(this IServiceCollection services, IConfiguration configuration)
    {
        ProviderSettings providers = ProviderSettings.Read(configuration);
        StorageOptions storage = StorageOptions.Read(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(providers);
        services.TryAddSingleton(provider => new ModelThrottle(provider.GetRequiredService<TimeProvider>(), provider.GetService<FlowTelemetry>()));
        if (storage.Folder is { } folder)
        {
            // By a factory: the container then gives the folder's lock back at its end.
            services.AddSingleton<IBlobStore>(_ => new FileBlobStore(folder));
        }
        else
        {
            services.AddSingleton<IBlobStore>(new AzureBlobStore(storage));
        }

        services.AddContainerJobs(configuration);
        services.AddCostFiles(configuration);
        services.AddSingleton<IProviders>(provider => new ConfiguredProviders(providers, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IModelDeployments>(provider => new AzureModelDeployments(
            providers, provider.GetService<PriceBook>() ?? PriceBook.Default, provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
