using System.Globalization;

namespace FineTuneFlow.Workflow.Tests;

/// <summary>The simulator's Azure side as a product is told of it: fine-tunes answer only where they are deployed.</summary>
internal static class AzureSide
{
    /// <summary>Its address and key, and no place where deployments could be made.</summary>
    public static (string Key, string Value)[] Service { get; } =
    [
        ("Providers:azure:Kind", "azureOpenAI"), ("Providers:azure:BaseAddress", "{simulator}/openai/v1/"), ("Providers:azure:Key", "test"),
    ];

    /// <summary>The service with a control plane at which a deployment costs so much an hour.</summary>
    public static (string Key, string Value)[] WithDeployments(double hourlyUsd) =>
    [
        .. Service,
        ("Providers:azure:Deployment:Subscription", "sub"), ("Providers:azure:Deployment:ResourceGroup", "group"),
        ("Providers:azure:Deployment:Account", "account"), ("Providers:azure:Deployment:ControlPlane", "{simulator}/"),
        ("Providers:azure:Deployment:Token", "test"), ("Providers:azure:Deployment:HourlyUsd", hourlyUsd.ToString(CultureInfo.InvariantCulture)),
    ];
}
