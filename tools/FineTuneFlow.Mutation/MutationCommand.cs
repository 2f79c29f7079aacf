using System.Diagnostics;
using System.Globalization;
using FineTuneFlow.Mutation.Running;

namespace FineTuneFlow.Mutation;

/// <summary>The command line: scopes by name, and how to run them.</summary>
internal static class MutationCommand
{
    private const string Usage = """
        Plants small changes in the code, one at a time, and says which of them no test notices.

        dotnet run --project tools/FineTuneFlow.Mutation -c Release -- SCOPE... [--workers N] [--folder PART] [--sample N] [--mutants] [--report] [--slowest MS] [--confirm] [--tests] [--afresh]

          SCOPE          a name from tools/FineTuneFlow.Mutation/scopes.json, or all
          --workers N    processes side by side (default: half of the cores)
          --folder PART  only files whose path contains it
          --sample N     only one change in N, always the same ones
          --mutants      list the changes and run nothing
          --report       report what earlier sessions have found and run nothing
          --slowest MS   leave out tests that take more of a processor (default: 300)
          --confirm      try survivors once more in a new process each and by all tests: much slower
          --tests        list the twenty tests that take most of a processor
          --afresh       forget what earlier sessions have found

        Build the test project of the scope first (dotnet build tests/... -c Release). A session that is stopped goes on where it was;
        once a change is noticed it is not planted again until its file changes, and one that is listed as equivalent only by --confirm.
        The command fails while a score is below its goal.
        """;

    public static async Task<int> RunAsync(string[] args, TextWriter output)
    {
        string? Value(string option) => Array.IndexOf(args, option) is >= 0 and int at && at + 1 < args.Length ? args[at + 1] : null;
        int Number(string option, int usual) => Value(option) is { } given ? int.Parse(given, NumberStyles.None, CultureInfo.InvariantCulture) : usual;
        string[] names = [.. args.Where((arg, i) => !arg.StartsWith("--", StringComparison.Ordinal) && (i == 0 || args[i - 1] is not ("--workers" or "--folder" or "--sample" or "--slowest")))];
        IReadOnlyList<Scope> scopes = Scope.All();
        if (names.Length == 0 || names.FirstOrDefault(name => name != "all" && scopes.All(scope => scope.Name != name)) is { } unknown)
        {
            await output.WriteLineAsync($"{Usage}\n\nScopes: {string.Join(", ", scopes.Select(scope => scope.Name))}");
            return 2;
        }

        bool reached = true;
        foreach (Scope scope in scopes.Where(scope => names.Contains("all") || names.Contains(scope.Name)))
        {
            var options = new SessionOptions(
                Number("--workers", Math.Max(1, Environment.ProcessorCount / 2)),
                Value("--folder"),
                Number("--sample", 1),
                args.Contains("--afresh"),
                args.Contains("--confirm"),
                Number("--slowest", 300),
                args.Contains("--tests") ? 20 : 0);
            var session = new Session(scope, Root(), options, output);
            long start = Stopwatch.GetTimestamp();
            if (args.Contains("--mutants"))
            {
                await session.ListAsync();
                continue;
            }

            IReadOnlyList<Result> results = await session.RunAsync(reportOnly: args.Contains("--report"));
            Report.Write(output, results, session.Baseline, isWhole: options is { Part: null, Sample: 1 });
            double score = Report.Score(results, session.Baseline);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{scope.Name}: {score:F1} %, goal {scope.Goal} %, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s"));
            reached &= score >= scope.Goal;
        }

        return reached ? 0 : 1;
    }

    private static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FineTuneFlow.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("Run this from a build inside the repository: FineTuneFlow.sln was not found above it.");
    }
}
