using System.Collections.Immutable;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Api.Models;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Core.Evaluation.Files;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf predict</c>: asks a project's champion, or a model from its files, for a text or for every row of a file.</summary>
internal static class PredictCommand
{
    public static Command Create()
    {
        var input = new Argument<string>("input") { Description = "A text, or a CSV or JSON lines file of texts.", HelpName = "TEXT|FILE" };
        Option<string> project = ProjectArguments.Of();
        project.Required = false;
        var model = new Option<string?>("--model") { Description = "Instead of a project: an encoder's folder or a linear model's file, asked here, without a host.", HelpName = "FOLDER|FILE" };
        var output = new Option<string?>("--out") { Description = "CSV for the answers to a file; begun again, it goes on where it stopped.", HelpName = "FILE" };
        var text = new Option<string[]>("--text") { Description = "Column of the text; give it for each of several.", HelpName = "COLUMN" };
        var version = new Option<string?>("--model-version") { Description = "champion, previous, challenger or a number; else by the project's weights.", HelpName = "VERSION" };
        Option<Uri?> host = RunArguments.Host();
        var command = new Command("predict", "Ask a project's champion, or a model from its files, for a text or for every row of a file.") { input, project, model, output, text, version, host };
        command.Validators.Add(result =>
        {
            if (result.GetValue(project) is null == result.GetValue(model) is null)
            {
                result.AddError("Give either --project NAME or --model FOLDER.");
            }
        });
        return command.Runs(async call =>
        {
            if (MeansFile(call.Get(input)) || call.Get(output) is not null || call.Get(text) is { Length: > 0 })
            {
                RecipeFile.Existing(call.Get(input), "data");
            }

            if (call.Get(model) is { } files)
            {
                Offline(call, files, call.Get(input), call.Get(output), call.Get(text) ?? []);
                return ExitCode.Ok;
            }

            using HostClient client = HostClient.For(call.Get(host));
            string path = ProjectArguments.Path(call.Get(project)!, "/predict");
            if (!File.Exists(call.Get(input)))
            {
                PredictionAnswer answer = await client.PostAsync<PredictionAnswer>(path, new PredictionRequest(call.Get(input), Version: call.Get(version)), call.Cancellation);
                call.Terminal.Answer(answer, writer => Write(writer, answer));
                return answer.Label is null ? ExitCode.Failed : ExitCode.Ok;
            }

            string file = Needed(call.Get(output));
            ImmutableArray<string> texts = Texts(call.Get(input), call.Get(text) ?? []);
            string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', texts) + path + call.Get(version))))[..32];
            var batch = new PredictionBatch(client, path, call.Get(version), texts, file, key);
            BatchAnswer done = await batch.RunAsync(call.Terminal, call.Cancellation);
            call.Terminal.Answer(done, writer => writer.WriteLine($"{file}: {done.Rows:N0} rows{(done.Before > 0 ? $", {done.Before:N0} of them from before" : "")}, {done.Errors:N0} without an answer, {Say.Usd(done.CostUsd)}."));
            return ExitCode.Ok;
        });
    }

    /// <summary>Whether a word is a file's name rather than a text: a mistyped path would otherwise be classified as if it were one.</summary>
    private static bool MeansFile(string input) =>
        !input.Any(char.IsWhiteSpace) && Path.GetExtension(input).ToLowerInvariant() is ".csv" or ".tsv" or ".jsonl" or ".ndjson" or ".gz";

    private static void Offline(CommandCall call, string files, string input, string? output, string[] columns)
    {
        using var model = OfflineModel.Load(files);
        if (File.Exists(input))
        {
            OfflinePrediction.Answer(model, Texts(input, columns), Needed(output), call);
        }
        else
        {
            OfflinePrediction.Answer(model, input, call);
        }
    }

    private static string Needed(string? output) =>
        output ?? throw new FlowException(new Failure(FailureKind.InvalidInput, "a file's answers need a file", "Give --out FILE", Field: "--out"));

    private static ImmutableArray<string> Texts(string file, string[] columns) => TextFile.Read(file, () => RecipeFile.Open(file), columns, "\n\n");

    private static void Write(TextWriter writer, PredictionAnswer answer)
    {
        double? sure = answer.Label is { } label ? answer.Probabilities?.GetValueOrDefault(label) : null;
        writer.WriteLine(answer.Label is null ? $"no answer: {answer.Error}" : $"{answer.Label}{(sure is { } p ? $"  {Say.Percent(p)}" : "")}");
        writer.WriteLine($"version {answer.Version}, {answer.LatencyMs:0.0} ms{(answer.CostUsd is { } usd ? $", {Say.Price(usd)}" : "")}");
        foreach ((string other, double probability) in (answer.Probabilities ?? ImmutableSortedDictionary<string, double>.Empty).Where(pair => pair.Key != answer.Label).OrderByDescending(pair => pair.Value).Take(4))
        {
            writer.WriteLine($"  {other}  {Say.Percent(probability)}");
        }
    }
}

/// <summary>The answer of <c>ftf predict FILE --json</c>.</summary>
internal sealed record BatchAnswer(int Rows, int Before, int Errors, double CostUsd);
