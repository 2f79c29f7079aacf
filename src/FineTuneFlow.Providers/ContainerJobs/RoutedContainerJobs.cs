using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>Sends each baseline where its recipe says and the settings allow: to the container job, or to a program on this machine.</summary>
/// <param name="job">Null: no job is set.</param>
/// <param name="machine">Null: nothing here runs programs.</param>
/// <param name="trainerOnly">The program of the machine is the product's trainer, which takes encoders alone.</param>
internal sealed class RoutedContainerJobs(IContainerJobs? job, IContainerJobs? machine, bool trainerOnly) : IContainerJobs
{
    public ContainerFacts FactsOf(ContainerJobRequest request) => Of(request)?.FactsOf(request) ?? new ContainerFacts(TimeSpan.Zero, TimeSpan.Zero, "t4");

    public Task<ContainerExecution> StartAsync(ContainerJobRequest request, CancellationToken cancellation = default) =>
        Required(request).StartAsync(request, cancellation);

    public Task<ContainerExecution?> FindAsync(ContainerJobRequest request, CancellationToken cancellation = default) =>
        // What cannot start anything has started nothing.
        Of(request)?.FindAsync(request, cancellation) ?? Task.FromResult<ContainerExecution?>(null);

    public Task<ContainerExecution?> GetAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) =>
        Required(request).GetAsync(request, executionId, cancellation);

    public Task<string> ReadLogTailAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) =>
        Required(request).ReadLogTailAsync(request, executionId, cancellation);

    public Task CancelAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation = default) =>
        Required(request).CancelAsync(request, executionId, cancellation);

    private IContainerJobs? Of(ContainerJobRequest request)
    {
        IContainerJobs? here = trainerOnly && !request.IsEncoder ? null : machine;
        return request.Encoder.Where switch
        {
            TrainingPlace.Job => job,
            TrainingPlace.Machine => here,
            _ => job ?? here,
        };
    }

    private IContainerJobs Required(ContainerJobRequest request) => Of(request) ?? throw new FlowException(request.IsEncoder
        ? new Failure(
            FailureKind.InvalidInput,
            request.Encoder.Where == TrainingPlace.Job ? $"{request.Baseline} is to be trained by a container job, and none is set" : $"{request.Baseline} is an encoder, and nothing here trains one",
            "Set Baselines__Job to a Container Apps job, or run the host from a checkout, which trains on its own machine; or remove the baseline",
            Field: "Baselines__Job")
        : new Failure(
            FailureKind.InvalidInput,
            "The recipe has a container baseline, and nothing here runs containers",
            "Set Baselines__Command to a program that keeps to docs/baseline-contract.md, or Baselines__Job to a Container Apps job; or set the baseline's kind to encoder, or remove it",
            Field: "Baselines__Job"));
}
