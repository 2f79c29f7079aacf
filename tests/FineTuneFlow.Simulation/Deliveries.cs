using System.Globalization;
using System.Text.Json;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Orchestrations;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Simulation;

/// <summary>The product's catalog with its steps delivered as an engine may deliver them: at least once, on two hosts. Preparing the
/// data and comparing are stood in for; all else is the product's.</summary>
internal sealed class Deliveries(World world, Scenario scenario, PreparedOnce prepared, IServiceProvider secondHost, Plant plant)
{
    /// <param name="first">The host that runs the engine, in its present life.</param>
    public WorkflowCatalog CatalogOf(Func<HostProcess> first) => WorkflowComposition.Catalog
        .With(Listener.Name, (context, input) => Listener.RunAsync(plant.ForgetsEvents ? new ForgetfulContext(context) : context, input))
        .WithEachActivity(entry => Delivered(Planted(entry.Name switch
        {
            nameof(PrepareDataset) => Entry(Steps.PrepareDataset, services => prepared.Step(services.GetRequiredService<IBlobStore>())),
            nameof(Compare) => Entry(Steps.Compare, services => new ReportInBrief(world, services.GetRequiredService<IBlobStore>())),
            _ => entry,
        }), first));

    private static ActivityEntry Entry<TIn, TOut>(ActivityName<TIn, TOut> name, Func<IServiceProvider, IActivity<TIn, TOut>> make) =>
        new WorkflowCatalog().With(name, make).Activities[name.Name];

    private ActivityEntry Planted(ActivityEntry entry) => plant.Steps.TryGetValue(entry.Name, out PlantedStep? step)
        ? entry with { Run = (services, input, cancellation) => step(services, input, () => entry.Run(services, input, cancellation)) }
        : entry;

    private ActivityEntry Delivered(ActivityEntry entry, Func<HostProcess> first) => entry with
    {
        Run = async (services, input, cancellation) =>
        {
            string point = $"{entry.Name} {Fingerprint(input)}";
            if (world.Chance.Hits($"{point} twice", scenario.DeliversLate ? 0.25 : 0.05))
            {
                _ = SecondAsync(entry, input, scenario.DeliversLate
                    ? world.Chance.Magnitude($"{point} second", 10, 1_000)
                    : world.Chance.Magnitude($"{point} second", 0.01, 300));
            }

            World.Current = first();
            World.Asking = AskerOf(entry, input);
            return await entry.Run(services, input, cancellation);
        },
    };

    private async Task SecondAsync(ActivityEntry entry, string input, TimeSpan after)
    {
        World.Current = world.Second;
        World.Asking = AskerOf(entry, input);
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

    /// <summary>For whom a chunk is asked; null: no questions are asked here.</summary>
    private static Asker? AskerOf(ActivityEntry entry, string input) => entry.Name == nameof(EvaluateChunk)
        && JsonSerializer.Deserialize<EvaluateChunkInput>(input, FlowJson.Compact) is { } chunk ? new Asker(chunk.RunId, chunk.Candidate.AnswersAs) : null;

    private static string Fingerprint(string input)
    {
        ulong hash = 14695981039346656037;
        foreach (char letter in input)
        {
            hash = (hash ^ letter) * 1099511628211;
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    /// <summary>A verdict by lot, over what could be promoted.</summary>
    private sealed class ReportInBrief(World world, IBlobStore store) : IActivity<CompareInput, ComparisonResult>
    {
        public async Task<ComparisonResult> RunAsync(CompareInput input, CancellationToken cancellation)
        {
            string runId = input.Run.RunId;
            BlobWritten report = await store.WriteJsonAsync(RunPaths.Report(runId, "json"), input.Results, cancellation: cancellation);
            var costs = new Reconciliation { Candidates = [], QuotedUsd = new Estimate(0, 0, 0), ActualUsd = 0 };
            CandidateResult[] eligible = [.. input.Results.Where(r => r.Score is not null && r.Kind is OutcomeKind.FineTune or OutcomeKind.Continuation or OutcomeKind.Prompt)];
            string? promoted = eligible.Length > 0 && world.Chance.Hits($"verdict of {runId}", 0.6)
                ? eligible[world.Chance.Below($"winner of {runId}", eligible.Length)].Name
                : null;
            return new ComparisonResult(costs, report.Ref, "By lot.", promoted, "by lot");
        }
    }
}
