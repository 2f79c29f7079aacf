using FineTuneFlow.Cli.Output;

namespace FineTuneFlow.Cli.Tests.Output;

/// <summary>Figures as a person reads them.</summary>
public class SayTests
{
    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(999, "999 bytes")]
    [InlineData(1_000, "1 kB")]
    [InlineData(15_400, "15 kB")]
    [InlineData(999_499, "999 kB")]
    [InlineData(999_500, "1.0 MB")]
    [InlineData(3_449_000, "3.4 MB")]
    [InlineData(2_147_483_648, "2,147.5 MB")]
    public void A_size_is_never_zero_for_a_file_that_is_not_empty(long bytes, string said) => Say.Size(bytes).ShouldBe(said);

    [Theory]
    [InlineData(0.071, 0.074, "USD 0.07")]
    [InlineData(0.07, 0.12, "USD 0.07 to 0.12")]
    [InlineData(0, 0, "USD 0.00")]
    public void A_range_whose_ends_read_the_same_is_one_amount(double low, double high, string said) => Say.UsdRange(low, high).ShouldBe(said);
}
