using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Encoders.Sources;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Checkups;

/// <summary>Looks whether the models that a recipe's encoders begin with exist and load, before anything is spent. Of the hub a kilobyte a model is
/// fetched.</summary>
/// <param name="trainsHere">Whether an encoder would be trained on this machine, whose folders its trainer then sees.</param>
/// <param name="settings">Of the hub; a wrong one refuses the run and not the host.</param>
/// <param name="atHand">The model of <see cref="AtHand"/>.</param>
public sealed class EncoderSources(Func<EncoderSettings, bool> trainsHere, Func<HubSettings> settings, Func<string?>? atHand = null) : IDisposable
{
    /// <summary>A hub that is slower than this holds nobody up; the trainer has more patience.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http = new() { Timeout = Patience };

    /// <summary>The encoder that can be trained without anything being fetched or built first, and so stands in a run whose recipe names
    /// nothing; null: there is none.</summary>
    public string? AtHand => atHand?.Invoke();

    /// <summary>The shapes of the encoders by their baselines' names, and what could not be found out.</summary>
    /// <param name="baselines">Without grids.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <exception cref="FlowException">InvalidInput, NotFound, Unauthenticated or Forbidden: a model that cannot be trained, named with its baseline.</exception>
    public Task<EncoderFindings> LookAsync(IEnumerable<BaselineRecipe> baselines, CancellationToken cancellation) =>
        LookAsync(baselines, new EncoderPreviews(), cancellation);

    /// <summary>As above, where several looks are one to a person: each model is fetched once.</summary>
    public async Task<EncoderFindings> LookAsync(IEnumerable<BaselineRecipe> baselines, EncoderPreviews previews, CancellationToken cancellation)
    {
        var shapes = ImmutableSortedDictionary.CreateBuilder<string, EncoderConfig>(StringComparer.Ordinal);
        var unknown = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (BaselineRecipe baseline in baselines.Where(baseline => baseline is { Kind: BaselineKind.Encoder, Model: not null }))
        {
            ModelPreview preview = await PreviewAsync(baseline, previews, cancellation);
            if (preview.Config is { } config)
            {
                shapes[baseline.Name] = config;
            }
            else
            {
                unknown[baseline.Name] = preview.Unknown!;
            }
        }

        return new EncoderFindings(shapes.ToImmutable(), unknown.ToImmutable());
    }

    public void Dispose() => _http.Dispose();

    private async Task<ModelPreview> PreviewAsync(BaselineRecipe baseline, EncoderPreviews known, CancellationToken cancellation)
    {
        bool here = trainsHere(EncoderSettings.Of(baseline));
        try
        {
            ModelPreview preview = await known.OfAsync(baseline.Model!, here, () => ModelPreview.OfAsync(baseline.Model!, here, () => new HubClient(settings(), _http), cancellation));
            if (baseline.MaxLength is [var length, ..])
            {
                preview.CheckLength(length);
            }

            return preview;
        }
        catch (FlowException refused)
        {
            Failure failure = refused.Failure;
            throw new FlowException(failure with { Message = $"{baseline.Name} cannot be trained: {failure.Message}", Field = failure.Field ?? $"baselines.{baseline.Name}.model" }, refused);
        }
    }
}

/// <summary>What was found out of models by one look, a refusal too.</summary>
public sealed class EncoderPreviews
{
    private readonly Dictionary<(string Model, bool Here), Task<ModelPreview>> _known = [];

    internal Task<ModelPreview> OfAsync(string model, bool here, Func<Task<ModelPreview>> look) =>
        _known.TryGetValue((model, here), out Task<ModelPreview>? known) ? known : _known[(model, here)] = look();
}

/// <summary>Both by the baselines' names.</summary>
/// <param name="Shapes">Of the models that were found.</param>
/// <param name="Unknown">Why a model could not be looked at.</param>
public sealed record EncoderFindings(ImmutableSortedDictionary<string, EncoderConfig> Shapes, ImmutableSortedDictionary<string, string> Unknown)
{
    /// <summary>A sentence for each model that could not be looked at.</summary>
    public IEnumerable<string> Notes => Unknown.Select(one => $"{one.Key}: {one.Value}");

    /// <summary>Parameters of the layers; null: its model could not be looked at.</summary>
    public double? LayersOf(string baseline) => Shapes.TryGetValue(baseline, out EncoderConfig? shape) ? EncoderShapes.LayerParameters(shape) : null;

    /// <summary>What the quote needs to know of an encoder's model.</summary>
    public QuotedCandidate Tell(QuotedCandidate quoted) => quoted with
    {
        LayerParameters = LayersOf(quoted.Name),
        Caution = Unknown.GetValueOrDefault(quoted.Name),
    };
}
