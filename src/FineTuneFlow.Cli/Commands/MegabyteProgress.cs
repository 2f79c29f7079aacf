using FineTuneFlow.Cli.Output;
using FineTuneFlow.Core.Datasets.Preparation;


namespace FineTuneFlow.Cli.Commands;

/// <summary>Shows how much of a data file was read.</summary>
/// <param name="line">Where.</param>
/// <param name="length">Of the file in bytes.</param>
internal sealed class MegabyteProgress(ProgressLine line, long length) : IProgress<PreparationProgress>
{
    public void Report(PreparationProgress value) => line.Report(value.Bytes >> 20, Math.Max(1, length >> 20));
}
