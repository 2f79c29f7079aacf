using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Checkpoints;

namespace FineTuneFlow.Encoders.Sources;

/// <summary>What can be known of a model before it is fetched, so that a name that cannot work is refused before anything is spent.</summary>
/// <param name="Config">Its shape; null where only the trainer will see it, as <paramref name="Unknown"/> tells.</param>
/// <param name="Unknown">Why nothing is known; null: the model was found.</param>
public sealed record ModelPreview(EncoderConfig? Config, string? Unknown = null)
{
    /// <summary>Looks at a packaged model's facts, a folder of this machine, or the hub, of which a kilobyte is fetched.</summary>
    /// <param name="name">As in a recipe.</param>
    /// <param name="trainsHere">Whether the trainer sees the folders of this machine.</param>
    /// <param name="hub">Asked for models of the hub alone.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <exception cref="FlowException">InvalidInput, NotFound, Unauthenticated or Forbidden: the trainer could not load it either.</exception>
    public static async Task<ModelPreview> OfAsync(string name, bool trainsHere, Func<HubClient> hub, CancellationToken cancellation = default)
    {
        ModelSource source = ModelSource.Parse(name);
        return source.Kind switch
        {
            ModelSourceKind.Package => new ModelPreview(WeightPackage.Find(source.Name)!.Config),
            ModelSourceKind.Folder => trainsHere ? OfFolder(source.Name) : new ModelPreview(null, $"the folder {source.Name} is on the trainer's machine, so whether it holds a model shows when it is trained"),
            _ => await hub().PreviewAsync(source, cancellation),
        };
    }

    /// <exception cref="FlowException">InvalidInput: texts are to be longer than the model's positions.</exception>
    public void CheckLength(int length)
    {
        if (Config is { Positions: var positions } && length > positions)
        {
            throw TooLong(length, positions, "maxLength");
        }
    }

    /// <param name="length">Asked for, in pieces.</param>
    /// <param name="positions">That the model has.</param>
    /// <param name="field">Where the length was asked for.</param>
    public static FlowException TooLong(int length, int positions, string field) => new(new Failure(
        FailureKind.InvalidInput, $"Texts of up to {length} pieces are asked for; the model has {positions} positions", $"Set maxLength to at most {positions}", Field: field));

    private static ModelPreview OfFolder(string folder)
    {
        EncoderConfig config = EncoderConfigFile.Read(folder);
        WeightFiles.CheckWhole(folder);
        return new ModelPreview(config);
    }
}
