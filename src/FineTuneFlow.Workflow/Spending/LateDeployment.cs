using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>A deployment that a delivery which another one has overtaken has put up, when nothing needs it any more.</summary>
internal static class LateDeployment
{
    private const int MostAttempts = 5;

    /// <summary>Takes it down, and insists: it stands in no record any more, so that the step's next attempt would not look for it.</summary>
    public static async Task TakeDownAsync(IModelDeployments deployments, string provider, string name, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await deployments.RemoveAsync(provider, name, cancellation);
                return;
            }
            catch (FlowException error) when (error.Failure.IsRetryable && attempt < MostAttempts)
            {
                // At once: whether the step would live through a pause is not certain either.
            }
        }
    }
}
