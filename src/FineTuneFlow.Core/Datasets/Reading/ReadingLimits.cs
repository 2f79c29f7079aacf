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
            throw Exceeded($"the file has more than {recipe.Rows:N0} rows", "rows", "Raise dataset.limits.rows (a million rows take about 150 MB of memory), or drop a part of the file");
        }

        if (source.Compressed && source.Unpacked > recipe.UnpackedMegabytes * Megabyte)
        {
            throw Exceeded($"the packed file unpacks to more than {recipe.UnpackedMegabytes:N0} MB", "unpackedMegabytes", "Raise dataset.limits.unpackedMegabytes, or drop a part of the file");
        }

        if (_clock.GetElapsedTime(_began).TotalSeconds > recipe.Seconds)
        {
            throw Exceeded($"reading the file took longer than {recipe.Seconds:N0} s", "seconds", "Raise dataset.limits.seconds, or drop a part of the file");
        }
    }

    private FlowException Exceeded(FormattableString message, string limit, string remedy) => new(new Failure(
        FailureKind.InvalidInput, message.ToString(CultureInfo.InvariantCulture), remedy, new SourceLocation(file), Field: $"dataset.limits.{limit}"));
}
