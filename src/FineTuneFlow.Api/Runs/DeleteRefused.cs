using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>Dismisses what is told of a drop that has started no run. The file stays where it lies.</summary>
public sealed class DeleteRefused(RefusedDrops refused) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string drop = request.Query("drop") ?? throw new FlowException(new Failure(
            FailureKind.InvalidInput, "the address names no drop", "Add ?drop=drops/PROJECT/FILE, as GET runs lists it.", Field: "drop"));
        await refused.DismissAsync(drop, cancellation);
        return Results.NoContent();
    }
}
