using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Notifying;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Serving;
using FineTuneFlow.Workflow.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Retraining;

/// <summary>A month of a champion's life by a clock that the test moves: what was asked, said and dropped, and what every night made of it.
/// The runs themselves take real seconds.</summary>
public sealed class MonthTests(Azurite azurite)
{
    private const string Project = "month";
    private const string Secret = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0";
    private const string Recipe = """
        {
          "dataset": { "split": { "method": "stable" } }, "candidates": [], "baselines": [{ "name": "linear" }],
          "promotion": { "requireSignificance": false },
          "retrain": { "minimumNewRows": 100 }
        }
        """;

    private static readonly ImmutableArray<string> Stars = ["1", "2", "3", "4", "5"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 180_000)]
    public async Task Thirty_days_of_drops_feedback_drift_and_a_lost_model_end_as_written_down()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 1, 3, 0, 0, TimeSpan.Zero));
        await using WholeProduct stack = await WholeProduct.StartAsync(azurite);
        await using Listener listener = await Listener.StartAsync();
        Life life = Life.Of(stack, clock, listener.Address);
        await stack.Store.WriteBytesAsync(RunPaths.ProjectRecipe(Project), Encoding.UTF8.GetBytes(Recipe));
        await DropAsync(stack, "day0.csv", Reviews.Csv(400));

        var told = new List<string>();
        for (int day = 1; day <= 30; day++)
        {
            clock.Advance(TimeSpan.FromDays(1));
            switch (day)
            {
                case 4:
                    await stack.Store.WriteBytesAsync(RunPaths.Drop(Project, "day4.csv"), Encoding.UTF8.GetBytes(Reviews.Csv(160, seed: 4)));
                    break;
                case 6:
                    // A drop that is no table, and feedback with a label that does not exist: told, and no night is lost.
                    await stack.Store.WriteBytesAsync(RunPaths.Drop(Project, "day6.csv"), Encoding.UTF8.GetBytes("nothing,of,use\n1,2,3\n"));
                    FlowException wrong = await Should.ThrowAsync<FlowException>(life.Feedback.AddAsync(Project, Stars, new Feedback("it is fine", "6"), Cancellation));
                    wrong.Failure.Remedy!.ShouldContain("1, 2, 3, 4, 5");
                    await life.Feedback.AddAsync(Project, Stars, new Feedback("the widget is a triumph", "5") { Predicted = "5", Version = 2 }, Cancellation);
                    break;
                case 12:
                    await AskAsync(life, Enumerable.Range(0, 600).Select(i => $"zorgle blimfar quentz {i} terrible awful broken"));
                    break;
                default:
                    // What is asked looks like what was dropped.
                    await AskAsync(life, Reviews.Csv(20, seed: 100 + day).Split('\n')[1..^1].Select(line => line.Split('"')[1]));
                    break;
            }

            StartedRun? run = await life.Night.RunAsync(Project, Cancellation);
            if (run is not null)
            {
                RunView ended = await stack.EndAsync(run.RunId);
                ended.Failure.ShouldBeNull();
            }

            NightRecord night = (await life.Night.LastAsync(Project, Cancellation))!;
            told.Add($"{day}: {(night.Failure is { } failure ? $"failed: {failure}" : night.Look!.WhyNot is null ? string.Join(", ", night.Look.Reasons.Select(Kind)) : "no reason")}");
            await life.Sender.TickAsync(Cancellation);
        }

        // Day 4 brings rows; day 6 a bad file, which is left out; from day 12 on what is asked has drifted, for the seven days of the window.
        told[3].ShouldBe("4: new rows");
        told.Take(3).ShouldAllBe(line => line.EndsWith("no reason", StringComparison.Ordinal));
        told[11].ShouldContain("drift");
        told.Skip(20).ShouldAllBe(line => line.EndsWith("no reason", StringComparison.Ordinal));
        told.ShouldNotContain(line => line.Contains("failed"));
        NightLook last = (await life.Night.LastAsync(Project, Cancellation))!.Look!;
        last.Notes.ShouldContain(note => note.Contains("day6.csv"));
        last.WhyNot!.ShouldContain("new rows, fewer than 100");

        ChampionRecord champions = await stack.Get<Champions>().ReadAsync(Project, Cancellation);
        champions.Versions.ShouldAllBe(version => version.Reason != null && version.Lineage != null);

        // Notifications: signed, each once, drift in its week, idle nights by threes.
        listener.Bad.ShouldBe(0);
        listener.Ids.Count.ShouldBe(listener.Ids.Distinct().Count());
        listener.Events.ShouldContain("drift");
        listener.Events.Count(name => name == "night").ShouldBeGreaterThanOrEqualTo(4);
        listener.Texts.ShouldContain(text => text.Contains("has drifted from its holdout"));
    }

    private static string Kind(string reason) =>
        reason.Contains("new to the champion") ? "new rows" : reason.Contains("drifted") ? "drift" : reason.Contains("feedback") ? "feedback" : "base";

    private static async Task DropAsync(WholeProduct stack, string name, string csv)
    {
        BlobPath drop = RunPaths.Drop(Project, name);
        await stack.Store.WriteBytesAsync(drop, Encoding.UTF8.GetBytes(csv));
        StartedRun run = await stack.Get<DropIntake>().TakeAsync(drop, Cancellation);
        (await stack.EndAsync(run.RunId)).Promoted.ShouldBe("linear");
    }

    private static async Task AskAsync(Life life, IEnumerable<string> texts) =>
        (await life.Desk.AnswerAsync(Project, [.. texts], null, null, Cancellation)).ShouldAllBe(answer => answer.Answer.Label != null);

    /// <summary>The parts that live by the test's clock, over the same store and engine as the product's own.</summary>
    private sealed record Life(NightlyRetrain Night, NotificationSender Sender, FeedbackStore Feedback, ChampionDesk Desk)
    {
        public static Life Of(WholeProduct stack, TimeProvider clock, Uri webhook)
        {
            var services = new ServiceCollection();
            services.AddLogging(log => log.SetMinimumLevel(LogLevel.None));
            services.AddSingleton(clock);
            services.AddSingleton(NotificationOptions.None with { Url = webhook, Secret = Secret });
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

    /// <summary>Who receives the notifications, and checks their signatures.</summary>
    private sealed class Listener(WebApplication app) : IAsyncDisposable
    {
        public List<string> Ids { get; } = [];

        public List<string> Events { get; } = [];

        public List<string> Texts { get; } = [];

        public int Bad { get; private set; }

        public Uri Address => new(app.Urls.First() + "/hook");

        public static async Task<Listener> StartAsync()
        {
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            WebApplication app = builder.Build();
            var listener = new Listener(app);
            app.MapPost("/hook", listener.TakeAsync);
            await app.StartAsync();
            return listener;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private async Task<HttpStatusCode> TakeAsync(HttpRequest request)
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            string id = request.Headers["webhook-id"]!;
            string timestamp = request.Headers["webhook-timestamp"]!;
            var at = DateTimeOffset.FromUnixTimeSeconds(long.Parse(timestamp));
            Bad += WebhookSignature.Verify(Secret, id, timestamp, request.Headers["webhook-signature"], body.ToArray(), at) ? 0 : 1;
            JsonNode told = JsonNode.Parse(body.ToArray())!;
            Ids.Add(id);
            Events.Add(told["type"]!.GetValue<string>());
            Texts.Add(told["text"]!.GetValue<string>());
            return HttpStatusCode.OK;
        }
    }
}
