using System.Globalization;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Serving;

/// <summary>Asks for a list of rows so that what was answered is not asked, and paid, again: every answer is kept as soon as it is heard,
/// and of two attempts at once one asks and the other is told to wait. What a killed host had asked and not heard yet is asked again, as
/// nobody has its answer.</summary>
public sealed class AnsweredRows(IBlobStore store, SpendOnce once, IProviders providers)
{
    // No provider is configured: only models of our own can be asked.
    private static readonly SpendGrace OfOwnModels = new(TimeSpan.Zero, TimeSpan.FromSeconds(2));

    /// <param name="folder">Where the answers of this list are kept, and of no other.</param>
    /// <param name="rows">How many there are.</param>
    /// <param name="ask">Asks for the rows that it is given, and tells each answer when it comes. Returns them in their order.</param>
    /// <exception cref="Core.Failures.FlowException">Ambiguous: another attempt is under way, or was when its host was killed; RetryAfter says
    /// until when it counts.</exception>
    public Task<IReadOnlyList<T>> AskAsync<T>(
        BlobPath folder, int rows, Func<IReadOnlyList<int>, Func<int, T, Task>, Task<IReadOnlyList<T>>> ask, CancellationToken cancellation)
        where T : class =>
        once.HoldAsync(BlobPath.Parse($"{folder}/intent.json"), Grace(), () => AskMissingAsync(folder, rows, ask, cancellation), cancellation);

    /// <summary>Takes the rows away, once their answers are kept together.</summary>
    public async Task ForgetAsync(BlobPath folder) =>
        await Task.WhenAll((await KeptAsync(folder, CancellationToken.None)).Select(kept => store.DeleteAsync(kept.Answer, CancellationToken.None)));

    private async Task<IReadOnlyList<T>> AskMissingAsync<T>(
        BlobPath folder, int rows, Func<IReadOnlyList<int>, Func<int, T, Task>, Task<IReadOnlyList<T>>> ask, CancellationToken cancellation)
        where T : class
    {
        var answers = new T?[rows];
        foreach ((int row, BlobPath answer) in await KeptAsync(folder, cancellation))
        {
            answers[row] = await store.ReadJsonAsync<T>(answer, cancellation);
        }

        int[] left = [.. Enumerable.Range(0, rows).Where(row => answers[row] is null)];
        if (left.Length > 0)
        {
            IReadOnlyList<T> given = await ask(left, (row, answer) => store.WriteJsonAsync(RowOf(folder, row), answer, cancellation: CancellationToken.None));
            for (int i = 0; i < left.Length; i++)
            {
                answers[left[i]] = given[i];
            }
        }

        return answers!;
    }

    private async Task<List<(int Row, BlobPath Answer)>> KeptAsync(BlobPath folder, CancellationToken cancellation)
    {
        var kept = new List<(int, BlobPath)>();
        await foreach (BlobEntry entry in store.ListAsync(folder.Container, $"{folder.Name}/", cancellation))
        {
            if (int.TryParse(Path.GetFileNameWithoutExtension(entry.Path.Name), NumberStyles.None, CultureInfo.InvariantCulture, out int row))
            {
                kept.Add((row, entry.Path));
            }
        }

        return kept;
    }

    private SpendGrace Grace() => providers.All.Select(SpendGrace.OfQuestions).DefaultIfEmpty(OfOwnModels).MaxBy(grace => grace.Arrival)!;

    private static BlobPath RowOf(BlobPath folder, int row) => BlobPath.Parse(string.Create(CultureInfo.InvariantCulture, $"{folder}/{row:D5}.json"));
}
