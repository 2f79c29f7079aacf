using System.ClientModel;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Providers.Together;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>A service by its profile: OpenAI, Azure OpenAI by its v1 endpoint, the simulator, or another one of that shape.</summary>
public sealed class OpenAIProvider : IFineTuningProvider, IDisposable
{
    private const int JobsPage = 100;

    private readonly ProviderOptions _options;
    private readonly TimeProvider _time;
    private readonly ServiceConnection _service;
    private readonly IJobWire _wire;
    private readonly AskingManners _manners;

    public OpenAIProvider(ProviderOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _service = new ServiceConnection(options, time);
        Facts = options.Facts;
        _manners = new AskingManners(options.Profile.AnswerLimitField);
        Batches = options.Profile.Batches ? new OpenAIBatches(_service, options, _manners) : null;
        _wire = options.Profile.Wire == JobWireFormat.Together ? new TogetherJobWire(options) : new OpenAIJobWire(options);
    }

    public ProviderFacts Facts { get; }

    public IBatchInference? Batches { get; }

    public async IAsyncEnumerable<ProviderFile> ListFilesAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (JsonElement one in _service.PagesAsync(ServiceCall.ListFiles, "files?purpose=fine-tune&order=desc", 1000, cancellation))
        {
            // Azure takes no purpose and lists result files too.
            if (one.Text("purpose") is null or "fine-tune" && JobReading.File(one) is { } file)
            {
                yield return file;
            }
        }
    }

    public Task<ProviderFile> UploadFileAsync(string name, Stream content, long bytes, CancellationToken cancellation = default) =>
        new FileUploads(_service, _options).UploadAsync(name, "fine-tune", content, bytes, cancellation);

    public async Task<ProviderFile?> GetFileAsync(string fileId, CancellationToken cancellation = default)
    {
        JsonElement? answer = await _service.FindJsonAsync(ServiceCall.GetFile, FileRoute(fileId), cancellation);
        return answer is { } file ? JobReading.File(file) ?? throw _service.Unreadable(ServiceCall.GetFile) : null;
    }

    public async Task<byte[]> ReadFileAsync(string fileId, CancellationToken cancellation = default)
    {
        BinaryData body = await _service.SendAsync(
            ServiceCall.ReadFile, "GET", $"{FileRoute(fileId)}/content", timeout: _options.UploadTimeout, cancellation: cancellation);
        return ResultDecoding.Decode(body.ToMemory());
    }

    public async Task<bool> DeleteFileAsync(string fileId, CancellationToken cancellation = default)
    {
        try
        {
            await _service.SendAsync(ServiceCall.DeleteFile, "DELETE", FileRoute(fileId), cancellation: cancellation);
            return true;
        }
        catch (FlowException missing) when (missing.Failure.Kind == FailureKind.NotFound)
        {
            return false;
        }
    }

    public async Task<ProviderJob> CreateJobAsync(JobRequest request, CancellationToken cancellation = default)
    {
        bool continues = request.BaseModel is not null && request.BaseModel != request.Model;
        string? continued = _wire.ContinuesByJob && continues
            ? (await ListJobsAsync(cancellation).FirstOrDefaultAsync(job => job.TunedModel == request.Model, cancellation))?.Id
            : null;
        JsonElement answer = await _service.SendJsonAsync(
            ServiceCall.CreateJob, "POST", _wire.Route, BinaryContent.Create(_wire.Body(request, continued)), cancellation: cancellation);
        return _wire.Job(answer) ?? throw _service.Unreadable(ServiceCall.CreateJob);
    }

    public async IAsyncEnumerable<ProviderJob> FindJobsAsync(
        IReadOnlyDictionary<string, string> metadata, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (JsonElement one in JobsAsync(metadata, cancellation))
        {
            // Checked here in any case: a gateway may pass the filter over and answer with everything.
            if (_wire.Job(one) is { } job && metadata.All(pair => job.Metadata.TryGetValue(pair.Key, out string? value) && value == pair.Value))
            {
                yield return job;
            }
        }
    }

    public async IAsyncEnumerable<ProviderJob> ListJobsAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (JsonElement one in _service.PagesAsync(ServiceCall.FindJobs, _wire.Route, JobsPage, cancellation))
        {
            if (_wire.Job(one) is { } job)
            {
                yield return job;
            }
        }
    }

    public async Task<ProviderJob?> GetJobAsync(string jobId, CancellationToken cancellation = default)
    {
        JsonElement? answer = await _service.FindJsonAsync(ServiceCall.GetJob, JobRoute(jobId), cancellation);
        return answer is { } job ? _wire.Job(job) ?? throw _service.Unreadable(ServiceCall.GetJob) : null;
    }

    public async Task<ProviderJob> CancelJobAsync(string jobId, CancellationToken cancellation = default)
    {
        try
        {
            JsonElement answer = await _service.SendJsonAsync(ServiceCall.CancelJob, "POST", $"{JobRoute(jobId)}/cancel", cancellation: cancellation);
            return _wire.Job(answer) ?? await GetJobAsync(jobId, cancellation) ?? throw _service.Unreadable(ServiceCall.CancelJob);
        }
        catch (FlowException refused) when (refused.Failure.Kind is FailureKind.InvalidInput or FailureKind.Conflict)
        {
            // What has ended cannot be cancelled, and need not be; nor what is being cancelled already (the first answer was lost).
            ProviderJob? job = await GetJobAsync(jobId, cancellation);
            if (job is not { HasEnded: true } and not { RawState: "cancelling" or "canceling" })
            {
                throw;
            }

            return job;
        }
    }

    public async Task<IReadOnlyList<JobEvent>> GetEventsAsync(string jobId, CancellationToken cancellation = default)
    {
        var events = new List<JobEvent>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            await foreach (JsonElement one in _service.PagesAsync(ServiceCall.GetEvents, $"{JobRoute(jobId)}/events", 100, cancellation))
            {
                // New events move the pages while they are turned: the same one may come twice.
                if (one.Text("id") is not { } id || seen.Add(id))
                {
                    events.Add(JobReading.Event(one));
                }
            }
        }
        catch (FlowException missing) when (missing.Failure.Kind == FailureKind.NotFound)
        {
            // The job is not shown everywhere yet: what it tells of its progress is not worth a failure.
        }

        // Newest first on the wire; several share a second, so turning comes before the stable sorting.
        events.Reverse();
        return [.. events.OrderBy(one => one.At)];
    }

    public async Task<IReadOnlyList<JobCheckpoint>> GetCheckpointsAsync(string jobId, CancellationToken cancellation = default)
    {
        var checkpoints = new List<JobCheckpoint>();
        try
        {
            await foreach (JsonElement one in _service.PagesAsync(ServiceCall.GetCheckpoints, $"{JobRoute(jobId)}/checkpoints", 100, cancellation))
            {
                if (_wire.Checkpoint(one) is { } checkpoint)
                {
                    checkpoints.Add(checkpoint);
                }
            }
        }
        catch (FlowException missing) when (missing.Failure.Kind == FailureKind.NotFound)
        {
            // Services without checkpoints do not have the route.
        }

        return [.. checkpoints.DistinctBy(one => one.Model).OrderBy(one => one.Step)];
    }

    public async Task<IReadOnlyList<ProviderModel>> ListModelsAsync(CancellationToken cancellation = default)
    {
        JsonElement answer = await _service.SendJsonAsync(ServiceCall.ListModels, "GET", "models", cancellation: cancellation);
        // Together answers with the bare list.
        JsonElement? list = answer.ValueKind == JsonValueKind.Array ? answer : answer.Member("data");
        return list is { ValueKind: JsonValueKind.Array } models
            ? [.. models.EnumerateArray().Where(one => one.Text("id") is not null).Select(ModelOf)]
            : throw _service.Unreadable(ServiceCall.ListModels);
    }

    public async Task<ModelAnswer> AskAsync(ModelQuestion question, CancellationToken cancellation = default)
    {
        (ServiceAnswer answer, double latency) = await ExchangeAsync(question, cancellation);
        if (!answer.IsSuccess)
        {
            if (ErrorReading.IsInBatchesOnly(answer))
            {
                _manners.LearnInBatchesOnly(question.Model);
            }

            return ErrorReading.IsContentFilter(ServiceCall.Ask, answer)
                ? new ModelAnswer("", [], "content_filter", Refusal: null, null, null, latency)
                : throw _service.Refused(ServiceCall.Ask, answer);
        }

        try
        {
            return AnswerReading.Read(answer.Body.ToMemory().Span, latency) is { } read
                ? read with { RateLimit = answer.RateLimit }
                : throw _service.Unreadable(ServiceCall.Ask);
        }
        catch (JsonException broken)
        {
            throw _service.Unreadable(ServiceCall.Ask, broken, answer.Body);
        }
    }

    public void Dispose() => _service.Dispose();

    /// <summary>Asks in the manner that is known of the model, and again where its refusal of a field teaches a better one. A refused
    /// question is not answered and not billed.</summary>
    private async Task<(ServiceAnswer Answer, double LatencyMs)> ExchangeAsync(ModelQuestion question, CancellationToken cancellation)
    {
        AskingManner manner = _manners.Of(question.Model);
        for (int refusals = 0; ; refusals++)
        {
            long sent = _time.GetTimestamp();
            BinaryData body = QuestionWriting.Body(question, _options, manner);
            ServiceAnswer answer = _service.AsksClassicDeployments && question.Family == ModelFamily.Chat
                ? await _service.AskDeploymentAsync(question.Model, body, cancellation)
                : await _service.ExchangeAsync(ServiceCall.Ask, "POST", QuestionWriting.Route(question.Family), BinaryContent.Create(body), cancellation: cancellation);
            double latency = _time.GetElapsedTime(sent).TotalMilliseconds;
            if (answer.IsSuccess || refusals == AskingManners.MostRefusals || _manners.Learn(question, manner, answer) is not { } better)
            {
                return (answer, latency);
            }

            manner = better;
        }
    }

    /// <summary>Narrowed by the service where it can. One that refuses the filter is asked for all of its jobs: not finding one that is
    /// there would mean paying for it again.</summary>
    private async IAsyncEnumerable<JsonElement> JobsAsync(
        IReadOnlyDictionary<string, string> metadata, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string filter = string.Join('&', metadata.Select(pair => $"metadata[{Uri.EscapeDataString(pair.Key)}]={Uri.EscapeDataString(pair.Value)}"));
        if (_options.Profile.FiltersByMetadata && filter.Length > 0)
        {
            await using IAsyncEnumerator<JsonElement> narrowed =
                _service.PagesAsync(ServiceCall.FindJobs, $"{_wire.Route}?{filter}", JobsPage, cancellation).GetAsyncEnumerator(cancellation);
            bool? any = await FirstOrRefused(narrowed);
            if (any is not null)
            {
                for (bool more = any.Value; more; more = await narrowed.MoveNextAsync())
                {
                    yield return narrowed.Current;
                }

                yield break;
            }
        }

        await foreach (JsonElement one in _service.PagesAsync(ServiceCall.FindJobs, _wire.Route, JobsPage, cancellation))
        {
            yield return one;
        }
    }

    /// <returns>Whether there is a first item; null: the service refused the question.</returns>
    private static async Task<bool?> FirstOrRefused(IAsyncEnumerator<JsonElement> items)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (FlowException refused) when (refused.Failure.Kind == FailureKind.InvalidInput)
        {
            return null;
        }
    }

    private static ProviderModel ModelOf(JsonElement model) => new(
        model.Text("id")!,
        model.Time("created"),
        model.Time("shutdown_date") is { } day ? DateOnly.FromDateTime(day.UtcDateTime) : null);

    private static string FileRoute(string id) => $"files/{Uri.EscapeDataString(id)}";

    private string JobRoute(string id) => $"{_wire.Route}/{Uri.EscapeDataString(id)}";
}
