using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Runs;

/// <summary>Whole runs against the simulator while it stands in for one service after the other.</summary>
public sealed class ServiceProfileRunTests
{
    private static readonly string[] Services = ["openai", "azure", "foundry", "nebius", "gateway", "together"];

    [Fact]
    public async Task The_same_model_has_the_same_figures_at_every_service()
    {
        await using WholeProduct product = await WholeProduct.StartAsync(Settings(Services));
        var accuracies = new Dictionary<string, double[]>();
        foreach (string service in Services)
        {
            StartedRun run = await product.RunAsync($"at-{service}", Reviews.Csv(200), $$"""
                {
                  "candidates": [
                    { "name": "chapter-1", "provider": "{{service}}", "model": "babbage-002", "epochs": 1 },
                    { "name": "chapter-2", "continueFrom": "chapter-1", "provider": "{{service}}", "epochs": 1, "learningRateMultiplier": 8 },
                    { "name": "modern", "provider": "{{service}}", "model": "gpt-oss-20b", "epochs": 2 }
                  ],
                  "baselines": [], "budget": { "approveAbove": 50 }
                }
                """);
            RunView ended = await product.EndAsync(run.RunId);
            ended.Failure.ShouldBeNull(service);
            accuracies[service] = [.. ended.Candidates.Select(c => c.Record.Accuracy!.Value)];
        }

        foreach (string service in Services)
        {
            accuracies[service].ShouldBe(accuracies["openai"], service);
        }

        product.JobsCreated().ShouldBe(3 * Services.Length);
    }

    [Theory]
    [InlineData("nebius", "fine_tuning/jobs")]
    [InlineData("together", "fine-tunes")]
    [InlineData("bare", "fine_tuning/jobs")]
    public async Task A_job_whose_answer_was_lost_is_adopted_without_metadata(string service, string route)
    {
        await using WholeProduct product = await WholeProduct.StartAsync(Settings([service]));
        await product.FaultsAsync($$"""{ "rules": [ { "match": "POST /as/{{service}}/v1/{{route}}", "calls": [1], "action": "lostAnswer" } ] }""");
        StartedRun run = await product.RunAsync($"lost-{service}", Reviews.Csv(120), $$"""
            { "candidates": [{ "name": "gpt", "provider": "{{service}}", "model": "gpt-4.1-mini", "epochs": 1 }], "baselines": [], "budget": { "approveAbove": 50 } }
            """);

        RunView ended = await product.EndAsync(run.RunId);

        ended.Failure.ShouldBeNull();
        product.JobsCreated().ShouldBe(1);
    }

    [Fact]
    public async Task Where_two_candidates_cannot_be_told_apart_nothing_is_made_again_and_a_person_is_told_where_to_look()
    {
        await using WholeProduct product = await WholeProduct.StartAsync(Settings(["bare"]));
        await product.FaultsAsync("""{ "rules": [ { "match": "POST /as/bare/v1/fine_tuning/jobs", "action": "lostAnswer" } ] }""");
        StartedRun run = await product.RunAsync("doubt", Reviews.Csv(120), """
            {
              "candidates": [
                { "name": "one", "provider": "bare", "model": "gpt-4.1-mini", "epochs": 1 },
                { "name": "two", "provider": "bare", "model": "gpt-4.1-mini", "epochs": 1, "learningRateMultiplier": 3 }
              ],
              "baselines": [{ "name": "linear" }], "budget": { "approveAbove": 50 }
            }
            """);

        RunView ended = await product.EndAsync(run.RunId);

        product.JobsCreated().ShouldBeLessThanOrEqualTo(2);
        Failure doubt = ended.Candidates.Select(c => c.Record.Failure).OfType<Failure>().First();
        doubt.Kind.ShouldBe(FailureKind.Conflict);
        doubt.Message.ShouldContain("ftjob-");
        doubt.Remedy.ShouldNotBeNull().ShouldContain("console");
    }

    private static (string Key, string Value)[] Settings(IEnumerable<string> services) =>
    [
        .. services.SelectMany(service => new (string, string)[]
        {
            ($"Providers:{service}:Kind", "simulator"),
            ($"Providers:{service}:Profile", service == "bare" ? "gateway" : service),
            ($"Providers:{service}:BaseAddress", $"{{simulator}}/as/{service}/{(service is "azure" or "foundry" ? "openai/v1/" : "v1/")}"),
            ($"Providers:{service}:Key", "test"),
        }),
        .. services.Where(service => service is "azure" or "foundry").SelectMany(service => new (string, string)[]
        {
            ($"Providers:{service}:Deployment:Subscription", "sub"), ($"Providers:{service}:Deployment:ResourceGroup", "group"),
            ($"Providers:{service}:Deployment:Account", service), ($"Providers:{service}:Deployment:ControlPlane", "{simulator}/"),
            ($"Providers:{service}:Deployment:Token", "test"),
        }),
        .. services.Contains("gateway") ? [("Providers:gateway:Profile:BodyFields:role_arn", "arn:aws:iam::1:role/tuner")] : Array.Empty<(string, string)>(),
        .. services.Contains("bare")
            ? [("Providers:bare:Profile:KeepsMetadata", "false"), ("Providers:bare:Profile:FiltersByMetadata", "false"), ("Providers:bare:Profile:Batches", "false")]
            : Array.Empty<(string, string)>(),
    ];
}
