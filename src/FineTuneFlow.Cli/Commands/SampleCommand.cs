using System.CommandLine;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Samples;

namespace FineTuneFlow.Cli.Commands;

/// <summary><c>ftf sample</c>: writes made-up reviews.</summary>
internal static class SampleCommand
{
    private static readonly Option<long> Rows = new("--rows", "-n") { Description = "Rows to write.", HelpName = "N", DefaultValueFactory = _ => 5_000 };
    private static readonly Option<string> To = new("--out", "-o") { Description = "The CSV to write; - writes to standard output.", HelpName = "FILE", Required = true };
    private static readonly Option<int> Seed = new("--seed") { Description = "Same seed, same bytes.", HelpName = "S", DefaultValueFactory = _ => 42 };

    public static Command Create() =>
        new Command("sample", "Write a made-up review CSV of any size, with duplicates, conflicts, line breaks, emoji and other languages in it.")
        {
            Rows, To, Seed,
        }.Runs(RunAsync);

    private static async Task<int> RunAsync(CommandCall call)
    {
        long rows = call.Get(Rows);
        if (rows < 1)
        {
            throw new FlowException(new Failure(FailureKind.InvalidInput, $"{rows} rows cannot be written", "Ask for 1 row or more.", Field: "--rows"));
        }

        string path = call.Get(To)!;
        int seed = call.Get(Seed);
        if (path == "-")
        {
            await using Stream output = Console.OpenStandardOutput();
            SampleReviews.Write(output, rows, seed, cancellation: call.Cancellation);
            return ExitCode.Ok;
        }

        string full = Path.GetFullPath(path);
        if (Path.GetDirectoryName(full) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        // A half-written CSV would look like a whole one: written beside and moved when it is.
        string part = full + ".part";
        try
        {
            using (ProgressLine line = call.Terminal.Progress($"Writing {Path.GetFileName(path)}", "rows"))
            await using (FileStream file = File.Create(part))
            {
                SampleReviews.Write(file, rows, seed, new Reports(done => line.Report(done, rows)), call.Cancellation);
            }

            File.Move(part, full, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }

        long bytes = new FileInfo(full).Length;
        call.Terminal.Answer(
            new Written(path, rows, seed, bytes),
            output => output.WriteLine($"{path}: {rows:N0} made-up reviews, {bytes / 1e6:N1} MB, seed {seed}"));
        return ExitCode.Ok;
    }

    private sealed record Written(string File, long Rows, int Seed, long Bytes);

    /// <summary>Told on the writing thread itself, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class Reports(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
