using FineTuneFlow.Api.Http;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>Everything in a run's folder as one ZIP archive.</summary>
public sealed class GetArchive(RunReader runs, IBlobStore blobs) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        RunView run = await runs.GetAsync(request.Route("id"), cancellation);
        return new ArchiveResult(blobs, run.RunId);
    }
}
