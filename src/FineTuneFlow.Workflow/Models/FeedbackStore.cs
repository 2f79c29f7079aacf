using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Models;

/// <summary>Corrections from use: texts with the label that they should have had, and corrected files of suspects. They join the next
/// retrain; rows that judge the champion keep their label.</summary>
public sealed class FeedbackStore(IBlobStore store, JudgedTexts judged, TimeProvider time)
{
    private const int MostCharacters = 100_000;

    /// <summary>Keeps what is said of a text; said again of the same text, the later counts and the earlier is remembered.</summary>
    /// <param name="labels">Those that it has.</param>
    /// <param name="feedback">What is said.</param>
    /// <exception cref="FlowException">InvalidInput: an empty text, or a label that the project does not have.</exception>
    public async Task<KeptFeedback> AddAsync(string project, ImmutableArray<string> labels, Feedback feedback, CancellationToken cancellation)
    {
        ProjectName.Check(project);
        int visible = feedback.Text.EnumerateRunes().Count(IsVisible);
        if (visible == 0 || feedback.Text.Length > MostCharacters)
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput, $"the text has {feedback.Text.Length:N0} characters, {visible:N0} of them visible", $"Give 1 to {MostCharacters:N0}", Field: "text"));
        }

        ProjectLabels.Check(labels, feedback.Label);
        string id = IdOf(feedback.Text);
        BlobPath path = RunPaths.Feedback(project, $"{id}.json");
        Feedback? before = (await store.FindJsonAsync<Feedback>(path, cancellation))?.Value;
        Feedback kept = feedback with
        {
            At = time.GetUtcNow(),
            Before = before is null || before.Label == feedback.Label ? before?.Before ?? [] : before.Before.Add(new EarlierLabel(before.Label, before.At, before.By)),
        };
        await store.WriteJsonAsync(path, kept, cancellation: cancellation);
        return new KeptFeedback(id, kept, (await judged.OfAsync(project, cancellation)).Contains(TextId.Of(kept.Text)));
    }

    /// <exception cref="FlowException">NotFound: nothing was said under this id; InvalidInput: no label of the project.</exception>
    public async Task<KeptFeedback> AmendAsync(
        string project, ImmutableArray<string> labels, string id, string label, string? by, CancellationToken cancellation)
    {
        Feedback known = await FindAsync(project, id, cancellation);
        return await AddAsync(project, labels, known with { Label = label, By = by ?? known.By }, cancellation);
    }

    /// <exception cref="FlowException">NotFound: nothing was said under this id.</exception>
    public async Task DeleteAsync(string project, string id, CancellationToken cancellation)
    {
        await FindAsync(project, id, cancellation);
        await store.DeleteAsync(RunPaths.Feedback(ProjectName.Check(project), $"{id}.json"), cancellation);
    }

    /// <summary>Takes back what was said of a text; false where nothing was.</summary>
    public Task<bool> RemoveAsync(string project, string text, CancellationToken cancellation) =>
        store.DeleteAsync(RunPaths.Feedback(ProjectName.Check(project), $"{IdOf(text)}.json"), cancellation);

    /// <summary>All that was said, newest first.</summary>
    public async Task<ImmutableArray<KeptFeedback>> ListAsync(string project, CancellationToken cancellation)
    {
        IReadOnlySet<string> judges = await judged.OfAsync(project, cancellation);
        var all = new List<KeptFeedback>();
        await foreach (BlobEntry entry in store.ListAsync(RunPaths.FeedbackContainer, $"{ProjectName.Check(project)}/", cancellation))
        {
            if (entry.Path.Name.Count(c => c == '/') == 1 && (await store.FindJsonAsync<Feedback>(entry.Path, cancellation))?.Value is { } said)
            {
                all.Add(new KeptFeedback(Path.GetFileNameWithoutExtension(entry.Path.Name), said, judges.Contains(TextId.Of(said.Text))));
            }
        }

        return [.. all.OrderByDescending(one => one.Feedback.At).ThenBy(one => one.Id, StringComparer.Ordinal)];
    }

    /// <summary>Keeps a corrected file of suspects; the same file twice is one.</summary>
    public async Task<Corrections> CorrectAsync(string project, BlobPath drop, IReadOnlyDictionary<string, string> labels, CancellationToken cancellation)
    {
        var corrections = new Corrections(drop.ToString(), time.GetUtcNow(), labels.ToImmutableSortedDictionary(StringComparer.Ordinal));
        await store.WriteJsonAsync(RunPaths.Feedback(project, $"corrections/{IdOf(drop.ToString())}.json"), corrections, cancellation: cancellation);
        return corrections;
    }

    /// <summary>The corrected files, oldest first.</summary>
    public async Task<ImmutableArray<Corrections>> CorrectionsAsync(string project, CancellationToken cancellation)
    {
        var all = new List<Corrections>();
        await foreach (BlobEntry entry in store.ListAsync(RunPaths.FeedbackContainer, $"{ProjectName.Check(project)}/corrections/", cancellation))
        {
            all.Add(await store.ReadJsonAsync<Corrections>(entry.Path, cancellation));
        }

        return [.. all.OrderBy(one => one.At).ThenBy(one => one.Drop, StringComparer.Ordinal)];
    }

    private async Task<Feedback> FindAsync(string project, string id, CancellationToken cancellation) =>
        id.Length == 32 && id.All(char.IsAsciiHexDigitLower)
        && (await store.FindJsonAsync<Feedback>(RunPaths.Feedback(ProjectName.Check(project), $"{id}.json"), cancellation))?.Value is { } known
            ? known
            : throw new FlowException(new Failure(FailureKind.NotFound, $"The project {project} has no feedback {(id.Length <= 64 ? id : id[..64])}", "List it to find its id: ftf feedback " + project, Field: "id"));

    /// <summary>Joiners, marks of direction and other formats are not.</summary>
    private static bool IsVisible(Rune rune) => !Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format);

    private static string IdOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
}
