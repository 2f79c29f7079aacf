using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.FileStorage;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Serving;
using FineTuneFlow.Workflow.Spending;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Serving;

public sealed class AnsweredRowsTests : IDisposable
{
    private static readonly BlobPath Folder = BlobPath.Of("models", "asked/asked/key/question");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-rows-");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 2, 3, 0, 0, TimeSpan.Zero));
    private readonly FileBlobStore _store;

    public AnsweredRowsTests() => _store = new FileBlobStore(_folder.FullName);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_was_heard_before_the_others_failed_is_not_asked_again()
    {
        AnsweredRows rows = Rows();
        var asked = new List<int>();

        await Should.ThrowAsync<FlowException>(rows.AskAsync<string>(Folder, 5, async (left, heard) =>
        {
            foreach (int row in left.Take(3))
            {
                asked.Add(row);
                await heard(row, $"answer {row}");
            }

            throw new FlowException(FailureKind.Unavailable, "the service is down");
        }, Cancellation));
        IReadOnlyList<string> answers = await rows.AskAsync(Folder, 5, Answer(asked), Cancellation);

        answers.ShouldBe(["answer 0", "answer 1", "answer 2", "answer 3", "answer 4"]);
        asked.ShouldBe([0, 1, 2, 3, 4]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_list_that_is_being_asked_is_asked_by_nobody_else_until_its_host_is_taken_for_dead()
    {
        AnsweredRows rows = Rows();
        var asked = new List<int>();
        // A host that was killed while it waited for the third answer: its intent stands, and nobody keeps it fresh.
        await _store.WriteJsonAsync(BlobPath.Parse($"{Folder}/intent.json"), new SpendRecord<string>(_clock.GetUtcNow(), SpendState.Intended, null), cancellation: Cancellation);
        await _store.WriteJsonAsync(BlobPath.Parse($"{Folder}/00000.json"), "answer 0", cancellation: Cancellation);
        await _store.WriteJsonAsync(BlobPath.Parse($"{Folder}/00001.json"), "answer 1", cancellation: Cancellation);

        FlowException going = await Should.ThrowAsync<FlowException>(rows.AskAsync(Folder, 3, Answer(asked), Cancellation));
        (going.Failure.Kind, going.Failure.RetryAfter).ShouldBe((FailureKind.Ambiguous, TimeSpan.FromSeconds(2)));
        asked.ShouldBeEmpty();
        _clock.Advance(going.Failure.RetryAfter!.Value);
        IReadOnlyList<string> answers = await rows.AskAsync(Folder, 3, Answer(asked), Cancellation);

        answers.ShouldBe(["answer 0", "answer 1", "answer 2"]);
        asked.ShouldBe([2]);
        await rows.ForgetAsync(Folder);
        await foreach (BlobEntry left in _store.ListAsync(Folder.Container, Folder.Name, Cancellation))
        {
            left.Path.ToString().ShouldBe("nothing is left");
        }
    }

    private AnsweredRows Rows() => new(_store, new SpendOnce(_store, _clock), new NoProviders());

    private static Func<IReadOnlyList<int>, Func<int, string, Task>, Task<IReadOnlyList<string>>> Answer(List<int> asked) => async (left, heard) =>
    {
        asked.AddRange(left);
        await Task.WhenAll(left.Select(row => heard(row, $"answer {row}")));
        return [.. left.Select(row => $"answer {row}")];
    };

    private sealed class NoProviders : IProviders
    {
        public IReadOnlyList<ProviderFacts> All => [];

        public string Default => "";

        public IFineTuningProvider Get(string name) => throw new NotSupportedException("nothing is asked here");
    }
}
