using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Models;

/// <summary>Corrections from use: texts with the label that they should have had. They join the next retrain.</summary>
public sealed class FeedbackStore(IBlobStore store, TimeProvider time)
{
    /// <summary>Keeps one correction; the same text and label given twice is one.</summary>
    /// <exception cref="FlowException">InvalidInput: an empty text or label.</exception>
    public async Task AddAsync(string project, Feedback feedback, CancellationToken cancellation)
    {
        ProjectName.Check(project);
        foreach ((string field, string? value) in new[] { ("text", feedback.Text), ("label", feedback.Label) })
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                throw new FlowException(new Failure(FailureKind.InvalidInput, "it is empty", $"Give the {field}", Field: field));
            }
        }

        await store.WriteJsonAsync(PathOf(project, feedback), feedback with { At = time.GetUtcNow() }, cancellation: cancellation);
    }

    /// <summary>Takes one correction back; false where it is not there.</summary>
    public Task<bool> RemoveAsync(string project, Feedback feedback, CancellationToken cancellation) =>
        store.DeleteAsync(PathOf(project, feedback), cancellation);

    public async Task<List<Feedback>> ReadAllAsync(string project, CancellationToken cancellation)
    {
        var all = new List<Feedback>();
        await foreach (BlobEntry entry in store.ListAsync(RunPaths.FeedbackContainer, $"{project}/", cancellation))
        {
            all.Add(await store.ReadJsonAsync<Feedback>(entry.Path, cancellation));
        }

        return all;
    }

    private static BlobPath PathOf(string project, Feedback feedback)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(feedback.Text + "\n" + feedback.Label)));
        return RunPaths.Feedback(project, $"{hash[..32]}.json");
    }
}

/// <param name="Text">As it was put to the model.</param>
/// <param name="Label">The right one.</param>
/// <param name="At">Set when kept.</param>
public sealed record Feedback(string Text, string Label, DateTimeOffset? At = null);
