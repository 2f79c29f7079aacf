using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Serving;

namespace FineTuneFlow.Api.Models;

/// <summary>Keeps answers under the caller's key, so that what a caller did not hear, as it died or its connection broke, is given again
/// and not asked, and paid, again. The question is asked to its end, whether or not the caller still listens. What a host that was killed
/// has heard of a list is kept row by row.</summary>
public sealed class AskedOnce(IBlobStore store, AnsweredRows rows)
{
    private const int LongestKey = 100;

    // A caller that died and came back at once finds its first question still being asked.
    private readonly ConcurrentDictionary<BlobPath, Lazy<Task<KeptAnswers>>> _going = new();

    /// <param name="project">Whose champion is asked.</param>
    /// <param name="ask">Asks for the texts at the given places, and tells each answer that is paid for when it comes.</param>
    /// <param name="cancellation">The caller no longer listens.</param>
    /// <exception cref="FlowException">InvalidInput: the key; Conflict: it stands for another question; Ambiguous: it is being asked by another
    /// host, or was by one that was killed a moment ago.</exception>
    public async Task<PredictionAnswers> AnswerAsync(
        string project,
        string key,
        PredictionRequest question,
        int texts,
        Func<IReadOnlyList<int>, Func<int, PredictionAnswer, Task>, Task<IReadOnlyList<PredictionAnswer>>> ask,
        CancellationToken cancellation)
    {
        if (key.Length is 0 or > LongestKey)
        {
            throw new FlowException(new Failure(FailureKind.InvalidInput, $"the key has {key.Length} characters", $"Give 1 to {LongestKey}", Field: "key"));
        }

        string hash = Hash(JsonSerializer.Serialize(question, FlowJson.Compact));
        BlobPath path = RunPaths.Asked(project, Hash(key));
        KeptAnswers kept = await _going.GetOrAdd(path, new Lazy<Task<KeptAnswers>>(FindOrAskAsync)).Value.WaitAsync(cancellation);
        return kept.Question == hash
            ? kept.Answers
            : throw new FlowException(new Failure(FailureKind.Conflict, "the key stands for another question", "Give each question a key of its own", Field: "key"));

        async Task<KeptAnswers> FindOrAskAsync()
        {
            try
            {
                if (await store.FindJsonAsync<KeptAnswers>(path, CancellationToken.None) is { } known)
                {
                    return known.Value;
                }

                // The question is part of the name: another one under the same key finds no rows that are not its own.
                BlobPath folder = RunPaths.AskedRows(project, Hash(key), hash);
                var given = new KeptAnswers(hash, new PredictionAnswers(await rows.AskAsync(folder, texts, ask, CancellationToken.None)));
                await store.WriteJsonAsync(path, given, cancellation: CancellationToken.None);
                await rows.ForgetAsync(folder);
                return given;
            }
            finally
            {
                _going.TryRemove(path, out _);
            }
        }
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];

    private sealed record KeptAnswers(string Question, PredictionAnswers Answers);
}
