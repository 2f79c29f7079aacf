using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Runs;

/// <summary>Whole runs against the simulator while it stands in for one service after the other.</summary>
public sealed class ServiceProfileRunTests(ITestOutputHelper output)
{
    private static readonly string[] Services = ["openai", "azure", "foundry", "nebius", "gateway", "together"];

    /// <summary>On a few made-up reviews, or on the file that FTF_PROFILE_REVIEWS names (docs/benchmarks.md).</summary>
    [Fact]
    public async Task The_chapters_recipe_and_a_modern_one_have_the_same_figures_at_every_service()
    {
        string? file = Environment.GetEnvironmentVariable("FTF_PROFILE_REVIEWS");
        string reviews = file is null ? Reviews.Csv(200) : await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await using WholeProduct product = await WholeProduct.StartAsync(Settings(Services));
        var accuracies = new Dictionary<(string Recipe, string Service), double[]>();
        foreach (string recipe in new[] { "chapter", "modern" })
        {
            foreach (string service in Services)
            {
                StartedRun run = await product.RunAsync($"{recipe}-{service}", reviews, Sample(recipe, service));
                RunView ended = await product.UntilAsync(run.RunId, view => view.EndedAt is not null, minutes: file is null ? 1 : 10);
                ended.Failure.ShouldBeNull($"{recipe} at {service}");
                accuracies[(recipe, service)] = [.. ended.Candidates.Select(c => c.Record.Accuracy!.Value)];
            }
        }

        foreach (((string recipe, string service), double[] figures) in accuracies)
        {
            output.WriteLine($"{recipe} at {service}: {string.Join(", ", figures.Select(figure => figure.ToString("0.0000", CultureInfo.InvariantCulture)))}");
            figures.ShouldBe(accuracies[(recipe, "openai")], $"{recipe} at {service}");
        }

        // Four jobs of the chapter's and two of the modern one, once at each.
        product.JobsCreated().ShouldBe((4 + 2) * Services.Length);
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

    /// <summary>A recipe of samples/, with all its candidates at one service.</summary>
    private static string Sample(string name, string service)
    {
        JsonNode recipe = JsonNode.Parse(
            Repository.Read("samples", $"{name}.recipe.json"),
            documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;
        foreach (JsonNode? candidate in recipe["candidates"]!.AsArray())
        {
            candidate!["provider"] = service;
        }

        return recipe.ToJsonString();
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
