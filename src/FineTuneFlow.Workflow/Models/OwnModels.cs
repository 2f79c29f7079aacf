using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Models;

/// <summary>The own models that are in use, each loaded once; of more than a few the one that was asked longest ago goes.</summary>
public sealed class OwnModels(IBlobStore store)
{
    private const int MostLoaded = 8;

    private readonly Lock _gate = new();
    // In the order of their last use.
    private readonly LinkedList<(string Folder, Task<IOwnModel> Model)> _loaded = new();

    /// <param name="kind">What kind of own model it is.</param>
    /// <param name="folder">Where its files lie, as a container and a prefix.</param>
    /// <exception cref="FlowException">NotFound: its files are gone.</exception>
    public Task<IOwnModel> GetAsync(OutcomeKind kind, string folder)
    {
        lock (_gate)
        {
            LinkedListNode<(string Folder, Task<IOwnModel> Model)>? known = _loaded.First;
            while (known is not null && known.Value.Folder != folder)
            {
                known = known.Next;
            }

            if (known is not null)
            {
                _loaded.Remove(known);
            }

            // One that could not be loaded is tried again: its files may be there by now.
            if (known is null || known.Value.Model.IsFaulted)
            {
                // Without the first asker's cancellation: the others wait for the same model.
                known = new((folder, LoadAsync(kind, folder, CancellationToken.None)));
            }

            _loaded.AddLast(known);
            if (_loaded.Count > MostLoaded)
            {
                _loaded.RemoveFirst();
            }

            return known.Value.Model;
        }
    }

    private Task<IOwnModel> LoadAsync(OutcomeKind kind, string folder, CancellationToken cancellation) => kind switch
    {
        OutcomeKind.LinearBaseline => LinearModel.LoadAsync(store, BlobPath.Parse($"{folder}/{LinearModel.FileName}"), cancellation),
        OutcomeKind.Encoder => EncoderModel.LoadAsync(store, $"{folder}/{EncoderModel.Folder}", cancellation),
        _ => throw new FlowException(FailureKind.InvalidInput, $"A model of the kind {kind} cannot be asked here", "Promote another candidate"),
    };
}
