using System.Globalization;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Stops the reading of a file that takes more than the recipe allows: a small packed file can hold hundreds of millions of
/// rows.</summary>
internal sealed class ReadingLimits(LimitsRecipe recipe, string file, TimeProvider? clock = null)
{
    private const long Megabyte = 1_000_000;

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly long _began = (clock ?? TimeProvider.System).GetTimestamp();

    /// <exception cref="FlowException">InvalidInput, naming the limit.</exception>
    public void Check(long rows, SourceReader source)
    {
        if (rows > recipe.Rows)
        {
            throw Exceeded($"the file has more than {recipe.Rows:N0} rows", "rows", recipe.Rows == recipe.Host?.Rows, " (a million rows take about 150 MB of memory)");
        }

        if (source.Compressed && source.Unpacked > recipe.UnpackedMegabytes * Megabyte)
        {
            throw Exceeded($"the packed file unpacks to more than {recipe.UnpackedMegabytes:N0} MB", "unpackedMegabytes", recipe.UnpackedMegabytes == recipe.Host?.UnpackedMegabytes);
        }

        if (_clock.GetElapsedTime(_began).TotalSeconds > recipe.Seconds)
        {
            throw Exceeded($"reading the file took longer than {recipe.Seconds:N0} s", "seconds", recipe.Seconds == recipe.Host?.Seconds);
        }
    }

    private FlowException Exceeded(FormattableString message, string limit, bool byHost, string note = "")
    {
        string setting = byHost ? $"Limits__{char.ToUpperInvariant(limit[0])}{limit[1..]}" : $"dataset.limits.{limit}";
        return new FlowException(new Failure(
            FailureKind.InvalidInput,
            message.ToString(CultureInfo.InvariantCulture) + (byHost ? $", the most that this host allows ({setting})" : ""),
            byHost
                ? $"Drop a part of the file, or have whoever runs the host raise its setting {setting}{note}; a recipe can only lower it"
                : $"Raise {setting}{note}, or drop a part of the file",
            new SourceLocation(file),
            Field: setting));
    }
}
