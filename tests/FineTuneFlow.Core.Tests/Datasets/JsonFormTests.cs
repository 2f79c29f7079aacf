using System.Text;
using FineTuneFlow.Core.Datasets.Reading;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>JSON that is not one object a line, by its form; and what only looks like it.</summary>
public sealed class JsonFormTests
{
    private const string ListLines = "one JSON list a line";
    private const string Below = "JSON lines below a line that is not JSON";
    private const string Columns = "JSON by columns";
    private const string PandasColumns = "JSON by columns, as pandas' to_json writes it";
    private const string PandasIndex = "JSON with rows under their index, as pandas' to_json writes it";
    private const string Lists = "one JSON object that holds the rows as lists";
    private const string Spread = "JSON whose objects go over several lines";

    [Theory]
    [InlineData("[\"a\", 1]\n[\"b\", 2]", ListLines)]
    [InlineData("[\"a\", 1]\r\n\r\n[\"b\", 2]\r\n[\"c", ListLines)]
    [InlineData("[\"a\", [1]]\n[\"b\", {\"c\": 2}]\n", ListLines)]
    [InlineData("[1]\n[2]\n", null)]
    [InlineData("[1, 2]\n3,4\n", null)]
    [InlineData("[1, 2]\n[3, 4", null)]
    [InlineData("[1, 2\n[3, 4]\n", null)]
    [InlineData("text,label\n[1, 2]\n", null)]
    [InlineData("[1, 2]", null)]
    [InlineData("[text],[label]\n[a],[b]\n", null)]
    [InlineData("# rows\n{\"a\":1,\"b\":2}", Below)]
    [InlineData("# rows\r\r\n \t{\"a\":1,\"b\":{\"c\":3}}\n", Below)]
    [InlineData("# rows\n{\"a\":1}\n", null)]
    [InlineData("# rows\n{\"a\":[1,2]}\n", null)]
    [InlineData("# rows\n{\"a\":1,\"b\":2\n", null)]
    [InlineData("# rows\n1,{\"a\":1,\"b\":2}\n", null)]
    [InlineData("# rows\n", null)]
    public void Lines_are_told_by_the_first_two(string head, string? what) => What(head).ShouldBe(what);

    [Theory]
    [InlineData("{\"text\":\"a\",\"label\":1}", null)]
    [InlineData("{\"rows\":[[1,2]]}\n{\"rows\":[[3,4]]}\n", null)] // lines, each with lists
    [InlineData("{\"rows\":[[1,2]]}\r\n \t", Lists)]
    [InlineData("{\"rows\":[{\"a\":1}]}", "one JSON object that holds the rows in \"rows\"")]
    [InlineData("{\"rows\":[{\"a\":1},{\"a\":", "one JSON object that holds the rows in \"rows\"")] // the head ends here
    [InlineData("{\"messages\":[{\"role\":\"user\"}]}", null)] // one conversation
    [InlineData("{\"a\":{\"10\":1}}", PandasColumns)]
    [InlineData("{\"0\":{\"0\":1}}", PandasColumns)]
    [InlineData("{\"12\":{\"a\":1}}", PandasIndex)]
    [InlineData("{\"12\":{}}", PandasIndex)]
    [InlineData("{\"a\":{\"1b\":1}}", null)]
    [InlineData("{\"a\":{\"\":1}}", null)]
    [InlineData("{\"a\":{}}", null)]
    [InlineData("{\"a\":[1,2],\"b\":[3,4]}", Columns)]
    [InlineData("{\"a\":[\"x\"],\"b\":[\"y\"]}", Columns)]
    [InlineData("{\"a\":[1,2],\"b\":3}", null)]
    [InlineData("{\"a\":[1,2]}", null)]
    [InlineData("{\"a\":[1,2", null)]
    [InlineData("{\"a\":[1,2],", null)]
    [InlineData("{\"a\":[1,2],\"b\":", null)]
    [InlineData("{\"a\":[true],\"b\":[false]}", null)]
    [InlineData("{\"a\":[]}", null)]
    [InlineData("{\"a\":[", null)]
    [InlineData("{\"a\":", null)]
    [InlineData("{\"a", null)]
    [InlineData("{", null)]
    [InlineData("{\"a\":[[1], x", Lists)]
    [InlineData("{\"a\" 1}", null)] // no JSON: the reading says where
    [InlineData("{a,b\nc,d\n", null)]
    [InlineData("{ \t\r\n\"a\":1}\n", Spread)]
    [InlineData("{\n\"a\" 1}\n", Spread)]
    [InlineData("{\n\"a\":[1,2],\"b\":[3]}\n", Columns)]
    public void An_only_object_is_told_by_its_first_members(string head, string? what) => What(head).ShouldBe(what);

    private static string? What(string head) => JsonForm.Of(Encoding.UTF8.GetBytes(head))?.What;
}
