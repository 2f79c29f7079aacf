using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Costs;

namespace FineTuneFlow.Cli.Tests.Commands;

/// <summary>The tokens that a check quotes are those of the files that would be uploaded and of the questions that would be asked, counted line
/// by line as the services bill them.</summary>
public sealed class CheckTokensTests : IDisposable
{
    private static readonly string[] Words = ["awful", "crashes", "unbelievably", "slow", "okay", "synchronisation", "good", "lovely", "5", "after", "the", "update", "I", "don't", "widget"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-tokens-");

    [Theory]
    [InlineData(900, 0.0, "")]
    [InlineData(6_000, 0.01, " of the rows")]
    public async Task A_check_counts_every_row_of_a_small_file_and_a_sample_of_a_large_one(int rows, double tolerance, string told)
    {
        string csv = Write("reviews.csv", Csv(rows));
        string recipe = Write("recipe.json", """
            {
              "dataset": { "text": "review", "label": "star" },
              "candidates": [
                { "name": "babbage", "model": "babbage-002", "epochs": 1 },
                { "name": "gpt", "model": "gpt-4.1-mini", "epochs": 2, "systemPrompt": "You predict star ratings of reviews from 1 to 5." },
                { "name": "llama", "model": "Llama-3.1-8B-Instruct", "epochs": 1 }
              ],
              "baselines": []
            }
            """);
        string prepared = Path.Combine(_folder.FullName, "prepared");

        (int code, string output, string error) = await Ftf.RunAsync("check", csv, "--recipe", recipe, "--json");
        code.ShouldBe(0, error);
        (code, _, error) = await Ftf.RunAsync("prepare", csv, "--recipe", recipe, "--out", prepared);
        code.ShouldBe(0, error);

        Dictionary<string, JsonNode> quoted = JsonNode.Parse(output)!["quote"]!["candidates"]!.AsArray().ToDictionary(one => one!["name"]!.ToString(), one => one!);
        (double completion, double chat) = Uploaded(prepared);
        Likely(quoted["babbage"], "trainingTokens").ShouldBe(completion, completion * tolerance);
        Likely(quoted["gpt"], "trainingTokens").ShouldBe(chat * 2, chat * 2 * tolerance);
        double prompts = Lines(prepared, "test.jsonl").Sum(row => (double)TokenCounter.For("babbage-002")!.Count(row["text"]! + "\n\n###\n\n"));
        Likely(quoted["babbage"], "promptTokens").ShouldBe(prompts, prompts * tolerance);
        foreach (string name in new[] { "babbage", "gpt" })
        {
            quoted[name]["notes"]!.AsArray().ShouldContain(note => note!.ToString().StartsWith("tokens counted with ") && note.ToString().EndsWith(told.Length > 0 ? told : "base"));
        }

        quoted["llama"]["notes"]!.AsArray().ShouldContain(note => note!.ToString().Contains("no tokenizer of the model is known"));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Tokens of the two training files, as their lines stand.</summary>
    private static (double Completion, double Chat) Uploaded(string folder)
    {
        (double completion, double chat) = (0, 0);
        foreach (string file in Directory.GetFiles(folder, "train.*.jsonl"))
        {
            foreach (JsonNode line in Lines(folder, Path.GetFileName(file)))
            {
                if (line["prompt"] is { } prompt)
                {
                    TokenCounter counter = TokenCounter.For("babbage-002")!;
                    completion += counter.Count(prompt.ToString()) + counter.Count(line["completion"]!.ToString()) + 1;
                }
                else if (line["messages"] is JsonArray { Count: 3 } messages)
                {
                    chat += 3 + messages.Sum(message => 4 + TokenCounter.For("gpt-4.1-mini")!.Count(message!["content"]!.ToString()));
                }
            }
        }

        return (completion, chat);
    }

    private static IEnumerable<JsonNode> Lines(string folder, string file) =>
        File.ReadLines(Path.Combine(folder, file)).Select(line => JsonNode.Parse(line)!);

    private static double Likely(JsonNode candidate, string what) => candidate[what]!["likely"]!.GetValue<double>();

    private static string Csv(int rows)
    {
        var random = new Random(5);
        var csv = new StringBuilder("review,star\n");
        for (int i = 0; i < rows; i++)
        {
            string text = string.Join(' ', Enumerable.Range(0, random.Next(2, 40)).Select(_ => Words[random.Next(Words.Length)]));
            csv.Append(CultureInfo.InvariantCulture, $"\"{text} {i}{(random.Next(2) == 0 ? "." : "")}\",{random.Next(1, 6)}\n");
        }

        return csv.ToString();
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
