using System.Text.Json;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Webhooks;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Webhooks;

/// <summary>Wakes the run that waits for a job. What the webhook says is not believed, only taken as a reason to look: a
/// duplicate, a late or an out-of-order one does no harm.</summary>
public sealed class PostOpenAIWebhook(IDurableClient engine, JobMonitors monitors, WebhookOptions options, TimeProvider clock) : IApiHandler
{
    private const int MaxBytes = 256 * 1024;

    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        byte[] body = await request.BytesAsync(MaxBytes, cancellation);
        string secret = options.Secret
            ?? throw new FlowException(new Failure(FailureKind.NotFound, "no webhook is configured", $"Set {WebhookOptions.Setting}.", Field: WebhookOptions.Setting));
        if (!WebhookSignature.Verify(
            secret, request.Headers["webhook-id"], request.Headers["webhook-timestamp"], request.Headers["webhook-signature"], body, clock.GetUtcNow()))
        {
            throw new FlowException(
                FailureKind.Unauthenticated, "the webhook's signature is missing, wrong or too old",
                $"Set {WebhookOptions.Setting} to the secret of this webhook, and keep the machine's clock right.");
        }

        (string type, string? jobId) = Read(body);
        int woken = jobId is not null && type.StartsWith("fine_tuning.job.", StringComparison.Ordinal) ? await WakeAsync(jobId, cancellation) : 0;
        return ApiAnswer.Json(new WebhookAnswer(woken));
    }

    /// <summary>Wakes what waits for the job: the instance that its stamp names, or where its service keeps none whichever it is among
    /// those that wait.</summary>
    private async Task<int> WakeAsync(string jobId, CancellationToken cancellation)
    {
        if (await monitors.FindAsync(jobId, cancellation) is { } named)
        {
            return await WakeOneAsync(named, cancellation) ? 1 : 0;
        }

        var waiting = new InstanceQuery
        {
            Orchestration = Flows.MonitorJob.Name,
            Statuses = [InstanceStatus.Pending, InstanceStatus.Running],
            RootsOnly = false,
            PageSize = 1000,
        };
        int woken = 0;
        do
        {
            InstancePage page = await engine.QueryAsync(waiting, cancellation);
            foreach (InstanceState monitor in page.Instances.Where(m => m.Input?["jobId"]?.GetValue<string>() == jobId))
            {
                woken += await WakeOneAsync(monitor.InstanceId, cancellation) ? 1 : 0;
            }

            waiting = waiting with { Continuation = page.Continuation };
        }
        while (waiting.Continuation is not null);
        return woken;
    }

    /// <returns>False: it has ended since it was found, as by an earlier delivery of the same webhook.</returns>
    private async Task<bool> WakeOneAsync(string monitor, CancellationToken cancellation)
    {
        try
        {
            await engine.RaiseEventAsync(monitor, Signals.Wake, new WakeUp("webhook"), cancellation);
            return true;
        }
        catch (FlowException ended) when (ended.Failure.Kind is FailureKind.Conflict or FailureKind.NotFound)
        {
            return false;
        }
    }

    private static (string Type, string? JobId) Read(byte[] body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            string type = root.GetProperty("type").GetString() ?? "";
            return (type, root.TryGetProperty("data", out JsonElement data) && data.TryGetProperty("id", out JsonElement id) ? id.GetString() : null);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw ApiRequest.Invalid("the webhook's body is not an event", "Expected JSON with type and data.id.", null);
        }
    }
}

/// <param name="Woken">Monitors that look now.</param>
internal sealed record WebhookAnswer(int Woken);
