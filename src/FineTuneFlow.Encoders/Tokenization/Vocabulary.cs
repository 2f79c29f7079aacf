using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Encoders.Tokenization;

/// <summary>The pieces of a WordPiece vocabulary and their ids.</summary>
public sealed class Vocabulary
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _beginnings;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _continuations;

    /// <param name="ids">Piece to id.</param>
    /// <param name="continuationPrefix">What stands before the pieces that continue a word.</param>
    public Vocabulary(IReadOnlyDictionary<string, int> ids, string continuationPrefix)
    {
        _ids = new Dictionary<string, int>(ids, StringComparer.Ordinal);
        var continued = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string piece, int id) in ids)
        {
            if (piece.Length > continuationPrefix.Length && piece.StartsWith(continuationPrefix, StringComparison.Ordinal))
            {
                continued[piece[continuationPrefix.Length..]] = id;
            }
        }

        _beginnings = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _continuations = continued.GetAlternateLookup<ReadOnlySpan<char>>();
        Size = ids.Count == 0 ? 0 : ids.Values.Max() + 1;
    }

    /// <summary>One more than the highest id.</summary>
    public int Size { get; }

    /// <summary>The id of a piece as it stands in the vocabulary.</summary>
    /// <exception cref="FlowException">InvalidInput: there is no such piece.</exception>
    public int Of(string piece) => _ids.TryGetValue(piece, out int id)
        ? id
        : throw new FlowException(FailureKind.InvalidInput, $"The vocabulary has no piece {piece}", "Use a checkpoint whose vocabulary is complete");

    /// <summary>The pieces by their ids; gaps are null.</summary>
    public string?[] InOrder()
    {
        string?[] pieces = new string?[Size];
        foreach ((string piece, int id) in _ids)
        {
            pieces[id] = piece;
        }

        return pieces;
    }

    internal bool TryBeginning(ReadOnlySpan<char> piece, out int id) => _beginnings.TryGetValue(piece, out id);

    internal bool TryContinuation(ReadOnlySpan<char> piece, out int id) => _continuations.TryGetValue(piece, out id);

    internal bool Has(string piece) => _ids.ContainsKey(piece);
}
