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
using FineTuneFlow.Workflow.Tests.Notifying;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Tests;

/// <summary>Thirty days of a champion's life by a clock that is moved: what was asked, said and dropped, what every night made of it, who is
/// champion, what people were told and what it cost. The runs themselves take real seconds, on whatever engine the host has.</summary>
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

    // What happens, day by day, as a person would write it down: what came, what the night made of it, who is champion, what people are told.
    // Day 4: words that the champion does not know, in more rows than the recipe asks for. Day 12: drift, and one row since to learn from; it is
    // told by distribution. Day 13: the labels for it. Day 21: the champion that is gone cannot be continued, and is replaced by nobody but ann,
    // on day 22, after whom the same rows are tried again. Day 24: a new week, in which three of four questions are strange, of the holdout one
    // of four. Day 25: the base ends in thirty days; from day 27 on, when the rest after a retrain is over, that is a reason, once there is a
    // candidate to go to.
    public const string Expected = """
        day | what happens | the night | champion | told
        0 | a drop | gpt promoted | 1: gpt on gpt-3.5-turbo by rule | runEnded
        1 | | no reason | 1: gpt on gpt-3.5-turbo by rule |
        2 | | no reason | 1: gpt on gpt-3.5-turbo by rule |
        3 | | no reason | 1: gpt on gpt-3.5-turbo by rule | night
        4 | a drop with new words | new rows: retrain promoted | 2: retrain on gpt-3.5-turbo by rule | runEnded
        5 | | rests | 2: retrain on gpt-3.5-turbo by rule |
        6 | a file of no use, a mistyped label is refused | rests | 2: retrain on gpt-3.5-turbo by rule |
        7 | | rests | 2: retrain on gpt-3.5-turbo by rule | night
        8 | | rests | 2: retrain on gpt-3.5-turbo by rule |
        9 | two wrong answers, a label that there is not | no reason | 2: retrain on gpt-3.5-turbo by rule |
        10 | | no reason | 2: retrain on gpt-3.5-turbo by rule | night
        11 | | no reason | 2: retrain on gpt-3.5-turbo by rule |
        12 | strange words are asked | drift: Keep the champion | 2: retrain on gpt-3.5-turbo by rule | drift, drift, drift, runEnded
        13 | people label the strange words | new rows: retrain promoted | 3: retrain on gpt-3.5-turbo by rule | runEnded
        14 | | rests | 3: retrain on gpt-3.5-turbo by rule |
        15 | | rests | 3: retrain on gpt-3.5-turbo by rule |
        16 | | rests | 3: retrain on gpt-3.5-turbo by rule | night
        17 | | rests | 3: retrain on gpt-3.5-turbo by rule |
        18 | | no reason | 3: retrain on gpt-3.5-turbo by rule |
        19 | | no reason | 3: retrain on gpt-3.5-turbo by rule | night
        20 | the champion is deleted at its provider | no reason | 3: retrain on gpt-3.5-turbo by rule |
        21 | who asks is told 410, a drop | new rows: failed | 3: retrain on gpt-3.5-turbo by rule | runEnded
        22 | who asks is told 410, ann rolls back | new rows: retrain promoted | 5: retrain on gpt-3.5-turbo by rule | runEnded
        23 | | rests | 5: retrain on gpt-3.5-turbo by rule |
        24 | | rests | 5: retrain on gpt-3.5-turbo by rule | drift
        25 | | rests | 5: retrain on gpt-3.5-turbo by rule | baseEnds, night
        26 | | rests | 5: retrain on gpt-3.5-turbo by rule |
        27 | | no way out of the dying base | 5: retrain on gpt-3.5-turbo by rule |
        28 | ann adds a candidate on another base | dying base: mini promoted | 6: mini on gpt-4.1-mini by rule | runEnded
        29 | | rests | 6: mini on gpt-4.1-mini by rule |
        30 | | rests | 6: mini on gpt-4.1-mini by rule |
        7 runs, 0.43 USD at list prices, nothing paid
        """;

    private static readonly ImmutableArray<string> Stars = ["1", "2", "3", "4", "5"];

    private static readonly string[][] First = [["terrible", "awful", "broken"], ["bad", "slow", "buggy"], ["okay", "average", "fine"], ["good", "nice", "useful"], ["excellent", "perfect", "love"]];
    private static readonly string[][] Second = [["worst", "refund"], ["poor", "annoying"], ["mixed", "middling"], ["solid", "handy"], ["amazing", "best"]];
    // What young people say from the twelfth day on.
    private static readonly string[][] Slang = [["zorgle", "blimfar"], ["quentz", "moopy"], ["flarn", "drabbit"], ["skizzle", "vonk"], ["glorpy", "yuzz"]];
    private static readonly string[] Things = ["app", "update", "login", "sync", "design", "price", "support", "widget"];

    // Every text has a number that no other has: what is asked must be as new to the champion as its holdout was.
    private int _number = 1000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>One line a day, and the costs at the end.</summary>
    public async Task<string> LiveAsync(NotifiedReceiver receiver)
    {
        // From a Monday that is to come: what the runs themselves record is by the real clock, and weeks begin on the same days.
        DateTimeOffset today = new(DateTimeOffset.UtcNow.UtcDateTime.Date.AddHours(2), TimeSpan.Zero);
        var clock = new FakeTimeProvider(today.AddDays(8 - (int)today.DayOfWeek));
        var diary = new StringBuilder("day | what happens | the night | champion | told\n");
        await using ServiceProvider parts = Parts(clock, receiver);
        await PutRecipeAsync(Recipe);
        await PutAsync("day0.csv", Csv(400, 1, First));
        StartedRun first = await parts.GetRequiredService<DropIntake>().TakeAsync(RunPaths.Drop(Project, "day0.csv"), Cancellation);
        string night = await RunAsync(first.RunId);
        for (int day = 0; day <= Days; day++)
        {
            string happens = "a drop";
            if (day > 0)
            {
                clock.Advance(TimeSpan.FromDays(1));
                string asked = await AskAsync(parts.GetRequiredService<ChampionDesk>(), day);
                happens = string.Join(", ", new[] { asked, await HappensAsync(parts, day) }.Where(one => one.Length > 0));
                night = await NightAsync(parts);
            }

            int before = receiver.Taken.Count;
            await parts.GetRequiredService<NotificationSender>().TickAsync(Cancellation);
            string told = string.Join(", ", receiver.Taken.Skip(before).Select(one => one.Type).Order(StringComparer.Ordinal));
            ChampionVersion champion = (await parts.GetRequiredService<Champions>().ReadAsync(Project, Cancellation)).Current!;
            diary.Append(string.Create(CultureInfo.InvariantCulture, $"{day} |{(happens.Length > 0 ? " " : "")}{happens} | {night} | {champion.Version}: {champion.Candidate} on {champion.BaseModel} by {champion.By} | {told}").TrimEnd()).Append('\n');
        }

        receiver.All.ShouldAllBe(one => one.Signed && one.Accepted);
        receiver.All.Select(one => one.Id).ShouldBeUnique();
        return diary.Append(await CostsAsync()).ToString();
    }

    private async Task<string> AskAsync(ChampionDesk desk, int day)
    {
        var texts = new List<string>(Texts(day < 4 ? 20 : 14, 100 + day, First));
        if (day >= 4)
        {
            texts.AddRange(Texts(6, 200 + day, Second));
        }

        if (day >= 12)
        {
            texts.AddRange(Texts(day == 12 ? 300 : 60, 300 + day, Slang));
        }

        try
        {
            (await desk.AnswerAsync(Project, texts, null, null, Cancellation)).ShouldAllBe(answer => answer.Answer.Label != null);
            return day == 12 ? "strange words are asked" : "";
        }
        catch (FlowException gone) when (gone.Failure.Kind == FailureKind.ModelRetired)
        {
            return "who asks is told 410";
        }
    }

    private async Task<string> HappensAsync(ServiceProvider parts, int day)
    {
        FeedbackStore feedback = parts.GetRequiredService<FeedbackStore>();
        Champions champions = parts.GetRequiredService<Champions>();
        switch (day)
        {
            case 4:
                await PutAsync("day4.csv", Csv(160, 4, Second));
                return "a drop with new words";
            case 6:
                await PutAsync("day6.csv", "nothing,of,use\n1,2,3\n");
                FlowException wrong = await Should.ThrowAsync<FlowException>(feedback.AddAsync(Project, Stars, new Feedback("it is fine", "great"), Cancellation));
                wrong.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
                await feedback.AddAsync(Project, Stars, new Feedback("the widget is a triumph", "5"), Cancellation);
                return "a file of no use, a mistyped label is refused";
            case 9:
                int version = (await champions.ReadAsync(Project, Cancellation)).Current!.Version;
                for (int i = 0; i < 2; i++)
                {
                    await feedback.AddAsync(Project, Stars, new Feedback($"a wrong word on it, {i}", "1") { Predicted = "5", Version = version }, Cancellation);
                }

                // Kept before labels were checked.
                await Store.WriteJsonAsync(RunPaths.Feedback(Project, $"{new string('a', 32)}.json"), new Feedback("it is grate", "grate", DateTimeOffset.UnixEpoch), cancellation: Cancellation);
                return "two wrong answers, a label that there is not";
            case 13:
                await PutAsync("day13.csv", Csv(200, 13, Slang));
                return "people label the strange words";
            case 20:
                await ForgetAsync((await champions.ReadAsync(Project, Cancellation)).Current!.Model);
                return "the champion is deleted at its provider";
            case 21:
                await PutAsync("day21.csv", Csv(120, 21, First));
                return "a drop";
            case 22:
                ChampionRecord known = await champions.ReadAsync(Project, Cancellation);
                await champions.RollbackAsync(Project, known.Current!.Version - 1, "ann", "deleted at the provider", Cancellation);
                return "ann rolls back";
            case 28:
                await PutRecipeAsync(Recipe.Replace("\"epochs\": 2 }", "\"epochs\": 2 }, { \"name\": \"mini\", \"model\": \"gpt-4.1-mini\", \"epochs\": 2 }", StringComparison.Ordinal));
                return "ann adds a candidate on another base";
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
            ended = $": {await RunAsync(started.RunId)}";
        }

        NightRecord night = (await retrain.LastAsync(Project, Cancellation))!;
        if (night.Failure is { } failed)
        {
            return $"failed: {failed}";
        }

        if (night.Look!.WhyNot is { } why)
        {
            return why.Contains("retrain.restDays", StringComparison.Ordinal) ? "rests" : why.Contains("add one", StringComparison.Ordinal) ? "no way out of the dying base" : "no reason";
        }

        return string.Join(" and ", night.Look.Reasons.Select(reason => reason.Contains("new to the champion", StringComparison.Ordinal) ? "new rows"
            : reason.Contains("has drifted", StringComparison.Ordinal) ? "drift"
            : reason.Contains("answers until", StringComparison.Ordinal) ? "dying base" : reason)) + ended;
    }

    /// <summary>What a run came to, once all that it does and tells is done.</summary>
    private async Task<string> RunAsync(string runId)
    {
        RunView run = await EndAsync(runId);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await Engine.GetAsync(runId, Cancellation) is { HasEnded: false })
        {
            await timer.WaitForNextTickAsync(Cancellation);
        }

        if (run.Failure is { } failure)
        {
            // The model is gone, and who reads that knows it: it cannot be continued.
            failure.Kind.ShouldBe(FailureKind.NotFound, failure.ToString());
            return "failed";
        }

        return run.Promoted is { } promoted ? $"{promoted} promoted" : $"{run.Headline}";
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

    private string Csv(int rows, int seed, string[][] words)
    {
        var random = new Random(seed);
        var csv = new StringBuilder("review,star\n");
        for (int i = 0; i < rows; i++)
        {
            int star = random.Next(5);
            csv.Append(CultureInfo.InvariantCulture, $"\"{Text(random, words[star])}\",{star + 1}\n");
        }

        return csv.ToString();
    }

    private IEnumerable<string> Texts(int count, int seed, string[][] words)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            yield return Text(random, words[random.Next(5)]);
        }
    }

    private string Text(Random random, string[] words) =>
        $"the {Things[random.Next(Things.Length)]} is {words[random.Next(words.Length)]}, {words[random.Next(words.Length)]} {Things[random.Next(Things.Length)]} {_number++}";

    private Task<BlobWritten> PutAsync(string name, string csv) => Store.WriteBytesAsync(RunPaths.Drop(Project, name), Encoding.UTF8.GetBytes(csv));

    private Task<BlobWritten> PutRecipeAsync(string recipe) => Store.WriteBytesAsync(RunPaths.ProjectRecipe(Project), Encoding.UTF8.GetBytes(recipe));

    /// <summary>The parts that live by the test's clock, over the host's store, engine and providers.</summary>
    private ServiceProvider Parts(FakeTimeProvider clock, NotifiedReceiver receiver)
    {
        var services = new ServiceCollection();
        services.AddLogging(log => log.SetMinimumLevel(LogLevel.None));
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton(NotificationOptions.None with { Url = receiver.Address, Secret = NotifiedReceiver.Secret });
        // An end that is announced for the fifty-fifth day: on the twenty-fifth it is thirty days away.
        DateOnly end = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(25 + 30);
        services.AddSingleton(ModelBook.Default with { Models = [new ModelLife("simulator", BaseModel, InferenceEnds: end)] });
        services.AddFineTuneFlowWorkflow();
        services.AddSingleton(Store);
        services.AddSingleton(Engine);
        services.AddSingleton(Providers);
        services.AddSingleton(Deployments);
        return services.BuildServiceProvider();
    }
}
