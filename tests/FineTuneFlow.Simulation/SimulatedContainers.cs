using System.Text;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Simulation;

/// <summary>Whoever runs containers: executions whose state follows from the time, and which write their outputs when they end.</summary>
internal sealed class SimulatedContainers(World world, Calls calls, SimulatedStore store, PreparedOnce prepared) : IContainerJobs
{
    private const string Machine = "a100";
    private static readonly ContainerFacts Facts = new(TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(30), Machine);

    private readonly Lock _gate = new();
    private readonly List<SimulatedExecution> _executions = [];

    /// <summary>A planted fault.</summary>
    public Plant Plant { get; init; } = Plant.None;

    public IReadOnlyList<SimulatedExecution> Executions => Locked(() => _executions.ToArray());

    public ContainerFacts FactsOf(ContainerJobRequest request) => Facts;

    public Task<ContainerExecution?> FindAsync(ContainerJobRequest request, CancellationToken cancellation = default) => calls.SendAsync(
        $"find container {Key(request)}", makes: false,
        () => Plant.FindsContainers ? Locked(() => _executions.Find(e => e.IsOf(request))?.At(world.Now)) : null);

    public Task<ContainerExecution> StartAsync(ContainerJobRequest request, CancellationToken cancellation = default) =>
        calls.SendAsync($"start container {Key(request)}", makes: true, () => Locked(() => Start(request)));

    public Task<ContainerExecution?> GetAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) =>
        calls.SendAsync($"get container {executionId}", makes: false, () => Locked(() => _executions.Find(e => e.Id == executionId)?.At(world.Now)));

    public Task<string> ReadLogTailAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) =>
        calls.SendAsync($"log of {executionId}", makes: false, () => "the end of a log");

    public Task CancelAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) =>
        calls.SendAsync($"stop container {executionId}", makes: false, () => Locked(() =>
        {
            _executions.Find(e => e.Id == executionId)?.Cancel(world.Now);
            return true;
        }));

    private static string Key(ContainerJobRequest request) => $"{request.RunId} {request.Baseline} {request.Attempt}";

    private ContainerExecution Start(ContainerJobRequest request)
    {
        string point = $"execution {Key(request)} {_executions.Count(e => e.IsOf(request))}";
        double fate = world.Chance.Next(point);
        var execution = new SimulatedExecution(
            $"execution-{_executions.Count + 1}", request, Machine, world.Now, world.Chance.Between($"{point} pends", 1, 300),
            world.Chance.Magnitude($"{point} works", 20, 10_000), fate);
        _executions.Add(execution);
        world.Later(execution.EndsAt - world.Now, () => WriteOutputs(execution));
        return execution.At(world.Now);
    }

    private void WriteOutputs(SimulatedExecution execution)
    {
        if (execution.At(world.Now).State != ContainerState.Succeeded)
        {
            return;
        }

        ContainerJobRequest request = execution.Request;
        Put(ContainerFiles.Predictions, string.Concat(prepared.Holdout.Select(id =>
            "{\"id\":\"" + id + "\",\"probabilities\":{\"1\":0.5,\"2\":0.3,\"3\":0.2}}\n")));
        Put(ContainerFiles.Metrics, "step,train_loss,train_accuracy,valid_loss,valid_accuracy\n1,1.1,0.3,1.2,0.3\n");
        Put(ContainerFiles.Result, """{"status":"succeeded","tokensPerSecond":1000,"parameters":1000000}""");

        void Put(string file, string content) => store.Put(request.OutputFile(file), Encoding.UTF8.GetBytes(content));
    }

    private T Locked<T>(Func<T> act)
    {
        lock (_gate)
        {
            return act();
        }
    }
}
