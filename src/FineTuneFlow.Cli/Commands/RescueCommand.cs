using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Text;
using FineTuneFlow.Api.Models;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Evaluation.Files;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Providers;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Rescue;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf rescue</c>: lists fine-tunes with their days left, records a dying one's answers while it still gives them, and says how
/// far its successor agrees with it.</summary>
internal static class RescueCommand
{
    public static Command Create()
    {
        var settings = new Option<string?>("--settings") { Description = "Settings file; else local.settings.json where there is one.", HelpName = "FILE" };
        var provider = new Option<string?>("--provider") { Description = "Where the model is; else the provider that lists it.", HelpName = "NAME" };
        var model = new Option<string?>("--model") { Description = "Record this fine-tune's answers.", HelpName = "ID" };
        var rows = new Option<string?>("--on") { Description = "With --model: the rows to ask, CSV or JSONL with id, label and text, such as ftf prepare writes.", HelpName = "FILE" };
        var output = new Option<string?>("--out") { Description = "Where the answers go, line by line; the same file again goes on where it stopped. With --project: the champion's answers on the rows that judged it.", HelpName = "FILE" };
        var prompt = new Option<string?>("--system-prompt") { Description = "The system prompt that the model was trained with.", HelpName = "TEXT" };
        var most = new Option<double>("--max-usd") { Description = "Ask only where the questions cost no more than this.", DefaultValueFactory = _ => 1, HelpName = "USD" };
        var compare = new Option<string?>("--compare") { Description = "Answers of the successor: say how far it agrees with those of --out.", HelpName = "FILE" };
        var project = new Option<string?>("--project", "-p") { Description = "Train successors of this project's champion on the rows that are kept, and say how far they agree with it.", HelpName = "NAME" };
        Option<string?> recipe = SharedOptions.Recipe();
        recipe.Description = "With --project: what to train and judge by; else what can be trained today.";
        Option<Uri?> host = RunArguments.Host();
        var command = new Command("rescue", "List fine-tunes with their days left, keep a dying one's answers, train its successors, and say how far they agree with it.")
        {
            project, recipe, host, provider, model, rows, output, prompt, most, compare, settings,
        };
        return command.Runs(call =>
        {
            if (call.Get(project) is not null)
            {
                Refuse(call, "is not for --project, which knows it from the champion", model, rows, compare, provider, prompt);
                if (call.Get(output) is not null)
                {
                    Refuse(call, "is for training successors, and --out records the champion's answers", recipe);
                }
            }
            else
            {
                Refuse(call, "says what --project trains, and no project is given", recipe);
            }

            return RunAsync(call);
        });

        Task<int> RunAsync(CommandCall call) => (call.Get(project), call.Get(model), call.Get(compare)) switch
        {
            ({ } one, _, _) when call.Get(output) is { } file => RecordChampionAsync(call, call.Get(settings), call.Get(host), one, file, call.Get(most)),
            ({ } one, _, _) => ProjectRescue.RunAsync(call, call.Get(host), one, call.Get(recipe)),
            (_, null, null) => ListAsync(call, call.Get(settings), call.Get(provider)),
            (_, _, { } successor) => Task.FromResult(Compare(call, Needed(call, rows), Needed(call, output), successor)),
            (_, { } id, _) => RecordAsync(call, call.Get(settings), call.Get(provider), id, Rows(Needed(call, rows)), Needed(call, output), call.Get(prompt), call.Get(most)),
        };
    }

    private static void Refuse(CommandCall call, string why, params ReadOnlySpan<Option<string?>> options)
    {
        foreach (Option<string?> option in options)
        {
            if (call.Get(option) is not null)
            {
                throw new FlowException(new Failure(FailureKind.InvalidInput, $"it {why}", "Leave it out", Field: option.Name));
            }
        }
    }

    private static async Task<int> ListAsync(CommandCall call, string? settings, string? only)
    {
        using ConfiguredProviders providers = DoctorCommand.Providers(settings);
        var found = ImmutableArray.CreateBuilder<DyingModel>();
        foreach (ProviderFacts facts in providers.All.Where(facts => only is null || facts.Name == only))
        {
            found.AddRange(await new DyingModels(DoctorCommand.Models(settings), TimeProvider.System).ListAsync(providers.Get(facts.Name), call.Cancellation));
        }

        call.Terminal.Answer(new RescueList(found.ToImmutable()), writer =>
        {
            if (found.Count == 0)
            {
                writer.WriteLine("The configured keys list no fine-tunes.");
                return;
            }

            TextTable table = new TextTable("MODEL", "PROVIDER", "ENDS", "DAYS LEFT").AlignRight(3);
            foreach (DyingModel one in found)
            {
                table.Add(one.Model, one.Provider, one.EndsOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "not announced", one.DaysLeft?.ToString(CultureInfo.InvariantCulture) ?? "");
            }

            table.Write(writer);
        });
        return ExitCode.Ok;
    }

    /// <summary>The champion's own rows: those that judged it.</summary>
    private static async Task<int> RecordChampionAsync(CommandCall call, string? settings, Uri? host, string project, string file, double most)
    {
        using HostClient client = HostClient.For(host);
        ModelList models = await client.GetAsync<ModelList>(ProjectArguments.Path(project, "/models"), call.Cancellation);
        ChampionVersion champion = models.Champion
            ?? throw new FlowException(FailureKind.NotFound, $"The project {project} has no champion", "Promote a candidate of one of its runs first");
        if (champion.Provider is null)
        {
            throw new FlowException(FailureKind.InvalidInput, $"The champion of {project} is a model of our own, which no service can switch off", "There is nothing to record");
        }

        if (champion.Kind == OutcomeKind.Prompt)
        {
            throw new FlowException(
                FailureKind.InvalidInput, $"The champion of {project} is an untuned model with a prompt, and what it answered lies with {champion.RunId}", $"Look there: ftf report {champion.RunId}");
        }

        string artifacts = $"runs/{Uri.EscapeDataString(champion.RunId)}/artifacts/";
        string Artifact(BlobPath file) => artifacts + InRun(file);
        string InRun(BlobPath file) => file.Name[(champion.RunId.Length + 1)..];
        EvaluationPlan plan = await client.GetAsync<EvaluationPlan>(Artifact(RunPaths.EvaluationPlan(champion.RunId)), call.Cancellation);
        BlobPath source = BlobPath.Parse(plan.Source);
        string judged = InRun(source);
        string rows = await client.GetTextAsync(Artifact(source), "application/x-ndjson", call.Cancellation);
        Recipe recipe = await client.GetAsync<Recipe>(Artifact(RunPaths.Recipe(champion.RunId)), call.Cancellation);
        return await RecordAsync(
            call, settings, champion.Provider, champion.Model, HoldoutFile.Read(judged, () => new MemoryStream(Encoding.UTF8.GetBytes(rows))), champion.Labels, file,
            recipe.Candidates.FirstOrDefault(one => one.Name == champion.Candidate)?.SystemPrompt, most);
    }

    private static Task<int> RecordAsync(
        CommandCall call, string? settings, string? provider, string model, IReadOnlyList<DatasetRow> rows, string file, string? systemPrompt, double most) =>
        RecordAsync(call, settings, provider, model, rows, LabelRecognition.Of(rows, [], new LabelsRecipe()), file, systemPrompt, most);

    private static async Task<int> RecordAsync(
        CommandCall call, string? settings, string? provider, string model, IReadOnlyList<DatasetRow> rows, LabelSet labels, string file, string? systemPrompt, double most)
    {
        using ConfiguredProviders providers = DoctorCommand.Providers(settings);
        IFineTuningProvider asked = providers.Get(provider ?? providers.Default);
        var composer = new QuestionComposer(new CandidateRecipe { Name = "rescued", Model = model, SystemPrompt = systemPrompt }, ModelName.FamilyOf(model), labels, []);
        var answers = new LastAnswers(new ModelThrottle(TimeProvider.System), DoctorCommand.Prices(settings));
        IReadOnlyList<DatasetRow> left = LastAnswers.Left(file, rows);
        double? price = answers.Price(asked.Facts, model, composer, left, labels);
        string cost = price is { } usd ? $"about {Say.Usd(usd)}{(asked.Facts.Simulated ? " at list price, simulated" : "")}" : "an unknown sum, as no price is listed";
        call.Terminal.Note($"{rows.Count - left.Count:N0} of {rows.Count:N0} rows are recorded; asking for the others costs {cost}");
        if (!asked.Facts.Simulated && !(price <= most))
        {
            throw new FlowException(FailureKind.BudgetExceeded, $"The questions would cost {cost}, more than --max-usd {most.ToString(CultureInfo.InvariantCulture)}", "Give a higher --max-usd; nothing was asked");
        }

        using ProgressLine line = call.Terminal.Progress($"Asking {model}", "rows");
        await answers.RecordAsync(asked, model, composer, labels, left, file, new RowProgress(line, left.Count), call.Cancellation);
        line.Dispose();
        call.Terminal.Answer(new RescueRecord(file, rows.Count, left.Count), writer => writer.WriteLine($"{file} has the answers of {model} for all {rows.Count:N0} rows, {left.Count:N0} of them new."));
        return ExitCode.Ok;
    }

    private static int Compare(CommandCall call, string on, string recorded, string successor)
    {
        IReadOnlyList<DatasetRow> rows = Rows(on);
        var agreement = Agreement.Of(rows.ToDictionary(row => row.Id, row => row.Label, StringComparer.Ordinal), Predictions(recorded), Predictions(successor));
        if (agreement.Rows == 0)
        {
            throw new FlowException(FailureKind.InvalidInput, $"{recorded} and {successor} have no row in common", "Both must hold answers for rows of --on, by the rows' ids");
        }

        call.Terminal.Answer(agreement, writer =>
        {
            writer.WriteLine($"The successor answers as the old model did on {agreement.Same:N0} of {agreement.Rows:N0} rows: {Percent(agreement.Share)}"
                + (agreement.Interval is { } interval ? $" ({Percent(interval.Low)} to {Percent(interval.High)})" : "")
                + (agreement.Kappa is { } kappa ? $", kappa {kappa.ToString("0.00", CultureInfo.InvariantCulture)}." : "."));
            writer.WriteLine($"Where they differ, the old one is right on {agreement.OnlyOld:N0} rows and the successor on {agreement.OnlyNew:N0} (p = {agreement.PValue.ToString("0.00", CultureInfo.InvariantCulture)}).");
            TextTable table = new("ROW", "OLD", "NEW", "TRUE");
            foreach (DifferentAnswer one in agreement.Different.Take(20))
            {
                table.Add(one.Id, one.Old, one.New, one.Truth ?? "");
            }

            table.Write(writer);
            if (agreement.Different.Length > 20)
            {
                writer.WriteLine($"and {agreement.Different.Length - 20:N0} more rows, all of them with --json.");
            }
        });
        return ExitCode.Ok;
    }

    private static IReadOnlyList<DatasetRow> Rows(string file) => HoldoutFile.Read(Path.GetFileName(file), () => RecipeFile.Open(RecipeFile.Existing(file, "data")));

    private static IReadOnlyList<Prediction> Predictions(string file) => PredictionFile.Read(Path.GetFileName(file), () => RecipeFile.Open(RecipeFile.Existing(file, "prediction")));

    private static string Needed(CommandCall call, Option<string?> option) =>
        call.Get(option) ?? throw new FlowException(new Failure(FailureKind.InvalidInput, "it is not given", "Name the file", Field: option.Name));

    private static string Percent(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);

    private sealed class RowProgress(ProgressLine line, int total) : IProgress<int>
    {
        public void Report(int value) => line.Report(value, total);
    }
}

/// <param name="Models">Those that end first before the others.</param>
internal sealed record RescueList(ImmutableArray<DyingModel> Models);

/// <param name="File">Where the answers are.</param>
/// <param name="Rows">With an answer in it.</param>
/// <param name="Asked">Of them in this call.</param>
internal sealed record RescueRecord(string File, int Rows, int Asked);
