using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FineTuneFlow.BaselineStandIn;

/// <summary>Stands in for the GPU container in tests: keeps to docs/baseline-contract.md with nothing but paths and a naive Bayes of
/// words, and fails on purpose in the ways that the contract knows.</summary>
/// <param name="fail">invalidInput, training, outOfMemory, unavailable, crash, silent, wait, or null.</param>
internal sealed class StandIn(string? fail)
{
    private readonly string _output = Setting("FTF_OUTPUT");

    public int Run()
    {
        Progress("loading", 0);
        Console.WriteLine($"stand-in for {Setting("FTF_MODEL")}, run {Setting("FTF_RUN_ID")}");
        switch (fail)
        {
            case "crash":
                Console.WriteLine("about to crash");
                return 3;
            case "silent":
                return 0;
            case "wait":
                // Until a test stops it.
                new ManualResetEvent(false).WaitOne();
                return 0;
            case "invalidInput":
                return Failed(2, fail);
            case "training":
                return Failed(3, fail);
            case "outOfMemory":
                return Failed(4, fail);
            case "unavailable":
                return Failed(75, fail);
        }

        string[] labels = JsonSerializer.Deserialize<string[]>(File.ReadAllText(Setting("FTF_LABELS")))!;
        var (rows, counts) = Train(labels);
        Predict(labels, counts, out int predicted);
        Write("result.json", new JsonObject
        {
            ["status"] = "succeeded", ["trainRows"] = rows, ["predictedRows"] = predicted, ["trainSeconds"] = 0.5, ["predictSeconds"] = 0.1, ["device"] = "cpu",
        });
        return 0;
    }

    private (int Rows, Dictionary<string, double[]> Counts) Train(string[] labels)
    {
        var counts = new Dictionary<string, double[]>(StringComparer.Ordinal);
        int rows = 0;
        foreach (JsonNode row in Lines("FTF_TRAIN"))
        {
            int label = Array.IndexOf(labels, row["label"]!.GetValue<string>());
            foreach (string word in Words(row))
            {
                counts.TryAdd(word, new double[labels.Length]);
                counts[word][label]++;
            }

            rows++;
        }

        int epochs = int.Parse(Setting("FTF_EPOCHS"), CultureInfo.InvariantCulture);
        IEnumerable<string> curve = Enumerable.Range(1, epochs).Select(epoch => $"{epoch},{1.0 / epoch:0.###},{1 - (0.5 / epoch):0.###},,");
        File.WriteAllText(Path.Combine(_output, "metrics.csv"), "step,train_loss,train_accuracy,valid_loss,valid_accuracy\n" + string.Concat(curve.Select(line => line + "\n")));
        Progress("training", epochs);
        return (rows, counts);
    }

    private void Predict(string[] labels, Dictionary<string, double[]> counts, out int predicted)
    {
        predicted = 0;
        using var writer = new StreamWriter(Path.Combine(_output, "predictions.jsonl"));
        foreach (JsonNode row in Lines("FTF_TEXTS"))
        {
            if (row["label"] is not null)
            {
                throw new InvalidOperationException("The texts hold labels.");
            }

            double[] scores = [.. labels.Select((_, label) => Words(row).Sum(word => Math.Log(1 + (counts.GetValueOrDefault(word)?[label] ?? 0))))];
            double highest = scores.Max();
            double[] shares = [.. scores.Select(score => Math.Exp(score - highest))];
            var probabilities = new JsonObject(labels.Select((label, i) => KeyValuePair.Create(label, (JsonNode?)(shares[i] / shares.Sum()))));
            writer.WriteLine(new JsonObject { ["id"] = row["id"]!.GetValue<string>(), ["probabilities"] = probabilities }.ToJsonString());
            predicted++;
        }

        Progress("predicting", predicted);
    }

    private int Failed(int code, string error)
    {
        Write("result.json", new JsonObject { ["status"] = "failed", ["error"] = error, ["message"] = "on purpose" });
        File.WriteAllText(Path.Combine(_output, "log.txt"), $"failing on purpose: {error}\n");
        return code;
    }

    private void Progress(string stage, int step) => Write("progress.json", new JsonObject
    {
        ["stage"] = stage, ["step"] = step, ["totalSteps"] = Math.Max(1, step), ["at"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
    });

    private void Write(string file, JsonObject value)
    {
        string path = Path.Combine(_output, file);
        File.WriteAllText(path + ".part", value.ToJsonString());
        File.Move(path + ".part", path, overwrite: true);
    }

    private static IEnumerable<JsonNode> Lines(string setting) =>
        File.ReadLines(Setting(setting)).Where(line => line.Length > 0).Select(line => JsonNode.Parse(line)!);

    private static string[] Words(JsonNode row) => row["text"]!.GetValue<string>().ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string Setting(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");
}
