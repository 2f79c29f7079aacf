namespace FineTuneFlow.Simulator.Services;

/// <summary>The services that the simulator stands in for, each under a path of its own.</summary>
internal static class SimulatedServices
{
    public static readonly SimulatedService OpenAI = new() { Name = "openai", Path = "/v1" };

    public static readonly SimulatedService Azure = new() { Name = "azure", Path = "/openai/v1", Azure = true };

    /// <summary>Later ones may have the beginning of an earlier one's path, so the order counts.</summary>
    public static readonly IReadOnlyList<SimulatedService> All =
    [
        OpenAI,
        Azure,
        OpenAI with { Path = "/as/openai/v1" },
        Azure with { Path = "/as/azure/openai/v1" },
        Azure with { Name = "foundry", Path = "/as/foundry/openai/v1", OnlyTier = "globalStandard" },
        new() { Name = "nebius", Path = "/as/nebius/v1", KeepsMetadata = false, FlatHyperparameters = true, RateOfOne = 2e-5 },
        // By a gateway the same model is trained under another's name for success and with fields that only it wants.
        new() { Name = "gateway", Path = "/as/gateway/v1", Succeeded = "Completed", NeededFields = ["role_arn"] },
        // The least that a service of the format can tell about a job.
        new() { Name = "bare", Path = "/as/bare/v1", KeepsMetadata = false, TellsSuffix = false },
        // Trains by reinforcement with a grader, which is not simulated: it can be asked.
        new() { Name = "bedrock-mantle", Path = "/as/bedrock-mantle/v1", KeepsMetadata = false, Trains = false },
        new() { Name = "together", Path = "/as/together/v1", KeepsMetadata = false, Together = true, RateOfOne = 1e-5 },
    ];

    /// <summary>The service that a path belongs to.</summary>
    public static SimulatedService Of(PathString path)
    {
        foreach (SimulatedService service in All)
        {
            if (path.StartsWithSegments(service.Path, StringComparison.Ordinal))
            {
                return service;
            }
        }

        // Classic deployment routes and the control plane.
        return path.StartsWithSegments("/as/foundry", StringComparison.Ordinal) ? Named("foundry")
            : path.StartsWithSegments("/openai", StringComparison.Ordinal) || path.StartsWithSegments("/as/azure", StringComparison.Ordinal)
                || path.StartsWithSegments("/subscriptions", StringComparison.OrdinalIgnoreCase) ? Azure
            : OpenAI;
    }

    public static SimulatedService Named(string name) => All.First(service => service.Name == name);
}
