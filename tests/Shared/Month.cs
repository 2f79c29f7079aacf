using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Notifying;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Serving;
using FineTuneFlow.Workflow.Tests;
using FineTuneFlow.Workflow.Tests.Notifying;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Tests;

/// <summary>Thirty days of a champion's life by a clock that is moved: what was asked, said and dropped, what every night made of it, what
/// people were told and what it cost. The runs themselves take real seconds, on whatever engine the host has.</summary>
/// <param name="Store">The host's.</param>
/// <param name="Engine">The host's.</param>
/// <param name="Providers">The host's, the simulator among them.</param>
/// <param name="Deployments">The host's.</param>
/// <param name="EndAsync">Waits for a run's end.</param>
/// <param name="ForgetAsync">Deletes a model at the simulator.</param>
internal sealed record Month(
    IBlobStore Store,
    IDurableClient Engine,
    IProviders Providers,
    IModelDeployments Deployments,
    Func<string, Task<RunView>> EndAsync,
    Func<string, Task> ForgetAsync)
{
    public const string Project = "month";
    private const int Days = 30;
    private const string BaseModel = "gpt-3.5-turbo";
    private const string Recipe = """
        {
          "dataset": { "split": { "method": "stable" } },
          "candidates": [{ "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 2 }], "baselines": [{ "name": "linear" }],
          "promotion": { "eligible": ["fineTune"], "requireSignificance": false }, "budget": { "approveAbove": 50 },
          "retrain": { "minimumNewRows": 100, "restDays": 5 }
        }
        """;

    // What happens, day by day, as a person would write it down: champion, why the night trained (or not), what people are told.
    public const string Expected = """
        0: gpt of the first drop is version 1 (told runEnded)
        """;

    private static readonly ImmutableArray<string> Stars = ["1", "2", "3", "4", "5"];

    // Every text has a number that no other has: what is asked must be as new to the champion as its holdout was.
    private int _number = 1000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>One line a day, and the costs at the end.</summary>
    public async Task<string> LiveAsync(NotifiedReceiver receiver)
    {
        // From now on: what the runs themselves record is by the real clock.
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var diary = new StringBuilder();
        DateOnly end = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(25 + 30);
        await using ServiceProvider parts = Parts(clock, receiver, end);
        await Store.WriteBytesAsync(RunPaths.ProjectRecipe(Project), Encoding.UTF8.GetBytes(Recipe));
        await PutAsync("day0.csv", Csv(400, 1));
        StartedRun first = await parts.GetRequiredService<DropIntake>().TakeAsync(RunPaths.Drop(Project, "day0.csv"), Cancellation);
        (await EndAsync(first.RunId)).Promoted.ShouldBe("gpt");
        for (int day = 0; day <= Days; day++)
        {
            string night = "";
            if (day > 0)
            {
                clock.Advance(TimeSpan.FromDays(1));
                string asked = await AskAsync(parts.GetRequiredService<ChampionDesk>(), day);
                string happens = await HappensAsync(parts, day);
                night = $"{asked}{happens}night: {await NightAsync(parts)}; ";
            }

            int before = receiver.Taken.Count;
            await parts.GetRequiredService<NotificationSender>().TickAsync(Cancellation);
            string told = string.Join(", ", receiver.Taken.Skip(before).Select(one => one.Type).Order());
            ChampionVersion champion = (await parts.GetRequiredService<Champions>().ReadAsync(Project, Cancellation)).Current!;
            diary.Append(CultureInfo.InvariantCulture, $"{day}: {night}version {champion.Version} is {champion.Candidate} by {champion.By}{(told.Length > 0 ? $"; told {told}" : "")}\n");
        }

        receiver.All.ShouldAllBe(one => one.Signed && one.Accepted);
        receiver.All.Select(one => one.Id).ShouldBeUnique();
        return diary.Append(await CostsAsync()).ToString();
    }

    private async Task<string> AskAsync(ChampionDesk desk, int day)
    {
        IEnumerable<string> texts = Csv(20, 100 + day).Split('\n')[1..^1].Select(line => line.Split('"')[1]);
        int strange = day == 12 ? 300 : day > 12 ? 60 : 0;
        string[] asked = [.. texts, .. Enumerable.Range(0, strange).Select(i => $"zorgle blimfar quentz {day} {i} terrible awful broken")];
        try
        {
            (await desk.AnswerAsync(Project, asked, null, null, Cancellation)).ShouldAllBe(answer => answer.Answer.Label != null);
            return "";
        }
        catch (FlowException gone) when (gone.Failure.Kind == FailureKind.ModelRetired)
        {
            return "its questions are answered 410; ";
        }
    }

    private async Task<string> HappensAsync(ServiceProvider parts, int day)
    {
        FeedbackStore feedback = parts.GetRequiredService<FeedbackStore>();
        Champions champions = parts.GetRequiredService<Champions>();
        switch (day)
        {
            case 4:
                await PutAsync("day4.csv", Csv(160, 4));
                return "a drop; ";
            case 6:
                await PutAsync("day6.csv", "nothing,of,use\n1,2,3\n");
                FlowException wrong = await Should.ThrowAsync<FlowException>(feedback.AddAsync(Project, Stars, new Feedback("it is fine", "great"), Cancellation));
                wrong.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
                await feedback.AddAsync(Project, Stars, new Feedback("the widget is a triumph", "5"), Cancellation);
                return "a file of no use and a mistyped label; ";
            case 9:
                int version = (await champions.ReadAsync(Project, Cancellation)).Current!.Version;
                for (int i = 0; i < 2; i++)
                {
                    await feedback.AddAsync(Project, Stars, new Feedback($"a wrong word on it, {i}", "1") { Predicted = "5", Version = version }, Cancellation);
                }

                return "two wrong answers told; ";
            case 17:
                await feedback.AddAsync(Project, Stars, new Feedback("zorgle blimfar quentz terrible", "1"), Cancellation);
                return "one label told; ";
            case 20:
                await ForgetAsync((await champions.ReadAsync(Project, Cancellation)).Current!.Model);
                return "the champion is deleted at its provider; ";
            case 22:
                await champions.RollbackAsync(Project, null, "ann", "deleted at the provider", Cancellation);
                return "ann rolls back; ";
            default:
                return "";
        }
    }

    private async Task<string> NightAsync(ServiceProvider parts)
    {
        NightlyRetrain retrain = parts.GetRequiredService<NightlyRetrain>();
        string ended = "";
        if (await retrain.RunAsync(Project, Cancellation) is { } started)
        {
            RunView run = await EndAsync(started.RunId);
            ended = run.Failure is { } failure ? $", {failure.Kind}" : run.Promoted is { } promoted ? $", {promoted} promoted" : ", nothing promoted";
        }

        NightRecord night = (await retrain.LastAsync(Project, Cancellation))!;
        if (night.Failure is { } failed)
        {
            return $"failed: {failed}";
        }

        if (night.Look!.WhyNot is { } why)
        {
            return why.Contains("retrain.restDays", StringComparison.Ordinal) ? "rests" : "no reason";
        }

        return string.Join(" and ", night.Look.Reasons.Select(reason => reason.Contains("new to the champion", StringComparison.Ordinal) ? "new rows"
            : reason.Contains("has drifted", StringComparison.Ordinal) ? "drift"
            : reason.Contains("answers until", StringComparison.Ordinal) ? "dying base" : reason)) + ended;
    }

    private async Task<string> CostsAsync()
    {
        double listed = 0;
        int runs = 0;
        await foreach (BlobEntry entry in Store.ListAsync(RunPaths.Runs, $"{Project}-", Cancellation))
        {
            if (entry.Path.Name.EndsWith("/run.json", StringComparison.Ordinal))
            {
                RunRecord run = await Store.ReadJsonAsync<RunRecord>(entry.Path, Cancellation);
                run.SpentUsd.ShouldBe(0, "the simulator is free");
                listed += run.Candidates.Sum(candidate => candidate.CostUsd ?? 0);
                runs++;
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{runs} runs, {listed:0.00} USD at list prices, nothing paid");
    }

    private string Csv(int rows, int seed) => string.Join('\n', Reviews.Csv(rows, seed).Split('\n').Select((line, at) =>
        at == 0 || line.Length == 0 ? line : $"{line[..(line[..line.LastIndexOf('"')].LastIndexOf(' ') + 1)]}{_number++}{line[line.LastIndexOf('"')..]}"));

    private Task<BlobWritten> PutAsync(string name, string csv) => Store.WriteBytesAsync(RunPaths.Drop(Project, name), Encoding.UTF8.GetBytes(csv));

    /// <summary>The parts that live by the test's clock, over the host's store, engine and providers.</summary>
    private ServiceProvider Parts(TimeProvider clock, NotifiedReceiver receiver, DateOnly end)
    {
        var services = new ServiceCollection();
        services.AddLogging(log => log.SetMinimumLevel(LogLevel.None));
        services.AddSingleton(clock);
        services.AddSingleton(NotificationOptions.None with { Url = receiver.Address, Secret = NotifiedReceiver.Secret });
        // An end that is announced for the fifty-fifth day: on the twenty-fifth it is thirty days away.
        services.AddSingleton(ModelBook.Default with { Models = [new ModelLife("simulator", BaseModel, InferenceEnds: end)] });
        services.AddFineTuneFlowWorkflow();
        services.AddSingleton(Store);
        services.AddSingleton(Engine);
        services.AddSingleton(Providers);
        services.AddSingleton(Deployments);
        return services.BuildServiceProvider();
    }
}
