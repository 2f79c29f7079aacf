using System.Globalization;
using FineTuneFlow.Mutation.Running;

namespace FineTuneFlow.Mutation;

/// <summary>The score by folder, and what survived.</summary>
internal static class Report
{
    /// <param name="isWhole">Whether these are all changes of the scope, so that an entry of the list without one has had its day.</param>
    public static void Write(TextWriter output, IReadOnlyList<Result> results, Baseline baseline, bool isWhole)
    {
        output.WriteLine("| folder | mutants | killed | hung | not reached | survived | equivalent | score |");
        output.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (IGrouping<string, Result> folder in results.GroupBy(result => result.Mutant.Folder).OrderBy(folder => folder.Key, StringComparer.Ordinal).Append(results.GroupBy(_ => "**all**").FirstOrDefault()).OfType<IGrouping<string, Result>>())
        {
            int Count(Outcome outcome) => folder.Count(result => result.Outcome == outcome && !IsEquivalent(result, baseline));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {folder.Key} | {folder.Count()} | {Count(Outcome.Killed)} | {Count(Outcome.Hung)} | {Count(Outcome.NotReached)} | {Count(Outcome.Survived)} | {folder.Count(result => IsEquivalent(result, baseline))} | {Score([.. folder], baseline):F1} % |"));
        }

        foreach (Result result in results.Where(result => result.Outcome is Outcome.Survived or Outcome.NotReached && !IsEquivalent(result, baseline)).OrderBy(result => result.Mutant.Id))
        {
            output.WriteLine($"{result.Mutant.File}:{result.Mutant.Line}: {result.Outcome}: {result.Mutant.Key}");
        }

        foreach (string stale in isWhole ? baseline.Stale(results.Select(result => result.Mutant)) : [])
        {
            output.WriteLine($"no longer there, remove it from the list of equivalent mutants: {stale}");
        }
    }

    /// <summary>Of those that anything could notice, in percent.</summary>
    public static double Score(IReadOnlyCollection<Result> results, Baseline baseline)
    {
        Result[] counted = [.. results.Where(result => !IsEquivalent(result, baseline))];
        return counted.Length == 0 ? 100 : 100.0 * counted.Count(result => result.Outcome is Outcome.Killed or Outcome.Hung) / counted.Length;
    }

    private static bool IsEquivalent(Result result, Baseline baseline) =>
        result.Outcome is Outcome.Survived or Outcome.NotReached && baseline.Reason(result.Mutant) is not null;
}
