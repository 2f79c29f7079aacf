using System.CommandLine;
using System.Diagnostics;
using FineTuneFlow.Cli.Client;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Cli.Stack;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Samples;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf demo</c>: the chapter's experiment from a CSV to the verdict, on a stack of its own that is gone afterwards.</summary>
internal static class DemoCommand
{
    private const string Project = "demo";
    private const int MaxProjectName = 40;
    private const int SampleRows = 6_000;

    public static Command Create()
    {
        var csv = new Argument<string?>("csv") { Description = "A CSV of reviews with stars; without one, a sample is made.", Arity = ArgumentArity.ZeroOrOne, HelpName = "CSV" };
        var fresh = new Option<bool>("--fresh") { Description = "Run it again even where the same file was run before." };
        var encoder = new Option<bool>("--encoder") { Description = "With a pre-trained encoder beside the other models: some minutes more on two cores, and a download of about 310 MB the first time." };
        Option<string?> recipe = SharedOptions.Recipe();
        recipe.Description = "Recipe; without one, the chapter's, which recognises the columns.";
        var arguments = new StackArguments();
        var command = new Command("demo", "Run the chapter's experiment: fine-tunes, continuation, baseline, comparison, verdict.") { csv, fresh, encoder, recipe };
        arguments.AddTo(command);
        return command.Runs(call => RunAsync(call, arguments.Read(call), call.Parse.GetValue(csv), call.Get(recipe) ?? Plan(call.Get(encoder)), call.Get(fresh)));
    }

    private static string Plan(bool encoder) => Path.Combine(StackPaths.Root, "samples", encoder ? "chapter-encoder.recipe.json" : "chapter.recipe.json");

    private static async Task<int> RunAsync(CommandCall call, StackOptions options, string? csv, string plan, bool fresh)
    {
        var clock = Stopwatch.StartNew();
        Terminal terminal = call.Terminal;
        string file = csv is null ? await SampleAsync(options, terminal, call.Cancellation) : RecipeFile.Existing(csv, "CSV");
        await using LocalStack? stack = await StackAsync(options, terminal, call.Cancellation);
        using var client = new HostClient(StackFile.Read(options.Home)?.Host ?? options.Host);
        StartedRun run = await DropUploader.SendAsync(client, terminal, csv is null ? Project : ProjectOf(csv), file, plan, call.Cancellation);
        if (!run.Created && fresh && (await client.RunAsync(run.RunId, call.Cancellation)).EndedAt is not null)
        {
            run = await client.PostAsync<StartedRun>($"runs/{run.RunId}/rerun?anew=true", null, call.Cancellation);
        }
        else if (!run.Created)
        {
            terminal.Line($"The same file with the same recipe is the same run: {run.RunId} was begun before, nothing is trained or paid again (--fresh runs it anew).");
        }

        terminal.Line();
        int code;
        try
        {
            code = await FollowAsync(client, run.RunId, terminal, stack, call.Cancellation);
        }
        catch (OperationCanceledException) when (call.Cancellation.IsCancellationRequested)
        {
            terminal.Note(stack is null
                ? $"{run.RunId} goes on. See it: ftf watch {run.RunId}"
                : $"{run.RunId} stands still with the stack and goes on where it was with the next ftf demo of this file, or ftf up.");
            throw;
        }

        terminal.Line($"Files    {client.Address}api/runs/{run.RunId}/artifacts");
        if (stack is not null)
        {
            terminal.Line($"\nThe stack is stopped again. To look around: ./ftf up, then the addresses above, or ./ftf report {run.RunId}.");
        }

        terminal.Line($"The demo took {Say.Span(clock.Elapsed)}.");
        return code;
    }

    /// <summary>Follows the run; a service of ours that ends under it ends the command too.</summary>
    private static async Task<int> FollowAsync(HostClient client, string runId, Terminal terminal, LocalStack? stack, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<int> following = RunWatch.FollowAsync(client, runId, terminal, stop.Token);
        Task<FlowException>? ended = stack?.FirstEndAsync(stop.Token);
        try
        {
            if (ended is not null && await Task.WhenAny(following, ended) == ended)
            {
                throw await ended;
            }

            return await following;
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    /// <summary>A project for each file: the champion of one has no business with the data of another.</summary>
    private static string ProjectOf(string csv)
    {
        string name = Path.GetFileName(csv).Split('.')[0].ToLowerInvariant();
        string letters = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        return letters.Length == 0 ? Project : letters[..Math.Min(letters.Length, MaxProjectName)].Trim('-');
    }

    private static async Task<string> SampleAsync(StackOptions options, Terminal terminal, CancellationToken cancellation)
    {
        string file = Path.Combine(options.Home, "demo", "reviews.csv");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await using (FileStream stream = File.Create(file))
        {
            SampleReviews.Write(stream, SampleRows, seed: 42, cancellation: cancellation);
        }

        terminal.Line($"Sample     {StackPaths.Shown(file)}: {SampleRows:N0} made-up reviews with duplicates, conflicts, line breaks and emoji in them");
        return file;
    }

    /// <summary>A stack of this command's own; null where one runs already, which is used as it is.</summary>
    private static async Task<LocalStack?> StackAsync(StackOptions options, Terminal terminal, CancellationToken cancellation)
    {
        if (StackFile.Read(options.Home) is { } running)
        {
            using var probe = new HostClient(running.Host);
            if (await probe.IsWellAsync(cancellation))
            {
                terminal.Line($"Host       {running.Host} (runs already)");
                return null;
            }
        }

        return await LocalStack.StartAsync(
            options, service => terminal.Line($"{char.ToUpperInvariant(service.Name[0])}{service.Name[1..],-9} {service.Where}"), cancellation);
    }
}
