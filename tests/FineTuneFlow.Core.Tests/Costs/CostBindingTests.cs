using System.Text.Json;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Core.Tests.Costs;

/// <summary>The built-in files are bound by hand, files over them by the serializer: both must see the same.</summary>
public sealed class CostBindingTests
{
    [Fact]
    public void Prices_bound_by_hand_are_those_of_the_file() => Shown(PriceBook.Default).ShouldBe(Shown(CostData.Read<PriceBook>("prices.json", Embedded("prices.json"))));

    [Fact]
    public void Models_bound_by_hand_are_those_of_the_file() => Shown(ModelBook.Default).ShouldBe(Shown(CostData.Read<ModelBook>("models.json", Embedded("models.json"))));

    private static string Shown<T>(T book) => JsonSerializer.Serialize(book, FlowJson.Indented);

    private static byte[] Embedded(string name)
    {
        using Stream stream = typeof(PriceBook).Assembly.GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
