using FineTuneFlow.Api.Dashboard;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Service;

/// <summary>Whether the host can work: storage and engine answer. 503 where one does not, naming it.</summary>
public sealed class GetHealth(IBlobStore blobs, IDurableClient engine) : IApiHandler
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        Failure? storage = await TryAsync("storage", token => blobs.OpenAsync(BlobPath.Of(RunPaths.Recipes, "health.json"), token), cancellation);
        Failure? orchestration = await TryAsync("engine", token => engine.QueryAsync(new InstanceQuery { PageSize = 1 }, token), cancellation);
        string version = DashboardFiles.Version;
        bool well = storage is null && orchestration is null;
        var health = new Health(
            well ? "ok" : "unavailable", version, storage?.ToString() ?? "ok", orchestration?.ToString() ?? "ok");
        return ApiAnswer.Json(health, well ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Failure?> TryAsync<T>(string what, Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            if (await ask(patience.Token) is IAsyncDisposable answer)
            {
                await answer.DisposeAsync();
            }

            return null;
        }
        catch (FlowException exception)
        {
            return exception.Failure;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new Failure(FailureKind.Unavailable, $"the {what} did not answer within {Patience.TotalSeconds:0} seconds");
        }
    }
}

/// <param name="Status">ok or unavailable.</param>
/// <param name="Version">Of the product.</param>
/// <param name="Storage">ok, or what is wrong.</param>
/// <param name="Engine">ok, or what is wrong.</param>
public sealed record Health(string Status, string Version, string Storage, string Engine);
