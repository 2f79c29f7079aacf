using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Checkpoints;

namespace FineTuneFlow.Encoders.Sources;

/// <summary>Loads the checkpoint that a recipe names, from wherever it comes.</summary>
/// <param name="hub">For models of the hub.</param>
/// <param name="packages">The folder with the assemblies of the packaged models.</param>
public sealed class ModelLoader(HubClient hub, string packages)
{
    /// <exception cref="FlowException">As of <see cref="HubClient"/>, <see cref="PackagedModel"/> and <see cref="EncoderCheckpoint"/>.</exception>
    public async Task<LoadedModel> LoadAsync(string name, CancellationToken cancellation = default)
    {
        ModelSource source = ModelSource.Parse(name);
        switch (source.Kind)
        {
            case ModelSourceKind.Package:
                WeightPackage package = WeightPackage.Find(source.Name)!;
                return new LoadedModel(PackagedModel.Load(package, packages), name, package.Licence);
            case ModelSourceKind.Folder:
                return new LoadedModel(EncoderCheckpoint.Load(source.Name), name, null);
            default:
                HubCheckpoint fetched = await hub.FetchAsync(source, cancellation);
                return new LoadedModel(EncoderCheckpoint.Load(fetched.Folder), $"{source.Name}@{fetched.Commit}", fetched.Licence);
        }
    }
}
