using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Notifying;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Serving;
using FineTuneFlow.Workflow.Tests.Notifying;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Retraining;

/// <summary>Eighteen days of a champion's life by a clock that the test moves: what was asked, said and dropped, and what every night made
/// of it. The runs themselves take real seconds.</summary>
public sealed class MonthTests
{
    private const string Project = "month";
    private const int Days = 18;
    private const string Recipe = """
        {
          "dataset": { "split": { "method": "stable" } }, "candidates": [], "baselines": [{ "name": "linear" }],
          "promotion": { "requireSignificance": false },
          "retrain": { "minimumNewRows": 100, "restDays": 3 }
        }
        """;

    private static readonly ImmutableArray<string> Stars = ["1", "2", "3", "4", "5"];

    // Every text has a number that no other has: what is asked must be as new to the champion as its holdout was.
    private int _number = 1000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 180_000)]
    public async Task Drops_feedback_and_drift_are_reasons_on_their_days_and_on_no_other()
    {
        // From now on: what the runs themselves record is by the real clock.
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using NotifiedReceiver receiver = await NotifiedReceiver.StartAsync();
        await using WholeProduct stack = await WholeProduct.StartAsync(
            ("Notifications:Url", receiver.Address.ToString()), ("Notifications:Secret", NotifiedReceiver.Secret));
        Life life = Life.Of(stack, clock);
        await stack.Store.WriteBytesAsync(RunPaths.ProjectRecipe(Project), Encoding.UTF8.GetBytes(Recipe));
        await PutAsync(stack, "day0.csv", Csv(400, 1));
        RunView first = await stack.EndAsync((await stack.Get<DropIntake>().TakeAsync(RunPaths.Drop(Project, "day0.csv"), Cancellation)).RunId);
        first.Promoted.ShouldBe("linear");

        var nights = new List<string>();
        for (int day = 1; day <= Days; day++)
        {
            clock.Advance(TimeSpan.FromDays(1));
            await AskAsync(life, Csv(20, 100 + day).Split('\n')[1..^1].Select(line => line.Split('"')[1]));
            switch (day)
            {
                case 4:
                    await PutAsync(stack, "day4.csv", Csv(160, 4));
                    break;
                case 6:
                    await PutAsync(stack, "day6.csv", "nothing,of,use\n1,2,3\n");
                    FlowException wrong = await Should.ThrowAsync<FlowException>(life.Feedback.AddAsync(Project, Stars, new Feedback("it is fine", "great"), Cancellation));
                    wrong.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
                    await life.Feedback.AddAsync(Project, Stars, new Feedback("the widget is a triumph", "5") { Predicted = "5", Version = 2 }, Cancellation);
                    break;
                case 8:
                    await AskAsync(life, Enumerable.Range(0, 300).Select(i => $"zorgle blimfar quentz {i} terrible awful broken"));
                    break;
            }

            if (await life.Night.RunAsync(Project, Cancellation) is { } run)
            {
                (await stack.EndAsync(run.RunId)).Failure.ShouldBeNull();
            }

            NightRecord night = (await life.Night.LastAsync(Project, Cancellation))!;
            string health = night.Look is { } look ? string.Join("; ", look.Health.Drift) : "";
            nights.Add(string.Create(CultureInfo.InvariantCulture, $"{day}: {Told(night)} | {health}"));
            await life.Sender.TickAsync(Cancellation);
        }

        string all = string.Join('\n', nights);
        for (int day = 1; day <= Days; day++)
        {
            string expected = day switch { 4 => "new rows", 8 => "drift", _ => "no reason" };
            nights[day - 1].ShouldStartWith($"{day}: {expected}", Case.Sensitive, all);
        }

        // The rows of day 4 made no better model: they are not tried again, and neither is drift that brings nothing to learn from.
        all.ShouldNotContain("failed");
        NightLook last = (await life.Night.LastAsync(Project, Cancellation))!.Look!;
        last.Notes.ShouldContain(note => note.Contains("day6.csv"));
        last.WhyNot!.ShouldContain("0 new rows beside 161 that the last retrain has tried, fewer than 100; no drift");

        ChampionRecord champions = await stack.Get<Champions>().ReadAsync(Project, Cancellation);
        champions.Versions[0].RunId.ShouldBe(first.RunId);
        champions.Versions.ShouldAllBe(version => version.By == "rule" && version.Reason != null && version.Lineage != null);

        IReadOnlyList<Told> told = receiver.All;
        told.ShouldAllBe(one => one.Signed && one.Accepted);
        told.Select(one => one.Id).ShouldBeUnique();
        told.Count(one => one.Type == "runEnded").ShouldBe(3, "the drop, the new rows and the drift each brought a run");
        told.Where(one => one.Type == "drift").ShouldNotBeEmpty();
        told.Where(one => one.Type == "drift").ShouldAllBe(one => one.Text.Contains("has drifted from its holdout"));
        told.ShouldContain(one => one.Type == "night" && one.Text.Contains("was not retrained for 3 nights"));
    }

    private static string Told(NightRecord night) => night.Failure is { } failure
        ? $"failed: {failure}"
        : night.Look!.WhyNot is null
            ? string.Join(", ", night.Look.Reasons.Select(reason => reason.Contains("new to the champion") ? "new rows" : reason.Contains("has drifted") ? "drift" : reason))
            : "no reason";

    private string Csv(int rows, int seed) => string.Join('\n', Reviews.Csv(rows, seed).Split('\n').Select((line, at) =>
        at == 0 || line.Length == 0 ? line : $"{line[..(line[..line.LastIndexOf('"')].LastIndexOf(' ') + 1)]}{_number++}{line[line.LastIndexOf('"')..]}"));

    private static Task<BlobWritten> PutAsync(WholeProduct stack, string name, string csv) =>
        stack.Store.WriteBytesAsync(RunPaths.Drop(Project, name), Encoding.UTF8.GetBytes(csv));

    private static async Task AskAsync(Life life, IEnumerable<string> texts) =>
        (await life.Desk.AnswerAsync(Project, [.. texts], null, null, Cancellation)).ShouldAllBe(answer => answer.Answer.Label != null);

    /// <summary>The parts that live by the test's clock, over the same store and engine as the product's own.</summary>
    private sealed record Life(NightlyRetrain Night, NotificationSender Sender, FeedbackStore Feedback, ChampionDesk Desk)
    {
        public static Life Of(WholeProduct stack, TimeProvider clock)
        {
            var services = new ServiceCollection();
            services.AddLogging(log => log.SetMinimumLevel(LogLevel.None));
            services.AddSingleton(clock);
            services.AddSingleton(stack.Get<NotificationOptions>());
            services.AddFineTuneFlowWorkflow();
            services.AddSingleton(stack.Store);
            services.AddSingleton<FineTuneFlow.Durable.IDurableClient>(stack.Engine);
            services.AddSingleton(stack.Get<IProviders>());
            services.AddSingleton(stack.Get<IModelDeployments>());
            ServiceProvider parts = services.BuildServiceProvider();
            return new Life(
                parts.GetRequiredService<NightlyRetrain>(), parts.GetRequiredService<NotificationSender>(), parts.GetRequiredService<FeedbackStore>(), parts.GetRequiredService<ChampionDesk>());
        }
    }
}
