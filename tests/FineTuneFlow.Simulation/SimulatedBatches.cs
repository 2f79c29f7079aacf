using System.Runtime.CompilerServices;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Simulation;

/// <summary>The service's Batch API, over the simulated network.</summary>
internal sealed class SimulatedBatches(World world, Calls calls, PaidAnswers answers) : IBatchInference
{
    private readonly Lock _gate = new();
    private readonly List<SimulatedBatch> _batches = [];
    private readonly Dictionary<string, (ProviderFile File, IReadOnlyList<BatchQuestion> Questions)> _files = [];

    /// <summary>A planted fault.</summary>
    public Plant Plant { get; init; } = Plant.None;

    public IReadOnlyList<SimulatedBatch> All => Locked(() => _batches.ToArray());

    /// <summary>Whether a batch that has ended has answered this row.</summary>
    public bool HasAnswered(string runId, string candidate, string row) => Locked(() => _batches.Exists(b =>
        b.RunId == runId && b.Candidate == candidate && b.At(world.Now).HasEnded && b.Answered(world.Now).Any(question => question.Id == row)));

    public Task<ProviderFile?> FindQuestionsAsync(string name, CancellationToken cancellation = default) => calls.SendAsync(
        $"find questions {name}", makes: false, () => Locked(() => _files.Values.Select(f => f.File).FirstOrDefault(f => f.Name == name)));

    public Task<ProviderFile> UploadQuestionsAsync(string name, IReadOnlyList<BatchQuestion> questions, CancellationToken cancellation = default) =>
        calls.SendAsync($"upload questions {name}", makes: true, () => Locked(() =>
        {
            var file = new ProviderFile($"questions-{_files.Count + 1}", name, questions.Count, FileState.Ready, null);
            _files[file.Id] = (file, questions);
            return file;
        }));

    public Task<ProviderBatch> CreateBatchAsync(
        string questionsFile, ModelFamily family, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellation = default) =>
        calls.SendAsync($"create batch {string.Join(' ', metadata.Values)}", makes: true, () => Locked(() => Create(questionsFile, metadata)));

    public async IAsyncEnumerable<ProviderBatch> FindBatchesAsync(
        IReadOnlyDictionary<string, string> metadata, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ProviderBatch[] found = await calls.SendAsync(
            $"find batches {string.Join(' ', metadata.Values)}", makes: false,
            () => Locked(() => _batches.Where(b => b.Carries(metadata)).Select(b => b.At(world.Now)).Reverse().ToArray()));
        foreach (ProviderBatch batch in Plant.FindsBatches || !metadata.ContainsKey("ftf_part") ? found : [])
        {
            yield return batch;
        }
    }

    public Task<ProviderBatch?> GetBatchAsync(string batchId, CancellationToken cancellation = default) =>
        calls.SendAsync($"get {batchId}", makes: false, () => Locked(() => Find(batchId)?.At(world.Now)));

    public Task<ProviderBatch> CancelBatchAsync(string batchId, CancellationToken cancellation = default) =>
        calls.SendAsync($"cancel {batchId}", makes: false, () => Locked(() =>
        {
            SimulatedBatch batch = Find(batchId)!;
            batch.Cancel(world.Now);
            return batch.At(world.Now);
        }));

    public async IAsyncEnumerable<BatchAnswer> ReadAnswersAsync(ProviderBatch batch, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        BatchAnswer[] read = await calls.SendAsync($"read {batch.Id}", makes: false, () => Locked(() =>
        {
            SimulatedBatch ended = Find(batch.Id)!;
            return ended.Answers(world.Now, question => answers.Answer(ended.Id, question.Id)).ToArray();
        }));
        foreach (BatchAnswer answer in read)
        {
            yield return answer;
        }
    }

    private SimulatedBatch? Find(string id) => _batches.Find(b => b.Id == id);

    private ProviderBatch Create(string file, IReadOnlyDictionary<string, string> metadata)
    {
        string point = $"batch {string.Join(' ', metadata.Values)}";
        double fate = world.Chance.Next($"{point} ends");
        IReadOnlyList<BatchQuestion> questions = _files[file].Questions;
        var batch = new SimulatedBatch(
            $"batch-{_batches.Count + 1}", file, questions, metadata, world.Now, world.Chance.Magnitude($"{point} lasts", 30, 40_000),
            fate < 0.05 ? BatchState.Failed : fate < 0.2 ? BatchState.Expired : BatchState.Completed,
            [.. questions.Select(question => world.Chance.Next($"{point} {question.Id}"))]);
        _batches.Add(batch);
        return batch.At(world.Now);
    }

    private T Locked<T>(Func<T> act)
    {
        lock (_gate)
        {
            return act();
        }
    }
}
