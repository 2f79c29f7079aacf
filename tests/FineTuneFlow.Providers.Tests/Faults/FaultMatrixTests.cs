using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Providers.AzureOpenAI;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Tests.OpenAI;
using FineTuneFlow.Providers.Tests.Wire;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.Faults;

/// <summary>Each fault alone against each call, with the outcome that docs/providers.md promises.</summary>
public sealed class FaultMatrixTests
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
                async (p, _) => await p.GetEventsAsync("j"),
                async (p, _) => await p.Batches!.FindBatchesAsync(Metadata).ToListAsync(),
            ],
            ["checkpoints"] = [async (p, _) => await p.GetCheckpointsAsync("j") is { Count: > 0 } some ? some : null],
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
            ["create job"] = [async (p, _) => await p.CreateJobAsync(Job)],
            ["create batch"] = [async (p, _) => await p.Batches!.CreateBatchAsync("f", ModelFamily.Chat, Metadata)],
            ["ask"] = [async (p, _) => await p.AskAsync(Question)],
            ["deploy"] = [async (_, d) => await d.EnsureAsync("p", "dep", "ft:m")],
            ["remove"] = [async (_, d) => await d.RemoveAsync("p", "dep") ? true : null],
        };

    public static TheoryData<string> Faults => [.. WireFault.All.Keys];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Every_call_ends_as_the_table_says_and_nothing_is_sent_twice(string fault)
    {
        (string[] calls, Dictionary<string, string[]> rows) = Table();
        string[] row = rows[fault];
        var wrong = new List<string>();
        await using WireServer server = await WireServer.StartAsync((http, _) => WireFault.All[fault](http), keepBodies: false);
        if (fault == "connection refused")
        {
            await server.DisposeAsync();
        }

        for (int column = 0; column < calls.Length; column++)
        {
            foreach (Func<OpenAIProvider, AzureModelDeployments, Task<object?>> call in Calls[calls[column]])
            {
                server.Requests.Clear();

                (string outcome, FlowException? told) = await PlayAsync(server.Address, call);

                if (outcome != row[column])
                {
                    wrong.Add($"{calls[column]}: {outcome} instead of {row[column]} ({told?.InnerException?.GetType().Name} {told?.Message})");
                }

                if (server.Requests.IsEmpty != (fault == "connection refused"))
                {
                    wrong.Add($"{calls[column]}: {server.Requests.Count} requests arrived");
                }

                wrong.AddRange(server.Requests.GroupBy(sent => (sent.Method, sent.Path, sent.Query)).Where(sent => sent.Count() > 1)
                    .Select(sent => $"{calls[column]}: {sent.Key} was sent {sent.Count()} times"));
                if (told is not null && (told.Message.Contains(Secret, StringComparison.Ordinal) || told.Message.Contains(TestProvider.Key, StringComparison.Ordinal)))
                {
                    wrong.Add($"{calls[column]}: the message shows a text or a key");
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void The_table_has_a_row_for_every_fault_and_a_column_for_every_call()
    {
        (string[] calls, Dictionary<string, string[]> rows) = Table();
        calls.ShouldBe(Calls.Keys, ignoreOrder: true);
        rows.Keys.ShouldBe(WireFault.All.Keys, ignoreOrder: true);
    }

    private static async Task<(string Outcome, FlowException? Told)> PlayAsync(Uri address, Func<OpenAIProvider, AzureModelDeployments, Task<object?>> call)
    {
        var options = new ProviderOptions
        {
            Name = "p",
            Kind = ProviderKind.OpenAI,
            BaseAddress = address,
            Key = TestProvider.Key,
            PriceKey = "openai",
            RequestTimeout = TimeSpan.FromMilliseconds(400),
            UploadTimeout = TimeSpan.FromMilliseconds(400),
            Deployment = new DeploymentOptions { Subscription = "s", ResourceGroup = "g", Account = "a", ControlPlane = address, Token = TestProvider.Key },
        };
        using var provider = new OpenAIProvider(options, TimeProvider.System);
        using var deployments = new AzureModelDeployments(new ProviderSettings("p", [options]), PriceBook.Default, TimeProvider.System);
        try
        {
            return (await call(provider, deployments) is null ? "none" : "ok", null);
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
