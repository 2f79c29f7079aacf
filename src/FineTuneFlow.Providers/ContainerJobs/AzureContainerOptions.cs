namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>A manual Container Apps job.</summary>
public sealed record AzureContainerOptions
{
    public Uri ResourceManager { get; init; } = new("https://management.azure.com/");
    public required string Subscription { get; init; }
    public required string ResourceGroup { get; init; }
    public required string Job { get; init; }
    /// <summary>The container of the job's template that does the work; null: the first.</summary>
    public string? Container { get; init; }
    /// <summary>The machine's name in the price book.</summary>
    public string Machine { get; init; } = "t4";
    /// <summary><c>managedidentity</c>, or null for the developer's sign-in.</summary>
    public string? Credential { get; init; }
    public string? ClientId { get; init; }
    /// <summary>The blob service that the container reads and writes by its own identity.</summary>
    public required Uri BlobService { get; init; }
    /// <summary>Patience with one call to Resource Manager; much shorter than <see cref="Arrival"/>.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);
    /// <summary>How long a start whose answer was lost is given to show up in the list of executions before another is made.</summary>
    public TimeSpan Arrival { get; init; } = TimeSpan.FromMinutes(3);
}
