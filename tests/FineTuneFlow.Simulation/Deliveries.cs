using System.Globalization;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Simulation;

/// <summary>The product's catalog with its steps delivered as an engine may deliver them: at least once, on two hosts. Preparing the
/// data and comparing are stood in for; all else is the product's.</summary>
internal sealed class Deliveries(World world, PreparedOnce prepared, IServiceProvider secondHost)
{
    /// <summary>The host that runs the engine, in its present life.</summary>
    public required Func<HostProcess> First { get; init; }

    public WorkflowCatalog Catalog => WorkflowComposition.Catalog.WithEachActivity(entry => Delivered(entry.Name switch
    {
        nameof(PrepareDataset) => Entry(Steps.PrepareDataset, services => prepared.Step(services.GetRequiredService<IBlobStore>())),
        nameof(Compare) => Entry(Steps.Compare, services => new ReportInBrief(services.GetRequiredService<IBlobStore>())),
        _ => entry,
    }));

    private static ActivityEntry Entry<TIn, TOut>(ActivityName<TIn, TOut> name, Func<IServiceProvider, IActivity<TIn, TOut>> make) =>
        new WorkflowCatalog().With(name, make).Activities[name.Name];

    private ActivityEntry Delivered(ActivityEntry entry) => entry with
    {
        Run = async (services, input, cancellation) =>
        {
            string point = $"{entry.Name} {Fingerprint(input)}";
            if (world.Chance.Hits($"{point} twice", 0.05))
            {
                _ = SecondAsync(entry, input, world.Chance.Magnitude($"{point} second", 0.01, 300));
            }

            World.Current = First();
            return await entry.Run(services, input, cancellation);
        },
    };

    private async Task SecondAsync(ActivityEntry entry, string input, TimeSpan after)
    {
        World.Current = world.Second;
        world.Second.Work.Begin();
        try
        {
            await world.PauseAsync(after);
            await using AsyncServiceScope scope = secondHost.CreateAsyncScope();
            await entry.Run(scope.ServiceProvider, input, CancellationToken.None);
        }
        catch (Exception)
        {
            // Its outcome is not taken: the step's answer is the first host's.
        }
        finally
        {
            world.Second.Work.End();
        }
    }

    private static string Fingerprint(string input)
    {
        ulong hash = 14695981039346656037;
        foreach (char letter in input)
        {
            hash = (hash ^ letter) * 1099511628211;
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private sealed class ReportInBrief(IBlobStore store) : IActivity<CompareInput, ComparisonResult>
    {
        public async Task<ComparisonResult> RunAsync(CompareInput input, CancellationToken cancellation)
        {
            BlobWritten report = await store.WriteJsonAsync(RunPaths.Report(input.Run.RunId, "json"), input.Results, cancellation: cancellation);
            var costs = new Reconciliation { Candidates = [], QuotedUsd = new Estimate(0, 0, 0), ActualUsd = 0 };
            return new ComparisonResult(costs, report.Ref, "Keep things as they are.", null, "keep");
        }
    }
}
