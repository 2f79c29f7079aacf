namespace FineTuneFlow.Core.Reports;

/// <summary>Something the reader should know before trusting or using the figures.</summary>
/// <param name="Code">Stable name, such as <c>small-holdout</c>.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Message">One or two sentences.</param>
public sealed record Remark(string Code, RemarkLevel Level, string Message);

public enum RemarkLevel { Note, Warning }
