using System.Text.RegularExpressions;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Simulation;

/// <summary>Who asked what, and what was answered and so paid for. Notices when something is asked that is stored already, or that
/// another living host is asking at the same time.</summary>
/// <param name="world">Told of violations.</param>
/// <param name="rows">Ids of the judged rows by the number in their text.</param>
/// <param name="isStored">Whether an answer to a row is in storage.</param>
internal sealed partial class PaidAnswers(World world, IReadOnlyDictionary<string, string> rows, Func<Asker, string, bool> isStored)
{
    public const int PromptTokens = 120;
    public const int CompletionTokens = 1;

    private readonly Lock _gate = new();
    private readonly List<Question> _underWay = [];

    public string RowOf(ModelQuestion question) => rows[Number().Matches(question.Messages[^1].Content)[^1].Value];

    /// <summary>A host sends a question; to be disposed of when it has its answer.</summary>
    public IDisposable Asking(Asker asker, string row, Func<string, string, string, bool> isInBatch)
    {
        if (isStored(asker, row))
        {
            world.Violate($"{row} was asked again for {asker}, although its answer is stored");
        }

        if (isInBatch(asker.RunId, asker.Candidate, row))
        {
            world.Violate($"{row} was asked again for {asker}, although a batch has answered it");
        }

        var question = new Question(this, asker, row, World.Current!);
        lock (_gate)
        {
            if (_underWay.Find(q => q.Asker == asker && q.Row == row && !q.Host.IsDead) is { } other)
            {
                world.Violate($"{row} was asked for {asker} by the {question.Host.Name} while the {other.Host.Name} was asking it");
            }

            _underWay.Add(question);
        }

        return question;
    }

    public ModelAnswer Answer(string model, string row) =>
        new(world.Chance.Below($"answer of {model} to {row}", 3) + 1 + "", [], "stop", null, PromptTokens, CompletionTokens, 40);

    [GeneratedRegex("nr[0-9]+")]
    private static partial Regex Number();

    private sealed record Question(PaidAnswers Answers, Asker Asker, string Row, HostProcess Host) : IDisposable
    {
        public void Dispose()
        {
            lock (Answers._gate)
            {
                Answers._underWay.RemoveAll(q => ReferenceEquals(q, this));
            }
        }
    }
}
