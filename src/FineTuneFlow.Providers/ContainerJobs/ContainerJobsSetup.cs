using FineTuneFlow.Encoders.Sources;
using FineTuneFlow.Workflow.Checkups;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>Puts the runner that the settings name behind <see cref="IContainerJobs"/>.</summary>
public static class ContainerJobsSetup
{
    /// <exception cref="Core.Failures.FlowException">InvalidInput: a setting is wrong; told here, at start.</exception>
    public static IServiceCollection AddContainerJobs(this IServiceCollection services, IConfiguration configuration)
    {
        var settings = ContainerJobSettings.Read(configuration);
        services.AddSingleton(_ => new EncoderSources(settings.TrainsHere, HubSettings.FromEnvironment, () => settings.EncoderAtHand));
        services.AddSingleton<IContainerJobs>(provider =>
        {
            IBlobStore Store() => provider.GetRequiredService<IBlobStore>();
            TimeProvider Clock() => provider.GetRequiredService<TimeProvider>();
            return new RoutedContainerJobs(
                settings.Azure is { } azure ? new AzureContainerJobs(azure, AzureIdentity.From(azure.Credential, azure.ClientId), Store(), Clock()) : null,
                settings.Local is { } local ? new LocalContainerJobs(local, Store(), Clock()) : null,
                trainerOnly: settings.Local?.IsTrainer ?? false);
        });
        return services;
    }
}
