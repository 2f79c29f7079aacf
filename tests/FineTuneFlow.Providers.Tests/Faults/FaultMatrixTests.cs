using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Providers.AzureOpenAI;
using FineTuneFlow.Providers.ContainerJobs;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Tests.ContainerJobs;
using FineTuneFlow.Providers.Tests.OpenAI;
using FineTuneFlow.Providers.Tests.Wire;
using FineTuneFlow.Tests;
using FineTuneFlow.Tests.Containers;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.Faults;

/// <summary>Each fault alone against each call, with the outcome that docs/providers.md promises.</summary>
public sealed class FaultMatrixTests(Azurite azurite)
{
    private const string Secret = "a private text of the data set";

    private static readonly ImmutableSortedDictionary<string, string> Metadata = ImmutableSortedDictionary<string, string>.Empty.Add("run", "r1");

    private static readonly ModelQuestion Question = new()
    {
        Model = "m",
        Family = ModelFamily.Chat,
        Messages = [new ChatTurn("user", Secret)],
        MaxTokens = 1,
    };

    private static readonly JobRequest Job = new() { Model = "m", TrainingFile = "f", Suffix = "s", Metadata = Metadata };

    private static readonly IReadOnlyDictionary<string, Func<OpenAIProvider, AzureModelDeployments, Task<object?>>[]> Calls =
        new Dictionary<string, Func<OpenAIProvider, AzureModelDeployments, Task<object?>>[]>
        {
            ["list"] =
            [
                async (p, _) => await p.ListFilesAsync().ToListAsync(),
                async (p, _) => await p.FindJobsAsync(Metadata).ToListAsync(),
                async (p, _) => await p.Batches!.FindBatchesAsync(Metadata).ToListAsync(),
            ],
            ["checkpoints"] =
            [
                async (p, _) => await p.GetCheckpointsAsync("j") is { Count: > 0 } some ? some : null,
                async (p, _) => await p.GetEventsAsync("j") is { Count: > 0 } some ? some : null,
            ],
            ["look up"] =
            [
                async (p, _) => await p.GetFileAsync("f"),
                async (p, _) => await p.GetJobAsync("j"),
                async (p, _) => await p.Batches!.GetBatchAsync("b"),
                async (_, d) => await d.GetAsync("p", "dep", CancellationToken.None),
            ],
            ["read file"] = [async (p, _) => await p.ReadFileAsync("f")],
            ["delete"] = [async (p, _) => await p.DeleteFileAsync("f") ? true : null],
            ["cancel"] = [async (p, _) => await p.CancelJobAsync("j"), async (p, _) => await p.Batches!.CancelBatchAsync("b")],
            ["upload"] = [async (p, _) => await p.UploadFileAsync("f", new MemoryStream(new byte[70_000]), 70_000)],
            ["open upload"] = [async (p, _) => await InPartsAsync(p)],
            ["send part"] = [async (p, _) => await InPartsAsync(p)],
            ["complete upload"] = [async (p, _) => await InPartsAsync(p)],
            ["create job"] = [async (p, _) => await p.CreateJobAsync(Job)],
            ["create batch"] = [async (p, _) => await p.Batches!.CreateBatchAsync("f", ModelFamily.Chat, Metadata)],
            ["ask"] = [async (p, _) => await p.AskAsync(Question)],
            ["deploy"] = [async (_, d) => await d.EnsureAsync("p", "dep", "ft:m")],
            ["remove"] = [async (_, d) => await d.RemoveAsync("p", "dep") ? true : null],
        };

    /// <summary>Calls about containers, by column; each one's other requests are answered as they should be.</summary>
    private static readonly IReadOnlyDictionary<string, Func<AzureContainerJobs, ContainerJobRequest, Task<object?>>> ContainerCalls =
        new Dictionary<string, Func<AzureContainerJobs, ContainerJobRequest, Task<object?>>>
        {
            ["list containers"] = async (c, request) => await c.FindAsync(request),
            ["start container"] = async (c, request) => await c.StartAsync(request),
            ["stop container"] = async (c, request) =>
            {
                await c.CancelAsync(request, "e");
                return "stopped";
            },
        };

    public static TheoryData<string> Faults => [.. WireFault.All.Keys];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Every_call_ends_as_the_table_says_and_nothing_is_sent_twice(string fault)
    {
        (string[] calls, Dictionary<string, string[]> rows) = Table();
        string[] row = rows[fault];
        var wrong = new List<string>();
        string column = "";
        await using WireServer server = await WireServer.StartAsync(
            (http, request) => Prelude(column, request) is { } good ? WireServer.WriteAsync(http, 200, good) : WireFault.All[fault](http), keepBodies: false);
        if (fault == "connection refused")
        {
            await server.DisposeAsync();
        }

        for (int i = 0; i < calls.Length; i++)
        {
            column = calls[i];
            foreach (Func<Task<(string Outcome, FlowException? Told)>> play in Plays(server.Address, column, LimitOf(fault)))
            {
                server.Requests.Clear();

                (string outcome, FlowException? told) = await play();

                if (outcome != row[i])
                {
                    wrong.Add($"{column}: {outcome} instead of {row[i]} ({told?.InnerException?.GetType().Name} {told?.Message})");
                }

                if (server.Requests.IsEmpty != (fault == "connection refused"))
                {
                    wrong.Add($"{column}: {server.Requests.Count} requests arrived");
                }

                wrong.AddRange(server.Requests.GroupBy(sent => (sent.Method, sent.Path, sent.Query)).Where(sent => sent.Count() > 1)
                    .Select(sent => $"{column}: {sent.Key} was sent {sent.Count()} times"));
                if (told is not null && (told.Message.Contains(Secret, StringComparison.Ordinal) || told.Message.Contains(TestProvider.Key, StringComparison.Ordinal)))
                {
                    wrong.Add($"{column}: the message shows a text or a key");
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void The_table_has_a_row_for_every_fault_and_a_column_for_every_call()
    {
        (string[] calls, Dictionary<string, string[]> rows) = Table();
        calls.ShouldBe(Calls.Keys.Concat(ContainerCalls.Keys), ignoreOrder: true);
        rows.Keys.ShouldBe(WireFault.All.Keys, ignoreOrder: true);
    }

    /// <summary>Long enough for a machine with much else to do, but where waiting is what is tried.</summary>
    private static TimeSpan LimitOf(string fault) => fault == "no answer in time" ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(1);

    private static Task<ProviderFile> InPartsAsync(OpenAIProvider provider) => provider.UploadFileAsync("f", new MemoryStream(new byte[70_000]), 70_000);

    /// <summary>The good answer to a request that only leads up to the column's call, or tidies up after it; null: it is that call.</summary>
    private static string? Prelude(string column, WireRequest request) => (column, request.Path) switch
    {
        ("send part", var path) when !path.EndsWith("/parts", StringComparison.Ordinal) => """{"id":"u"}""",
        ("complete upload", var path) when !path.EndsWith("/complete", StringComparison.Ordinal) => """{"id":"u"}""",
        ("start container", var path) when path.EndsWith("/executions", StringComparison.Ordinal) => """{"value":[]}""",
        ("start container", var path) when path.EndsWith("/jobs/j", StringComparison.Ordinal) =>
            """{"properties":{"template":{"containers":[{"name":"worker"}]}}}""",
        _ => null,
    };

    private IEnumerable<Func<Task<(string Outcome, FlowException? Told)>>> Plays(Uri address, string column, TimeSpan limit)
    {
        if (ContainerCalls.TryGetValue(column, out Func<AzureContainerJobs, ContainerJobRequest, Task<object?>>? container))
        {
            return [() => PlayAsync(address, limit, container)];
        }

        long partsAbove = column is "open upload" or "send part" or "complete upload" ? 1 : long.MaxValue;
        return Calls[column].Select<Func<OpenAIProvider, AzureModelDeployments, Task<object?>>, Func<Task<(string, FlowException?)>>>(
            call => () => PlayAsync(address, limit, partsAbove, call));
    }

    private async Task<(string Outcome, FlowException? Told)> PlayAsync(Uri address, TimeSpan limit, Func<AzureContainerJobs, ContainerJobRequest, Task<object?>> call)
    {
        var run = new BaselineRun(azurite);
        var options = new AzureContainerOptions
        {
            ResourceManager = new Uri(address.GetLeftPart(UriPartial.Authority) + "/"),
            Subscription = "s",
            ResourceGroup = "g",
            Job = "j",
            BlobService = new Uri("https://account.blob.core.windows.net/"),
            RequestTimeout = limit,
        };
        using var jobs = new AzureContainerJobs(options, new FixedToken(), run.Store, TimeProvider.System);
        return await OutcomeAsync(() => call(jobs, run.Request));
    }

    private static async Task<(string Outcome, FlowException? Told)> PlayAsync(
        Uri address, TimeSpan limit, long partsAbove, Func<OpenAIProvider, AzureModelDeployments, Task<object?>> call)
    {
        var options = new ProviderOptions
        {
            Name = "p",
            Kind = ProviderKind.OpenAI,
            BaseAddress = address,
            Key = TestProvider.Key,
            PriceKey = "openai",
            RequestTimeout = limit,
            UploadTimeout = limit,
            PartsAbove = partsAbove,
            Deployment = new DeploymentOptions { Subscription = "s", ResourceGroup = "g", Account = "a", ControlPlane = address, Token = TestProvider.Key },
        };
        using var provider = new OpenAIProvider(options, TimeProvider.System);
        using var deployments = new AzureModelDeployments(new ProviderSettings("p", [options]), PriceBook.Default, TimeProvider.System);
        return await OutcomeAsync(() => call(provider, deployments));
    }

    private static async Task<(string Outcome, FlowException? Told)> OutcomeAsync(Func<Task<object?>> call)
    {
        try
        {
            return (await call() is null ? "none" : "ok", null);
        }
        catch (FlowException told)
        {
            return (told.Failure.Kind.ToString(), told);
        }
    }

    private static (string[] Calls, Dictionary<string, string[]> Rows) Table()
    {
        string[][] cells = [.. File.ReadAllLines(Path.Combine(Root(), "docs", "providers.md"))
            .SkipWhile(line => !line.StartsWith("| fault |", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))];
        return (cells[0][1..], cells.Skip(2).ToDictionary(row => row[0], row => row[1..]));
    }

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "FineTuneFlow.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
