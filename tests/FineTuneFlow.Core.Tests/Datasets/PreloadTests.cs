using FineTuneFlow.Core.Datasets.Preparation;


namespace FineTuneFlow.Core.Tests.Datasets;

public sealed class PreloadTests
{
    /// <summary>It runs beside a command that says nothing of it: a table that could no longer be read would only be slow.</summary>
    [Fact]
    public void The_table_of_a_few_rows_goes_all_the_way() => Should.NotThrow(Preload.Run);
}
