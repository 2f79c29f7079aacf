using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Simulator.Faults;

namespace FineTuneFlow.Simulator.Tests.Faults;

public sealed class FaultPlanTests
{
    [Theory]
    [InlineData("""{"rules":[{"match":"GET /v1/files","action":"serverError","colour":"red"}]}""", "colour")]
    [InlineData("""{"rules":[{"match":"GET /v1/files","action":"explode"}]}""", "action")]
    [InlineData("""{"rules":[{"action":"serverError"}]}""", "match")]
    [InlineData("""{"rules":[{"match":"/v1/files","action":"serverError"}]}""", "match")]
    [InlineData("""{"rules":[{"match":"GET /v1/files","action":"serverError","probability":2}]}""", "probability")]
    [InlineData("""{"rules":[{"match":"GET /v1/files","action":"serverError","calls":[0]}]}""", "calls")]
    [InlineData("""{"rules":[{"match":"GET /v1/files","action":"failJob"}]}""", "FailJob")]
    [InlineData("""{"rules":[{"match":"JOB","action":"slow"}]}""", "Slow")]
    [InlineData("""{"laws":[]}""", "laws")]
    [InlineData("nonsense", "fault plan")]
    public async Task A_plan_that_means_nothing_is_refused_and_the_old_one_stays(string plan, string says)
    {
        FlowException refused = Should.Throw<FlowException>(() => FaultPlan.Parse(System.Text.Encoding.UTF8.GetBytes(plan), "plan.json"));
        refused.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
        refused.Message.ShouldContain(says);
        refused.Message.ShouldContain("plan.json");

        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        using HttpResponseMessage response = await simulator.Client.PutAsync("/simulator/faults", new StringContent(plan));
        ((int)response.StatusCode).ShouldBe(400);
        (await simulator.GetAsync("/simulator/faults"))["rules"]!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("GET /v1/files", "GET /v1/files", true)]
    [InlineData("GET /v1/files", "GET /v1/files/1", false)]
    [InlineData("GET /v1/files/*", "GET /v1/files/1", true)]
    [InlineData("GET /v1/files/*", "GET /v1/files/1/content", false)]
    [InlineData("GET /v1/files/**", "GET /v1/files/1/content", true)]
    [InlineData("GET /v1/f.les", "GET /v1/files", false)]
    public void Routes_match_by_their_parts(string match, string call, bool expected)
    {
        new FaultRule { Match = match, Action = FaultAction.ServerError }.Matches(call).ShouldBe(expected);
    }

    [Fact]
    public async Task Calls_times_and_probability_decide_and_are_counted()
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();
        await FaultTests.PlanAsync(simulator, """
            {"seed":3,"rules":[
              {"match":"GET /v1/files","action":"serverError","calls":[2,4]},
              {"match":"GET /v1/models","action":"unavailable","times":2},
              {"match":"* /v1/batches","action":"forbidden","probability":0.3}]}
            """);

        (await StatusesAsync("/v1/files", 5)).ShouldBe([200, 500, 200, 500, 200]);
        (await StatusesAsync("/v1/models", 4)).ShouldBe([503, 503, 200, 200]);
        List<int> drawn = await StatusesAsync("/v1/batches", 100);
        drawn.Count(status => status == 403).ShouldBeInRange(15, 45);
        JsonNode counts = (await simulator.GetAsync("/simulator/faults"))["counts"]!;
        counts[0]!.ToJsonString().ShouldBe("""{"matched":5,"fired":2}""");

        await FaultTests.PlanAsync(simulator, """{"seed":3,"rules":[{"match":"GET /v1/x","action":"slow"},{"match":"GET /v1/y","action":"slow"},{"match":"* /v1/batches","action":"forbidden","probability":0.3}]}""");
        (await StatusesAsync("/v1/batches", 100)).ShouldBe(drawn, "the same seed draws the same calls");
        await simulator.SendAsync(HttpMethod.Delete, "/simulator/faults");
        (await StatusesAsync("/v1/batches", 20)).ShouldAllBe(status => status == 200);

        async Task<List<int>> StatusesAsync(string path, int calls)
        {
            var statuses = new List<int>();
            for (int i = 0; i < calls; i++)
            {
                statuses.Add((await simulator.SendAsync(HttpMethod.Get, path)).Status);
            }

            return statuses;
        }
    }
}
