using System.Text.Json;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Simulator.Tests;

/// <summary>Made-up reviews whose words lean towards their label.</summary>
internal static class Reviews
{
    public const string Ending = "\n\n###\n\n";

    private static readonly Dictionary<string, string[]> Words = new()
    {
        ["negative"] = ["terrible", "broken", "useless", "refund", "slow"],
        ["neutral"] = ["okay", "average", "fine", "decent", "slow"],
        ["positive"] = ["excellent", "love", "perfect", "best", "fine"],
    };

    private static readonly string[] Filler = ["the", "app", "phone", "it", "battery", "screen", "update", "is", "and", "after"];

    public static List<LabelledText> Make(int rows, long seed = 1)
    {
        var random = new StableRandom(seed);
        string[] labels = [.. Words.Keys];
        return [.. Enumerable.Range(0, rows).Select(i =>
        {
            string label = labels[random.Below(3)];
            IEnumerable<string> words = Enumerable.Range(0, 8).Select(_ =>
                random.Below(10) < 6 ? Filler[random.Below(Filler.Length)] : Words[label][random.Below(5)]);
            return new LabelledText($"{string.Join(' ', words)} {i}", label);
        })];
    }

    public static string Chat(IEnumerable<LabelledText> rows, string? system = null) => Lines(rows.Select(row => (object)new
    {
        messages = (object[])[.. system is null ? [] : new object[] { new { role = "system", content = system } },
            new { role = "user", content = row.Text }, new { role = "assistant", content = row.Label }],
    }));

    public static string Completion(IEnumerable<LabelledText> rows) =>
        Lines(rows.Select(row => (object)new { prompt = row.Text + Ending, completion = " " + row.Label }));

    private static string Lines(IEnumerable<object> rows) =>
        string.Concat(rows.Select(row => JsonSerializer.Serialize(row, FlowJson.Compact) + "\n"));
}
