using FineTuneFlow.Durable;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FineTuneFlow.Engine;

public static class EngineServices
{
    /// <summary>Adds the embedded engine as the host's <see cref="IDurableClient"/>. The <see cref="WorkflowCatalog"/> and the
    /// activities' own services are to be added beside it.</summary>
    public static IServiceCollection AddDurableEngine(this IServiceCollection services, Func<IServiceProvider, EngineOptions> options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<DurableEngine>();
        services.AddSingleton<IDurableClient>(s => s.GetRequiredService<DurableEngine>());
        services.AddHostedService<EngineHostedService>();
        return services;
    }
}
