using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Api.Comparison;

/// <summary>Judged rows with what two candidates answered.</summary>
/// <param name="First">The first candidate.</param>
/// <param name="Second">The second; null: rows of the first alone.</param>
/// <param name="Rows">A page of them.</param>
/// <param name="Matching">How many there are that the filter takes, before the search; null while a search has not seen all.</param>
/// <param name="Continuation">For the next page; null on the last.</param>
/// <param name="Counts">Of all judged rows.</param>
public sealed record RowList(
    string RunId, string First, string? Second, ImmutableArray<RowView> Rows, int Matching, string? Continuation, RowCounts Counts);

/// <param name="All">Judged rows.</param>
/// <param name="OnlyFirst">Only the first has right.</param>
/// <param name="OnlySecond">Only the second has right.</param>
/// <param name="BothRight">Both have right; without a second candidate: the first has right.</param>
/// <param name="BothWrong">Both have wrong; without a second candidate: the first has wrong.</param>
/// <param name="Changed">The answers differ.</param>
public sealed record RowCounts(int All, int OnlyFirst, int OnlySecond, int BothRight, int BothWrong, int Changed);

/// <param name="First">What the first candidate answered.</param>
/// <param name="Second">What the second candidate answered.</param>
public sealed record RowView(string Id, string Text, string Label, RowAnswer First, RowAnswer? Second);

/// <param name="Label">Null: none.</param>
/// <param name="Confidence">The probability that the model gave it.</param>
/// <param name="Error">Why there is none.</param>
public sealed record RowAnswer(string? Label, double? Confidence, PredictionError? Error);

/// <summary>Which rows are shown.</summary>
internal enum RowFilter
{
    All,
    /// <summary>The answers differ.</summary>
    Changed,
    /// <summary>Only the first has it right.</summary>
    OnlyFirst,
    /// <summary>Only the second has it right.</summary>
    OnlySecond,
    BothWrong,
    BothRight,
}

/// <summary>In which order rows are shown.</summary>
internal enum RowOrder
{
    /// <summary>Of the file.</summary>
    Row,
    /// <summary>Those first on which both are most confident together: the most telling differences.</summary>
    Confident,
    /// <summary>Those first of which the first candidate is least sure.</summary>
    Unsure,
}
