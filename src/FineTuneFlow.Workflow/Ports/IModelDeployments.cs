using System.Security.Cryptography;
using System.Text;

namespace FineTuneFlow.Workflow.Ports;

/// <summary>Puts fine-tunes into service where they do not answer by themselves (Azure OpenAI's control plane).</summary>
public interface IModelDeployments
{
    /// <summary>Creates the deployment of this name or finds it; repeating is safe, as the name is the identity.</summary>
    Task<ModelDeployment> EnsureAsync(string provider, string deployment, string tunedModel, CancellationToken cancellation = default);

    /// <summary>Null when there is none.</summary>
    Task<ModelDeployment?> GetAsync(string provider, string deployment, CancellationToken cancellation = default);

    /// <summary>False when there was none.</summary>
    Task<bool> RemoveAsync(string provider, string deployment, CancellationToken cancellation = default);
}

/// <param name="Name">By which inference asks it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="HourlyUsd">What it costs while it stands; zero for the developer tier.</param>
/// <param name="CreatedAt">From when that counts.</param>
public sealed record ModelDeployment(string Name, DeploymentState State, double HourlyUsd, DateTimeOffset? CreatedAt)
{
    /// <summary>Azure takes no longer names.</summary>
    public const int LongestName = 64;

    /// <summary>The name of a candidate's deployment: always the same for the same two, and never too long, which would only be
    /// found out after the training was paid.</summary>
    public static string NameOf(string runId, string candidate)
    {
        string name = $"{runId}-{candidate}";
        return name.Length <= LongestName
            ? name
            : $"{name[..(LongestName - 11)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..10]}";
    }
}

public enum DeploymentState { Creating, Ready, Failed, Deleting }
