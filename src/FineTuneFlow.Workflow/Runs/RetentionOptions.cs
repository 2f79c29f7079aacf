using System.Globalization;
using FineTuneFlow.Core.Failures;
using Microsoft.Extensions.Configuration;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>How long a host keeps ended runs: the settings <c>Retention__Days</c> and <c>Retention__Keep</c>.</summary>
/// <param name="Age">Runs that ended longer ago are removed; null: nothing is removed by itself.</param>
/// <param name="Keep">The newest so many of each project stay, however old.</param>
public sealed record RetentionOptions(TimeSpan? Age, int Keep)
{
    public static RetentionOptions None { get; } = new(null, 10);

    /// <exception cref="FlowException">InvalidInput: a setting is wrong.</exception>
    public static RetentionOptions Of(IConfiguration settings) => new(
        settings["Retention:Days"] is { Length: > 0 } days ? TimeSpan.FromDays(Whole("Days", days, 1, 36_500)) : null,
        settings["Retention:Keep"] is { Length: > 0 } keep ? Whole("Keep", keep, 0, 1_000_000) : None.Keep);

    private static int Whole(string name, string text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max
            ? value
            : throw new FlowException(new Failure(
                FailureKind.InvalidInput, $"the setting is \"{text}\", not a whole number from {min} to {max}",
                "Give one, or leave the setting out", Field: $"Retention__{name}"));
}
