using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Simulation;

/// <summary>What every host's container holds: the product's services over the world's storage, services and clock.</summary>
internal sealed class HostServices(World world, IBlobStore store, SimulatedProvider provider, IContainerJobs containers)
{
    /// <param name="process">Whose steps the services work for.</param>
    public ServiceProvider For(Func<HostProcess> process) => new ServiceCollection()
        .AddSingleton<TimeProvider>(world.Clock)
        .AddSingleton(store)
        .AddSingleton<IProviders>(provider)
        .AddSingleton<IModelDeployments>(provider)
        .AddSingleton(containers)
        .AddFineTuneFlowWorkflow()
        // What is throttled waits in the middle of its step, and has nothing to do meanwhile.
        .AddSingleton(_ => new ModelThrottle(new WaitingClock(world, process)))
        .BuildServiceProvider();
}
