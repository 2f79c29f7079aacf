using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Benchmarks.Evaluation;

/// <summary>A report on real data without any server: prepares the file, trains our own classifier three ways and reports. The candidates
/// are marked as simulated, since they are not the models whose names they would bear.</summary>
internal static class DataReport
{
    public static void Write(string file, string folder, string? recipeFile)
    {
        DateTimeOffset start = TimeProvider.System.GetUtcNow();
        Recipe recipe = recipeFile is null ? RecipeReader.Default : RecipeReader.Read(recipeFile, File.ReadAllBytes(recipeFile));
        string dataset = Path.Combine(folder, "dataset");
        Manifest manifest = DatasetPreparation.Prepare(
            new PreparationRequest { SourceName = Path.GetFileName(file), Open = () => File.OpenRead(file), Recipe = recipe.Dataset, OutputDirectory = dataset }, CancellationToken.None);
        DatasetRow[] train = Rows(dataset, DatasetFiles.Train);
        DatasetRow[] validation = Rows(dataset, DatasetFiles.Validation);
        DatasetRow[] holdout = Rows(dataset, DatasetFiles.Test);
        DateTimeOffset prepared = TimeProvider.System.GetUtcNow();
        ImmutableArray<CandidateOutcome> candidates =
        [
            Outcome("all-rows", OutcomeKind.FineTune, train, validation, holdout),
            Outcome("half-the-rows", OutcomeKind.FineTune, [.. train.Where((_, i) => i % 2 == 0)], validation, holdout),
            Outcome("linear", OutcomeKind.LinearBaseline, [.. train.Where((_, i) => i % 3 == 0)], [], holdout),
        ];
        RunReport report = ReportBuilder.Build(new ReportInput
        {
            RunId = $"{Path.GetFileNameWithoutExtension(file)}-{manifest.Source.Sha256[..8]}",
            Project = Path.GetFileNameWithoutExtension(file),
            Recipe = recipe,
            Manifest = manifest,
            Profile = JsonNode.Parse(File.ReadAllBytes(Path.Combine(dataset, DatasetFiles.Profile))),
            Holdout = holdout,
            Candidates = candidates,
            Stages = [new StageTime("PrepareDataset", start, prepared), new StageTime("TrainCandidate", prepared, TimeProvider.System.GetUtcNow())],
            StartedAt = start,
            EndedAt = TimeProvider.System.GetUtcNow(),
        });
        File.WriteAllText(Path.Combine(folder, "report.json"), ReportJson.Write(report));
        File.WriteAllText(Path.Combine(folder, "report.md"), ReportMarkdown.Write(report));
        File.WriteAllText(Path.Combine(folder, "report.html"), ReportHtml.Write(report));
        Console.WriteLine($"{Path.GetFileName(file)}: {report.Verdict.Sentence} report.html {new FileInfo(Path.Combine(folder, "report.html")).Length:N0} bytes");
    }

    private static DatasetRow[] Rows(string dataset, string name)
    {
        return [.. File.ReadLines(Path.Combine(dataset, name)).Select(line => JsonSerializer.Deserialize<DatasetRow>(line, FlowJson.Compact)!)];
    }

    private static CandidateOutcome Outcome(string name, OutcomeKind kind, DatasetRow[] train, DatasetRow[] validation, DatasetRow[] holdout)
    {
        var points = ImmutableArray.CreateBuilder<TrainingPoint>();
        DateTimeOffset start = TimeProvider.System.GetUtcNow();
        LinearClassifier model = LinearBaseline.Train(
            [.. train.Select(row => new LabelledText(row.Text, row.Label))], [.. validation.Select(row => new LabelledText(row.Text, row.Label))], 7, points.Add);
        TimeSpan took = TimeProvider.System.GetUtcNow() - start;
        Prediction[] predictions =
        [
            .. holdout.Select(row =>
            {
                double[] p = model.Probabilities(row.Text);
                int said = Array.IndexOf(p, p.Max());
                return new Prediction
                {
                    Id = row.Id,
                    Label = model.Labels[said],
                    Probabilities = model.Labels.Zip(p, KeyValuePair.Create).ToImmutableSortedDictionary(StringComparer.Ordinal),
                };
            }),
        ];
        long tokens = train.Sum(row => row.Text.Length / 4L);
        return new CandidateOutcome
        {
            Name = name,
            Kind = kind,
            Provider = kind == OutcomeKind.FineTune ? "simulator" : null,
            Simulated = kind == OutcomeKind.FineTune,
            Model = kind == OutcomeKind.FineTune ? "babbage-002" : "linear",
            Predictions = predictions,
            Curve = kind == OutcomeKind.FineTune ? new TrainingCurve(points.ToImmutable(), []) : null,
            TrainingTime = took,
            Cost = kind == OutcomeKind.FineTune
                ? new CandidateCost
                {
                    Simulated = true, TrainedTokens = tokens, TrainingUsd = tokens * 0.4e-6, EvaluationPromptTokens = holdout.Sum(row => row.Text.Length / 4L),
                    EvaluationUsd = holdout.Sum(row => row.Text.Length / 4L) * 1.6e-6, Asking = new AskingPrice(1.6, 1.6),
                }
                : new CandidateCost(),
        };
    }
}
