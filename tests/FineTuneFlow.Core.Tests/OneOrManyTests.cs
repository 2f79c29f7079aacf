using System.Text.Json;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests;

public sealed class OneOrManyTests
{
    [Theory]
    [InlineData("3", new[] { 3 })]
    [InlineData("[1,3]", new[] { 1, 3 })]
    [InlineData("[]", new int[0])]
    public void A_single_value_and_a_list_read_and_write_as_they_stand(string json, int[] expected)
    {
        var values = JsonSerializer.Deserialize<OneOrMany<int>>(json, FlowJson.Compact);

        values.ShouldBe(expected);
        JsonSerializer.Serialize(values, FlowJson.Compact).ShouldBe(json);
    }
}
