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

    [Fact]
    public void Values_are_equal_where_their_lists_are()
    {
        var two = new OneOrMany<int>(1, 3);

        (two == new OneOrMany<int>(System.Collections.Immutable.ImmutableArray.Create(1, 3))).ShouldBeTrue();
        (two != new OneOrMany<int>(1, 3)).ShouldBeFalse();
        two.Equals((object)new OneOrMany<int>(1, 3)).ShouldBeTrue();
        two.GetHashCode().ShouldBe(new OneOrMany<int>(1, 3).GetHashCode());
        (two == new OneOrMany<int>(3, 1)).ShouldBeFalse();
        (two == new OneOrMany<int>(1)).ShouldBeFalse();
        two.Equals("1, 3").ShouldBeFalse();
        two.Equals((object)new OneOrMany<int>(1, 4)).ShouldBeFalse();
        (default == new OneOrMany<int>()).ShouldBeTrue();
        two.GetHashCode().ShouldNotBe(new OneOrMany<int>(3, 1).GetHashCode());
        default(OneOrMany<string>).ShouldBeEmpty();
    }

    [Fact]
    public void A_value_is_read_and_written_by_whatever_options_it_meets()
    {
        var options = new JsonSerializerOptions { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

        JsonSerializer.Deserialize<OneOrMany<Balance>>("\"undersample\"", options).ShouldBe([Balance.Undersample]);
        JsonSerializer.Deserialize<OneOrMany<Balance>>("[\"oversample\", \"none\"]", options).ShouldBe([Balance.Oversample, Balance.None]);
        JsonSerializer.Serialize(new OneOrMany<Balance>(Balance.Undersample), options).ShouldBe("\"undersample\"");
        JsonSerializer.Serialize(new OneOrMany<Balance>(Balance.Oversample, Balance.None), options).ShouldBe("[\"oversample\",\"none\"]");
        new OneOrManyConverterFactory().CanConvert(typeof(OneOrMany<int>)).ShouldBeTrue();
        new OneOrManyConverterFactory().CanConvert(typeof(List<int>)).ShouldBeFalse();
        new OneOrManyConverterFactory().CanConvert(typeof(int)).ShouldBeFalse();
    }
}
