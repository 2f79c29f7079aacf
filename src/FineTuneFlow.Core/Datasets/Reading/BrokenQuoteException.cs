namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>A quote from which the rest of the file cannot be told apart any more; the reader adds the file's name.</summary>
internal sealed class BrokenQuoteException(long line, long column, string message) : Exception(message)
{
    public long Line { get; } = line;
    public long Column { get; } = column;
}
