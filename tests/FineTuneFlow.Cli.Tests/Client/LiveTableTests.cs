using FineTuneFlow.Cli.Client;

namespace FineTuneFlow.Cli.Tests.Client;

public class LiveTableTests
{
    [Theory]
    [InlineData(80, 3)]
    [InlineData(40, 5)]
    [InlineData(20, 7)]
    public void Lines_that_a_narrower_window_has_wrapped_are_counted_as_it_shows_them(int width, int rows) =>
        LiveTable.RowsOf([60, 0, 50], width).ShouldBe(rows);
}
