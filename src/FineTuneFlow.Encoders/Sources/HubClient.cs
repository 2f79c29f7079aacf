using System.Net.Http.Headers;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Encoders.Tokenization;

namespace FineTuneFlow.Encoders.Sources;

/// <summary>Fetches checkpoints from a hub into a cache: pinned by commit and hash, resumed where they broke off, whole or not at
/// all.</summary>
public sealed class HubClient(HubSettings settings, HttpClient http, Action<string>? report = null)
{
    private static readonly string[] Wanted =
        [EncoderConfigFile.Name, EncoderConfigFile.PoolingName, TokenizerFiles.Json, TokenizerFiles.Vocabulary, TokenizerFiles.Config];

    private readonly Action<string> _report = report ?? (_ => { });

    /// <summary>The folder of a model with all that a checkpoint needs.</summary>
    /// <exception cref="FlowException">NotFound; Unauthenticated or Forbidden: a token is needed; Unavailable: the hub cannot be reached or what came
    /// was damaged; InvalidInput: not a checkpoint, or offline and not fetched before; Internal: no room on the disk.</exception>
    public async Task<HubCheckpoint> FetchAsync(ModelSource source, CancellationToken cancellation = default)
    {
        HubModel model = settings.Offline ? Known(source) : await AskAsync(source, cancellation);
        string folder = Path.Combine(ModelFolder(source), model.Commit);
        if (!IsComplete(folder))
        {
            if (settings.Offline)
            {
                throw NotCached(source);
            }

            using IDisposable alone = await HubCache.LockAsync(ModelFolder(source), cancellation);
            if (!IsComplete(folder))
            {
                await DownloadAsync(model, folder, cancellation);
            }
        }

        _report($"{source.Name} at {model.Commit[..12]}, licence {model.Licence ?? "not told"}");
        return new HubCheckpoint(folder, model.Commit, model.Licence);
    }

    /// <summary>The model's shape, of which only <c>config.json</c> and the list of its files are fetched.</summary>
    /// <exception cref="FlowException">NotFound; Unauthenticated or Forbidden: a token is needed; InvalidInput: not a checkpoint that loads.</exception>
    public async Task<ModelPreview> PreviewAsync(ModelSource source, CancellationToken cancellation = default)
    {
        try
        {
            HubModel? model = settings.Offline ? HubCache.Find(ModelFolder(source), source.Revision) : await AskAsync(source, cancellation);
            if (model is null)
            {
                return NotFetched(source);
            }

            HubFile[] shape = [.. Files(model).Where(file => file.Path is EncoderConfigFile.Name or EncoderConfigFile.PoolingName)];
            string folder = Path.Combine(ModelFolder(source), model.Commit);
            if (settings.Offline && !IsComplete(folder))
            {
                return NotFetched(source);
            }

            using IDisposable? alone = IsComplete(folder) ? null : await HubCache.LockAsync(ModelFolder(source), cancellation);
            var download = new HubDownload(http, settings, _report);
            foreach (HubFile file in shape)
            {
                await download.RunAsync(model, file, Path.Combine(folder, file.Path), cancellation);
            }

            return new ModelPreview(EncoderConfigFile.Read(folder));
        }
        catch (FlowException unreachable) when (unreachable.Failure.Kind == FailureKind.Unavailable)
        {
            return new ModelPreview(null, $"{unreachable.Failure.Message}; unless the trainer reaches it, {source.Name} cannot be trained");
        }
    }

    private async Task DownloadAsync(HubModel model, string folder, CancellationToken cancellation)
    {
        var download = new HubDownload(http, settings, _report);
        HubCache.MakeRoom(folder, Files(model).Sum(file => Math.Max(0, file.Size)));
        foreach (HubFile file in Files(model))
        {
            await download.RunAsync(model, file, Path.Combine(folder, file.Path), cancellation);
        }

        if (model.File(WeightFiles.Whole) is null)
        {
            byte[] index = await File.ReadAllBytesAsync(Path.Combine(folder, WeightFiles.Index), cancellation);
            foreach (string shard in WeightFiles.Shards(index))
            {
                HubFile file = model.File(shard) ?? throw new FlowException(
                    FailureKind.InvalidInput, $"{model.Name} is not whole: its index names {shard}, which the hub does not have", "Name another revision");
                await download.RunAsync(model, file, Path.Combine(folder, shard), cancellation);
            }
        }

        await File.WriteAllTextAsync(Path.Combine(folder, HubCache.Complete), "", cancellation);
    }

    private static IEnumerable<HubFile> Files(HubModel model)
    {
        if (model.File(EncoderConfigFile.Name) is null)
        {
            throw new FlowException(FailureKind.InvalidInput, $"{model.Name} at the hub is not a checkpoint: it has no {EncoderConfigFile.Name}", "Name a model of BERT's family");
        }

        HubFile weights = model.File(WeightFiles.Whole) ?? model.File(WeightFiles.Index) ?? throw new FlowException(
            FailureKind.InvalidInput, $"{model.Name} at the hub has no weights in the safetensors format", "Name a revision or a copy of the model that has model.safetensors");
        return Wanted.Select(model.File).OfType<HubFile>().Append(weights);
    }

    private async Task<HubModel> AskAsync(ModelSource source, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, HubCatalog.Address(settings, source));
        HubModel model;
        try
        {
            using HttpResponseMessage response = await SendAsync(request, source.Name, cancellation);
            model = HubCatalog.Read(source.Name, await response.Content.ReadAsStringAsync(cancellation));
        }
        catch (FlowException unreachable) when (unreachable.Failure.Kind == FailureKind.Unavailable && HubCache.Find(ModelFolder(source), source.Revision) is { } cached)
        {
            _report($"The hub cannot be reached; what was fetched of {source.Name} before is used");
            return cached;
        }

        HubCache.Remember(ModelFolder(source), source.Revision, model);
        return model;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string model, CancellationToken cancellation)
    {
        if (settings.Token is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return await HubAnswer.CheckedAsync(http, request, model, settings, cancellation);
    }

    private static bool IsComplete(string folder) => File.Exists(Path.Combine(folder, HubCache.Complete));

    private HubModel Known(ModelSource source) => HubCache.Find(ModelFolder(source), source.Revision) ?? throw NotCached(source);

    private string ModelFolder(ModelSource source) => Path.Combine(settings.Cache, source.Name.Replace("/", "--", StringComparison.Ordinal));

    private static ModelPreview NotFetched(ModelSource source) =>
        new(null, $"{source.Name} was not fetched before, and HF_HUB_OFFLINE forbids to ask the hub: unless the trainer has it, it cannot be trained");

    private static FlowException NotCached(ModelSource source) => new(
        FailureKind.InvalidInput, $"{source.Name} was not fetched before, and HF_HUB_OFFLINE forbids to fetch it now", "Unset HF_HUB_OFFLINE once, or copy the checkpoint to a folder and name that");
}
