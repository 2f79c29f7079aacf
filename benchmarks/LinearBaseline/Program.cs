using System.Diagnostics;
using System.Text.Json;
using FineTuneFlow.Core.Training;

// Trains the linear baseline on train.jsonl, validation.jsonl and scores test.jsonl ({"text","label"} a line) of a folder; compare.py
// writes them and runs scikit-learn on the same rows.
List<LabelledText> train = Read("train");
List<LabelledText> validation = Read("validation");
List<LabelledText> test = Read("test");
long start = Stopwatch.GetTimestamp();
LinearClassifier baseline = LinearBaseline.Train(train, validation, seed: 42);
double trained = Stopwatch.GetElapsedTime(start).TotalSeconds;
start = Stopwatch.GetTimestamp();
int right = 0;
var judged = new List<bool>();
double loss = 0;
foreach (LabelledText row in test)
{
    double[] probabilities = baseline.Probabilities(row.Text);
    int own = baseline.Labels.IndexOf(row.Label);
    judged.Add(own >= 0 && probabilities[own] == probabilities.Max());
    right += judged[^1] ? 1 : 0;
    loss -= Math.Log(own < 0 ? 1e-12 : Math.Max(probabilities[own], 1e-12));
}

double scored = Stopwatch.GetElapsedTime(start).TotalSeconds;
if (args.Length > 1)
{
    // For a paired test with another model on the same rows.
    File.WriteAllText(args[1], JsonSerializer.Serialize(judged));
}

Console.WriteLine(JsonSerializer.Serialize(new
{
    accuracy = right / (double)test.Count,
    logLoss = loss / test.Count,
    features = baseline.FeatureCount,
    trainSeconds = trained,
    rowsPerSecond = test.Count / scored,
}));

List<LabelledText> Read(string split) => [.. File.ReadLines(Path.Combine(args[0], split + ".jsonl")).Select(line =>
{
    using JsonDocument document = JsonDocument.Parse(line);
    return new LabelledText(document.RootElement.GetProperty("text").GetString()!, document.RootElement.GetProperty("label").GetString()!);
})];
