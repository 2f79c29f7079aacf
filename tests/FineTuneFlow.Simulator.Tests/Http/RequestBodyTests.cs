using System.Text;

namespace FineTuneFlow.Simulator.Tests.Http;

public sealed class RequestBodyTests
{
    [Theory]
    [InlineData("/v1/fine_tuning/jobs", """{"model":"\ud83d","training_file":"file-x"}""")]
    [InlineData("/v1/fine_tuning/jobs", """{"model":"m","training_file":"file-x","metadata":{"\udc00":"x"}}""")]
    [InlineData("/v1/fine_tuning/jobs", """{"model":""")]
    [InlineData("/v1/batches", """{"\ud83d":1}""")]
    [InlineData("/v1/chat/completions", """{"model":"gpt-4o-mini-2024-07-18","messages":[{"role":"user","content":"\ud83d"}]}""")]
    [InlineData("/v1/chat/completions", """{"\udc00":"x"}""")]
    public async Task A_body_that_is_not_JSON_or_holds_half_a_surrogate_pair_is_refused(string path, string body)
    {
        await using RunningSimulator simulator = await RunningSimulator.StartAsync();

        using HttpResponseMessage answer = await simulator.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));

        ((int)answer.StatusCode).ShouldBe(400);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("invalid_request_error");
    }
}
