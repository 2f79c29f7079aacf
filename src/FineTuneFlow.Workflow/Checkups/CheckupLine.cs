namespace FineTuneFlow.Workflow.Checkups;

/// <summary>One thing that was looked at, and how it stands.</summary>
/// <param name="Subject">A provider, or a candidate of the recipe.</param>
/// <param name="Grade">How it stands.</param>
/// <param name="Message">One sentence for a person.</param>
/// <param name="Remedy">What to do or to take instead.</param>
/// <param name="Until">The day on which what is good now ends, where one is announced.</param>
public sealed record CheckupLine(string Subject, CheckupGrade Grade, string Message, string? Remedy = null, DateOnly? Until = null);

public enum CheckupGrade
{
    Good,

    /// <summary>It works, but a person should know something.</summary>
    Notice,

    /// <summary>It does not work, or not for long enough.</summary>
    Bad,
}
