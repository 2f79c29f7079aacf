using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Models;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Simulator.State;

namespace FineTuneFlow.Simulator.Azure;

/// <summary>The deployments of the Azure side. A new one is made in a while, and then still does not answer for a while.</summary>
internal sealed class DeploymentStore
{
    private readonly SimulatorOptions _options;
    private readonly TimeProvider _clock;
    private readonly ModelStore _models;
    private readonly DocumentFolder<Deployment> _documents;
    private readonly Dictionary<string, Deployment> _deployments = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _lock = new();

    public DeploymentStore(SimulatorOptions options, TimeProvider clock, ModelStore models)
    {
        _options = options;
        _clock = clock;
        _models = models;
        _documents = new DocumentFolder<Deployment>(Path.Combine(options.State, "deployments"));
        foreach (Deployment deployment in _documents.Load())
        {
            _deployments[deployment.ResourceId] = deployment;
        }
    }

    /// <summary>Creates, or changes SKU and capacity; only another model starts the waiting again.</summary>
    public (Deployment Deployment, bool Created) Put(Deployment asked)
    {
        if (BaseModels.Find(asked.Model) is null && _models.Find(asked.Model) is null)
        {
            throw new ApiException(400, $"The model '{asked.Model}' cannot be deployed: it does not exist.", "DeploymentModelNotSupported");
        }

        lock (_lock)
        {
            Deployment? held = _deployments.GetValueOrDefault(asked.ResourceId);
            long now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
            long wait = (long)_options.Simulated(_options.DeployFor).TotalMilliseconds;
            Deployment deployment = held is not null && held.Model == asked.Model
                ? asked with { SucceededAt = held.SucceededAt, AnswersAt = held.AnswersAt }
                : asked with { SucceededAt = now + wait, AnswersAt = now + (2 * wait) };
            _documents.Save(KeyOf(deployment.ResourceId), deployment);
            _deployments[deployment.ResourceId] = deployment;
            return (deployment, held is null);
        }
    }

    public Deployment? Find(string resourceId)
    {
        lock (_lock)
        {
            return _deployments.GetValueOrDefault(resourceId);
        }
    }

    public List<Deployment> Under(string account)
    {
        lock (_lock)
        {
            return [.. _deployments.Values
                .Where(deployment => deployment.ResourceId.StartsWith(account + "/", StringComparison.OrdinalIgnoreCase))
                .OrderBy(deployment => deployment.Name, StringComparer.Ordinal)];
        }
    }

    public bool Delete(string resourceId)
    {
        lock (_lock)
        {
            _documents.Delete(KeyOf(resourceId));
            return _deployments.Remove(resourceId);
        }
    }

    public bool IsProvisioned(Deployment deployment) => _clock.GetUtcNow().ToUnixTimeMilliseconds() >= deployment.SucceededAt;

    /// <summary>The model behind a deployment's name, and the deployment's capacity.</summary>
    /// <exception cref="ApiException">404: there is no such deployment. 400 DeploymentNotReady: it does not answer yet.</exception>
    public (string Model, int? Capacity) ModelOf(string name)
    {
        Deployment? deployment;
        lock (_lock)
        {
            deployment = _deployments.Values.FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        }

        if (deployment is null)
        {
            throw new ApiException(
                404,
                "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, "
                + "please wait a moment and try again.",
                "DeploymentNotFound");
        }

        return _clock.GetUtcNow().ToUnixTimeMilliseconds() >= deployment.AnswersAt
            ? (deployment.Model, deployment.Capacity)
            : throw new ApiException(400, $"The deployment '{name}' is not ready yet. Try again in a moment.", "DeploymentNotReady");
    }

    private static string KeyOf(string resourceId) => Ids.From("", resourceId.ToUpperInvariant());
}
